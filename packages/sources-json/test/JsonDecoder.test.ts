import { assert, describe, it } from "@effect/vitest"
import { columnData, isJson } from "@sojourn/core"
import * as Schema from "effect/Schema"
import { jsonDecoder } from "../src/index.ts"
import { bytesOf, decode, decodePieces, type Request } from "./decode.ts"

/** The cells of every record. */
const cells = (input: string, paths: ReadonlyArray<string>, request: Request = {}) => {
  const { rejects, rows } = decode(input, { ...request, paths })
  assert.deepStrictEqual(rejects, [])
  return rows.map((row) => row.cells)
}

const places = (input: string | Uint8Array, request: Request = {}) =>
  decode(input, request).rows.map(({ event, length, line, offset }) => [event, line, offset, length])

describe("cells", () => {
  it.each([
    `"x"`,
    `""`,
    `"\\u00e9\\"\\\\\\n"`,
    `"é😀 x"`,
    "0",
    "-0.50e+003",
    "12345678901234567890",
    "true",
    "false",
    "[]",
    "{}",
    `{"b":[1,"a b",{}],"c":null}`
  ])("hold %s as written", (token) => {
    assert.deepStrictEqual(cells(`{"x":0,"a":${token},"z":[]}\n`, ["a"]), [[token]])
  })

  it("hold nested values without insignificant whitespace, so that the layout does not show", () => {
    const value = { b: [1, 'a  b\t\\"', { c: {} }], d: [], e: null }
    const expected = [[JSON.stringify(value), "1.0"]]
    for (const indent of [undefined, 1, "\t"]) {
      const text = JSON.stringify({ a: value, n: "N" }, null, indent).replace(`"N"`, "1.0")
      assert.deepStrictEqual(cells(text, ["a", "n"]), expected)
    }
  })

  it("are null for null and for a missing field", () => {
    assert.deepStrictEqual(cells(`{"a":null}\n{"b":1}\n{}\n{"a":"null"}\n`, ["a"]), [
      [null],
      [null],
      [null],
      [`"null"`]
    ])
  })

  it("take the last of two equal keys, null included, however the keys are written", () => {
    assert.deepStrictEqual(
      cells(`{"a":1,"a":2}\n{"a":1,"a":null}\n{"a":null,"a":3}\n{"a":1,"\\u0061":4}\n{"\\u0061":5}\n`, ["a"]),
      [["2"], [null], ["3"], ["4"], ["5"]]
    )
  })

  it("take a path into objects and a key that is written with the dots", () => {
    const input = [
      `{"a":{"b":{"c":1}}}`,
      `{"a.b.c":2}`,
      `{"a":{"b.c":3}}`,
      `{"a":[{"b":{"c":4}}]}`,
      `{"a":{"b":5}}`,
      `{"a":null}`,
      `{ "a" : { "x" : 0, "b" : { "c" : [ 6 ] } } }`
    ].join("\n")
    assert.deepStrictEqual(cells(input, ["a.b.c"]), [["1"], ["2"], [null], [null], [null], [null], ["[6]"]])
  })

  it("take an object and what is inside it, and one path for two columns", () => {
    assert.deepStrictEqual(cells(`{"a":{"b":{"c":1 }}}`, ["a", "a.b.c", "a.b", "a.b.c"]), [
      [`{"b":{"c":1}}`, "1", `{"c":1}`, "1"]
    ])
  })

  it("take paths of any length", () => {
    const nest = (depth: number): string => (depth === 0 ? "7" : `{"k":${nest(depth - 1)}}`)
    assert.deepStrictEqual(cells(nest(8), [Array(8).fill("k").join(".")]), [["7"]])
    assert.deepStrictEqual(
      decode(nest(600), { paths: [Array(600).fill("k").join(".")] }).rejects[0].reason,
      "nested deeper than 512 levels"
    )
  })

  it("keep nothing of an earlier object under the same key", () => {
    assert.deepStrictEqual(
      cells(`{"a":{"b":1},"a":{}}\n{"a":{"b":1},"a":2}\n{"a":{"b":{"c":1},"b":3}}\n{"a":{"b":1}}\n`, ["a.b", "a.b.c"]),
      [
        [null, null],
        [null, null],
        ["3", null],
        ["1", null]
      ]
    )
  })

  it("follow fields that come, go and change places", () => {
    const records = Array.from({ length: 200 }, (_, i) => {
      const entries = ["a", "b", "c", "d", "e"].map((key, at): [string, number] => [key, i * 10 + at])
      const order = entries.sort(([p], [q]) => ((p.charCodeAt(0) * (i + 3)) % 11) - ((q.charCodeAt(0) * (i + 3)) % 11))
      return Object.fromEntries(order.slice(0, 1 + (i % 5)))
    })
    const paths = ["a", "c", "e"] as const
    const expected = records.map((record) => paths.map((path) => (path in record ? String(record[path]) : null)))
    assert.deepStrictEqual(cells(records.map((record) => JSON.stringify(record)).join("\n"), paths), expected)
  })

  it("are found among more fields than are kept", () => {
    const keys = Array.from({ length: 5000 }, (_, i) => `"k${i}":${i}`)
    const long = `"${"k".repeat(1000)}"`
    const input = `{${keys.join()}}\n{${long}:1,"late":{"a":1},"\\u006cate":{"a":2}}\n{"k4999":0,"late":{"a":3}}\n`
    const { fields, rows } = decodePieces([bytesOf(input)], { paths: ["k4999", "late.a", "k1"] })
    assert.deepStrictEqual(
      rows.map((row) => row.cells),
      [
        ["4999", null, "1"],
        [null, "2", null],
        ["0", "3", null]
      ]
    )
    assert.isBelow(fields.length, 2100)
    assert.include(fields, "late")
  })

  it("are marked as JSON tokens", () => {
    const request = { columns: [{ name: "n", path: "a" }], digest: false, maxRecordBytes: 100 }
    const [{ records }] = [...jsonDecoder.open({ layout: "lines" }, request).push(bytesOf(`{"a":1}\n`))]
    assert.deepStrictEqual(records.schema.names, ["n", "$event", "$line", "$offset", "$length"])
    assert.isTrue(isJson(records.schema.fields[0]))
    assert.strictEqual(columnData(records, "n").length, 1)
  })
})

describe("positions", () => {
  it("count lines and bytes on lines with LF, CRLF, blank lines and several records", () => {
    assert.deepStrictEqual(places(`{"a":1}\r\n\n  \n {"a":"é"} {"a":3}{"a":4}\n{"a":5}`), [
      [1, 1, 0, 7],
      [2, 4, 14, 10],
      [3, 4, 25, 7],
      [4, 4, 32, 7],
      [5, 5, 40, 7]
    ])
  })

  it("count a byte order mark", () => {
    assert.deepStrictEqual(places(`\ufeff{"a":1}\n`), [[1, 1, 3, 7]])
  })

  it("count lines inside records over several lines", () => {
    assert.deepStrictEqual(places(`{\n"a":\n1}\r\n\r\n{"a":{\n}}{\n}\n`), [
      [1, 1, 0, 9],
      [2, 5, 13, 9],
      [3, 6, 22, 3]
    ])
  })

  it("count in an array and in a wrapper", () => {
    assert.deepStrictEqual(places(`[{"a":1},\n\n {"a":2}\n]\n[\n{"a":3}]`), [
      [1, 1, 1, 7],
      [2, 3, 12, 7],
      [3, 6, 24, 7]
    ])
    assert.deepStrictEqual(places(`{\n"n":[\n1],"e":[\n{"a":1},{"a":\n2}],\n"o":{}}`), [
      [1, 4, 17, 7],
      [2, 4, 25, 8]
    ])
  })
})

describe("the digest of a record", () => {
  const digests = (input: string) => decode(input).rows.map(({ digest }) => digest)

  it("does not depend on layout or order of fields, but on every name and value as written", () => {
    const [first, spaced, ordered, nested, ...others] = digests(
      [
        `{"a":1,"b":{"c":[2]},"d":null}`,
        ` { "a" : 1 , "b" : { "c" : [ 2 ] } , "d" : null } `,
        `{"d":null,"b":{"c":[2]},"a":1}`,
        `{"a":1,"b":{"c": [2]},"d":null}`,
        `{"a":1,"b":{"c":[2]}}`,
        `{"a":1.0,"b":{"c":[2]},"d":null}`,
        `{"a":1,"b":{"c":[3]},"d":null}`,
        `{"a":1,"b":{"c":[2]},"e":null}`,
        `{"a":1,"a":1,"b":{"c":[2]},"d":null}`
      ].join("\n")
    )
    assert.deepStrictEqual([spaced, ordered, nested], [first, first, first])
    assert.strictEqual(new Set([first, ...others]).size, 6)
    assert.deepStrictEqual(digests(JSON.stringify([{ d: null, a: 1, b: { c: [2] } }], null, 2)), [first])
  })
})

describe("UTF-16", () => {
  const text = `{"a":"é😀"}\n{"a":\n{"a":"z"}\n`
  const utf16 = (littleEndian: boolean) => {
    const view = new DataView(new ArrayBuffer(2 * text.length + 2))
    for (let i = 0; i <= text.length; i++) {
      view.setUint16(2 * i, i === 0 ? 0xfeff : text.charCodeAt(i - 1), littleEndian)
    }
    return new Uint8Array(view.buffer)
  }

  it("is read by its byte order mark, as if mark and text had been UTF-8", () => {
    const expected = decode(`\ufeff${text}`)
    for (const name of ["UTF-16LE", "UTF-16BE"]) {
      const { notes, ...decoded } = decode(utf16(name === "UTF-16LE"))
      assert.deepStrictEqual(notes, [`text in ${name}`, "JSON lines"])
      assert.deepStrictEqual({ ...decoded, notes: expected.notes }, expected)
    }
  })

  it("that ends in half a character leaves a bad record", () => {
    const { rejects, rows } = decode(utf16(true).subarray(0, -3))
    assert.deepStrictEqual([rows.length, rejects.at(-1)?.raw], [1, `{"a":"z"\ufffd`])
  })
})

describe("fields", () => {
  it("are the paths seen in order of appearance, to three levels, arrays not looked into", () => {
    const input = `{"b":1,"a":{"x":{"y":{"z":1}},"w":[{"v":1}]}}\n{"a":{"u":1,"x":2},"c.d":null}\n{"b":{"e":1}}\n`
    assert.deepStrictEqual(decode(input, { paths: ["a.x.y.z"] }).fields, [
      "b",
      "a",
      "a.x",
      "a.x.y",
      "a.w",
      "a.u",
      "c.d",
      "b.e"
    ])
  })

  it("of bad records are seen as far as they could be read", () => {
    assert.deepStrictEqual(decode(`{"a":1,"b":x,"c":1}\n{"d":1}\n`).fields, ["a", "b", "d"])
  })
})

describe("batches", () => {
  it("hold 65,536 records at most", () => {
    const decoding = jsonDecoder.open({}, { columns: [], digest: false, maxRecordBytes: 100 })
    const input = bytesOf(`x\n${"{}\n".repeat(150_000)}`)
    const sizes = [...decoding.push(input), ...decoding.end()].map(
      ({ records, rejects }) => records.numRows + rejects.numRows
    )
    assert.deepStrictEqual(sizes, [65_536, 65_536, 18_929])
  })

  it("are none as long as no record is complete", () => {
    const decoding = jsonDecoder.open({ layout: "lines" }, { columns: [], digest: false, maxRecordBytes: 100 })
    assert.deepStrictEqual(decoding.push(bytesOf(`\n\n{"a":1`)), [])
    assert.deepStrictEqual(decoding.push(bytesOf(`}\n`)).length, 1)
    assert.deepStrictEqual(decoding.end(), [])
  })
})

describe("options", () => {
  const decodeOptions = Schema.decodeUnknownSync(jsonDecoder.options)

  it("name a layout or nothing", () => {
    assert.deepStrictEqual(decodeOptions({}), {})
    assert.deepStrictEqual(decodeOptions({ layout: "values" }), { layout: "values" })
    assert.throws(() => decodeOptions({ layout: "line" }), /layout/)
  })
})
