import { assert, describe, it } from "@effect/vitest"
import { bytesOf, decode, type Decoded } from "./decode.ts"

const comma = { delimiter: "," } as const
const columns = ["a", "b"]
const text = `a,b\n1,é\r\n2,"x"""\n3,"y\nz"\n4,\n5,""\n`
const whole = decode(text, { columns, options: comma })

/** Everything but the batches, which may be cut otherwise. */
const content = ({ batches: _, ...rest }: Decoded) => rest

/** What is wrong with the accounts of a decoded input: ordinals, lines, and bytes that belong to no record. */
const accounts = (bytes: Uint8Array, { positions, rejects }: Decoded): string => {
  const all = [...positions, ...rejects].sort((a, b) => a.event - b.event)
  let line = 1
  let at = 0
  for (const [i, record] of [...all, { event: all.length + 1, line: 0, offset: bytes.length, length: 0 }].entries()) {
    if (record.event !== i + 1) return `event ${record.event} is number ${i + 1}`
    if (record.offset < at) return `event ${record.event} overlaps the one before`
    for (; at < record.offset; at++) {
      if (bytes[at] === 10) line++
      else if (i > 0 && bytes[at] !== 13) return `byte ${at} belongs to no record`
    }
    if (record.line !== line && i < all.length) return `event ${record.event} is on line ${line}, not ${record.line}`
    for (; at < record.offset + record.length; at++) if (bytes[at] === 10) line++
  }
  return "in order"
}

describe("damaged input", () => {
  it("is decoded the same however it is cut into chunks", () => {
    const damaged = `${text}"x"y,2\n1\n6,"open\n7,b\n8,${"long".repeat(20)}\r\n9,\ud83d\ude00`
    const input = { columns, options: comma, digest: true, maxRecordBytes: 40 }
    const expected = content(decode(damaged, input))
    assert.deepStrictEqual(
      expected.rejects.map(({ reason }) => reason),
      ["stray quote", "expected 2 fields, found 1", "unclosed quote", "record of 82 bytes is over the cap of 40"]
    )
    const random = Array.from({ length: 20 }, (_, i) =>
      Array.from({ length: 9 }, (_, j) => 1 + ((i * 31 + j * j * 17) % 29))
    )
    for (const chunks of [[1], [2], [3], [7], [64], ...random]) {
      assert.deepStrictEqual(content(decode(damaged, { ...input, chunks })), expected, `chunks of ${chunks.join()}`)
    }
  })

  it("cut off at any byte: every row before the cut is there and nothing throws", () => {
    const bytes = bytesOf(text)
    for (let length = 0; length <= bytes.length; length++) {
      const cut = decode(bytes.subarray(0, length), { columns, options: comma, chunks: [5] })
      assert.strictEqual(accounts(bytes.subarray(0, length), cut), "in order")
      const complete = whole.positions.filter((position) => position.offset + position.length < length).length
      assert.deepStrictEqual(cut.rows.slice(0, complete), whole.rows.slice(0, complete), `cut at ${length}`)
    }
  })

  it("any byte replaced by any other: all bytes are accounted for and other rows survive, unless a quote was made or lost", () => {
    const bytes = bytesOf(text)
    const header = text.indexOf("\n")
    for (let at = 0; at < bytes.length; at++) {
      for (let value = 0; value < 256; value++) {
        const damaged = bytes.slice()
        damaged[at] = value
        const decoded = decode(damaged, { columns, options: comma })
        assert.strictEqual(accounts(damaged, decoded), "in order")
        if (at <= header || value === 34 || bytes[at] === 34) continue
        const there = new Set(decoded.rows.map((row) => row.join("\0")))
        for (const [i, row] of whole.rows.entries()) {
          const { length, offset } = whole.positions[i]
          // A newline that is lost joins two rows.
          if (at >= offset - 2 && at <= offset + length + 1) continue
          if (!there.has(row.join("\0"))) assert.fail(`byte ${at} as ${value} lost row ${i + 1}`)
        }
      }
    }
  })
})
