import { assert, describe, it } from "@effect/vitest"
import { type MeasureTree, parseMeasure } from "../../src/spec/Measure.ts"
import { columnText } from "../../src/spec/Column.ts"

/** A measure as it is written. */
const measureText = (tree: MeasureTree): string => {
  if (tree.measure === "count") return "count(*)"
  const column = columnText(tree.column)
  return tree.measure === "count_distinct" ? `count(distinct ${column})` : `${tree.measure}(${column})`
}

describe("parseMeasure", () => {
  it("reads back every measure of every kind of column name", () => {
    const measures = ["count_distinct", "sum", "min", "max", "avg", "first", "last"] as const
    for (const column of ["page", "$x", "@t", "größe", "distinct", "count", "user id", 'say "hi"', "*", "a-b", "1"]) {
      for (const measure of measures) {
        const tree: MeasureTree = { measure, column }
        assert.deepStrictEqual(parseMeasure(measureText(tree)), tree, measureText(tree))
      }
    }
    assert.deepStrictEqual(parseMeasure(measureText({ measure: "count" })), { measure: "count" })
  })

  it("ignores case in names and blanks between words, but not in columns", () => {
    assert.deepStrictEqual(parseMeasure("  COUNT ( DISTINCT  Page ) "), { measure: "count_distinct", column: "Page" })
    assert.deepStrictEqual(parseMeasure("Sum(X)"), { measure: "sum", column: "X" })
    assert.deepStrictEqual(parseMeasure("count( * )"), { measure: "count" })
  })

  it.each([
    "",
    "count",
    "count()",
    "count(x)",
    "count(distinct)",
    "count(distinct *)",
    "sum(*)",
    "sum(distinct x)",
    "median(x)",
    "count(*) + 1",
    "max(a.b)",
    "max(a, b)",
    "max(user id)",
    "max(1)",
    'max("")'
  ])("refuses %j", (text) => {
    assert.isUndefined(parseMeasure(text))
  })
})
