import { assert, describe, it } from "@effect/vitest"
import { type Kernels, makeKernels, type RecordCells, RecordTable, type TextCells, type Texts } from "../src/index.ts"
import { Random } from "./Random.ts"

const kernels: Kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")

const tableOf = (times: ReadonlyArray<boolean>, wantsDigest = false): RecordTable =>
  new RecordTable(
    kernels,
    times.map((isTime) => ({ isTime })),
    wantsDigest
  )

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

const textAt = ({ bytes, offsets }: Texts, code: number): string =>
  new TextDecoder().decode(bytes.subarray(offsets[code], offsets[code + 1]))

const cellsOf = ({ codes, texts }: TextCells): ReadonlyArray<string | null> =>
  Array.from(codes, (code) => (code < 0 ? null : textAt(texts, code)))

const rowsOf = ({ columns, events, lengths, lines, offsets }: RecordCells) => {
  const cells = columns.map(cellsOf)
  return Array.from(events, (event, row) => ({
    at: [event, lines[row], offsets[row], lengths[row]].map(Number),
    cells: cells.map((column) => column[row])
  }))
}

/** Lengths around those at which texts are treated in another way. */
const lengths = [0, 1, 2, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 31, 32, 33, 48, 49, 100]

/** Texts of few letters, so that many share a beginning or an end. */
const someText = (random: Random): string => {
  const length = random.pick(lengths)
  return Array.from({ length }, (_, i) => (i === 0 || i === length - 1 ? random.pick(["a", "b", "\0"]) : "x")).join("")
}

describe("RecordTable", () => {
  it("agrees with a list of rows, whatever is set, set again, unset, forgotten or taken in between", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed)
      const table = tableOf([false, false, true])
      let kept: Array<{ readonly at: ReadonlyArray<number>; readonly cells: ReadonlyArray<string | null> }> = []
      let cells: Array<string | null> = [null, null, null]
      for (let i = 0; i < 4000; i++) {
        const column = random.int(3)
        const action = random.int(20)
        if (action < 9) {
          const text = someText(random)
          const bytes = bytesOf(`#${text}#`)
          table.cell(column, bytes, 1, bytes.length - 1)
          cells[column] = text
        } else if (action < 11) {
          table.unset(column)
          cells[column] = null
        } else if (action < 18) {
          const at = [i, 3 * i, i * 2 ** 30, random.int(2 ** 31)]
          table.keep(at[0], at[1], at[2], at[3])
          kept.push({ at, cells })
          cells = [null, null, null]
        } else if (action === 18) {
          table.begin()
          cells = [null, null, null]
        } else if (random.int(30) === 0) {
          assert.strictEqual(table.rows, kept.length)
          assert.deepStrictEqual(rowsOf(table.take()), kept, `seed ${seed}`)
          kept = []
          cells = [null, null, null]
        }
      }
      assert.deepStrictEqual(rowsOf(table.take()), kept, `seed ${seed}`)
    }
  })

  it("gives equal texts one code, through all growth, and keeps codes from batch to batch", () => {
    const table = tableOf([false])
    const names = Array.from({ length: 90_000 }, (_, i) => bytesOf(i % 3 === 0 ? `a longer text ${i}` : `u${i}`))
    const random = new Random(1)
    const codes = new Map<number, number>()
    let texts: Texts | undefined
    for (let batch = 0; batch < 20; batch++) {
      // Twice each, so that a batch never looks as if its texts were all new.
      const rows = Array.from({ length: 9000 }, () => random.int(names.length)).flatMap((name) => [name, name, name])
      for (const name of rows) {
        table.cell(0, names[name], 0, names[name].length)
        table.keep(0, 0, 0, 0)
      }
      const [taken] = table.take().columns
      texts ??= taken.texts
      assert.strictEqual(taken.texts, texts)
      rows.forEach((name, row) => {
        const code = codes.get(name) ?? codes.size
        codes.set(name, code)
        if (taken.codes[row] !== code) assert.fail(`row ${row} of batch ${batch}`)
      })
      assert.strictEqual(texts.size, codes.size)
    }
    for (const [name, code] of codes) {
      if (textAt(texts ?? assert.fail(), code) !== new TextDecoder().decode(names[name])) assert.fail(`text ${code}`)
    }
  })

  it("no longer looks for texts in a column where most are new", () => {
    const table = tableOf([false])
    const batch = () => {
      for (let i = 0; i < 3000; i++) {
        const bytes = bytesOf(`${i}`)
        table.cell(0, bytes, 0, bytes.length)
        table.keep(i, 1, 0, 1)
      }
      return table.take().columns[0]
    }
    const batches = [batch(), batch(), batch()]
    const expected = Array.from({ length: 3000 }, (_, i) => `${i}`)
    for (const { codes, texts } of batches) {
      assert.deepStrictEqual(cellsOf({ codes, texts, micros: undefined }), expected)
      assert.strictEqual(texts.size, 3000)
    }
    assert.strictEqual(new Set(batches.map(({ texts }) => texts)).size, 3)
  })

  it("keeps texts that are too long to be looked for", () => {
    const table = tableOf([false])
    const long = new Uint8Array(2 ** 24 + 1).fill(0x61)
    for (let i = 0; i < 2; i++) {
      table.cell(0, long, 0, long.length)
      table.keep(i, 1, 0, 1)
      table.cell(0, long, 0, 3)
      table.keep(i, 1, 0, 1)
    }
    const [{ codes, texts }] = table.take().columns
    assert.deepStrictEqual(
      Array.from(codes, (code) => texts.offsets[code + 1] - texts.offsets[code]),
      [long.length, 3, long.length, 3]
    )
    assert.strictEqual(codes[1], codes[3])
  })

  it("begins its dictionaries anew when it is told to forget them", () => {
    const table = tableOf([false, false])
    const take = () => {
      for (const column of [0, 1]) table.cell(column, bytesOf("same"), 0, 4)
      table.keep(1, 1, 0, 1)
      return table.take().columns.map(({ texts }) => texts)
    }
    const before = take()
    assert.deepStrictEqual(take(), before)
    table.setJson(true)
    const after = take()
    assert.notStrictEqual(after[0], before[0])
    assert.strictEqual(textAt(before[0], 0), "same")
    assert.strictEqual(textAt(after[1], 0), "same")
    assert.strictEqual(after[1].size, 1)
  })

  it("adds the fields of a record to its digest in any order, and to no other record's", () => {
    const table = tableOf([], true)
    const add = (name: string, value: string): void => {
      const [names, values] = [bytesOf(`(${name})`), bytesOf(`[${value}]`)]
      table.digest(names, 1, names.length - 1, values, 1, values.length - 1)
    }
    const fields = [
      ["a", "1"],
      ["b", ""],
      ["a longer name", "a longer value"]
    ]
    for (const [name, value] of fields) add(name, value)
    table.keep(1, 1, 0, 1)
    for (const [name, value] of fields.toReversed()) add(name, value)
    table.keep(2, 1, 0, 1)
    add("a", "2")
    table.begin()
    table.keep(3, 1, 0, 1)
    add("a", "1")
    table.keep(4, 1, 0, 1)
    const digests = table.take().digests ?? assert.fail()
    const texts = [0, 1, 2, 3].map((row) => digests.subarray(16 * row, 16 * row + 16).join())
    assert.strictEqual(texts[0], texts[1])
    assert.strictEqual(texts[2], new Uint8Array(16).join())
    assert.strictEqual(new Set(texts).size, 3)
  })
})
