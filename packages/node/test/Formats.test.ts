import { assert, describe, it } from "@effect/vitest"
import { PluginError } from "@sojourn/core"
import * as Result from "effect/Result"
import { builtInFormats } from "../src/Formats.ts"

const head = (text: string) => new TextEncoder().encode(text)
const utf16 = Uint8Array.of(0xff, 0xfe, 0x61, 0x00)

describe("the format of an input", () => {
  it("goes by what is given, else by the ending, else by the content", () => {
    const given = { name: "csv", options: { header: "none" } }
    assert.strictEqual(builtInFormats.ofInput(given, "a.json", head("{}")), given)
    const cases: ReadonlyArray<readonly [string, string, string]> = [
      ["a.json", "a,b", "json"],
      ["a.JSONL", "a,b", "json"],
      ["a.ndjson.gz", "a,b", "json"],
      ["a.csv", "{}", "csv"],
      ["dir.json/a.csv.zst", "{}", "csv"],
      ["a.log", ' \n{"a":1}', "json"],
      ["a.txt", "[1]", "json"],
      ["a", "\ufeff{}", "json"],
      ["a.csv", "PAR1x", "parquet"],
      ["a.parquet.gz", "x", "parquet"],
      ["stdin", "user,time", "csv"],
      ["access.log.1", '::1 - - [01/Jan/2024:00:00:00 +0100] "GET / HTTP/1.0" 200 1', "access-log"],
      ["ex240101.log", "#Software: IIS\n#Fields: date time", "access-log"],
      ["a.csv", '::1 - - [01/Jan/2024:00:00:00 +0100] "GET / HTTP/1.0" 200 1', "csv"],
      ["a.gz", "{}", "json"],
      [".json", "a,b", "json"],
      ["a", "", "csv"]
    ]
    for (const [name, text, format] of cases)
      assert.strictEqual(builtInFormats.ofInput(null, name, head(text)).name, format, name)
    assert.deepStrictEqual(builtInFormats.ofInput(null, "a.tsv.gz", head("")), {
      name: "csv",
      options: { delimiter: "\t" }
    })
    assert.strictEqual(builtInFormats.ofInput(null, "a", utf16).name, "csv")
  })

  it("refuses what is neither", () => {
    assert.throws(
      () => builtInFormats.ofInput(null, "a", Uint8Array.of(0x50, 0, 1)),
      PluginError,
      "a is neither JSON nor CSV"
    )
    assert.throws(
      () => builtInFormats.ofInput(null, "a.png", Uint8Array.of(0x89, 0x50, 0)),
      PluginError,
      "it is no text"
    )
  })
})

describe("the format of an output", () => {
  const formats: Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>]>> = {
    "a.csv": ["csv", {}],
    "a.tsv": ["csv", { delimiter: "\t" }],
    "a.json": ["json", { layout: "array" }],
    "a.jsonl": ["json", {}],
    "a.ndjson": ["json", {}],
    "a.parquet": ["parquet", {}],
    "a.pq": ["parquet", {}],
    "-": ["csv", {}],
    "/dev/stdout": ["csv", {}],
    "/dev/null": ["csv", {}]
  }
  it("knows the endings of outputs; standard output and devices get CSV", () => {
    for (const [uri, [name, options]] of Object.entries(formats)) {
      assert.deepStrictEqual(Result.getOrThrow(builtInFormats.ofEnding(uri)), { name, options })
    }
  })

  it("refuses the rest, packed ones included", () => {
    const told = (uri: string) =>
      Result.match(builtInFormats.ofEnding(uri), { onFailure: ({ message }) => message, onSuccess: ({ name }) => name })
    for (const uri of ["a", "a.xlsx", "a.txt", "csv", "dir.csv/a"]) {
      assert.include(told(uri), "cannot tell the format")
    }
    for (const uri of ["a.csv.gz", "a.zst"]) assert.include(told(uri), "outputs are not packed")
  })
})

describe("what is wrong with a format", () => {
  it("finds unknown formats and options", () => {
    assert.isUndefined(builtInFormats.problem("read", { name: "csv", options: { header: ["a"], delimiter: ";" } }))
    const unknown = builtInFormats.problem("write", { name: "xml", options: {} })
    assert.deepStrictEqual(unknown, { name: 'no format "xml" to write; expected csv, json, parquet or duckdb' })
    assert.hasAllKeys(builtInFormats.problem("read", { name: "csv", options: { headr: 1 } }), ["options"])
    assert.hasAllKeys(builtInFormats.problem("write", { name: "json", options: { layout: "table" } }), ["options"])
  })
})
