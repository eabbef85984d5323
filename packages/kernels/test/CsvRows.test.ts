import { assert, describe, it } from "@effect/vitest"
import { CsvRows, makeKernels, RecordTable } from "../src/index.ts"

const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Reads as much as the loop takes: columns `b`, one that is not there, and `a`, of a file with `names`. */
const read = (text: string, names: ReadonlyArray<string> = ["a", "b"], cap = 100) => {
  const table = new RecordTable(
    kernels,
    [0, 1, 2].map(() => ({ isTime: false })),
    false
  )
  const sources = ["b", "x", "a"].map((name) => names.indexOf(name))
  const delimiter = names.length > 1 ? 0x2c : undefined
  const rows = new CsvRows(
    table,
    { names: names.map((name) => encoder.encode(name)), delimiter, sources, digest: false },
    cap
  )
  const bytes = encoder.encode(text)
  rows.show(bytes, bytes.length)
  const reached = rows.read(0, 1000, 7, 5, 1 << 20)
  const { columns, events, lengths, lines, offsets } = table.take()
  const cells = columns.map(({ codes, texts }) =>
    Array.from(codes, (code) =>
      code < 0 ? null : decoder.decode(texts.bytes.subarray(texts.offsets[code], texts.offsets[code + 1]))
    )
  )
  return {
    rows: Array.from(events, (event, i) => [Number(event), ...cells.map((column) => column[i])]),
    places: Array.from(lines, (line, i) => [Number(line), Number(offsets[i]), Number(lengths[i])]),
    counted: [rows.records, rows.lines],
    left: decoder.decode(bytes.subarray(reached))
  }
}

describe("CsvRows", () => {
  it("takes every well-formed record, quoted or not, with its place", () => {
    const text = `1,2\n"3","4"\r\n\n\r\n,""\n"x\n,\r\n""y""",é"\r\n\r\r,\r\n`
    assert.deepStrictEqual(read(text), {
      rows: [
        [8, "2", null, "1"],
        [9, "4", null, "3"],
        [10, "", null, null],
        [11, 'é"', null, 'x\n,\r\n"y"'],
        [12, null, null, "\r\r"]
      ],
      places: [
        [5, 1000, 3],
        [6, 1004, 7],
        [9, 1016, 3],
        [10, 1020, 16],
        [13, 1038, 3]
      ],
      counted: [5, 9],
      left: ""
    })
  })

  it("takes a blank line as a null in a file of one column", () => {
    const { counted, rows } = read(`1,"2\n\n\r\n"3,"\n`, ["a"])
    assert.deepStrictEqual(
      rows.map((row) => row[3]),
      ['1,"2', null, null, "3,"]
    )
    assert.deepStrictEqual(counted, [4, 4])
  })

  it.each([
    ["too few fields", "3\n"],
    ["too many fields", "3,4,5\n"],
    ["too many fields, the first empty", ",,\n"],
    ["text after a closing quote", `"3"x,4\n`],
    ["a carriage return after a closing quote", `"3"\r,4\n`],
    ["a quote left open", `3,"4\n`],
    ["no newline", "3,4"],
    ["no newline after a quote", `3,"4"`],
    ["half a newline", `3,"4"\r`],
    ["more bytes than the cap", `3,${"4".repeat(99)}\n`],
    ["nothing but half a newline", "\r"]
  ])("stops before a record with %s", (_, record) => {
    const { counted, left } = read(`1,2\n${record}`)
    assert.deepStrictEqual([counted, left], [[1, 1], record])
    // What comes after it does not matter.
    if (record.endsWith("\n")) assert.strictEqual(read(`1,2\n${record}5,6\n"`).left, `${record}5,6\n"`)
  })

  it("stops before text that is not UTF-8", () => {
    const table = new RecordTable(kernels, [{ isTime: false }], false)
    const rows = new CsvRows(
      table,
      { names: [encoder.encode("a")], delimiter: undefined, sources: [0], digest: false },
      9
    )
    const bytes = Uint8Array.of(0x31, 0x0a, 0xc3, 0xa9, 0x0a, 0xc3, 0x0a, 0xa9, 0x0a)
    rows.show(bytes, bytes.length)
    assert.strictEqual(rows.read(0, 0, 0, 1, 10), 5)
  })

  it("takes no more records than it is asked for, and goes on where it stopped", () => {
    const table = new RecordTable(kernels, [{ isTime: false }], false)
    const rows = new CsvRows(
      table,
      { names: [encoder.encode("a")], delimiter: undefined, sources: [0], digest: false },
      9
    )
    const bytes = encoder.encode("1\n22\n333\n4444\n".repeat(50_000))
    rows.show(bytes, bytes.length)
    let at = 0
    let records = 0
    while (at < bytes.length) {
      at = rows.read(at, at, records, records + 1, 777)
      assert.strictEqual(rows.records, Math.min(777, 200_000 - records))
      records += rows.records
    }
    const { events, lines, offsets } = table.take()
    for (const i of [0, 1, 70_001, 199_999]) {
      const offset = Math.floor(i / 4) * 14 + [0, 2, 5, 9][i % 4]
      assert.deepStrictEqual([Number(events[i]), Number(lines[i]), Number(offsets[i])], [i + 1, i + 1, offset])
    }
  })
})
