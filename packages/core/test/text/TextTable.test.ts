import { assert, describe, it } from "@effect/vitest"
import { Binary, Dictionary, Field, Int32, Int8, makeData, type RecordBatch, Schema, Uint64, Utf8 } from "apache-arrow"
import {
  boolColumn,
  dateColumn,
  doubleColumn,
  int64Column,
  recordBatch,
  timestampColumn,
  utf8Column
} from "../../src/arrow/Columns.ts"
import { TextBuilder } from "../../src/arrow/TextBuilder.ts"
import { PluginError } from "../../src/plugin/PluginError.ts"
import { ByteWriter } from "../../src/text/ByteWriter.ts"
import { type TextFormat, TextTable } from "../../src/text/TextTable.ts"
import { column, tableOf } from "../support/table.ts"

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** `<a|b>`, with null as `-`, times in `'`, and text in `[ ]`. */
const format = (columns: number, onText = () => {}): TextFormat => ({
  name: "test",
  null: "-",
  quote: "'",
  writeText: (out, bytes, start, end) => {
    onText()
    out.ascii("[")
    out.range(bytes, start, end)
    out.ascii("]")
  },
  rowStart: "<",
  cellStarts: Array.from({ length: columns }, (_, column) => encoder.encode(column === 0 ? "" : "|")),
  rowEnd: ">\n"
})

const text = (values: ReadonlyArray<string | null>) => {
  const builder = new TextBuilder()
  for (const [row, value] of values.entries()) if (value !== null) builder.setText(row, value)
  return builder.take(values.length)
}

const plain = (values: ReadonlyArray<string>) => {
  const offsets = Int32Array.from([0, ...values], (_, i) => encoder.encode(values.slice(0, i).join("")).length)
  return utf8Column(offsets, encoder.encode(values.join("")))
}

const isSecond = (row: number) => row !== 1
const everyType = recordBatch(
  [
    { name: "text", data: text(["a", null, "é", "a", ""]) },
    { name: "plain", data: plain(["", "x", "\u{1f600}", "y", "z"]) },
    { name: "int64", data: int64Column(BigInt64Array.of(0n, 5n, -7n, 2n ** 60n, 1n), isSecond) },
    { name: "int32", data: makeData({ type: new Int32(), data: Int32Array.of(1, -2, 3, 4, 5) }) },
    { name: "double", data: doubleColumn(Float64Array.of(1.5, 9, Number.NaN, Infinity, 3), isSecond) },
    { name: "time", data: timestampColumn(BigInt64Array.of(0n, 1n, -1n, 1_720_605_600_250_000n, 2n), isSecond) },
    { name: "date", data: dateColumn(Int32Array.of(0, 1, -1, 19_914, 2), isSecond) },
    { name: "bool", data: boolColumn(5, (row) => row % 3 === 0) }
  ],
  5
)

const lines = [
  "<[a]|[]|0|1|1.5|'1970-01-01T00:00:00Z'|'1970-01-01'|true>\n",
  "<-|[x]|-|-2|-|-|-|false>\n",
  "<[é]|[\u{1f600}]|-7|3|-|'1969-12-31T23:59:59.999999Z'|'1969-12-31'|false>\n",
  "<[a]|[y]|1152921504606846976|4|-|'2024-07-10T10:00:00.250Z'|'2024-07-10'|true>\n",
  "<[]|[z]|1|5|3|'1970-01-01T00:00:00.000002Z'|'1970-01-03'|false>\n"
]

const write = (table: TextTable, ...batches: ReadonlyArray<RecordBatch>): string => {
  const out = new ByteWriter()
  for (const batch of batches) table.write(batch, out)
  return decoder.decode(out.take())
}

describe("TextTable", () => {
  it("writes every type and its nulls", () => {
    assert.strictEqual(write(new TextTable(everyType.schema, format(8)), everyType), lines.join(""))
  })

  it("writes slices of a batch as the same rows", () => {
    for (let from = 0; from <= 5; from++) {
      for (let to = from; to <= 5; to++) {
        const table = new TextTable(everyType.schema, format(8))
        assert.strictEqual(write(table, everyType.slice(from, to)), lines.slice(from, to).join(""), `${from} to ${to}`)
      }
    }
  })

  it("takes a null from the validity bits, whatever the code beneath", () => {
    const { dictionary } = text(["a", "b"])
    const data = makeData({
      type: new Dictionary(new Utf8(), new Int32()),
      data: Int32Array.of(1, 0, 0),
      nullCount: 1,
      nullBitmap: Uint8Array.of(0b101),
      ...(dictionary === undefined ? {} : { dictionary })
    })
    const batch = recordBatch([{ name: "text", data }], 3)
    assert.strictEqual(write(new TextTable(batch.schema, format(1)), batch), "<[b]>\n<->\n<[a]>\n")
  })

  it("formats a value of a dictionary once, also when batches share it, and only those that occur", () => {
    const batch = recordBatch([{ name: "text", data: text(["a", "b", "a", null, "b", "c", "a"]) }], 7)
    let formatted = 0
    const table = new TextTable(
      batch.schema,
      format(1, () => formatted++)
    )
    write(table, batch.slice(0, 3), batch.slice(2, 5))
    assert.strictEqual(formatted, 2)
    write(table, batch)
    assert.strictEqual(formatted, 3)
  })

  it("does not take one dictionary for another", () => {
    const [one, two] = [
      ["a", "b"],
      ["b", "a"]
    ].map((values) => recordBatch([{ name: "text", data: text(values) }], 2))
    assert.strictEqual(
      write(new TextTable(one.schema, format(1)), one, two, one),
      "<[a]>\n<[b]>\n<[b]>\n<[a]>\n<[a]>\n<[b]>\n"
    )
  })

  it("writes narrow integers and refuses, by name, a type that it does not know", () => {
    const batch = recordBatch([{ name: "n", data: makeData({ type: new Int8(), data: Int8Array.of(-3) }) }], 1)
    assert.strictEqual(write(new TextTable(batch.schema, format(1)), batch), "<-3>\n")
    for (const type of [new Binary(), new Uint64()]) {
      const schema = new Schema([new Field("payload", type, true)])
      assert.throws(
        () => new TextTable(schema, format(1)),
        PluginError,
        /column payload of type .* cannot be written as test/
      )
    }
  })
})

describe("lists and intervals", () => {
  const batch = tableOf({
    list: column.list([["a", "é;"], [], ["x"]]),
    interval: column.interval([1_500_000n, null, -1n])
  })
  const written = (separator: string | undefined, rows: RecordBatch) => {
    const out = new ByteWriter()
    const lists = separator === undefined ? {} : { listSeparator: separator }
    new TextTable(rows.schema, { ...format(2), ...lists }).write(rows, out)
    return decoder.decode(out.take())
  }

  it("are a JSON array, and seconds", () => {
    assert.strictEqual(written(undefined, batch), "<[[a],[é;]]|1.5>\n<[]|->\n<[[x]]|-0.000001>\n")
  })

  it("are one text where the format has no arrays", () => {
    assert.strictEqual(written(";", batch), "<[a;é;]|1.5>\n<[]|->\n<[x]|-0.000001>\n")
  })

  it("are the same in a part of a batch", () => {
    assert.strictEqual(written(";", batch.slice(1, 3)), "<[]|->\n<[x]|-0.000001>\n")
  })
})
