import { Bool, type Data, DateDay, Dictionary, Float64, Int64, type RecordBatch, Timestamp, Utf8 } from "apache-arrow"
import { lanes } from "../../arrow/Columns.ts"
import { durationText } from "../../spec/Duration.ts"
import { int64At, microsAt, secondsAt } from "../../time/Int64.ts"
import { dateText, instantText } from "../../time/Print.ts"
import type { SampleRow } from "./Finding.ts"

/** A number for a person: `1,200`, `0.0581395`. */
export const numberText = (value: number): string =>
  value.toLocaleString("en", Number.isInteger(value) ? {} : { maximumSignificantDigits: 6 })

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
): ReadonlyArray<SampleRow> => {
  const places = columns.map((name) => ({ name, column: batch.schema.names.indexOf(name) }))
  return rows.map((row) =>
    Object.fromEntries(
      places.map(({ column, name }) => [
        name,
        jsonValue(batch.data.children[column], row, () => batch.getChildAt(column)?.get(row))
      ])
    )
  )
}

/** Numbers and truth as they are, times as CSV has them, and all else as text. `get`: the value as Arrow gives it. */
const jsonValue = (data: Data, row: number, get: () => unknown): SampleRow[string] => {
  if (!data.getValid(row)) return null
  const { type, values } = data
  if (type instanceof Timestamp) return instantText(secondsAt(lanes(values), row), microsAt(lanes(values), row))
  if (type instanceof DateDay) return dateText(values[row])
  if (type instanceof Float64) return Number.isFinite(values[row]) ? values[row] : String(values[row])
  if (type instanceof Int64) {
    const value = values[row] as bigint
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  }
  if (type instanceof Bool) return get() === true
  if (type instanceof Dictionary || type instanceof Utf8) return String(get())
  const value = get()
  // A list, or an interval in seconds.
  return typeof value === "bigint" ? int64At(lanes(values), row) / 1e6 : [...(value as Iterable<unknown>)].join(";")
}
