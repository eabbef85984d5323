import { assert, describe, it } from "@effect/vitest"
import { bytesOf, decode, type Input } from "./decode.ts"

const comma = { delimiter: "," } as const

const check = (text: string | Uint8Array, expected: ReturnType<typeof summary>, input: Input = {}) => {
  for (const chunks of [[1], [2], [3], [7], [64], [1 << 20]]) {
    const options = { columns: ["a", "b"], options: comma, ...input }
    assert.deepStrictEqual(summary(text, { ...options, chunks }), expected, `chunks of ${chunks.join()}`)
  }
  assert.deepStrictEqual(summary(text, { columns: ["a", "b"], options: comma, ...input }), expected, "in one block")
}

const summary = (text: string | Uint8Array, input: Input) => {
  const { positions, rejects, rows } = decode(text, input)
  return { rows: rows.map((row, i) => [positions[i].event, positions[i].line, ...row]), rejects }
}

describe("rejects", () => {
  it("csv.columns: a wrong number of fields rejects that row alone", () => {
    check("a,b\n1,2\n3\n4,5,6\n7,8\n", {
      rows: [
        [1, 2, "1", "2"],
        [4, 5, "7", "8"]
      ],
      rejects: [
        {
          event: 2,
          line: 3,
          offset: 8,
          length: 1,
          code: "csv.columns",
          reason: "expected 2 fields, found 1",
          raw: "3"
        },
        {
          event: 3,
          line: 4,
          offset: 10,
          length: 5,
          code: "csv.columns",
          reason: "expected 2 fields, found 3",
          raw: "4,5,6"
        }
      ]
    })
  })

  it("csv.columns: in a file of one column", () => {
    check("a\n1,2\n3\n", {
      rows: [[2, 3, "3", null]],
      rejects: [
        {
          event: 1,
          line: 2,
          offset: 2,
          length: 3,
          code: "csv.columns",
          reason: "expected 1 field, found 2",
          raw: "1,2"
        }
      ]
    })
  })

  it("csv.syntax: text after a closing quote rejects the row up to the next newline", () => {
    check(`a,b\r\n"abc"def,"2\r\n3,4\r\n"x\ny"z,"\n5,6\n`, {
      rows: [
        [2, 3, "3", "4"],
        [4, 6, "5", "6"]
      ],
      rejects: [
        { event: 1, line: 2, offset: 5, length: 11, code: "csv.syntax", reason: "stray quote", raw: `"abc"def,"2` },
        { event: 3, line: 4, offset: 23, length: 8, code: "csv.syntax", reason: "stray quote", raw: `"x\ny"z,"` }
      ]
    })
  })

  it("csv.syntax: a carriage return after a closing quote is stray, unless a newline follows", () => {
    const { rejects, rows } = decode('a,b\n"1"\r,2\n3,"4"\r\n', { options: comma })
    assert.deepStrictEqual(rows, [["3", "4"]])
    assert.deepStrictEqual(
      rejects.map(({ raw, reason }) => [reason, raw]),
      [["stray quote", '"1"\r,2']]
    )
  })

  it("csv.syntax: a quote left open to the end of the input rejects only the line on which it opened", () => {
    check(`a,b\n1,2\n3,"4\r\n5,6\n7,8`, {
      rows: [
        [1, 2, "1", "2"],
        [3, 4, "5", "6"],
        [4, 5, "7", "8"]
      ],
      rejects: [{ event: 2, line: 3, offset: 8, length: 4, code: "csv.syntax", reason: "unclosed quote", raw: `3,"4` }]
    })
  })

  it("csv.syntax: the reject begins with the record when that began on an earlier line", () => {
    check(`a,b\n"x\ny","4\n5,6\n`, {
      rows: [[2, 4, "5", "6"]],
      rejects: [
        { event: 1, line: 2, offset: 4, length: 8, code: "csv.syntax", reason: "unclosed quote", raw: `"x\ny","4` }
      ]
    })
  })

  it("csv.syntax: a quote left open on the last line", () => {
    check(`a,b\n1,2\n3,"4`, {
      rows: [[1, 2, "1", "2"]],
      rejects: [{ event: 2, line: 3, offset: 8, length: 4, code: "csv.syntax", reason: "unclosed quote", raw: `3,"4` }]
    })
  })

  it("csv.syntax: a quote left open for longer than the cap rejects only the line on which it opened", () => {
    const rest = Array.from({ length: 9 }, (_, i) => `${i},${i}`)
    check(
      `a,b\n3,"4\n${rest.join("\n")}\n`,
      {
        rows: rest.map((_, i) => [i + 2, i + 3, `${i}`, `${i}`]),
        rejects: [
          { event: 1, line: 2, offset: 4, length: 4, code: "csv.syntax", reason: "unclosed quote", raw: `3,"4` }
        ]
      },
      { maxRecordBytes: 16 }
    )
  })

  it("csv.syntax: a quote that closes only beyond the cap counts as left open", () => {
    const rest = Array.from({ length: 9 }, (_, i) => [`${i}`, `q${i}`])
    check(
      `a,b\n3,"4\n${rest.map(([a, b], i) => (i < 6 ? `${a},${b}` : `${a},"${b}"`)).join("\n")}\n`,
      {
        rows: rest.map(([a, b], i) => [i + 2, i + 3, a, b]),
        rejects: [
          { event: 1, line: 2, offset: 4, length: 4, code: "csv.syntax", reason: "unclosed quote", raw: '3,"4' }
        ]
      },
      { maxRecordBytes: 16 }
    )
  })

  it("text.encoding: bytes that are not UTF-8 reject the record and are kept as U+FFFD", () => {
    const text = bytesOf("a,b\né,1\nx?,2\ny,3\n")
    text[text.indexOf(63)] = 0xe9
    check(text, {
      rows: [
        [1, 2, "é", "1"],
        [3, 4, "y", "3"]
      ],
      rejects: [
        { event: 2, line: 3, offset: 9, length: 4, code: "text.encoding", reason: "invalid UTF-8", raw: "x\ufffd,2" }
      ]
    })
  })

  it("text.encoding: also in a field that is not wanted", () => {
    const text = bytesOf(`a,b,c\n1,2,"?"\n`)
    text[text.indexOf(63)] = 0xff
    assert.deepStrictEqual(
      decode(text, { columns: ["a"] }).rejects.map(({ code }) => code),
      ["text.encoding"]
    )
  })

  it("record.size: a record over the cap is rejected without its bytes, whatever it holds", () => {
    const long = "x".repeat(100)
    const size = (event: number, line: number, offset: number, length: number) => ({
      event,
      line,
      offset,
      length,
      code: "record.size",
      reason: `record of ${length} bytes is over the cap of 20`,
      raw: null
    })
    check(
      `a,b\n1,${long}\n2,2\r\n"3",${long}\r\n4,4\n"${long}",5\n6,6\n"\n","${long}\r\n7,7\n8,${long}`,
      {
        rows: [
          [2, 3, "2", "2"],
          [4, 5, "4", "4"],
          [6, 7, "6", "6"],
          [8, 10, "7", "7"]
        ],
        rejects: [
          size(1, 2, 4, 102),
          size(3, 4, 112, 104),
          size(5, 6, 222, 104),
          size(7, 8, 331, 105),
          size(9, 11, 442, 102)
        ]
      },
      { maxRecordBytes: 20 }
    )
  })

  it("record.size: the cap itself is allowed, one byte more is not, newlines do not count", () => {
    for (const newline of ["\n", "\r\n", ""]) {
      const { rejects, rows } = decode(`a,b\n${"x".repeat(6)},1${newline}`, { options: comma, maxRecordBytes: 8 })
      assert.deepStrictEqual([rows, rejects], [[["xxxxxx", "1"]], []])
      for (const row of [`${"x".repeat(7)},1`, `"${"x".repeat(5)}",1`, `"x"${"y".repeat(6)}`, `x,"${"y".repeat(6)}`]) {
        const over = decode(`a,b\n${row}${newline}`, { options: comma, columns: ["a"], maxRecordBytes: 8 })
        assert.deepStrictEqual(
          over.rejects.map(({ length, reason }) => [length, reason]),
          [[9, "record of 9 bytes is over the cap of 8"]]
        )
      }
    }
  })

  it("record.size: counts the lines of a quoted field that ends about where the cap does", () => {
    for (let length = 15; length < 25; length++) {
      const text = `a,b\n"\n${"x".repeat(length)}",${"y".repeat(20)}\n1,2\n`
      const { positions, rows } = decode(text, { options: comma, columns: ["a"], maxRecordBytes: 20 })
      assert.deepStrictEqual([rows, positions[0].line], [[["1"]], 4], `${length}`)
    }
  })

  it("record.size: writes large numbers in groups of three", () => {
    const { rejects } = decode(`a,b\n1,${"x".repeat(20_000_000)}\n`, { columns: ["a"], options: comma })
    assert.strictEqual(rejects[0].reason, "record of 20,000,002 bytes is over the cap of 16,777,216")
  })
})
