import { assert, describe, it } from "@effect/vitest"
import { PluginError } from "@sojourn/core"
import { formatOfEnding, formatOfInput, formatProblem, outputProblem } from "../src/Formats.ts"

const head = (text: string) => new TextEncoder().encode(text)
const utf16 = Uint8Array.of(0xff, 0xfe, 0x61, 0x00)

describe("formatOfInput", () => {
  it("goes by what is given, else by the ending, else by the content", () => {
    const given = { name: "csv", options: { header: "none" } }
    assert.strictEqual(formatOfInput(given, "a.json", head("{}")), given)
    const cases: ReadonlyArray<readonly [string, string, string]> = [
      ["a.json", "a,b", "json"],
      ["a.JSONL", "a,b", "json"],
      ["a.ndjson.gz", "a,b", "json"],
      ["a.csv", "{}", "csv"],
      ["dir.json/a.csv.zst", "{}", "csv"],
      ["a.log", ' \n{"a":1}', "json"],
      ["a.txt", "[1]", "json"],
      ["a", "\ufeff{}", "json"],
      ["stdin", "user,time", "csv"],
      ["a.gz", "{}", "json"],
      [".json", "a,b", "json"],
      ["a", "", "csv"]
    ]
    for (const [name, text, format] of cases)
      assert.strictEqual(formatOfInput(null, name, head(text)).name, format, name)
    assert.deepStrictEqual(formatOfInput(null, "a.tsv.gz", head("")), { name: "csv", options: { delimiter: "\t" } })
    assert.strictEqual(formatOfInput(null, "a", utf16).name, "csv")
  })

  it("refuses what is neither", () => {
    assert.throws(() => formatOfInput(null, "a.csv", head("PAR1x")), PluginError, "a.csv is a Parquet file")
    assert.throws(() => formatOfInput(null, "a", Uint8Array.of(0x50, 0, 1)), PluginError, "a is neither JSON nor CSV")
    assert.throws(() => formatOfInput(null, "a.png", Uint8Array.of(0x89, 0x50, 0)), PluginError, "it is no text")
  })
})

describe("formatOfEnding", () => {
  it("knows the endings of outputs; standard output and devices get CSV", () => {
    const formats = Object.fromEntries(
      ["a.csv", "a.tsv", "a.json", "a.jsonl", "a.ndjson", "-", "/dev/stdout", "/dev/null"].map((uri) => [
        uri,
        formatOfEnding(uri)
      ])
    )
    assert.deepStrictEqual(formats, {
      "a.csv": { name: "csv", options: {} },
      "a.tsv": { name: "csv", options: { delimiter: "\t" } },
      "a.json": { name: "json", options: { layout: "array" } },
      "a.jsonl": { name: "json", options: {} },
      "a.ndjson": { name: "json", options: {} },
      "-": { name: "csv", options: {} },
      "/dev/stdout": { name: "csv", options: {} },
      "/dev/null": { name: "csv", options: {} }
    })
  })

  it("refuses the rest, packed ones included", () => {
    for (const uri of ["a", "a.xlsx", "a.txt", "csv", "dir.csv/a"])
      assert.throws(() => formatOfEnding(uri), PluginError, "cannot tell the format")
    for (const uri of ["a.csv.gz", "a.zst"])
      assert.throws(() => formatOfEnding(uri), PluginError, "outputs are not packed")
  })
})

describe("formatProblem and outputProblem", () => {
  it("find unknown formats and options", () => {
    assert.isUndefined(formatProblem("read", { name: "csv", options: { header: ["a"], delimiter: ";" } }))
    assert.strictEqual(
      formatProblem("read", { name: "xml", options: {} }),
      'no format "xml" to read; expected json or csv'
    )
    assert.include(formatProblem("read", { name: "csv", options: { headr: 1 } }), "headr")
    assert.include(formatProblem("write", { name: "json", options: { layout: "table" } }), "layout")
    assert.isUndefined(outputProblem({ name: "csv", options: {} }, "a.xls"))
    assert.deepStrictEqual(outputProblem({ name: "xls", options: {} }, "a.xls"), {
      message: 'no format "xls" to write; expected csv or json'
    })
    assert.include(outputProblem(null, "a.xls")?.message, "cannot tell the format of a.xls")
  })
})
