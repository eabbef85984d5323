import { assert, describe, it } from "@effect/vitest"
import { type Param, readParams } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { checkSpec, loadPlan } from "../src/LoadPlan.ts"

const spec = (rest: string) => ({ file: "a.yaml", text: `version: 1\nname: x\nevent: { user: u, time: t }\n${rest}` })
const none = { params: {}, env: {} }
const paramsOf = (text: string): Readonly<Record<string, Param>> => Result.getOrThrow(readParams("a.yaml", text))

const problems = (rest: string) =>
  Effect.runPromise(Effect.flip(loadPlan(spec(rest), none))).then(({ message }) => message.split("\n"))
const check = async (rest: string) => {
  const { file, text } = spec(rest)
  const result = await Effect.runPromise(Effect.result(checkSpec({ file, text }, paramsOf(text), none)))
  return Result.isSuccess(result) ? [] : result.failure.message.split("\n")
}

describe("loadPlan", () => {
  it("finds formats and targets that cannot be, with their places", async () => {
    assert.deepStrictEqual(
      await problems(
        "source: { uri: a, format: xml }\nsessions: {}\noutputs:\n  sessions: { uri: a.xls }\n  events: { uri: b.csv, format: { name: csv, delim: 1 } }\n"
      ).then((lines) => lines.map((line) => line.slice(0, 90))),
      [
        'a.yaml:4:27: no format "xml" to read; expected json, csv, access-log, parquet or duckdb',
        "a.yaml:7:20: cannot tell the format of a.xls from its ending",
        "  use .csv, .tsv, .jsonl, .ndjson, .json, .parquet, .pq, .duckdb or .ddb",
        'a.yaml:8:46: unknown "delim"; expected delimiter or spreadsheet'
      ]
    )
  })

  it("finds a history of checks that could not be read", async () => {
    const lines = await problems(
      "source: { uri: a }\nchecks: [{ name: c, rate: read > 0 }]\noutputs:\n  history: { uri: h.duckdb }\n"
    )
    assert.deepStrictEqual(lines, [
      "a.yaml:7:19: the history of checks is kept in a file, which is read before it is written"
    ])
  })

  it("finds one file for two outputs, however it is written", async () => {
    const lines = await problems(
      'source: { uri: a }\nsessions: {}\noutputs:\n  sessions: { uri: o/a.csv }\n  events: { uri: o/../o/a.csv }\n  rejects: { uri: "-" }\n  duplicates: { uri: /dev/stdout }\n'
    )
    assert.deepStrictEqual(lines, [
      "a.yaml:8:18: o/../o/a.csv gets the sessions already",
      "a.yaml:10:22: standard output gets the rejects already"
    ])
  })
})

describe("checkSpec", () => {
  const params =
    "params:\n  input: { type: path }\n  out: { type: path }\n  other: { type: path }\n  gap: { type: duration }\n  zone: {}\n  n: { type: list }\n"

  it("needs no values of params", async () => {
    assert.deepStrictEqual(
      await check(
        `${params}source: { uri: { param: input } }\ntimezone: { param: zone }\nsessions: { gap: { param: gap } }\noutputs:\n  sessions: { uri: { param: out } }\n  events: { uri: { param: other } }\n`
      ),
      []
    )
  })

  it("still finds what is wrong elsewhere", async () => {
    assert.deepStrictEqual(
      await check(
        `${params}source: { uri: { param: input } }\ntimezone: Mars\nsessions: { gap: { param: gap } }\norder: [x]\n`
      ),
      [
        'a.yaml:12:11: unknown time zone "Mars": expected an IANA name such as Europe/Berlin, UTC, or an offset such as +02:00',
        'a.yaml:14:9: no column "x"; expected u, t, user or time'
      ]
    )
    assert.deepStrictEqual(await check(`${params}source: { uri: { param: inptu } }\n`), [
      'a.yaml:11:16: no param "inptu" (did you mean "input"?); expected input, out, other, gap, zone or n'
    ])
  })
})
