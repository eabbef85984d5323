import { columnData, numberText, type ReportTables, valueAt } from "@sojourn/core"
import { Duration, Float64, Int64, type RecordBatch } from "apache-arrow"

/** A table as it is shown: texts of cells, and which columns are numbers. */
export interface ShownTable {
  readonly columns: ReadonlyArray<{ readonly name: string; readonly isNumber: boolean }>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
  /** What is left out, for a person. */
  readonly note: string | undefined
}

/** Some columns of the first rows of a table. */
export const shownTable = (
  tables: ReportTables,
  {
    columns,
    from,
    rows: most
  }: { readonly columns: ReadonlyArray<string>; readonly from: string; readonly rows: number }
): ShownTable => {
  const { count, rows } = tables.get(from) ?? { count: 0, rows: undefined }
  const shown = Math.min(most, rows?.numRows ?? 0)
  return {
    columns: columns.map((name) => ({ name, isNumber: rows !== undefined && isNumber(rows, name) })),
    rows:
      rows === undefined
        ? []
        : Array.from({ length: shown }, (_, row) => columns.map((name) => cellText(rows, name, row))),
    note: leftOut(shown, count)
  }
}

/** `the first 50 of 1,234 rows`; undefined where nothing is left out. */
export const leftOut = (shown: number, count: number): string | undefined =>
  shown < count ? `the first ${numberText(shown)} of ${numberText(count)} rows` : undefined

/** A value for a person; null is empty. */
export const cellText = (rows: RecordBatch, name: string, row: number): string => {
  const value = valueAt(rows, name, row)
  if (value === null) return ""
  return typeof value === "number" ? shownNumber(value) : String(value)
}

/** Years and other numbers of four digits stay as they are. */
export const shownNumber = (value: number): string => {
  const isShort = Number.isInteger(value) && Math.abs(value) < 10_000
  return isShort ? String(value) : numberText(value)
}

const isNumber = (rows: RecordBatch, name: string): boolean => {
  const { type } = columnData(rows, name)
  return type instanceof Int64 || type instanceof Float64 || type instanceof Duration
}
