import { assert, describe, it } from "@effect/vitest"
import { recordBatch } from "../../src/arrow/Columns.ts"
import { TextBuilder } from "../../src/arrow/TextBuilder.ts"
import { plainColumn } from "../support/plain.ts"

const taken = (builder: TextBuilder, rows: number) =>
  plainColumn(recordBatch([{ name: "x", data: builder.take(rows) }], rows), "x")

describe("TextBuilder", () => {
  it("has null where nothing was set, or was taken back", () => {
    const builder = new TextBuilder()
    builder.setText(4, "é")
    builder.setText(0, "a")
    builder.setText(2, "b")
    builder.setText(2, "c")
    builder.setText(3, "x")
    builder.unset(3)
    builder.unset(1000)
    assert.deepStrictEqual(taken(builder, 6), ["a", null, "c", null, "é", null])
  })

  it("leaves out rows beyond those that are taken, and starts empty again", () => {
    const builder = new TextBuilder()
    for (let row = 0; row < 5; row++) builder.setText(row, `a${row}`)
    assert.deepStrictEqual(taken(builder, 2), ["a0", "a1"])
    builder.setText(1, "b")
    assert.deepStrictEqual(taken(builder, 3), [null, "b", null])
    assert.deepStrictEqual(taken(builder, 0), [])
  })

  it("grows, with nulls between", () => {
    const builder = new TextBuilder()
    builder.setText(0, "first")
    builder.setText(5000, "last")
    const values = taken(builder, 6000)
    assert.deepStrictEqual(
      values.flatMap((value, row) => (value === null ? [] : [[row, value]])),
      [
        [0, "first"],
        [5000, "last"]
      ]
    )
  })
})
