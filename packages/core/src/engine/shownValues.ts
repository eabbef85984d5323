import { Bool, type Data, DateDay, Duration, Float64, List, type RecordBatch, Timestamp } from "apache-arrow"
import { lanes } from "../arrow/Columns.ts"
import { durationText } from "../spec/Duration.ts"
import { int64At, microsAt, secondsAt } from "../time/Int64.ts"
import { dateText, instantText } from "../time/Print.ts"
import type { SampleRow } from "./check/Finding.ts"

/** A number for a person: `1,200`, `0.0581395`, `5.60671e-26`. */
export const numberText = (value: number): string => {
  if (value !== 0 && Math.abs(value) < 1e-6) return String(Number(value.toPrecision(6)))
  return value.toLocaleString("en", Number.isInteger(value) ? {} : { maximumSignificantDigits: 6 })
}

/** `1 row`, `1,200 rows`. */
export const rowsText = (rows: number): string => `${numberText(rows)} ${rows === 1 ? "row" : "rows"}`

/** A length of time for a person: `3h20m`. */
export const secondsText = (seconds: number): string => durationText(Math.round(seconds) * 1e6)

/** The value of a column of int64 or doubles, beyond 2^53 rounded; null where it is null. */
export const numberAt = (data: Data, row: number): number | null => {
  if (!data.getValid(row)) return null
  return data.type instanceof Float64 ? data.values[row] : int64At(lanes(data.values), row)
}

/** Some rows of a batch, with some of its columns, as JSON. */
export const samplesOf = (
  batch: RecordBatch,
  columns: ReadonlyArray<string>,
  rows: ReadonlyArray<number>
): ReadonlyArray<SampleRow> =>
  rows.map((row) => Object.fromEntries(columns.map((name) => [name, valueAt(batch, name, row)])))

/** Numbers and truth as they are, times as CSV has them, and all else as text. */
export const valueAt = (batch: RecordBatch, name: string, row: number): SampleRow[string] => {
  const column = batch.schema.names.indexOf(name)
  const data = batch.data.children[column]
  if (!data.getValid(row)) return null
  const { type, values } = data
  if (type instanceof Timestamp) return instantText(secondsAt(lanes(values), row), microsAt(lanes(values), row))
  if (type instanceof DateDay) return dateText(values[row])
  if (type instanceof Float64) return Number.isFinite(values[row]) ? values[row] : String(values[row])
  if (type instanceof Duration) return int64At(lanes(values), row) / 1e6
  const value: unknown = batch.getChildAt(column)?.get(row)
  if (type instanceof Bool) return value === true
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return type instanceof List ? [...(value as Iterable<unknown>)].join(";") : String(value)
}
