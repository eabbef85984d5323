import type { RecordBatch } from "apache-arrow"
import { columnData, isText, recordBatch, textView } from "../arrow/Columns.ts"
import type { Aggregate } from "../plan/Plan.ts"
import { compareRows } from "./CompareRows.ts"
import { type Grouping, measureColumns } from "./Measures.ts"
import { selectRows } from "./Rows.ts"
import { type TextOrder, textRanks } from "./TextOrder.ts"

/**
 * Groups the rows of a table by some of its columns and measures each group: one row a group, in the order of the
 * group columns, nulls first. No group columns: one row, also for an empty table. `user` is ordered as users are.
 */
export const aggregate = (plan: Aggregate, table: RecordBatch, user: string): RecordBatch => {
  const rows = Int32Array.from({ length: table.numRows }, (_, i) => i)
  const grouping = groupRows(plan.by, table, rows, user)
  const representative = new Int32Array(grouping.groups).fill(-1)
  for (let i = rows.length - 1; i >= 0; i--) representative[grouping.groupOf[i]] = i
  const by = plan.by.map((name) => ({ name, data: selectRows(columnData(table, name), representative) }))
  return recordBatch([...by, ...measureColumns(table, grouping, plan.columns)], grouping.groups)
}

const groupRows = (by: ReadonlyArray<string>, table: RecordBatch, rows: Int32Array, user: string): Grouping => {
  let groupOf: Int32Array = new Int32Array(rows.length)
  let groups = by.length === 0 || rows.length > 0 ? 1 : 0
  for (const name of by) {
    const { ranks, size } = rowRanks(table, name, rows, name === user ? "user" : "utf8")
    const keys = new Float64Array(rows.length)
    for (let i = 0; i < keys.length; i++) keys[i] = groupOf[i] * size + ranks[i]
    ;({ groupOf, groups } = dense(keys))
  }
  return { rows, groupOf, groups }
}

/** Numbers that order as the values of a column do, nulls lowest, all below `size`. */
const rowRanks = (table: RecordBatch, name: string, rows: Int32Array, order: TextOrder) => {
  if (isText(columnData(table, name).type)) {
    const column = textView(table, name)
    const ranks = textRanks(column, order)
    return { ranks: column.codes.map((code) => (code < 0 ? 0 : ranks[code] + 1)), size: column.size + 1 }
  }
  const compare = compareRows(table, name, order)
  const sorted = rows.slice().sort(compare)
  const ranks = new Int32Array(rows.length)
  let rank = 0
  for (let i = 1; i < sorted.length; i++) {
    if (compare(sorted[i - 1], sorted[i]) !== 0) rank++
    ranks[sorted[i]] = rank
  }
  return { ranks, size: rank + 1 }
}

/** Distinct keys numbered from 0 in ascending order. */
const dense = (keys: Float64Array) => {
  const sorted = keys.slice().sort()
  const numbers = new Map<number, number>()
  for (const key of sorted) if (!numbers.has(key)) numbers.set(key, numbers.size)
  return { groupOf: Int32Array.from(keys, (key) => numbers.get(key) ?? 0), groups: numbers.size }
}
