import type { Data } from "apache-arrow"
import { assert, describe, it } from "@effect/vitest"
import { aggregate } from "../../src/engine/Aggregate.ts"
import { IntegerOverflow } from "../../src/engine/Measures.ts"
import { type MeasureTree, parseMeasure } from "../../src/spec/Measure.ts"
import { type Plain, plainRows } from "../support/plain.ts"
import { column, tableOf } from "../support/table.ts"

const tree = (text: string): MeasureTree => {
  const parsed = parseMeasure(text)
  assert.isDefined(parsed)
  return parsed
}

/** A measure of the column `x` for each group of `g`, groups in order. */
const measured = (measure: string, groups: ReadonlyArray<string>, data: Data): ReadonlyArray<Plain> => {
  const plan = { name: "t", from: "events", by: ["g"], columns: [{ name: "m", value: tree(measure) }] } as const
  return plainRows(aggregate(plan, tableOf({ g: column.text(groups), x: data }), "user")).map(({ m }) => m)
}

// Group a has a null first and last, b is all null, c has one value twice.
const groups = ["a", "b", "c", "a", "a", "a", "c", "b", "a"]
const rows = <A>(a: readonly [A, A, A], c: A) => [null, null, c, ...a, c, null, null]

const second = 1_000_000n

describe("measures skip nulls, except count(*), first and last", () => {
  const columns: Readonly<Record<string, Data>> = {
    text: column.text(rows(["é", "z", "é"], "\u{1f600}")),
    int64: column.int64(rows([5n, -7n, 5n], 2n)),
    double: column.double(rows([0.5, -2, 0.5], 0.25)),
    timestamp: column.timestamp(rows([9n * second, -1n, 9n * second], 0n)),
    date: column.date(rows([1, -1, 1], 0))
  }
  it.each<[string, string, ReadonlyArray<Plain>]>([
    ["count(*)", "text", [5, 2, 2]],
    ["count(distinct x)", "text", [2, 0, 1]],
    ["min(x)", "text", ["z", null, "\u{1f600}"]],
    ["max(x)", "text", ["é", null, "\u{1f600}"]],
    ["first(x)", "text", [null, null, "\u{1f600}"]],
    ["last(x)", "text", [null, null, "\u{1f600}"]],
    ["count(*)", "int64", [5, 2, 2]],
    ["count(distinct x)", "int64", [2, 0, 1]],
    ["sum(x)", "int64", [3, null, 4]],
    ["avg(x)", "int64", [1, null, 2]],
    ["min(x)", "int64", [-7, null, 2]],
    ["max(x)", "int64", [5, null, 2]],
    ["count(distinct x)", "double", [2, 0, 1]],
    ["sum(x)", "double", [-1, null, 0.5]],
    ["avg(x)", "double", [-1 / 3, null, 0.25]],
    ["min(x)", "double", [-2, null, 0.25]],
    ["max(x)", "double", [0.5, null, 0.25]],
    ["first(x)", "double", [null, null, 0.25]],
    ["count(distinct x)", "timestamp", [2, 0, 1]],
    ["min(x)", "timestamp", ["1969-12-31T23:59:59.999999Z", null, "1970-01-01T00:00:00Z"]],
    ["max(x)", "timestamp", ["1970-01-01T00:00:09Z", null, "1970-01-01T00:00:00Z"]],
    ["last(x)", "timestamp", [null, null, "1970-01-01T00:00:00Z"]],
    ["count(distinct x)", "date", [2, 0, 1]],
    ["min(x)", "date", ["1969-12-31", null, "1970-01-01"]],
    ["max(x)", "date", ["1970-01-02", null, "1970-01-01"]]
  ])("%s of %s", (measure, type, expected) => {
    assert.deepStrictEqual(measured(measure, groups, columns[type]), expected)
  })

  it("bool: false before true", () => {
    const x = column.bool([true, false, true, false, true, true, true, false, true])
    assert.deepStrictEqual(measured("count(distinct x)", groups, x), [2, 1, 1])
    assert.deepStrictEqual(measured("min(x)", groups, x), [false, false, true])
    assert.deepStrictEqual(measured("max(x)", groups, x), [true, false, true])
    assert.deepStrictEqual(measured("first(x)", groups, x), [true, false, true])
    assert.deepStrictEqual(measured("last(x)", groups, x), [true, false, true])
  })

  it("first and last are of the rows as they stand, whatever the order of the values", () => {
    const x = column.text(["m", null, "z", "a"])
    assert.deepStrictEqual(measured("first(x)", ["a", "b", "a", "a"], x), ["m", null])
    assert.deepStrictEqual(measured("last(x)", ["a", "b", "a", "a"], x), ["a", null])
  })

  it("count(distinct x) tells null from the value that fills its slot, and a value from the same one in another group", () => {
    assert.deepStrictEqual(measured("count(distinct x)", ["a", "a", "b"], column.int64([null, 99n, 99n])), [1, 1])
    assert.deepStrictEqual(measured("count(distinct x)", ["a", "a", "b"], column.timestamp([99n, null, null])), [1, 0])
  })

  it("count(distinct x) takes all 64 bits of an integer", () => {
    const x = column.int64([1n, 1n + 2n ** 32n, 1n + 2n ** 33n, 1n])
    assert.deepStrictEqual(measured("count(distinct x)", ["a", "a", "a", "a"], x), [3])
  })
})

describe("sums of integers", () => {
  const largest = 2n ** 63n - 1n

  it("are exact up to the largest 64-bit integer, also where a sum on the way is beyond it", () => {
    assert.deepStrictEqual(measured("sum(x)", ["a", "a", "a"], column.int64([largest, 1n, -1n])), [largest])
    assert.deepStrictEqual(measured("sum(x)", ["a", "a"], column.int64([-largest, -1n])), [-largest - 1n])
  })

  it("fail beyond it and name the column", () => {
    const over = (values: ReadonlyArray<bigint>) => () =>
      measured(
        "sum(x)",
        values.map(() => "a"),
        column.int64(values)
      )
    assert.throws(over([largest, 1n]), IntegerOverflow, 'the sum of "x" is over the largest 64-bit integer')
    assert.throws(over([-largest, -2n]), IntegerOverflow)
  })

  it("do not limit an average", () => {
    assert.deepStrictEqual(measured("avg(x)", ["a", "a"], column.int64([largest, largest])), [Number(largest)])
  })
})

describe("sums of doubles", () => {
  it("do not depend on the order of the rows", () => {
    const values = [1e16, 1, -1e16, 1, 1e-3, 3e15, -3e15]
    const sums = values.map((_, i) =>
      measured(
        "sum(x)",
        values.map(() => "a"),
        column.double([...values.slice(i), ...values.slice(0, i)])
      )
    )
    for (const sum of sums) assert.deepStrictEqual(sum, [2.001])
  })
})
