import { assert, describe, it } from "@effect/vitest"
import { firstRowLooksLikeData, makeHeader } from "../src/Header.ts"
import { decode } from "./decode.ts"

describe("header", () => {
  it("trims names and unquotes them", () => {
    assert.deepStrictEqual(decode(` a ,"b ""x""", "c"\n`, { columns: [] }).fields, ["a", `b "x"`, `"c"`])
  })

  it("gives a doubled name a suffix that no other column has, with a note", () => {
    const { names, notes } = makeHeader(["a", "b", "a ", "a_2", "a"])
    assert.deepStrictEqual(names, ["a", "b", "a_3", "a_2", "a_4"])
    assert.deepStrictEqual(notes, [`column "a" again: read as "a_3"`, `column "a" again: read as "a_4"`])
    assert.deepStrictEqual(decode("a,a\n1,2\n").rows, [["1", "2"]])
    assert.deepStrictEqual(decode("a,a\n1,2\n").notes, [`delimiter ","`, `column "a" again: read as "a_2"`])
  })

  it("none: columns c1, c2, … and the first line is data", () => {
    const { fields, positions, rows } = decode("1,2\n3,4\n", { options: { header: "none" } })
    assert.deepStrictEqual(fields, ["c1", "c2"])
    assert.deepStrictEqual(rows, [
      ["1", "2"],
      ["3", "4"]
    ])
    assert.deepStrictEqual(positions[0], { event: 1, line: 1, offset: 0, length: 3 })
  })

  it("none: a bad first line is rejected and the first good one gives the number of columns", () => {
    const { fields, rejects, rows } = decode(`"1"x,2,3\n3,4\n5\n`, { options: { header: "none", delimiter: "," } })
    assert.deepStrictEqual(fields, ["c1", "c2"])
    assert.deepStrictEqual(rows, [["3", "4"]])
    assert.deepStrictEqual(
      rejects.map(({ event, reason }) => [event, reason]),
      [
        [1, "stray quote"],
        [3, "expected 2 fields, found 1"]
      ]
    )
  })

  it("a list: the names are known at once and the first line is data", () => {
    const { fields, rejects, rows } = decode("1,2\n3\n", { options: { header: ["x", "y"] } })
    assert.deepStrictEqual(fields, ["x", "y"])
    assert.deepStrictEqual(rows, [["1", "2"]])
    assert.strictEqual(rejects[0].reason, "expected 2 fields, found 1")
  })

  it("reads the names of a malformed header without regard to quotes, with a note", () => {
    for (const [text, reason] of [
      [`"a"x,b\n1,2\n`, "stray quote"],
      [`ax,"b\n1,2\n`, "unclosed quote"]
    ]) {
      const { fields, notes, rows } = decode(text, { options: { delimiter: "," } })
      assert.deepStrictEqual(fields, ["ax", "b"])
      assert.deepStrictEqual(rows, [["1", "2"]])
      assert.deepStrictEqual(notes, [`header: ${reason}`])
    }
  })

  it("rejects every record, but reads on, when the header is over the cap", () => {
    const { notes, rejects } = decode("a,b,c,d,e\n1,2\n3,4\n", {
      columns: ["a"],
      options: { delimiter: "," },
      maxRecordBytes: 8
    })
    assert.deepStrictEqual(notes, ["header: record of 9 bytes is over the cap of 8"])
    assert.deepStrictEqual(
      rejects.map(({ event, reason }) => [event, reason]),
      [
        [1, "expected 0 fields, found 2"],
        [2, "expected 0 fields, found 2"]
      ]
    )
  })

  it("firstRowLooksLikeData: numbers, times, empty and doubled fields are no names", () => {
    for (const names of [["user_id", "time"], ["c1", "c2"], ["id"], ["Straße", "e-mail", "2nd visit"]]) {
      assert.isFalse(firstRowLooksLikeData(names), names.join())
    }
    const data = [
      "",
      " ",
      "42",
      "-1.5",
      "1e3",
      "1,5",
      "2024-07-10",
      "2024-07-10T10:00:00Z",
      "10.07.2024",
      "7/10/24",
      "10:00"
    ]
    for (const field of data) assert.isTrue(firstRowLooksLikeData(["user", field]), field)
    assert.isTrue(firstRowLooksLikeData(["x", "x"]))
  })
})
