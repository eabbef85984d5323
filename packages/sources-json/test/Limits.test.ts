import { assert, describe, it } from "@effect/vitest"
import { bytesOf, decode, decodePieces, type Decoded, type Request, settle } from "./decode.ts"

const events = ({ rows }: Decoded) => rows.map(({ event }) => event)

describe("a record that is not UTF-8", () => {
  const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))

  it("is rejected alone, to its very end", () => {
    const input = latin1(`{"a":1}\n{\n"a":"caf\xe9",\n"\xff":{\n}}\n{"a":3}`)
    const decoded = decode(input, { layout: "values" })
    assert.deepStrictEqual(events(decoded), [1, 3])
    assert.deepStrictEqual(decoded.rejects, [
      {
        event: 2,
        line: 2,
        offset: 8,
        length: 22,
        code: "text.encoding",
        reason: "invalid UTF-8",
        raw: `{\n"a":"caf\ufffd",\n"\ufffd":{\n}}`
      }
    ])
  })

  it.each(["\x80", "\xc3", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x82\x82\xac", "\xf4\x90\x80\x80"])(
    "is found by %j",
    (text) => {
      const decoded = decode(latin1(`{"a":"${text}"}\n{"a":2}\n`))
      assert.deepStrictEqual(events(decoded), [2])
      assert.deepStrictEqual(
        decoded.rejects.map(({ code }) => code),
        ["text.encoding"]
      )
    }
  )
})

describe("records with the same key that is not UTF-8", () => {
  it("are all rejected, and the key is none of the fields", () => {
    const line = [...bytesOf(`{"a":1,"b`), 0xe9, ...bytesOf(`":2}\n`)]
    const decoded = decode(Uint8Array.from([...line, ...line, ...bytesOf(`{"a":3}\n`), ...line]))
    assert.deepStrictEqual(events(decoded), [3])
    assert.deepStrictEqual(
      decoded.rejects.map(({ code, event }) => [event, code]),
      [1, 2, 4].map((event) => [event, "text.encoding"])
    )
    assert.deepStrictEqual(decoded.fields, ["a"])
  })
})

describe("a record that is nested too deep", () => {
  it.each(["lines", "values"] as const)("is rejected alone in %s", (layout) => {
    const nest = (levels: number) => `{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`
    const decoded = decode([nest(512), nest(513), nest(2)].join("\n"), { layout })
    assert.deepStrictEqual(events(decoded), [1, 3])
    assert.deepStrictEqual(
      decoded.rejects.map(({ code, raw, reason }) => [code, reason, raw]),
      [["json.syntax", "nested deeper than 512 levels", nest(513)]]
    )
  })
})

describe("a record over the cap", () => {
  const maxRecordBytes = 20
  const tooLong = (length: string) => ["record.size", `record of ${length} bytes is over the cap of 20`, null]

  it("is one byte longer than the cap", () => {
    const object = (length: number) => `{"b":"${"x".repeat(length - 8)}"}`
    const string = (length: number) => `"${"x".repeat(length - 2)}"`
    const number = (length: number) => "1".repeat(length)
    const input = [object(20), object(21), string(20), string(21), number(20), number(21)].join("\n")
    const decoded = decode(input, { maxRecordBytes })
    assert.deepStrictEqual(events(decoded), [1])
    assert.deepStrictEqual(
      decoded.rejects.map(({ code, raw, reason }) => [code, reason, raw]),
      [
        tooLong("21"),
        ["json.syntax", "not a JSON object", string(20)],
        tooLong("21"),
        ["json.syntax", "not a JSON object", number(20)],
        tooLong("21")
      ]
    )
  })

  const long = `{"b":["${"x".repeat(1200)}",\n   {"c":2}\n]}`
  const line = long.replaceAll("\n", " ")
  it.each<[string, Request["layout"]]>([
    [`{"a":1}\n${line}\n{"a":3}\n`, "lines"],
    [`{"a":1}\n${line}{"a":3}\n`, "lines"],
    [`{"a":1}\n${line}${" ".repeat(3000)}\n{"a":3}\n`, "lines"],
    [`{"a":1}\n${long}\n{"a":3}\n`, "values"],
    [`[{"a":1},${line},{"a":3}]`, "array"],
    [`[\n {"a":1},\n ${long},\n {"a":3}\n]`, "array"],
    [`{"e":[\n {"a":1},\n ${long},\n {"a":3}\n]}`, "array"]
  ])("is rejected alone in %j", (input, layout) => {
    const decoded = decode(input, { layout, maxRecordBytes })
    assert.deepStrictEqual(events(decoded), [1, 3])
    assert.deepStrictEqual(
      decoded.rejects.map(({ code, event, length, offset, raw, reason }) => [event, offset, length, code, reason, raw]),
      [[2, input.indexOf(`{"b"`), long.length, ...tooLong(long.length.toLocaleString("en"))]]
    )
  })

  it("is what ends late, not what only seems to go on", () => {
    // The open array takes in all that follows, but the record ends with its line.
    const decoded = decode(`[\n{"a":1,"b":[\n${`{"a":2},\n`.repeat(10)}{"a":3}]`, { maxRecordBytes })
    assert.deepStrictEqual(
      decoded.rejects.map(({ raw, reason }) => [reason, raw]),
      [["invalid JSON", `{"a":1,"b":[`]]
    )
    assert.strictEqual(decoded.rows.length, 11)
  })

  it("is never held as a whole", () => {
    const chunk = new Uint8Array(100_000).fill(120)
    const count = 500
    const before = process.memoryUsage().arrayBuffers
    const chunks = function* () {
      yield bytesOf(`{"a":1}\n{"b":"`)
      for (let i = 0; i < count; i++) {
        assert.isBelow(process.memoryUsage().arrayBuffers - before, (count * chunk.length) / 5)
        yield chunk
      }
      yield bytesOf(`"}\n{"a":3}\n`)
    }
    const { rejects, rows } = decodePieces(chunks(), { layout: "lines", maxRecordBytes: 1000 })
    assert.deepStrictEqual(
      rows.map(({ event, line, offset }) => [event, line, offset]),
      [
        [1, 1, 0],
        [3, 3, 50_000_017]
      ]
    )
    assert.deepStrictEqual(
      rejects.map(({ event, length, offset, reason }) => [event, offset, length, reason]),
      [[2, 8, 50_000_008, "record of 50,000,008 bytes is over the cap of 1,000"]]
    )
  })
})

describe("what is settled", () => {
  it("does not reach into a record that is too long to be kept", () => {
    const before = '{"a":1}\n'
    const bytes = bytesOf(`${before}{"a":"${"x".repeat(1000)}`)
    for (let length = before.length; length <= bytes.length; length += 10) {
      const { consumed, lines } = settle(bytes.subarray(0, length), {
        paths: ["a"],
        layout: "lines",
        maxRecordBytes: 20
      })
      assert.deepStrictEqual([consumed, lines], [before.length, 1])
    }
  })
})
