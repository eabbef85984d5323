import { Interner, validRows } from "@sojourn/core"
import { type Data, DataType, type Utf8, type Vector } from "apache-arrow"

/** Rows that are looked at. */
const mostRows = 4096

/**
 * Whether a column of a row group has values that come again, so that a dictionary of them is worth its making: at most half
 * of the first rows have a value that is new.
 */
export const isRepetitive = (data: Data): boolean => {
  const rows = Math.min(data.length, mostRows)
  if (DataType.isDictionary(data.type)) {
    const known = new Interner()
    const codes = data.values as Int32Array
    const [{ valueOffsets, values }] = (data.dictionary as Vector<Utf8>).data
    const valid = validRows(data, 0, rows)
    for (let row = 0; row < rows; row++) {
      if (valid?.[row] !== 0) known.intern(values, valueOffsets[codes[row]], valueOffsets[codes[row] + 1])
    }
    return known.size * 2 <= rows
  }
  if (DataType.isInt(data.type) || DataType.isFloat(data.type) || DataType.isTimestamp(data.type)) {
    return new Set<unknown>(data.values.subarray(0, rows)).size * 2 <= rows
  }
  return true
}
