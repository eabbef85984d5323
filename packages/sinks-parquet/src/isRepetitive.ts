import { Interner } from "@sojourn/core"
import { type Data, DataType } from "apache-arrow"

/** Rows that are looked at. */
const mostRows = 4096

/**
 * Whether a column of a row group has values that come again, so that a dictionary of them is worth its making: at most half
 * of the first rows have a value that is new.
 */
export const isRepetitive = (data: Data): boolean => {
  const rows = Math.min(data.length, mostRows)
  if (DataType.isUtf8(data.type)) {
    const known = new Interner()
    const { valueOffsets, values } = data as Data<typeof data.type>
    for (let row = 0; row < rows; row++) known.intern(values, valueOffsets[row], valueOffsets[row + 1])
    return known.size * 2 <= rows
  }
  if (DataType.isInt(data.type) || DataType.isFloat(data.type) || DataType.isTimestamp(data.type)) {
    return new Set<unknown>(data.values.subarray(0, rows)).size * 2 <= rows
  }
  return true
}
