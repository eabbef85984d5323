import { assert, describe, it } from "@effect/vitest"
import {
  Bool,
  type DataType,
  DateDay,
  Dictionary,
  DurationMicrosecond,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  RecordBatch,
  Schema,
  Struct,
  makeData,
  TimestampMicrosecond,
  Utf8,
  vectorFromArray
} from "apache-arrow"
import { adoptBatch, emptyBatch } from "../../src/arrow/adopt.ts"

const columns: ReadonlyArray<readonly [name: string, type: DataType, values: ReadonlyArray<unknown>]> = [
  ["coded", new Dictionary(new Utf8(), new Int32()), ["a", null, "é", "a", ""]],
  ["text", new Utf8(), ["", "\u{1f600}", null, "b", "c"]],
  ["int64", new Int64(), [2n ** 63n - 1n, null, -1n, 0n, 5n]],
  ["double", new Float64(), [0.5, -0, null, 1e300, 2]],
  ["bool", new Bool(), [true, false, null, true, true]],
  ["date", new DateDay(), [new Date(0), null, new Date(86_400_000), new Date(0), new Date(0)]],
  ["time", new TimestampMicrosecond("UTC"), [1, null, 3, 4, 5]],
  ["span", new DurationMicrosecond(), [1n, 2n, null, 4n, 5n]],
  ["list", new List(new Field("item", new Utf8(), true)), [["a", "b"], [], null, ["c"], ["d", "e"]]]
]

const batch = (): RecordBatch => {
  const children = columns.map(
    ([, type, values]) =>
      (vectorFromArray(values as never, type as never) as never as { data: ReadonlyArray<never> }).data[0]
  )
  const fields = columns.map(([name, type]) => new Field(name, type, true, new Map([["k", name]])))
  const data = makeData({ type: new Struct(fields), length: 5, nullCount: 0, children })
  return new RecordBatch(new Schema(fields), data)
}

const values = (batch: RecordBatch) =>
  columns.map(([name]) =>
    Array.from({ length: batch.numRows }, (_, row) => {
      const value: unknown = batch.getChild(name)?.get(row)
      return value instanceof Object && Symbol.iterator in value ? [...(value as Iterable<unknown>)] : value
    })
  )

describe("adoptBatch", () => {
  it("gives every column of every type its values, in types of this copy", () => {
    const adopted = adoptBatch(batch())
    assert.deepStrictEqual(values(adopted), values(batch()))
    for (const [i, { metadata, name, type }] of adopted.schema.fields.entries()) {
      assert.strictEqual(type.typeId, columns[i][1].typeId)
      assert.notStrictEqual(type, columns[i][1])
      assert.deepStrictEqual([...metadata], [["k", name]])
    }
  })

  it("takes parts of a batch", () => {
    const part = batch().slice(1, 4)
    assert.deepStrictEqual(values(adoptBatch(part)), values(part))
    assert.deepStrictEqual(
      values(adoptBatch(part)),
      values(batch()).map((column) => column.slice(1, 4))
    )
  })

  it("takes a batch without rows", () => {
    const { schema } = batch()
    const empty = adoptBatch(emptyBatch(schema))
    assert.strictEqual(empty.numRows, 0)
    assert.strictEqual(String(empty.schema), String(schema))
  })

  it("refuses a type that no table has", () => {
    const fields = [new Field("odd", new Struct([]), true)]
    assert.throws(() => adoptBatch(emptyBatch(new Schema(fields))), "column odd has a type that no table has")
  })
})
