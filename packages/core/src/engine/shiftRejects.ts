import type { Data, RecordBatch } from "apache-arrow"
import { columnData, int64Column, isJson, lanes, recordBatch } from "../arrow/Columns.ts"
import { int64At, storeInt64 } from "../time/Int64.ts"

/** Rejects whose positions count from the beginning of a part, counted from the beginning of the input. */
export const shiftRejects = (
  rejects: RecordBatch,
  by: { readonly event: number; readonly line: number; readonly offset: number }
): RecordBatch => {
  if (by.event === 0 && by.line === 0 && by.offset === 0) return rejects
  return recordBatch(
    rejects.schema.fields.map((field) => {
      const { name } = field
      const data = columnData(rejects, name)
      return name === "event" || name === "line" || name === "offset"
        ? { name, data: shifted(data, rejects.numRows, by[name]) }
        : { name, data, json: isJson(field) }
    }),
    rejects.numRows
  )
}

const shifted = (data: Data, rows: number, by: number) => {
  const values = new BigInt64Array(rows)
  const from = lanes(data.values)
  const to = lanes(values)
  for (let row = 0; row < rows; row++) storeInt64(to, row, int64At(from, row) + by)
  return int64Column(values, data.nullCount === 0 ? undefined : (row) => data.getValid(row))
}
