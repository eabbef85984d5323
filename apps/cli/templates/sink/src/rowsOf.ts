import { type Data, DataType, type RecordBatch, type Vector } from "apache-arrow"
import type { Row, Value } from "./ExampleFile.ts"

/** The rows of a batch, which has columns of the types that tables of Sojourn have. */
export const rowsOf = (batch: RecordBatch): ReadonlyArray<Row> =>
  Array.from({ length: batch.numRows }, (_, row) =>
    Object.fromEntries(
      batch.schema.fields.map(({ name }, column) => [name, valueAt(batch.getChildAt(column) as Vector, row)])
    )
  )

const valueAt = (column: Vector, row: number): Value => {
  if (!column.isValid(row)) return null
  const { type } = column
  // Numbers of 64 bits and times are read where they lie: what Arrow makes of them may be rounded.
  if (DataType.isTimestamp(type)) return instantText(int64At(column, row))
  if (DataType.isDuration(type)) return Number(int64At(column, row)) / 1e6
  if (DataType.isInt(type)) return String(column.get(row))
  if (DataType.isDate(type)) return new Date(daysAt(column, row) * 86_400_000).toISOString().slice(0, 10)
  if (DataType.isList(type)) return [...(column.get(row) as Iterable<string | null>)]
  return column.get(row) as string | number | boolean
}

/** A batch has one part, which may begin inside its memory. */
const part = (column: Vector): Data => column.data[0]

const int64At = (column: Vector, row: number): bigint => (part(column).values as BigInt64Array)[row]
const daysAt = (column: Vector, row: number): number => (part(column).values as Int32Array)[row]

/** `2024-01-01T10:00:00.000001Z` of microseconds since 1970. */
const instantText = (micros: bigint): string => {
  const millis = (micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n
  const rest = String(micros - millis * 1000n).padStart(3, "0")
  return `${new Date(Number(millis)).toISOString().slice(0, -1)}${rest}Z`
}
