import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { csvDecoder } from "../src/index.ts"
import { bytesOf, decode } from "./decode.ts"

describe("csvDecoder", () => {
  it("reads fields as text: unquoted empty is null, quoted empty is the empty string", () => {
    const { fields, rejects, rows } = decode(`a,b,c\n1,,""\n"x",0.10, y \n`)
    assert.deepStrictEqual(fields, ["a", "b", "c"])
    assert.deepStrictEqual(rows, [
      ["1", null, ""],
      ["x", "0.10", " y "]
    ])
    assert.deepStrictEqual(rejects, [])
  })

  it("reads quoted delimiters, newlines and doubled quotes", () => {
    const { rows } = decode(`a,b\n"1,2","say ""hi"""\n"x\r\ny\nz",""""\n`)
    assert.deepStrictEqual(rows, [
      ["1,2", `say "hi"`],
      ["x\r\ny\nz", `"`]
    ])
  })

  it("keeps a quote inside an unquoted field and a carriage return inside a line as data", () => {
    const { rows } = decode(`a,b\n1"2", "3"\nx\ry,z\n`, { options: { delimiter: "," } })
    assert.deepStrictEqual(rows, [
      [`1"2"`, ` "3"`],
      ["x\ry", "z"]
    ])
  })

  it("reads LF and CRLF, and a last line without its newline", () => {
    const expected = [
      ["1", "2"],
      ["3", "4"]
    ]
    for (const text of [
      "a,b\n1,2\n3,4\n",
      "a,b\n1,2\n3,4",
      "a,b\r\n1,2\r\n3,4\r\n",
      "a,b\r\n1,2\r\n3,4",
      'a,b\r\n1,2\n3,"4"\r'
    ]) {
      assert.deepStrictEqual(decode(text).rows, expected, JSON.stringify(text))
    }
  })

  it("takes no record from a blank line, except in a file of one column, where it is a null", () => {
    const several = decode("\n\r\na,b\n\n1,2\r\n\r\n3,4\n\n")
    assert.deepStrictEqual(several.rows, [
      ["1", "2"],
      ["3", "4"]
    ])
    assert.deepStrictEqual(
      several.positions.map(({ event, line }) => [event, line]),
      [
        [1, 5],
        [2, 7]
      ]
    )
    assert.deepStrictEqual(decode(`a\n1\n\n""\n`).rows, [["1"], [null], [""]])
  })

  it("gives the place of each record: ordinal, line and offset of its first byte, length without the newline", () => {
    const { batches, positions } = decode(`a,b\r\n1,"x\ny"\r\n"é",4\n`)
    assert.deepStrictEqual(positions, [
      { event: 1, line: 2, offset: 5, length: 7 },
      { event: 2, line: 4, offset: 14, length: 6 }
    ])
    const [{ raw, rawOffset }] = batches
    assert.strictEqual(new TextDecoder().decode(raw.subarray(14 - rawOffset, 20 - rawOffset)), `"é",4`)
  })

  it("gives the columns in the order asked for, the same field twice if asked, null where there is no such field", () => {
    const { rows } = decode("a,b.c,d\n1,2,3\n", { columns: ["d", "b.c", "x", "d"] })
    assert.deepStrictEqual(rows, [["3", "2", null, "3"]])
  })

  it("skips the UTF-8 byte order mark and counts it in offsets", () => {
    const { fields, positions, rows } = decode("\ufeffa,b\n1,2\n")
    assert.deepStrictEqual(fields, ["a", "b"])
    assert.deepStrictEqual(rows, [["1", "2"]])
    assert.strictEqual(positions[0].offset, 7)
  })

  it("reads UTF-16 by its byte order mark; offsets are those of mark and text as UTF-8", () => {
    const text = "a,b\né,\u{1f600}\n"
    for (const [encoding, swap] of [
      ["UTF-16LE", false],
      ["UTF-16BE", true]
    ] as const) {
      const bytes = Buffer.from(`\ufeff${text}`, "utf16le")
      const input = new Uint8Array(swap ? bytes.swap16() : bytes)
      for (const chunks of [[1], [3], [1000]]) {
        const { notes, positions, rows } = decode(input, { chunks, columns: ["a", "b"] })
        assert.deepStrictEqual(rows, [["é", "\u{1f600}"]])
        assert.deepStrictEqual(positions, [{ event: 1, line: 2, offset: 7, length: 7 }])
        assert.include(notes, encoding)
      }
    }
  })

  it("reads half a character at the end of UTF-16 as U+FFFD", () => {
    const bytes = Uint8Array.from([...Buffer.from("\ufeffa,b\n1,x", "utf16le"), 0x3d])
    assert.deepStrictEqual(decode(bytes).rows, [["1", "x\ufffd"]])
  })

  it("digests every field that is not null, wanted or not, and not the order of columns", () => {
    const digests = (text: string) => decode(text, { columns: ["a"], digest: true }).digests
    const [same] = digests("a,b\n1,2\n")
    assert.deepStrictEqual(digests(`b,a\n2,1\n"2",1\n`), [same, same])
    assert.deepStrictEqual(digests("a,b,c\n1,2,\n"), [same])
    const others = [...digests("a,b\n1,3\n2,1\n"), ...digests(`a,b,c\n1,2,""\n`), ...digests("a,c\n1,2\n")]
    assert.strictEqual(new Set([same, ...others]).size, 5)
  })

  it("reads nothing from an empty input", () => {
    for (const text of ["", "\n", "\ufeff", "a,b", "a,b\n"]) {
      const { batches, rejects, rows } = decode(text, { columns: ["a"] })
      assert.deepStrictEqual([rows, rejects, batches.length], [[], [], 0], JSON.stringify(text))
    }
  })

  it("cuts long inputs into batches whose raw bytes hold their records", () => {
    const text = "a,b\n" + Array.from({ length: 70_000 }, (_, i) => `${i},x\n`).join("")
    const { batches, positions, rows } = decode(text)
    assert.strictEqual(batches.length, 2)
    assert.strictEqual(batches[1].rawOffset, batches[0].rawOffset + batches[0].raw.length)
    assert.strictEqual(rows.length, 70_000)
    assert.deepStrictEqual(rows[69_999], ["69999", "x"])
    const { offset, length } = positions[69_999]
    const { raw, rawOffset } = batches[1]
    assert.deepStrictEqual(raw.subarray(offset - rawOffset, offset - rawOffset + length), bytesOf("69999,x"))
  })

  it("is a decoder by its name and endings, and takes the options it documents", () => {
    assert.deepStrictEqual(
      [csvDecoder.kind, csvDecoder.name, csvDecoder.extensions],
      ["decoder", "csv", ["csv", "tsv", "txt"]]
    )
    const read = Schema.decodeUnknownSync(csvDecoder.options)
    assert.deepStrictEqual(read({ delimiter: ";", header: ["a", "b"] }), { delimiter: ";", header: ["a", "b"] })
    for (const wrong of [{ delimiter: "x" }, { header: "second" }, { header: [] }]) assert.throws(() => read(wrong))
  })
})
