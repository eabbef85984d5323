import { Bool, type RecordBatch } from "apache-arrow"
import { columnData, int64Lanes, isText, textView, validRows } from "../arrow/Columns.ts"
import { compareInt64 } from "../time/Int64.ts"
import { type TextOrder, textRanks } from "./TextOrder.ts"

/** Negative, zero or positive as row `a` comes before, with or after row `b`. */
export type Compare = (a: number, b: number) => number

/** Compares rows by one column, by its type, nulls first. */
export const compareRows = (batch: RecordBatch, name: string, textOrder: TextOrder): Compare => {
  const data = columnData(batch, name)
  if (isText(data.type)) {
    const column = textView(batch, name)
    const { codes } = column
    const ranks = textRanks(column, textOrder)
    return (a, b) => (codes[a] < 0 ? -1 : ranks[codes[a]]) - (codes[b] < 0 ? -1 : ranks[codes[b]])
  }
  const values = valueCompare(batch, name)
  const valid = validRows(data)
  if (valid === undefined) return values
  return (a, b) => valid[a] - valid[b] || (valid[a] === 0 ? 0 : values(a, b))
}

const valueCompare = (batch: RecordBatch, name: string): Compare => {
  const data = columnData(batch, name)
  if (data.values instanceof BigInt64Array) {
    const words = int64Lanes(batch, name)
    return (a, b) => compareInt64(words, a, b)
  }
  if (data.type instanceof Bool) {
    const bit = (row: number) => (data.values[(data.offset + row) >> 3] >> ((data.offset + row) & 7)) & 1
    return (a, b) => bit(a) - bit(b)
  }
  const values = data.values as Float64Array | Int32Array
  return (a, b) => values[a] - values[b]
}
