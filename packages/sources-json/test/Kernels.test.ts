import { assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { bytesOf, type Decoded, decodePieces, pieces, type Request, settle } from "./decode.ts"
import { Random } from "./Random.ts"

// Every call decodes without the kernels and with them, and makes sure that the same comes of both (see decode.ts).
const checkLines = (chunks: Iterable<Uint8Array>, request: Request = {}): Decoded =>
  decodePieces(chunks, { ...request, layout: "lines" })

const joined = (parts: ReadonlyArray<Uint8Array>): Uint8Array => new Uint8Array(Buffer.concat(parts))

const newline = 0x0a

/** Clean records stand around every one that may not be clean, so that the kernels are tried on each. */
const around = (before: Uint8Array, parts: ReadonlyArray<Uint8Array>): Uint8Array =>
  joined(parts.flatMap((part) => [before, before, part]))

const paths = ["a", "b", "n", "n.o", "n.o.p", "t"]
const clean = bytesOf(`{"a":1,"b":"é","n":{"o":{"p":-1.5e3,"q":[{}]}},"t":"x","\\n":null}\n`)

describe("with the kernels, the same comes of", () => {
  it("a record with any byte in place of another, and any more", () => {
    const record = bytesOf(`{"a":0,"b":"\\u00e9ß","n": {"o":{"p":true,"q":[[0.1E+2]]}},"t":null,"\\n":"1"}\n`)
    const damaged = Array.from(record.keys()).flatMap((at) =>
      Array.from({ length: 256 }, (_, byte) => [
        record.with(at, byte),
        joined([record.subarray(0, at), Uint8Array.of(byte), record.subarray(at)])
      ]).flat()
    )
    const { rejects, rows } = checkLines([around(clean, damaged)], { paths })
    assert.isAbove(rejects.length, 10_000)
    assert.isAbove(rows.length, 2 * damaged.length)
  })

  it("a record without any one of its bytes", () => {
    const record = bytesOf(`{"a":12,"b":"\\"€","n":{"o":{"p":null}},"t":[1,2]}\n`)
    const damaged = Array.from(record.keys(), (at) => joined([record.subarray(0, at), record.subarray(at + 1)]))
    assert.isAbove(checkLines([around(clean, damaged)], { paths }).rejects.length, 20)
  })

  it("text that is not UTF-8, and text that is, of every first byte and all borders of the next", () => {
    const strings: Array<ReadonlyArray<number>> = []
    for (let lead = 0x80; lead < 0x100; lead++) {
      for (const second of [0x7f, 0x80, 0x81, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xe0, 0xff]) {
        for (const rest of [[], [0x80], [0xbf, 0x80], [0x80, 0x7f], [0x80, 0xc0]]) strings.push([lead, second, ...rest])
      }
    }
    const record = (string: ReadonlyArray<number>, i: number): Uint8Array =>
      joined([bytesOf(`{"a":"${"x".repeat(i % 19)}`), Uint8Array.from(string), bytesOf(`"}\n`)])
    const { rejects, rows } = checkLines([around(clean, strings.map(record))], { paths })
    assert.deepStrictEqual(new Set(rejects.map(({ code }) => code)), new Set(["text.encoding"]))
    assert.isAbove(rows.length - 2 * strings.length, 400)
  })

  it("an input that is cut off or cut in two anywhere", () => {
    const text = joined([clean, clean, bytesOf(` \r\n{ "a" : [ 1 ] , "n":{"o" :{ "p": 1}}}{"x":"\\\\"}\r\n\n`), clean])
    for (let at = 0; at <= text.length; at++) {
      checkLines([text.subarray(0, at)], { paths })
      checkLines([text.subarray(0, at), text.subarray(at)], { paths })
    }
  })

  it.each([
    ["keys that come twice", `{"a":1,"a":2}`, `{"n":{"o":1},"n":{"p":2}}`, `{"n":{"o":1,"o":{"p":3}}}`],
    ["dotted keys", `{"n.o":1,"n":{"o":2}}`, `{"n":{"o":2},"n.o":1}`, `{"n":{"o.p":2}}`, `{"n.o":null,"n":{}}`],
    ["keys in other spellings", `{"\\u0061":1}`, `{"\\u0061":1,"a":2}`, `{"a":2,"\\u0061":null}`],
    ["keys in another order", `{"t":1,"n":{},"a":2}`, `{"n":{"o":{"q":1,"p":2}}}`, `{"t":1}`, `{}`, `{ }`],
    [
      "whitespace",
      `{ "n" : { "o" : { "p" : [ 1 , { } ] } } }`,
      `{"t":[ ],"a":{ "b c" : " \\" d " }}`,
      `\t{"a" :1\r}\r`
    ],
    ["new keys", `{"z":1,"a":2}`, `{"n":{"z":{"y":{"x":{"w":{}}}}}}`, `{"${"k".repeat(300)}":1}`],
    [
      "long keys",
      `{"${"k".repeat(15)}":1}`,
      `{"${"k".repeat(40)}":{"${"l".repeat(100)}":1}}`,
      `{"${"k".repeat(16)}":2}`
    ],
    [
      "numbers",
      ...["-", "01", "1.", ".5", "1e", "-0", "0e0", "1E+9", "1e-", "1".repeat(40), "0.".padEnd(40, "1")].map(
        (number) => `{"a":${number}}`
      )
    ],
    [
      "words",
      ...["tru", "true", "truex", "nul", "null", "false", "fals", "False", "NaN"].map((word) => `{"a":${word}}`)
    ],
    ["escapes", ...["\\", "\\x", "\\u12", "\\u12G4", "\\uABcd", "\\b\\f\\n\\r\\t\\/"].map((text) => `{"a":"${text}"}`)],
    [
      "nesting",
      ...[3, 63, 64, 65, 66, 510, 513].flatMap((depth) => [
        `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`,
        `${`{"n":`.repeat(depth)}1${"}".repeat(depth)}`
      ])
    ],
    ["no objects", "1", `"a"`, "[]", "null", ",", "}", "]", "{", `{"a":1}}`, `{"a":1},`, `[{"a":1}]`],
    ["several records a line", `{"a":1}{"a":2}`, `{"a":1} {"a":2} x`, `{"a":1},{"a":2}`]
  ])("%s", (_, ...records) => {
    const parts = records.map((record) => bytesOf(`${record}\n`))
    for (const text of [around(clean, parts), joined([...parts, ...parts, ...parts]), around(parts[0], parts)]) {
      checkLines([text], { paths })
      checkLines(pieces(text, [50]), { paths, maxRecordBytes: 40 })
    }
  })

  it("an input of which it is asked anywhere what is complete", () => {
    const text = joined([clean, clean, bytesOf(`\n{"a":1,"a":2}\n \r\n{"b":[{}]} ?\n`), clean])
    const whole = settle(text, { paths, layout: "lines" })
    assert.deepStrictEqual([whole.consumed, whole.lines, whole.rows.length], [text.length, 7, 5])
    for (let at = 0; at < text.length; at++) {
      const { consumed, lines, rows } = settle(text.subarray(0, at), { paths, layout: "lines" })
      assert.isAtMost(consumed, at)
      assert.strictEqual(lines, text.subarray(0, consumed).filter((byte) => byte === newline).length)
      assert.deepStrictEqual(rows, whole.rows.slice(0, rows.length))
    }
  })

  it("records around every cap", () => {
    const records = Array.from({ length: 60 }, (_, length) => bytesOf(`{"a":"${"x".repeat(length)}"}\n`))
    for (let maxRecordBytes = 1; maxRecordBytes < 60; maxRecordBytes++) {
      const { rejects } = checkLines([joined(records)], { maxRecordBytes })
      assert.strictEqual(rejects.length, 60 - Math.max(maxRecordBytes - 7, 0))
    }
  })

  it("an input larger than what is read at a time, with longer and shorter records", () => {
    const random = new Random(1)
    const records = Array.from({ length: 3000 }, (_, i) => {
      const long = random.int(300) === 0 ? random.pick([70_000, 300_000]) : random.int(400)
      return `${" ".repeat(random.int(3))}{"a":${i},"n":{"o": [ "${"x".repeat(long)}" ]}}${random.pick(["\n", "\r\n", "\n\n"])}`
    })
    const { rejects, rows } = checkLines([bytesOf(records.join(""))], { paths })
    assert.deepStrictEqual([rows.length, rejects.length], [3000, 0])
    assert.deepStrictEqual(
      rows.map(({ cells }) => cells[0]),
      records.map((_, i) => `${i}`)
    )
  })

  it("more records than a batch holds, with more different keys than are kept", () => {
    const records = Array.from({ length: 140_000 }, (_, i) => `{"a":${i % 7}${i % 25 === 0 ? `,"k${i}":0` : ""}}\n`)
    const { fields, rows } = checkLines([bytesOf(records.join(""))])
    assert.deepStrictEqual([rows.length, fields.length], [140_000, 2000])
  })

  it("random records", () => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = new Random(seed)
      const text = joined(Array.from({ length: 50 }, () => someLine(random)))
      const request = { paths, maxRecordBytes: random.pick([100, 1000]) }
      checkLines([text], request)
      checkLines(pieces(text, [1 + random.int(40), 1 + random.int(400)]), request)
    }
  })
})

const corpus = fileURLToPath(new URL("../../../../shared/corpora/json-test-suite/test_parsing/", import.meta.url))

describe.skipIf(!existsSync(corpus))("with the kernels, the same comes of the JSON test suite", () => {
  it("as values of fields, wanted and not", () => {
    const values = readdirSync(corpus)
      .map((name) => new Uint8Array(readFileSync(corpus + name)))
      .filter((bytes) => !bytes.includes(newline))
    assert.isAbove(values.length, 200)
    const records = values.flatMap((value) =>
      ["a", "t", "n", "\\n"].map((key) => joined([bytesOf(`{"${key}":`), value, bytesOf(`}\n`)]))
    )
    checkLines([around(clean, records)], { paths })
  })
})

/** A line that is often a clean record, and else one that is nearly one. */
const someLine = (random: Random): Uint8Array => {
  const blank = (): string => (random.int(12) === 0 ? random.pick([" ", "  ", "\t", "\r"]) : "")
  const string = (): string =>
    `"${Array.from({ length: random.pick([0, 1, 3, 9, 20]) }, () =>
      random.int(8) === 0 ? random.pick(["é", "€", "😀", "\\n", "\\u00e9", "\\\\", '\\"', "{", "]", ","]) : "x"
    ).join("")}"`
  const value = (depth: number): string => {
    switch (random.int(depth > 3 ? 6 : 9)) {
      case 0:
        return string()
      case 1:
        return random.pick(["true", "false", "null"])
      case 2:
        return random.pick(["0", "-1.5", "12e3", "1E-7", "1234567890123456789"])
      case 6:
        return `[${blank()}${Array.from({ length: random.int(3) }, () => value(depth + 1)).join(`${blank()},${blank()}`)}]`
      case 7:
      case 8:
        return object(depth)
      default:
        return `"${random.pick(["u1", "u2", "view", "2024-01-01T00:00:00Z"])}"`
    }
  }
  const object = (depth: number): string => {
    const keys = random.int(10) === 0 ? [...names, ...names] : names
    const members = keys.filter(() => random.int(depth + 2) === 0 || (depth === 1 && random.int(2) === 0))
    if (random.int(6) === 0) members.reverse()
    return `{${blank()}${members
      .map((name) => `"${name}"${blank()}:${blank()}${value(depth + 1)}`)
      .join(`${blank()},${blank()}`)}${blank()}}`
  }
  const line = bytesOf(`${blank()}${object(1)}${blank()}${random.pick(["\n", "\n", "\n", "\r\n", "\n\n", ""])}`)
  if (random.int(6) === 0) line[random.int(line.length)] = random.int(256)
  return line
}

const names = ["a", "b", "n", "o", "p", "t", "n.o", "ü", "\\u0061", "a key of many letters", "\\n"]
