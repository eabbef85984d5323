import { assert, describe, it } from "@effect/vitest"
import { bytesOf, decode } from "./decode.ts"

type Case = readonly [name: string, input: string, records: ReadonlyArray<number>, rejects: ReadonlyArray<string>]

/** Checks which records, by `a`, and which rejects come of an input. In all of them `a` is also the ordinal. */
const check = ([, input, records, rejects]: Case) => {
  const decoded = decode(input)
  assert.deepStrictEqual(
    decoded.rejects.map(({ raw }) => raw),
    [...rejects]
  )
  assert.deepStrictEqual(
    decoded.rows.map(({ event }) => event),
    [...records]
  )
  const bytes = bytesOf(input)
  const text = (start: number, end: number) => new TextDecoder().decode(bytes.subarray(start, end))
  for (const { cells, event } of decoded.rows) assert.strictEqual(cells[0], String(event))
  for (const { code, length, offset, raw, reason } of decoded.rejects) {
    assert.strictEqual(text(offset, offset + length), raw)
    const isOtherValue = isJson(raw) && !raw?.startsWith("{")
    assert.deepStrictEqual([code, reason], ["json.syntax", isOtherValue ? "not a JSON object" : "invalid JSON"])
  }
  const inOrder = [...decoded.rows, ...decoded.rejects].sort((p, q) => p.offset - q.offset)
  assert.deepStrictEqual(
    inOrder.map(({ event, line }) => [event, line]),
    inOrder.map(({ offset }, i) => [i + 1, text(0, offset).split("\n").length])
  )
}

const isJson = (text: string | null) => {
  try {
    JSON.parse(text ?? "")
    return true
  } catch {
    return false
  }
}

describe("a bad record on lines", () => {
  it.each<Case>([
    [
      "ends with its line, without blanks and commas at its end",
      `{"a":1}\n  {"a":2,"b: , \t\r\n{"a":3}`,
      [1, 3],
      [`{"a":2,"b:`]
    ],
    [
      "ends where its own brace closes before another record",
      `{"a":1}\n{"a":x,"b":{"c":"}"}} {"a":3}{"a":}{"a":5}\n`,
      [1, 3, 5],
      [`{"a":x,"b":{"c":"}"}}`, `{"a":}`]
    ],
    [
      "goes on to the end of its line if something else follows its brace",
      `{"a":} x {"a":1}\n{"a":2}`,
      [2],
      [`{"a":} x {"a":1}`]
    ],
    ["may be the rest of a line after a good one", `{"a":1} x "y" {"a":2}\n{"a":3}}\n`, [1, 3], [`x "y" {"a":2}`, "}"]],
    ["may have lost its beginning", `{"a":1}\n"a":2}\n:3}\n{"a":4}\n`, [1, 4], [`"a":2}`, ":3}"]],
    ["may have lost its end, last in the input", `{"a":1}\n{"a":2,"b":[{`, [1], [`{"a":2,"b":[{`]],
    [
      "is a value that is no object",
      `{"a":1}\n[{"a":2}]\n3 "x"\tnull{"a":6}\n-1.5e3`,
      [1, 6],
      [`[{"a":2}]`, "3", `"x"`, "null", "-1.5e3"]
    ]
  ])("%s", (...test) => check(test))

  it("loses nothing to commas after records, which are remarked upon", () => {
    const { notes, rejects, rows } = decode(`{"a":1},\n{"a":2},\n{"a":},{"a":4}`)
    assert.deepStrictEqual(notes, ["JSON lines", "commas between records are missing or too many"])
    assert.deepStrictEqual([rows.length, rejects.map(({ raw }) => raw)], [3, [`{"a":}`]])
  })
})

describe("a bad record over several lines", () => {
  const good = (a: number) => `{\n  "a": ${a},\n  "b": {\n    "c": []\n  }\n}\n`

  it.each<Case>([
    [
      "ends before the next line that opens an object at its indent",
      good(1) + `{\n  "a": 2,\n  "b": {\n` + good(3),
      [1, 3],
      [`{\n  "a": 2,\n  "b": {`]
    ],
    [
      "does not end at an object inside it",
      good(1) + `{\n "a": [\n  {"c": x},\n  {"a": 5}\n ]\n}\n` + good(3),
      [1, 3],
      [`{\n "a": [\n  {"c": x},\n  {"a": 5}\n ]\n}`]
    ],
    [
      "ends at a smaller indent, and before a record that begins after a brace",
      `  {"a":\n1}\n   {"a":,\n "b":\n } {"a": 3}\n  } , {"a":4}`,
      [1, 3],
      [`{"a":,\n "b":\n }`, '} , {"a":4}']
    ],
    [
      "ends where its own brace closes on its first line",
      good(1) + `{"a":} {"a":3}\n` + good(4),
      [1, 3, 4],
      [`{"a":}`]
    ],
    [
      "ends with the input if no other record follows",
      good(1) + `{\n  "a": 2,\n  "b": tru\n  }\n\n`,
      [1],
      [`{\n  "a": 2,\n  "b": tru\n  }`]
    ],
    [
      "does not take records with it that were read as its own value",
      good(1) + `{"a":2,"b":\n{"a":3}\n{"a":4}`,
      [1, 3, 4],
      [`{"a":2,"b":`]
    ]
  ])("%s", (...test) => check(test))
})

describe("a bad record in an array", () => {
  it.each<Case>([
    [
      "on one line ends where its own brace closes",
      `[{"a":1},{"a":},{"a":3},{"a":4]},{"a":5},{"a":6,}]`,
      [1, 3, 5],
      [`{"a":}`, `{"a":4]}`, `{"a":6,}`]
    ],
    [
      "that opens nothing ends before the next comma, bracket or object",
      `[nope, {"a":2}, 'x, [{"a":4}], b{"a":6}, {"a":7} }, NaN]\n`,
      [2, 6, 7],
      ["nope", "'x", `[{"a":4}]`, "b", "}", "NaN"]
    ],
    [
      "on lines loses no neighbour",
      `[\n  {"a":1},\n  {"a":2,"b":"x,\n  {"a":3},\n  {"a":4,"b":[\n  {"a":5}\n]\n`,
      [1, 3, 5],
      [`{"a":2,"b":"x`, `{"a":4,"b":[`]
    ],
    [
      "over several lines loses no neighbour",
      JSON.stringify([{ a: 1, b: { c: 2 } }, { a: 2, b: { c: "!" } }, { a: 3 }], null, 2).replace(`"!"`, "!"),
      [1, 3],
      [`{\n    "a": 2,\n    "b": {\n      "c": !\n    }\n  }`]
    ],
    [
      "between braces and brackets on one line loses no neighbour",
      `[{\n  "a": 1\n}, {\n  "a": -\n}, {\n  "a": 3\n}]`,
      [1, 3],
      [`{\n  "a": -\n}`]
    ],
    [
      "may take the closing bracket with it",
      `[\n  {"a":1},\n  {"a":2,\n    "b": [\n]\n`,
      [1],
      [`{"a":2,\n    "b": [\n]`]
    ],
    ["may be cut off with the input", `[{"a":1},{"a":2`, [1], [`{"a":2`]],
    [
      "may stand after the array",
      `[{"a":1}] x [{"a":3}]]\n{"a":5}\n[{"a":6}] {"a":7} y\n`,
      [1, 3, 6],
      ["x", "]", `{"a":5}`, `{"a":7} y`]
    ],
    [
      "in a wrapper loses no neighbour",
      `{"n":1,"e":[\n  {"a":1},\n  {"a":\n  {"a":3},{"a":},{"a":5}\n],"m":[{"a":0}]}\n`,
      [1, 3, 5],
      [`{"a":`, `{"a":}`]
    ],
    ["may stand after a wrapper's array", `{"e":[{"a":1},{"a":}],"m":x}\n`, [1], [`{"a":}`, `"m":x}`]]
  ])("%s", (...test) => check(test))

  it.each([
    [`[{"a":1},{"a":2}`, 2, "the array is not closed"],
    [`[{"a":1},{"a":2},`, 2, "the array is not closed"],
    [`[{"a":1} {"a":2}]`, 2, "commas between records are missing or too many"],
    [`[{"a":1},,{"a":2}]`, 2, "commas between records are missing or too many"],
    [`[{"a":1},{"a":2},]`, 2, "commas between records are missing or too many"],
    [`[,{"a":1},{"a":2}]`, 2, "commas between records are missing or too many"]
  ])("is none in %s", (input, count, remark) => {
    const { notes, rejects, rows } = decode(input)
    assert.deepStrictEqual([rows.length, rejects, notes], [count, [], ["a JSON array", remark]])
  })
})
