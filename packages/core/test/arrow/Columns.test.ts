import { assert, describe, it } from "@effect/vitest"
import { type Data, Dictionary, Int32, Int8, makeData, type RecordBatch, Utf8, vectorFromArray } from "apache-arrow"
import {
  columnData,
  int64Lanes,
  isJson,
  pickColumns,
  recordBatch,
  textColumn,
  textView
} from "../../src/arrow/Columns.ts"
import { packBatch, unpackBatch } from "../../src/arrow/Ipc.ts"
import { int64At } from "../../src/time/Int64.ts"
import { plainColumn, plainRows } from "../support/plain.ts"
import { column, tableOf } from "../support/table.ts"

/** The texts of a column through its view: null is -1, and no other code is out of the dictionary. */
const seen = (batch: RecordBatch, name: string): ReadonlyArray<string | null> => {
  const { bytes, codes, dictionary, offsets, size } = textView(batch, name)
  return Array.from(codes, (code) => {
    if (code === -1) return null
    assert.isTrue(code >= 0 && code < size)
    const text = new TextDecoder().decode(bytes.subarray(offsets[code], offsets[code + 1]))
    assert.strictEqual(dictionary.get(code), text)
    return text
  })
}

const batchOf = (data: Data): RecordBatch => recordBatch([{ name: "x", data }], data.length)

describe("textView", () => {
  const values = ["b", null, "", "é", "b", null]

  it("reads the columns of Sojourn", () => {
    assert.deepStrictEqual(seen(batchOf(column.text(values)), "x"), values)
    assert.deepStrictEqual(seen(batchOf(column.text([])), "x"), [])
    assert.deepStrictEqual(seen(batchOf(column.text([null, null])), "x"), [null, null])
  })

  it("has as many codes as there are rows, where buffers are filled up to whole words", () => {
    const there = unpackBatch(packBatch(batchOf(column.text(["a", "b", "a"]))))
    assert.strictEqual(columnData(there, "x").values.length, 4)
    assert.deepStrictEqual(seen(there, "x"), ["a", "b", "a"])
  })

  it("reads dictionaries of other makers, where the slot of a null may hold any code", () => {
    const dictionary = vectorFromArray(["a", "b"], new Utf8())
    for (const [type, codes] of [
      [new Int32(), Int32Array.of(0, 1, 0, 1, 77)],
      [new Int8(), Int8Array.of(0, 1, 0, 1, 77)]
    ] as const) {
      const data = makeData({
        type: new Dictionary(new Utf8(), type),
        length: 5,
        nullCount: 3,
        nullBitmap: Uint8Array.of(0b01010),
        data: codes as Int32Array,
        dictionary
      })
      assert.deepStrictEqual(seen(batchOf(data), "x"), [null, "b", null, "b", null])
      assert.deepStrictEqual([...codes], [0, 1, 0, 1, 77], "the column itself is left alone")
    }
  })

  it("reads plain text", () => {
    const data = vectorFromArray(values, new Utf8()).data[0]
    assert.deepStrictEqual(seen(batchOf(data), "x"), values)
  })

  it("reads slices of each", () => {
    const plain = vectorFromArray(values, new Utf8()).data[0]
    for (const data of [column.text(values), plain]) {
      assert.deepStrictEqual(seen(batchOf(data).slice(1, 5), "x"), values.slice(1, 5))
    }
  })

  it("knows JSON tokens by the extension type of Arrow", () => {
    const data = column.text(["1"])
    const batch = recordBatch(
      [
        { name: "x", data, json: true },
        { name: "y", data }
      ],
      1
    )
    assert.isTrue(textView(batch, "x").json)
    assert.isFalse(textView(batch, "y").json)
    assert.deepStrictEqual(batch.schema.fields.map(isJson), [true, false])
    assert.strictEqual(batch.schema.fields[0].metadata.get("ARROW:extension:name"), "arrow.json")
  })
})

describe("columns made from buffers", () => {
  const batch = tableOf({
    text: column.text(["a", null, "b"]),
    int64: column.int64([2n ** 60n, null, -1n]),
    double: column.double([0.5, null, -0]),
    timestamp: column.timestamp([1n, null, -1n]),
    date: column.date([0, null, -1]),
    bool: column.bool([true, false, true])
  })

  it("hold what they were given, and know their nulls", () => {
    assert.deepStrictEqual(plainRows(batch), [
      {
        text: "a",
        int64: 2n ** 60n,
        double: 0.5,
        timestamp: "1970-01-01T00:00:00.000001Z",
        date: "1970-01-01",
        bool: true
      },
      { text: null, int64: null, double: null, timestamp: null, date: null, bool: false },
      { text: "b", int64: -1, double: -0, timestamp: "1969-12-31T23:59:59.999999Z", date: "1969-12-31", bool: true }
    ])
    assert.deepStrictEqual(
      batch.data.children.map(({ nullCount }) => nullCount),
      [1, 1, 1, 1, 1, 0]
    )
  })

  it("are read alike by Arrow itself", () => {
    assert.deepStrictEqual(batch.getChild("text")?.toJSON(), ["a", null, "b"])
    assert.deepStrictEqual(batch.getChild("int64")?.toJSON(), [2n ** 60n, null, -1n])
    assert.deepStrictEqual(batch.getChild("bool")?.toJSON(), [true, false, true])
  })

  it("can be picked by name, in any order", () => {
    const picked = pickColumns(batch, ["bool", "text"])
    assert.deepStrictEqual(picked.schema.names, ["bool", "text"])
    assert.deepStrictEqual(plainColumn(picked, "text"), ["a", null, "b"])
  })

  it("that do not exist are a defect", () => {
    assert.throws(() => columnData(batch, "txet"), "no column txet among text, int64")
  })
})

describe("int64Lanes", () => {
  it("sees the values of a slice too", () => {
    const batch = batchOf(column.int64([5n, -7n, 2n ** 40n])).slice(1)
    const lanes = int64Lanes(batch, "x")
    assert.deepStrictEqual([int64At(lanes, 0), int64At(lanes, 1)], [-7, 2 ** 40])
  })
})

describe("textColumn", () => {
  it("has as many nulls as codes below zero", () => {
    const dictionary = vectorFromArray(["a"], new Utf8())
    assert.strictEqual(textColumn(Int32Array.of(0, -1, 0, -1), dictionary).nullCount, 2)
    assert.strictEqual(textColumn(Int32Array.of(0, 0), dictionary).nullCount, 0)
  })
})
