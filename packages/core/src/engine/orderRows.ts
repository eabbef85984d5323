import type { RecordBatch } from "apache-arrow"
import { type Compare, compareRows } from "./CompareRows.ts"

/** A column that rows are ordered by: nulls first, or last where it is descending. */
export interface OrderColumn {
  readonly column: string
  readonly descending: boolean
}

/**
 * All rows, ordered by some columns; rows that are equal in these stay as they are. `user` is ordered as users are.
 * `compare` compares by these columns alone.
 */
export const orderOf = (
  batch: RecordBatch,
  columns: ReadonlyArray<OrderColumn>,
  user: string
): { readonly rows: Int32Array; readonly compare: Compare } => {
  const compares = columns.map(({ column, descending }): Compare => {
    const compare = compareRows(batch, column, column === user ? "user" : "utf8")
    return descending ? (a, b) => compare(b, a) : compare
  })
  const compare: Compare = (a, b) => {
    for (const one of compares) {
      const difference = one(a, b)
      if (difference !== 0) return difference
    }
    return 0
  }
  const rows = Int32Array.from({ length: batch.numRows }, (_, row) => row)
  if (columns.length > 0) rows.sort((a, b) => compare(a, b) || a - b)
  return { rows, compare }
}

export const orderRows = (batch: RecordBatch, columns: ReadonlyArray<OrderColumn>, user: string): Int32Array =>
  orderOf(batch, columns, user).rows
