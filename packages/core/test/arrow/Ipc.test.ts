import { assert, describe, it } from "@effect/vitest"
import { binaryColumn, columnData, int64Column, isJson, recordBatch, textView } from "../../src/arrow/Columns.ts"
import { packBatch, unpackBatch } from "../../src/arrow/Ipc.ts"
import { plainRows } from "../support/plain.ts"
import { column } from "../support/table.ts"

const columns = {
  text: column.text(["a", null, "", "é", "a"]),
  bool: column.bool([true, null, false, true, false]),
  int64: column.int64([1n, null, -(2n ** 63n), 2n ** 63n - 1n, 0n]),
  double: column.double([1.5, null, -0, NaN, Infinity]),
  instant: column.timestamp([0n, null, -1n, 1n, 2n ** 50n]),
  date: column.date([0, null, -1, 19_000, 5]),
  interval: column.interval([0n, null, -1n, 1n, 2n ** 50n]),
  list: column.list([["a", "b"], [], [""], ["é"], []])
}
const digests = Uint8Array.from({ length: 5 * 16 }, (_, i) => i * 3)

describe("a batch that was packed", () => {
  const batch = recordBatch(
    [
      ...Object.entries(columns).map(([name, data]) => ({ name, data })),
      { name: "json", data: column.text(["1", "2", null, "{}", "1"]), json: true }
    ],
    5
  )

  it("comes back with its values and its marks", () => {
    const back = unpackBatch(packBatch(batch))
    assert.strictEqual(back.numRows, 5)
    assert.deepStrictEqual(plainRows(back), plainRows(batch))
    assert.deepStrictEqual(back.schema.fields.map(isJson), batch.schema.fields.map(isJson))
    assert.strictEqual(textView(back, "text").codes[1], -1)
  })

  it("has the very classes of types that it had: the rest of Sojourn asks for them", () => {
    const with16 = recordBatch(
      [
        ...batch.schema.names.map((name) => ({ name: String(name), data: columnData(batch, String(name)) })),
        { name: "digest", data: binaryColumn(digests, 16) }
      ],
      5
    )
    const back = unpackBatch(packBatch(with16))
    for (const [i, { type }] of with16.schema.fields.entries()) {
      assert.strictEqual(back.schema.fields[i].type.constructor, type.constructor, String(type))
      assert.strictEqual(back.data.children[i].type.constructor, type.constructor, String(type))
      assert.strictEqual(String(back.schema.fields[i].type), String(type))
    }
    assert.deepStrictEqual([...(columnData(back, "digest").values as Uint8Array).subarray(0, 80)], [...digests])
  })

  // Apache Arrow's own joining of chunks loses bytes where two neighbours lie in the same memory.
  it("may have one column twice, or columns in overlapping parts of the same memory", () => {
    const { double, int64, text } = columns
    const memory = BigInt64Array.from({ length: 8 }, (_, i) => BigInt(i))
    const rows = recordBatch(
      [
        ...[int64, int64, double, double, text, text].map((data, i) => ({ name: `c${i}`, data })),
        ...[0, 1, 3].map((from) => ({ name: `part${from}`, data: int64Column(memory.subarray(from, from + 5)) }))
      ],
      5
    )
    assert.deepStrictEqual(plainRows(unpackBatch(packBatch(rows))), plainRows(rows))
  })

  it("may be packed again, be part of a larger batch, or have no rows", () => {
    assert.deepStrictEqual(plainRows(unpackBatch(packBatch(unpackBatch(packBatch(batch))))), plainRows(batch))
    assert.deepStrictEqual(plainRows(unpackBatch(packBatch(batch.slice(1, 4)))), plainRows(batch).slice(1, 4))
    assert.deepStrictEqual(plainRows(unpackBatch(packBatch(batch.slice(0, 0)))), [])
  })

  it("may stand beside texts whose dictionary has the number here that its own had where it was packed", () => {
    const there = unpackBatch(packBatch(batch))
    const both = recordBatch(
      [
        { name: "here", data: columns.text },
        { name: "there", data: columnData(there, "text") }
      ],
      5
    )
    const texts = ["a", null, "", "é", "a"]
    assert.deepStrictEqual(
      plainRows(unpackBatch(packBatch(both))),
      texts.map((text) => ({ here: text, there: text }))
    )
  })
})
