import { assert, describe, it } from "@effect/vitest"
import {
  boolColumn,
  columnData,
  dateColumn,
  doubleColumn,
  type EventBatch,
  int64Column,
  recordBatch,
  TextBuilder,
  textView,
  timestampColumn
} from "@sojourn/core"
import { csvDecoder } from "@sojourn/sources-csv"
import type { RecordBatch } from "apache-arrow"
import * as Schema from "effect/Schema"
import { csvEncoder, type CsvEncoderOptions } from "../src/index.ts"
import { Rows, tableOf, timeText } from "./table.ts"

const decoder = new TextDecoder()

const encode = (options: CsvEncoderOptions, batches: ReadonlyArray<RecordBatch>): Uint8Array => {
  const encoding = csvEncoder.open(options, batches[0].schema)
  const parts = [encoding.begin(), ...batches.map(encoding.encode), encoding.end()]
  return Uint8Array.from(parts.flatMap((part) => [...part]))
}

const csv = (batch: RecordBatch, options: CsvEncoderOptions = {}): string => decoder.decode(encode(options, [batch]))

const texts = (columns: Record<string, ReadonlyArray<string | null>>): RecordBatch => {
  const length = Object.values(columns)[0].length
  return recordBatch(
    Object.entries(columns).map(([name, values]) => {
      const builder = new TextBuilder()
      for (const [row, value] of values.entries()) if (value !== null) builder.setText(row, value)
      return { name, data: builder.take(length) }
    }),
    length
  )
}

/** Cells as the decoder reads them back. */
const readBack = (bytes: Uint8Array, names: ReadonlyArray<string>, delimiter: "," | ";" | "\t" | "|" = ",") => {
  const decoding = csvDecoder.open(
    { delimiter },
    { columns: names.map((name) => ({ name, path: name })), digest: false, maxRecordBytes: 1 << 20 }
  )
  const batches: ReadonlyArray<EventBatch> = [...decoding.push(bytes), ...decoding.end()]
  assert.deepStrictEqual(
    batches.map(({ rejects }) => rejects.numRows).filter((count) => count > 0),
    []
  )
  return batches.flatMap(({ records }) => {
    const columns = names.map((name) => {
      const { codes, dictionary } = textView(records, name)
      return Array.from(codes, (code): string | null => (code < 0 ? null : dictionary.get(code)))
    })
    return Array.from({ length: records.numRows }, (_, row) => columns.map((column) => column[row]))
  })
}

describe("spreadsheet: safe", () => {
  it("puts an apostrophe before a text that a spreadsheet would compute, and leaves numbers alone", () => {
    const values = ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", '=A1,"x"', "a=1", "'=1", "", null]
    const batch = recordBatch(
      [
        { name: "=name", data: columnData(texts({ name: values }), "name") },
        { name: "score", data: doubleColumn(Float64Array.from(values, () => -0.5)) }
      ],
      values.length
    )
    const cells = ["'=1+1", "'+1", "'-1", "'@a", "'\t=1", `"'\r=1"`, `"'=A1,""x"""`, "a=1", "'=1", '""', ""]
    const expected = ["'=name,score", ...cells.map((cell) => `${cell},-0.5`)].join("\n")
    assert.strictEqual(csv(batch, { spreadsheet: "safe" }), `${expected}\n`)
    assert.include(csv(batch), "=name,score\n=1+1,-0.5\n+1,-0.5\n")
  })
})

describe("csvEncoder", () => {
  it("writes each type exactly, and null as nothing", () => {
    const isFirst = (row: number) => row === 0
    const batch = recordBatch(
      [
        { name: "name", data: columnData(texts({ name: ["é", null] }), "name") },
        { name: "count", data: int64Column(BigInt64Array.of(2n ** 62n, 0n), isFirst) },
        { name: "score", data: doubleColumn(Float64Array.of(0.1, Number.NaN)) },
        { name: "whole", data: doubleColumn(Float64Array.of(1e20, -3)) },
        { name: "time", data: timestampColumn(BigInt64Array.of(1_720_605_600_000_000n, 0n), isFirst) },
        { name: "date", data: dateColumn(Int32Array.of(19_914, 0), isFirst) },
        { name: "open", data: boolColumn(2, isFirst) }
      ],
      2
    )
    assert.strictEqual(
      csv(batch),
      "name,count,score,whole,time,date,open\n" +
        "é,4611686018427387904,0.1,100000000000000000000,2024-07-10T10:00:00Z,2024-07-10,true\n" +
        ",,,-3,,,false\n"
    )
  })

  it("quotes text only where it must: delimiter, quote, CR, LF and the empty string", () => {
    const values = ["a b", " a ", "a;b", "a,b", `a"b`, `"`, "a\nb", "a\rb", "", null, "'", "=1+1"]
    const written = ["a b", " a ", "a;b", `"a,b"`, `"a""b"`, `""""`, `"a\nb"`, `"a\rb"`, `""`, "", "'", "=1+1"]
    const batch = texts({ x: values, y: values })
    assert.strictEqual(csv(batch), "x,y\n" + written.map((cell) => `${cell},${cell}\n`).join(""))
  })

  it("separates by the delimiter asked for, and quotes that one instead of the comma", () => {
    const batch = texts({ "a,b": ["x;y"], "c|\t": ["p,q"] })
    assert.strictEqual(csv(batch, { delimiter: ";" }), `a,b;c|\t\n"x;y";p,q\n`)
    assert.strictEqual(csv(batch, { delimiter: "\t" }), `a,b\t"c|\t"\nx;y\tp,q\n`)
    assert.strictEqual(csv(batch, { delimiter: "|" }), `a,b|"c|\t"\nx;y|p,q\n`)
  })

  it("quotes names in the header like text", () => {
    assert.strictEqual(csv(texts({ "": [], [`a"b`]: [], "c\nd": [] })), `"","a""b","c\nd"\n`)
  })

  it("writes a table without rows as its header", () => {
    assert.strictEqual(csv(texts({ a: [], b: [] })), "a,b\n")
  })

  it("one column: null is a blank line, which the decoder reads as null", () => {
    const values = [null, "a", "", null, "b", null]
    const bytes = encode({}, [texts({ a: values })])
    assert.strictEqual(decoder.decode(bytes), `a\n\na\n""\n\nb\n\n`)
    assert.deepStrictEqual(
      readBack(bytes, ["a"]),
      values.map((value) => [value])
    )
  })

  it.prop(
    "writes what the decoder reads back as the same table, with any delimiter",
    [Rows, Schema.Literals([",", ";", "\t", "|"])],
    ([rows, delimiter]) => {
      const batch = tableOf(rows)
      const cells = readBack(encode({ delimiter }, [batch]), batch.schema.names.map(String), delimiter)
      const expected = rows.map(({ count, id, millis, open, score, user }) => [
        user?.join("") ?? null,
        id.join(""),
        count === null ? null : String(count),
        score === null ? null : String(score),
        timeText(millis),
        String(open)
      ])
      assert.deepStrictEqual(cells, expected)
      return true
    },
    { arbitrary: { runs: 300 } }
  )

  it.prop("writes the same bytes however the table is cut into batches", [Rows, Schema.Int], ([rows, seed]) => {
    const batch = tableOf(rows)
    const cut = rows.length === 0 ? 0 : Math.abs(seed) % rows.length
    const slices = [batch.slice(0, cut), batch.slice(cut, cut), batch.slice(cut)]
    const batches = [tableOf(rows.slice(0, cut)), tableOf(rows.slice(cut))]
    assert.deepStrictEqual(encode({}, slices), encode({}, [batch]))
    assert.deepStrictEqual(encode({}, batches), encode({}, [batch]))
    return true
  })

  it("is an encoder by its name and endings, and takes the options it documents", () => {
    assert.deepStrictEqual(
      [csvEncoder.kind, csvEncoder.name, csvEncoder.extensions],
      ["encoder", "csv", ["csv", "tsv"]]
    )
    const read = Schema.decodeUnknownSync(csvEncoder.options)
    assert.deepStrictEqual(read({ delimiter: "|" }), { delimiter: "|" })
    assert.throws(() => read({ delimiter: "::" }))
  })
})
