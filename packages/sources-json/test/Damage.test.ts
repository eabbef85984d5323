import { assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { bytesOf, type Decoded, decodePieces, type Request } from "./decode.ts"

const decodeWhole = (bytes: Uint8Array, request: Request = {}) => decodePieces([bytes], request)

const newline = 0x0a

/** Every record, good or bad, is there once and in order, and none overlaps the next. */
const assertAccounted = ({ rejects, rows }: Decoded) => {
  const records = [...rows, ...rejects].sort((p, q) => p.event - q.event)
  assert.isTrue(records.every(({ event }, i) => event === i + 1))
  assert.isTrue(records.every(({ offset }, i) => i === 0 || offset >= records[i - 1].offset + records[i - 1].length))
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
  // The last line is never hit itself.
  const lines = [`{"a":1}`, `{"a":2,"b":["\\n"]}`, `{"a":3}`, `{"a":4}`]
  const block = bytesOf(lines.map((line) => `${line}\n`).join(""))
  const places = block.subarray(0, block.length - 8)

  /** The records on lines that a hit at `at` does not touch. */
  const untouched = (at: number): ReadonlyArray<string> => {
    const hit = block.subarray(0, at).filter((byte) => byte === newline).length
    return ["1", "2", "3", "4"].filter((_, line) => line !== hit && (line !== hit + 1 || block[at] !== newline))
  }

  it("spoils no record of another line", () => {
    // All the damaged blocks in one input.
    const damaged = Array.from({ length: 256 * places.length }, (_, i) => block.with(i >> 8, i & 0xff))
    const decoded = decodeWhole(new Uint8Array(Buffer.concat(damaged)), { layout: "lines" })
    assertAccounted(decoded)
    const found = damaged.map((): Array<string | null> => [])
    for (const { cells, offset } of decoded.rows) found[Math.floor(offset / block.length)].push(cells[0])
    const spoilt = found.flatMap((values, i) =>
      untouched(i >> 8).every((value) => values.includes(value))
        ? []
        : `${values.join()}: byte ${i >> 8} is ${i & 0xff}`
    )
    assert.deepStrictEqual(spoilt, [])
  })

  it("spoils no record of another line, either, where the layout is seen from the input", () => {
    for (const at of places.keys()) {
      for (const byte of [...bytesOf(`{}[]",:\\ \n0e\0`), 0xff]) {
        const decoded = decodeWhole(block.with(at, byte))
        assertAccounted(decoded)
        const missing = untouched(at).filter((value) => !values(decoded).includes(value))
        assert.deepStrictEqual(missing, [], `byte ${at} is ${byte}`)
      }
    }
  })
})
