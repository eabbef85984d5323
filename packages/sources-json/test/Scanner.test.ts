import { assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { incomplete, maxDepth, Scanner, syntaxError, tooDeep } from "../src/Scanner.ts"
import { bytesOf } from "./decode.ts"

const corpus = fileURLToPath(new URL("../../../../shared/corpora/json-test-suite/test_parsing/", import.meta.url))

/** The values that a whole text consists of, or why it is rejected. */
const scanAll = (bytes: Uint8Array): ReadonlyArray<string> | "incomplete" | "syntax error" | "too deep" => {
  const scanner = new Scanner(false)
  scanner.bytes = bytes
  scanner.end = bytes.length
  scanner.last = true
  const values: Array<string> = []
  for (let at = scanner.skip(0); at < bytes.length; at = scanner.skip(at)) {
    const after = scanner.value(at, 0)
    if (after === incomplete) return "incomplete"
    if (after === syntaxError) return "syntax error"
    if (after === tooDeep) return "too deep"
    assert.isAbove(after, at)
    values.push(new TextDecoder().decode(bytes.subarray(at, after)))
    at = after
  }
  return values
}

const scanText = (text: string) => scanAll(bytesOf(text))

describe.skipIf(!existsSync(corpus))("Scanner on the JSON test suite", () => {
  const files = existsSync(corpus) ? readdirSync(corpus) : []
  const starting = (prefix: string) => files.filter((name) => name.startsWith(prefix))
  const scanFile = (name: string) => scanAll(readFileSync(corpus + name))

  /** Not one JSON text, but a stream of none or several. */
  const streams = [
    "n_single_space.json",
    "n_structure_double_array.json",
    "n_structure_no_data.json",
    "n_structure_object_with_trailing_garbage.json"
  ]

  it.each(starting("y_"))("accepts %s as the one value that JSON.parse reads", (name) => {
    const values = scanFile(name)
    assert.isTrue(Array.isArray(values))
    assert.deepStrictEqual(
      Array.from(values, (value) => JSON.parse(value)),
      [JSON.parse(readFileSync(corpus + name, "utf8"))]
    )
  })

  it.each(starting("n_").filter((name) => !streams.includes(name)))("rejects %s", (name) => {
    assert.isString(scanFile(name))
  })

  it.each(streams)("accepts %s as a stream of values", (name) => {
    assert.isTrue(Array.isArray(scanFile(name)))
  })

  it.each(starting("i_"))("accepts or rejects %s", (name) => {
    assert.doesNotThrow(() => scanFile(name))
  })
})

describe("Scanner", () => {
  it.each([
    `"`,
    `"a`,
    `"\\`,
    `"\\u12`,
    "{",
    `{"a"`,
    `{"a":`,
    `{"a":1`,
    `{"a":1,`,
    "[",
    "[1",
    "[1,",
    "-",
    "1.",
    "1e",
    "1e+",
    "tru",
    "nul"
  ])("calls %s incomplete", (text) => {
    assert.strictEqual(scanText(text), "incomplete")
  })

  it.each([
    `"\t"`,
    `"\\x"`,
    `"\\u12g4"`,
    "01",
    "+1",
    ".5",
    "1.e5",
    "NaN",
    "'a'",
    "[1,]",
    "[,1]",
    `{"a":1,}`,
    `{a:1}`,
    `{"a" 1}`,
    "[1}",
    "\u00a01",
    "trux",
    "\f1"
  ])("calls %s a syntax error", (text) => {
    const values = scanText(text)
    // `01` and `1` are numbers that stand side by side in a stream.
    if (text === "01") assert.deepStrictEqual(values, ["0", "1"])
    else assert.strictEqual(values, "syntax error")
  })

  it("accepts escapes of lone surrogates and every simple escape", () => {
    const text = `"\\ud800\\"\\\\\\/\\b\\f\\n\\r\\t\\uDFFF"`
    assert.deepStrictEqual(scanText(text), [text])
  })

  it("accepts a number at the end of the bytes only if the input ends there", () => {
    const scanner = new Scanner(false)
    scanner.bytes = bytesOf("12")
    scanner.end = 2
    assert.strictEqual(scanner.value(0, 0), incomplete)
    scanner.last = true
    assert.strictEqual(scanner.value(0, 0), 2)
  })

  it("takes a newline inside a value for whitespace only if asked", () => {
    for (const newlineEnds of [false, true]) {
      const scanner = new Scanner(newlineEnds)
      scanner.bytes = bytesOf("[1,\r\n 2]")
      scanner.end = scanner.bytes.length
      assert.strictEqual(scanner.value(0, 0), newlineEnds ? syntaxError : scanner.end)
    }
  })

  it(`accepts ${maxDepth} levels of arrays and objects and not one more`, () => {
    const nest = (levels: number) => `[{"a":`.repeat(levels / 2) + "0" + "}]".repeat(levels / 2)
    assert.deepStrictEqual(scanText(nest(maxDepth)), [nest(maxDepth)])
    assert.strictEqual(scanText(`[${nest(maxDepth)}]`), "too deep")
  })

  it("counts lines and measures the indent of the line reached", () => {
    const scanner = new Scanner(false)
    scanner.bytes = bytesOf(`\n  {"a":\r\n\t  1 }   \n `)
    scanner.end = scanner.bytes.length
    const start = scanner.skipLines(0)
    assert.deepStrictEqual([start, scanner.line, scanner.indent], [3, 2, 2])
    const after = scanner.value(start, 0)
    assert.deepStrictEqual([after, scanner.line, scanner.indent], [16, 3, 3])
    assert.deepStrictEqual([scanner.skipLines(after), scanner.line, scanner.indent], [scanner.end, 4, 1])
  })
})
