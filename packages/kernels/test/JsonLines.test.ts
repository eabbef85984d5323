import { assert, describe, it } from "@effect/vitest"
import { JsonLines, makeKernels, RecordTable } from "../src/index.ts"

const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Columns: 0 is `a`, 1 is `n`, 2 is `n.o`; `b` is known and not wanted. */
const open = (cap = 1000, digest = false) => {
  const table = new RecordTable(
    kernels,
    [0, 1, 2].map(() => ({ isTime: false })),
    digest
  )
  const lines = new JsonLines(table, cap)
  const learn = (parent: number, name: string, columns: ReadonlyArray<number>, isOpened: boolean) =>
    lines.learn(parent, bytesOf(`"${name}"`), columns, isOpened)
  learn(lines.root, "a", [0], false)
  learn(lines.root, "b", [], false)
  learn(learn(lines.root, "n", [1], true), "o", [2], false)
  return { table, lines, learn }
}

const cellsOf = (table: RecordTable): ReadonlyArray<ReadonlyArray<string | null>> => {
  const { columns, events } = table.take()
  return Array.from(events, (_, row) =>
    columns.map(({ codes, texts: { bytes, offsets } }) =>
      codes[row] < 0 ? null : new TextDecoder().decode(bytes.subarray(offsets[codes[row]], offsets[codes[row] + 1]))
    )
  )
}

const readAll = (text: string, cap?: number) => {
  const { lines, table } = open(cap)
  const bytes = bytesOf(text)
  lines.show(bytes)
  const reached = lines.read(0, 0, 0, 1, 1_000_000)
  return { reached, records: lines.records, newlines: lines.lines, cells: cellsOf(table) }
}

describe("JsonLines", () => {
  it.each([
    ["{}", [null, null, null]],
    [`{"a":1,"b":2,"n":{"o":3}}`, ["1", `{"o":3}`, "3"]],
    [`{"n":{"o":null},"a":null}`, [null, `{"o":null}`, null]],
    [`{"n":null}`, [null, null, null]],
    [`{"n":"text"}`, [null, `"text"`, null]],
    [
      ` { "n" : { "o" : [ 1 , " x\\" " , { } ] } , "a" : -1.50e+3 }`,
      ["-1.50e+3", `{"o":[1," x\\" ",{}]}`, `[1," x\\" ",{}]`]
    ],
    [`{"a":"é😀\\u00e9\\n\\"","b":[[],{},[{"a":[true,false,null]}]]}`, [`"é😀\\u00e9\\n\\""`, null, null]],
    [`{"b":{"a":1,"a":2,"unknown":3},"a":""}`, [`""`, null, null]],
    [`{"a":"${"x".repeat(40)}"}`, [`"${"x".repeat(40)}"`, null, null]],
    [`{"b":${"[".repeat(64)}${"]".repeat(64)}}`, [null, null, null]]
  ])("keeps the clean record %s", (record, cells) => {
    assert.deepStrictEqual(readAll(`${record}\n`), {
      reached: bytesOf(record).length + 1,
      records: 1,
      newlines: 1,
      cells: [cells]
    })
    assert.deepStrictEqual(readAll(record).records, 1)
  })

  it.each([
    [`{"c":1}`, "an unknown key"],
    [`{"n":{"p":1}}`, "an unknown key inside"],
    [`{"\\u0061":1}`, "a key in another spelling"],
    [`{"a":1,"a":2}`, "a key twice"],
    [`{"n":{"o":1,"o":2}}`, "a key twice inside"],
    [`{"a":1,}`, "a comma too many"],
    [`{"a":1 "b":2}`, "a comma too few"],
    [`{"a" 1}`, "no colon"],
    [`{a:1}`, "no quotes"],
    [`{"a":01}`, "a leading zero"],
    [`{"a":1.}`, "no digits after the dot"],
    [`{"a":+1}`, "a plus"],
    [`{"a":nul}`, "no word"],
    [`{"a":"\t"}`, "a control character"],
    [`{"a":"\\x"}`, "no escape"],
    [`{"a":"\\u12G4"}`, "no hexadecimal escape"],
    [`{"a":1`, "no end"],
    [`{"a":"1}`, "no end of the string"],
    [`{"b":[1,2}}`, "the wrong bracket"],
    [`{"b":${"[".repeat(65)}${"]".repeat(65)}}`, "too deep"],
    [`{"a":1\n}`, "a newline inside"],
    ["[]", "no object"],
    ["1", "no object"],
    [`{"a":"${"x".repeat(93)}"}`, "longer than the cap of 100"]
  ])("stops before %s: %s", (record) => {
    const before = `{"a":"1"}\r\n \n`
    const { cells, newlines, reached, records } = readAll(`${before}${record}\n{"a":2}\n`, 100)
    assert.deepStrictEqual({ reached, records, newlines }, { reached: before.length, records: 1, newlines: 2 })
    assert.deepStrictEqual(cells, [[`"1"`, null, null]])
  })

  it.each([[[0xff]], [[0xc0, 0x80]], [[0xed, 0xa0, 0x80]], [[0xf4, 0x90, 0x80, 0x80]], [[0xe2, 0x82]]])(
    "stops before text that is not UTF-8: %j",
    (bad) => {
      const { lines } = open()
      lines.show(Uint8Array.from([...bytesOf(`{"a":"é"}{"a":"`), ...bad, ...bytesOf(`"}`)]))
      assert.strictEqual(lines.read(0, 0, 0, 1, 10), 10)
    }
  )

  it("says where records are, and goes on where it is told to", () => {
    const { lines, table } = open()
    const bytes = bytesOf(`\n{"a":1}\n\n  {"a":22}{"a":3}\n?\n{"a":4}`)
    lines.show(bytes)
    assert.strictEqual(lines.read(0, 5_000_000_000, 10, 7, 100), bytes.indexOf(0x3f))
    assert.deepStrictEqual([lines.records, lines.lines], [3, 4])
    assert.strictEqual(lines.read(bytes.indexOf(0x3f) + 1, 5_000_000_030, 14, 11, 100), bytes.length)
    const { events, lengths, lines: places, offsets } = table.take()
    assert.deepStrictEqual(
      Array.from(events, (event, row) => [event, places[row], offsets[row], lengths[row]].map(Number)),
      [
        [11, 8, 5_000_000_001, 7],
        [12, 10, 5_000_000_012, 8],
        [13, 10, 5_000_000_020, 7],
        [15, 12, 5_000_000_031, 7]
      ]
    )
  })

  it("reads through inputs larger than it copies at a time, up to as many records as are asked for", () => {
    const { lines, table } = open(20_000)
    const records = Array.from(
      { length: 3000 },
      (_, i) => `{"a":${i},"b":"${"x".repeat(i % 70 === 0 ? 15_000 : i % 500)}"}\n`
    )
    const bytes = bytesOf(records.join(""))
    lines.show(bytes)
    let at = 0
    for (let event = 0; event < 3000; event += 1000) {
      at = lines.read(at, at, event, event + 1, 1000)
      assert.strictEqual(lines.records, 1000)
    }
    assert.isAtLeast(at, bytes.length - 1)
    assert.deepStrictEqual(
      cellsOf(table).map(([a]) => a),
      records.map((_, i) => `${i}`)
    )
  })

  it("keeps any number of records whose values have whitespace", () => {
    const { lines, table } = open()
    const records = Array.from({ length: 5000 }, (_, i) => `{"n": {"o": [ ${i}, "${"x".repeat(i % 300)}" ]}}`)
    const bytes = bytesOf(records.join("\n"))
    lines.show(bytes)
    assert.strictEqual(lines.read(0, 0, 0, 1, 5000), bytes.length)
    assert.deepStrictEqual(
      cellsOf(table).map(([, n]) => `{"n":${n}}`),
      records.map((record) => record.replaceAll(" ", ""))
    )
  })

  it("knows no more fields than it has room for, and none of the one before", () => {
    const { learn, lines, table } = open()
    let learned = 0
    while (learn(lines.root, `k${learned}`, [], false) !== 0) learned++
    assert.isAbove(learned, 4000)
    lines.show(bytesOf(`{"k0":1,"k${learned - 1}":2}{"k${learned}":1}`))
    lines.read(0, 0, 0, 1, 10)
    assert.strictEqual(lines.records, 1)
    const next = new JsonLines(table, 1000)
    next.show(bytesOf(`{"k0":1}`))
    assert.strictEqual(next.read(0, 0, 0, 1, 10), 0)
    next.learn(next.root, bytesOf(`"k0"`), [0], false)
    assert.strictEqual(next.read(0, 0, 0, 1, 10), 8)
  })

  it("gives records with the same fields the same digest, whatever whitespace and order", () => {
    const { lines, table } = open(1000, true)
    lines.show(bytesOf(`{"a":1,"n":{"o":[1]}}\n{ "n" : { "o" : [ 1 ] } , "a" : 1 }\n{"a":1,"n":{"o":[2]}}\n`))
    lines.read(0, 0, 0, 1, 10)
    const digests = table.take().digests ?? assert.fail()
    const [first, second, third] = [0, 1, 2].map((row) => digests.subarray(16 * row, 16 * row + 16).join())
    assert.strictEqual(first, second)
    assert.notStrictEqual(first, third)
  })
})
