import {
  Bool,
  type Data,
  DateDay,
  DurationMicrosecond,
  Float64,
  Int64,
  List,
  type RecordBatch,
  TimestampMicrosecond
} from "apache-arrow"
import { columnData, int64Lanes, isText, recordBatch, textView } from "../../src/arrow/Columns.ts"
import { microsAt, secondsAt } from "../../src/time/Int64.ts"
import { dateText, instantText } from "../../src/time/Print.ts"

/**
 * Text, number (bigint beyond the safe integers), boolean or null; times, dates and lists (as JSON) as text, intervals in
 * microseconds.
 */
export type Plain = string | number | bigint | boolean | null
export type PlainRow = Readonly<Record<string, Plain>>

/** A table as plain objects, to be compared. */
export const plainRows = (table: RecordBatch): ReadonlyArray<PlainRow> => {
  const columns = table.schema.names.map((name) => [String(name), plainColumn(table, String(name))] as const)
  return Array.from({ length: table.numRows }, (_, row) =>
    Object.fromEntries(columns.map(([name, values]) => [name, values[row]]))
  )
}

/** One column of a table. */
export const plainColumn = (table: RecordBatch, name: string): ReadonlyArray<Plain> => {
  const data = columnData(table, name)
  const value = reader(table, name)
  return Array.from({ length: table.numRows }, (_, row) => (data.getValid(row) ? value(row) : null))
}

const reader = (table: RecordBatch, name: string): ((row: number) => Plain) => {
  const { children, offset, type, valueOffsets, values }: Data = columnData(table, name)
  if (isText(type)) {
    const { codes, dictionary } = textView(table, name)
    return (row) => dictionary.get(codes[row])
  }
  if (type instanceof TimestampMicrosecond) {
    const lanes = int64Lanes(table, name)
    return (row) => instantText(secondsAt(lanes, row), microsAt(lanes, row))
  }
  if (type instanceof List) {
    const items = plainColumn(recordBatch([{ name, data: children[0] }], children[0].length), name)
    return (row) => JSON.stringify(items.slice(valueOffsets[row], valueOffsets[row + 1]))
  }
  if (type instanceof Int64 || type instanceof DurationMicrosecond) {
    return (row) => (Number.isSafeInteger(Number(values[row])) ? Number(values[row]) : (values[row] as bigint))
  }
  if (type instanceof DateDay) return (row) => dateText(values[row] as number)
  if (type instanceof Float64) return (row) => values[row] as number
  if (type instanceof Bool) return (row) => ((values[(offset + row) >> 3] >> ((offset + row) & 7)) & 1) === 1
  throw new Error(`no plain form of ${name}`)
}
