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

  it("sets a row to the text of another, or to the last one again, but for one that was taken", () => {
    for (const builder of [new TextBuilder(), new TextBuilder(true)]) {
      builder.set(0, new TextEncoder().encode("ab"), 0, 1)
      builder.setText(1, "b")
      builder.setText(200, "b")
      builder.set(2, new TextEncoder().encode("ab"), 0, 2)
      builder.setText(3, "b")
      builder.repeat(4, 2)
      builder.repeat(5, 6)
      assert.deepStrictEqual(taken(builder, 201), ["a", "b", "ab", "b", "ab", ...Array<null>(195).fill(null), "b"])
      builder.setText(1, "x")
      builder.setText(0, "b")
      assert.deepStrictEqual(taken(builder, 2), ["b", "x"])
      builder.setText(0, "b")
      assert.deepStrictEqual(taken(builder, 1), ["b"])
    }
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
