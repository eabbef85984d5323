import { assert, describe, it } from "@effect/vitest"
import { headLength } from "../src/Layout.ts"
import { bytesOf, decode, decodePieces, type Request } from "./decode.ts"

const lines = "JSON lines"
const values = "JSON values over several lines"
const array = "a JSON array"
const inside = (name: string) => `records are the array "${name}" of the top-level object`

/** What `a` is in every record, how many rejects there are, and what the notes say first. */
const taken = (input: string, request: Request = {}) => {
  const { notes, rejects, rows } = decode(input, request)
  return [notes[0], rows.map(({ cells }) => Number(cells[0])), rejects.length]
}

const pretty = (...records: ReadonlyArray<unknown>) => records.map((record) => JSON.stringify(record, null, 2))
const a = (value: number) => ({ a: value })

describe("the layout seen from the beginning of an input", () => {
  it.each<[string, string, string, ReadonlyArray<number>, number]>([
    ["records on lines", `{"a":1}\n{"a":2}\n`, lines, [1, 2], 0],
    ["a single line", `{"a":1}`, lines, [1], 0],
    ["records side by side on lines", `{"a":1} {"a":2}{"a":3}\n\n{"a":4}`, lines, [1, 2, 3, 4], 0],
    ["blanks and a mark before the first line", `\ufeff \r\n\t{"a":1}\n{"a":2}`, lines, [1, 2], 0],
    ["a first line with an array of objects", `{"a":1,"b":[{"a":5}]}\n{"a":2}\n`, lines, [1, 2], 0],
    ["a bad first line", `{"a":\n{"a":2}\n{"a":3}\n`, lines, [2, 3], 1],
    ["a bad first line inside an array of objects", `{"a":1,"b":[{"a":5},{"a":}]}\n{"a":2}\n`, lines, [2], 1],
    ["a first line cut off after an item", `{"a":1,"b":[\n{"a":2}\n{"a":3}\n`, lines, [2, 3], 1],
    ["a first line that is no JSON", `# events\n{"a":2}\n`, lines, [2], 1],
    ["nothing but bad lines", `{"a"\n{"b"\n`, lines, [], 2],

    ["records over several lines", pretty(a(1), a(2)).join("\n"), values, [1, 2], 0],
    ["records over several lines, side by side", pretty(a(1), a(2)).join(""), values, [1, 2], 0],
    ["one record over several lines", pretty(a(1))[0], values, [1], 0],
    ["a bad first record over several lines", `{\n "a":,\n "b": 1\n}\n${pretty(a(2))[0]}`, values, [2], 1],
    ["a bad one with objects inside", `{\n "b": [\n  {"a": 5},\n  {"a":}\n ]\n}\n${pretty(a(2))[0]}`, values, [2], 1],
    ["only a bad record over several lines", `{\n "a": 1,\n "b": x\n}\n`, values, [], 1],
    ["two arrays of objects", `{\n "a": 1,\n "b": [{}],\n "c": [{}]\n}`, values, [1], 0],
    ["an array of objects and others", `{\n "a": 1,\n "b": [{}, null]\n}`, values, [1], 0],
    ["an empty array", `{\n "a": 1,\n "b": []\n}`, values, [1], 0],
    ["two wrappers", pretty({ a: 1, b: [a(5)] }, { a: 2, b: [a(6)] }).join("\n"), values, [1, 2], 0],

    ["an array on one line", `[{"a":1},{"a":2}]`, array, [1, 2], 0],
    ["an array over several lines", pretty([a(1), a(2)])[0], array, [1, 2], 0],
    ["arrays in a row", `[{"a":1},{"a":2}]\n[]\n[{"a":3}][{"a":4}]`, array, [1, 2, 3, 4], 0],
    ["an empty array alone", `[]`, array, [], 0],

    ["a wrapper on one line", `{"n":2,"events":[{"a":1},{"a":2}],"next":null}`, inside("events"), [1, 2], 0],
    ["a wrapper over lines", pretty({ n: [1], events: [a(1), a(2)], o: {} })[0], inside("events"), [1, 2], 0],
    ["a wrapper with a bad item", `{"events":[{"a":1},{"a":},{"a":3}]}`, inside("events"), [1, 3], 1],
    ["a wrapper with a bad first item", `{"events":[{"a":},{"a":2}]}`, inside("events"), [2], 1],
    ["a wrapper with items on lines", `{"e":[\n{"a":1},\n{"a":\n{"a":3}\n]}`, inside("e"), [1, 3], 1],
    [
      "a wrapper with a bad item over lines",
      `{\n "e": [\n  {"a":1},\n  {"a"\n  {"a":3}\n ]\n}`,
      inside("e"),
      [1, 3],
      1
    ],
    ["a wrapper cut off in an item", `{"events":[{"a":1},{"a":2},{"a"`, inside("events"), [1, 2], 1],
    ["a wrapper cut off after its array", `{"events":[{"a":1},{"a":2}],"ne`, inside("events"), [1, 2], 1],
    ["a wrapper cut off between items", `{"events":[{"a":1},{"a":2},`, inside("events"), [1, 2], 0]
  ])("%s", (_, input, note, records, rejects) => {
    assert.deepStrictEqual(taken(input), [note, records, rejects])
  })

  it("says nothing about an input without text", () => {
    for (const input of ["", "\ufeff", " \n\n"]) {
      assert.deepStrictEqual(decode(input), { rows: [], rejects: [], notes: [], fields: [] })
    }
  })

  it("takes an array that is open where the head ends for the records", () => {
    const item = `{"a":1,"b":"${"x".repeat(1000)}"}`
    const count = Math.ceil(headLength / item.length) + 10
    for (const separator of [",", ",\n"]) {
      const text = `{"meta":{"x":[1]},"events":[${Array(count).fill(item).join(separator)}],"next":[{"a":2}]}\n`
      for (const size of [text.length, 100_000]) {
        const decoded = decodePieces(sliced(text, size))
        assert.strictEqual(decoded.notes.join(), inside("events"))
        assert.strictEqual(decoded.rows.length, count)
        assert.deepStrictEqual(decoded.rejects, [])
      }
    }
  })

  it("decides from the same bytes however the input is cut", () => {
    // Whole within the head, but the input goes on: not a wrapper.
    const text = `{"a":1,"b":[{"a":5}]}\n${`{"a":2,"b":"${"x".repeat(1000)}"}\n`.repeat(1100)}`
    const whole = decodePieces([bytesOf(text)])
    assert.strictEqual(whole.notes[0], lines)
    assert.strictEqual(whole.rows.length, 1101)
    for (const size of [headLength - 1, headLength, headLength + 1]) {
      assert.deepStrictEqual(decodePieces(sliced(text, size)), whole)
    }
  })

  it("takes a first record longer than the head by whether it has a newline", () => {
    for (const [separator, note] of [
      [",", lines],
      [",\n", values]
    ]) {
      const record = `{"a":1,"b":[${Array(headLength >> 9)
        .fill(`"${"x".repeat(1000)}"`)
        .join(separator)}]}`
      const { notes, rejects, rows } = decodePieces(sliced(`${record}\n{"a":2}\n`, 300_000))
      assert.deepStrictEqual([notes, rows.map(({ cells }) => cells[0]), rejects], [[note], ["1", "2"], []])
    }
  })
})

describe("a layout that is asked for", () => {
  it("is taken whatever the input looks like", () => {
    assert.deepStrictEqual(taken(pretty(a(1))[0], { layout: "lines" }), [lines, [], 3])
    assert.deepStrictEqual(taken(`{"a":1}\n{"a":2}`, { layout: "values" }), [values, [1, 2], 0])
    assert.deepStrictEqual(taken(`{"events":[{"a":1}]}`, { layout: "lines" })[0], lines)
    assert.deepStrictEqual(taken(`{"events":[{"a":1}]}`, { layout: "values" })[0], values)
    assert.deepStrictEqual(taken(`[{"a":1}]`, { layout: "lines" }), [lines, [], 1])
    assert.deepStrictEqual(taken(`{"a":1}\n{"a":2}`, { layout: "array" }), [array, [], 2])
  })

  it("finds an array in the top-level object, too", () => {
    assert.deepStrictEqual(taken(`{"events":[{"a":1}]}`, { layout: "array" }), [inside("events"), [1], 0])
    assert.deepStrictEqual(taken(`{"events":[{"a":1},{`, { layout: "array" }), [inside("events"), [1], 1])
  })

  it("gives records without waiting for more of the input", () => {
    const { rows } = decodePieces([bytesOf(`{"a":1}\n{"a":2}\n`)], { layout: "lines" })
    assert.deepStrictEqual(
      rows.map(({ event }) => event),
      [1, 2]
    )
  })
})

const sliced = (text: string, size: number): ReadonlyArray<Uint8Array> => {
  const bytes = bytesOf(text)
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}
