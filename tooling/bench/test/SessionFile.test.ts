import { assert, describe, it } from "@effect/vitest"
import { firstDifference, readResult, sessionRows } from "../src/SessionFile.ts"
import { withFiles } from "./withFiles.ts"

const header = "user_id,session_start,session_end,event_count\n"
const one = `${header}u1,2024-01-01 00:00:00,2024-01-01 00:10:00,3\n`
const two = `${one}u2,2024-01-01 00:00:00,2024-01-01 00:00:00.25,1\n`

describe("sessionRows", () => {
  it("gives the four columns in one order and the times in one spelling", () => {
    const other =
      "session_id,event_count,session_end,session_start,user_id\n" +
      "a,3,2024-01-01T00:10:00Z,2024-01-01T00:00:00Z,u1\n" +
      "b,1,2024-01-01T00:00:00.250000,2024-01-01T00:00:00.000000,u2"
    const [left, right] = withFiles([two, other], (paths) => paths.map((path) => [...sessionRows(path)]))
    assert.deepStrictEqual(left, [
      "u1,2024-01-01 00:00:00,2024-01-01 00:10:00,3",
      "u2,2024-01-01 00:00:00,2024-01-01 00:00:00.25,1"
    ])
    assert.deepStrictEqual(right, left)
  })

  it("keeps times apart that differ", () => {
    const times = ["2024-01-01 00:00:10", "2024-01-01 00:00:01", "2024-01-01 00:00:00.1", "2024-01-01 00:00:00.01"]
    const text = header + times.map((time) => `u,${time},${time},1\n`).join("")
    const rows = withFiles([text], ([path]) => [...sessionRows(path)])
    assert.deepStrictEqual(
      rows,
      times.map((time) => `u,${time},${time},1`)
    )
  })

  it("reads lines that stand across its chunks", () => {
    const many = Array.from({ length: 50_000 }, (_, user) => `ü${user},2024-01-01 00:00:00,2024-01-01 00:00:00,1`)
    const rows = withFiles([`${header}${many.join("\n")}\n`], ([path]) => [...sessionRows(path)])
    assert.deepStrictEqual(rows, many)
  })

  it("throws at what is no such file", () => {
    const read = (text: string) => () => withFiles([text], ([path]) => [...sessionRows(path)])
    assert.throws(read(""), /has no column user_id$/)
    assert.throws(read("user_id,session_start,session_end\n"), /has no column event_count$/)
    assert.throws(read(`${header}u1,x,y\n`), /4 fields without quotes were expected, found: u1,x,y$/)
    assert.throws(read(`${header}"u,x",y,1\n`), /without quotes/)
  })
})

describe("readResult", () => {
  it("counts sessions and events, and digests the rows in their order", () => {
    const [first, ...others] = withFiles(
      [two, two.replaceAll(" 00:00", "T00:00"), `${header}${two.trimEnd().split("\n").slice(1).reverse().join("\n")}`],
      (paths) => paths.map(readResult)
    )
    assert.deepInclude(first, { sessions: 2, events: 4 })
    assert.strictEqual(others[0].digest, first.digest)
    assert.deepInclude(others[1], { sessions: 2, events: 4 })
    assert.notStrictEqual(others[1].digest, first.digest)
  })

  it("finds no sessions in a file with a header only", () => {
    assert.deepInclude(
      withFiles([header], ([path]) => readResult(path)),
      { sessions: 0, events: 0 }
    )
  })
})

describe("firstDifference", () => {
  const difference = (left: string, right: string) => withFiles([left, right], ([a, b]) => firstDifference(a, b))

  it("tells where two files differ", () => {
    assert.isUndefined(difference(two, two))
    assert.strictEqual(
      difference(two, two.replace(",1\n", ",2\n")),
      "session 2: u2,2024-01-01 00:00:00,2024-01-01 00:00:00.25,1 against u2,2024-01-01 00:00:00,2024-01-01 00:00:00.25,2"
    )
    assert.match(difference(two, one) ?? "", /^session 2: u2,.* against no more sessions$/)
    assert.match(difference(one, two) ?? "", /^session 2: no more sessions against u2,/)
  })
})
