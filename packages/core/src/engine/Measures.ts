import { type Data as ArrowData, Float64, type RecordBatch } from "apache-arrow"
import * as Data from "effect/Data"
import { columnData, doubleColumn, int64Column, lanes, type NamedColumn } from "../arrow/Columns.ts"
import type { MeasureTree } from "../spec/Measure.ts"
import { storeInt64 } from "../time/Int64.ts"
import { compareRows } from "./CompareRows.ts"
import { ExactSum } from "./ExactSum.ts"
import { columnWords, nullKeys, KeyTable } from "./KeyTable.ts"
import { selectRows } from "./Rows.ts"

/** Rows of a table, in order, and the group of each. */
export interface Grouping {
  readonly rows: Int32Array
  /** By place in `rows`: a number from 0 to `groups - 1`. */
  readonly groupOf: Int32Array
  readonly groups: number
}

/** A sum of integers is beyond int64. */
export class IntegerOverflow extends Data.TaggedError("IntegerOverflow")<{ readonly column: string }> {
  override get message(): string {
    return `the sum of "${this.column}" is over the largest 64-bit integer`
  }
}

/** One column a measure, one row a group. Throws {@link IntegerOverflow}. */
export const measureColumns = (
  table: RecordBatch,
  grouping: Grouping,
  measures: ReadonlyArray<{ readonly name: string; readonly value: MeasureTree }>
): ReadonlyArray<NamedColumn> => measures.map(({ name, value }) => ({ name, data: measure(table, grouping, value) }))

const measure = (table: RecordBatch, grouping: Grouping, tree: MeasureTree): ArrowData => {
  switch (tree.measure) {
    case "count":
      return countRows(grouping, () => true)
    case "count_distinct":
      return countDistinct(table, grouping, tree.column)
    case "sum":
    case "avg":
      return total(table, grouping, tree.column, tree.measure)
    case "min":
    case "max":
      return selectRows(columnData(table, tree.column), extremes(table, grouping, tree.column, tree.measure))
    case "first":
    case "last":
      return selectRows(columnData(table, tree.column), ends(grouping, tree.measure))
  }
}

const countRows = ({ groups, groupOf, rows }: Grouping, counts: (i: number) => boolean): ArrowData => {
  const count = new Float64Array(groups)
  for (let i = 0; i < rows.length; i++) if (counts(i)) count[groupOf[i]]++
  return integers(count)
}

const integers = (numbers: Float64Array): ArrowData => {
  const values = new BigInt64Array(numbers.length)
  const words = lanes(values)
  for (let i = 0; i < numbers.length; i++) storeInt64(words, i, numbers[i])
  return int64Column(values)
}

/** Distinct values that are not null. */
const countDistinct = (table: RecordBatch, grouping: Grouping, column: string): ArrowData => {
  const { groupOf, rows } = grouping
  const { nullable, width, words } = columnWords(table, column)
  const values = new Int32Array(rows.length * width)
  for (let i = 0; i < rows.length; i++) {
    for (let w = 0; w < width; w++) values[i * width + w] = words[rows[i] * width + w]
  }
  const key = [
    { words: groupOf, width: 1, nullable: false },
    { words: values, width, nullable }
  ]
  const seen = new KeyTable(rows.length, key)
  const isNull = nullKeys(rows.length, key)
  return countRows(grouping, (i) => isNull?.[i] !== 1 && seen.first(i) === i)
}

const total = (table: RecordBatch, grouping: Grouping, column: string, kind: "sum" | "avg"): ArrowData => {
  const data = columnData(table, column)
  const { groupOf, groups, rows } = grouping
  const counts = new Float64Array(groups)
  for (let i = 0; i < rows.length; i++) if (data.getValid(rows[i])) counts[groupOf[i]]++
  const isValid = (group: number) => counts[group] > 0

  if (data.type instanceof Float64) {
    const sums = Array.from({ length: groups }, () => new ExactSum())
    for (let i = 0; i < rows.length; i++) if (data.getValid(rows[i])) sums[groupOf[i]].add(data.values[rows[i]])
    const values = Float64Array.from(sums, (sum, group) => (kind === "sum" ? sum.value() : sum.value() / counts[group]))
    return doubleColumn(values, isValid)
  }
  const sums = Array.from({ length: groups }, () => 0n)
  const values = data.values as BigInt64Array
  for (let i = 0; i < rows.length; i++) if (data.getValid(rows[i])) sums[groupOf[i]] += values[rows[i]]
  if (kind === "avg")
    return doubleColumn(
      Float64Array.from(sums, (sum, group) => Number(sum) / counts[group]),
      isValid
    )
  for (const sum of sums) if (BigInt.asIntN(64, sum) !== sum) throw new IntegerOverflow({ column })
  return int64Column(BigInt64Array.from(sums), isValid)
}

/** For each group the row with its least or greatest value, the first of them; -1 where all are null. */
const extremes = (table: RecordBatch, grouping: Grouping, column: string, kind: "min" | "max"): Int32Array => {
  const data = columnData(table, column)
  const compare = compareRows(table, column, "utf8")
  const sign = kind === "min" ? 1 : -1
  const { groupOf, groups, rows } = grouping
  const best = new Int32Array(groups).fill(-1)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    if (!data.getValid(row)) continue
    const group = groupOf[i]
    if (best[group] < 0 || sign * compare(row, best[group]) < 0) best[group] = row
  }
  return best
}

const ends = ({ groupOf, groups, rows }: Grouping, kind: "first" | "last"): Int32Array => {
  const found = new Int32Array(groups).fill(-1)
  for (let i = 0; i < rows.length; i++) if (kind === "last" || found[groupOf[i]] < 0) found[groupOf[i]] = rows[i]
  return found
}
