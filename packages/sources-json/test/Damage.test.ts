import { assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { bytesOf, type Decoded, decodePieces, type Request } from "./decode.ts"

const decodeWhole = (bytes: Uint8Array, request: Request = {}) => decodePieces([bytes], request)

const newline = 0x0a

/** Every record, good or bad, is there once and in order, and none overlaps the next. */
const assertAccounted = ({ rejects, rows }: Decoded) => {
  const records = [...rows, ...rejects].sort((p, q) => p.event - q.event)
  for (const [i, { event, length, offset }] of records.entries()) {
    assert.strictEqual(event, i + 1)
    if (i + 1 < records.length) assert.isAtMost(offset + length, records[i + 1].offset)
  }
}

const values = ({ rows }: Decoded) => rows.map(({ cells }) => cells[0])

const corpus = fileURLToPath(new URL("../../../../shared/corpora/json-test-suite/test_parsing/", import.meta.url))

describe.skipIf(!existsSync(corpus))("a file of the JSON test suite as a line between two records", () => {
  const names = existsSync(corpus) ? readdirSync(corpus) : []
  const files = names.map((name): [string, Uint8Array] => [name, readFileSync(corpus + name)])

  it.each(files.filter(([, bytes]) => !bytes.includes(newline)))("%s leaves its neighbours alone", (_, bytes) => {
    const before = bytesOf(`{"a":1}\n`)
    const after = bytesOf(`\n{"a":2}\n`)
    const decoded = decodeWhole(Uint8Array.from([...before, ...bytes, ...after]), { layout: "lines" })
    assertAccounted(decoded)
    const { rejects, rows } = decoded
    assert.deepStrictEqual([rows[0].event, rows[0].cells], [1, ["1"]])
    assert.deepStrictEqual([rows.at(-1)?.event, rows.at(-1)?.cells], [rows.length + rejects.length, ["2"]])
    for (const { offset } of rejects) assert.isTrue(offset >= before.length && offset < before.length + bytes.length)
  })
})

describe("an input that is cut off", () => {
  const records = [1, 2, 3].map((a) => ({ a, "b\n": { c: ["é", null], d: { e: -1.5e-3 } }, f: true }))
  const pretty = (value: unknown) => JSON.stringify(value, null, 2)

  it.each([
    ["lines", records.map((record) => JSON.stringify(record)).join("\r\n")],
    ["several records a line", records.map((record) => JSON.stringify(record)).join(" ")],
    ["values over several lines", records.map(pretty).join("\n")],
    ["an array on one line", JSON.stringify(records)],
    ["an array of lines", `[\n${records.map((record) => JSON.stringify(record)).join(",\n")}\n]\n`],
    ["an array over several lines", pretty(records)],
    ["a wrapper on one line", JSON.stringify({ count: 3, events: records, next: null })],
    ["a wrapper over several lines", pretty({ count: 3, events: records, next: { a: 5 } })]
  ])("anywhere keeps all records that are complete: %s", (_, text) => {
    const bytes = bytesOf(text)
    const whole = decodeWhole(bytes)
    assert.deepStrictEqual([values(whole), whole.rejects], [["1", "2", "3"], []])
    for (let length = 0; length < bytes.length; length++) {
      const decoded = decodeWhole(bytes.subarray(0, length))
      assertAccounted(decoded)
      const complete = whole.rows.filter((row) => row.offset + row.length <= length)
      if (complete.length > 0) {
        assert.deepStrictEqual(decoded.rows, complete)
        assert.isAtMost(decoded.rejects.length, 1)
      }
    }
  })
})

describe("a byte that is another", () => {
  const input = bytesOf(`{"a":1}\n{"a":2,"b":["\\n"]}\n{"a":3}\n`)
  const anyByte = Array.from({ length: 256 }, (_, byte) => byte)
  const telling = [...bytesOf(`{}[]",:\\ \n\r\t0-eu\0\ufeff`)]

  it.each([
    ["lines", anyByte],
    ["auto", telling]
  ] as const)("spoils no record of another line: %s", (layout, bytes) => {
    let line = 0
    for (let at = 0; at < input.length; at++) {
      const joined = input[at] === newline ? line + 1 : line
      const untouched = ["1", "2", "3"].filter((_, i) => i < line || i > joined)
      for (const byte of bytes) {
        const decoded = decodeWhole(input.with(at, byte), { layout })
        assertAccounted(decoded)
        assert.includeMembers(values(decoded), untouched, `byte ${at} is ${byte}`)
      }
      line = joined
    }
  })
})
