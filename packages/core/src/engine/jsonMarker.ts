import type { RecordBatch } from "apache-arrow"
import { columnData, recordBatch } from "../arrow/Columns.ts"
import type { Plan } from "../plan/Plan.ts"
import { tableColumns } from "../plan/Tables.ts"

/** Makes the function that marks those columns of a table's rows that hold JSON, so that an encoder knows them. */
export const jsonMarker = (plan: Plan, table: string): ((rows: RecordBatch) => RecordBatch) => {
  const json = new Set((tableColumns(plan, table) ?? []).flatMap(({ name, type }) => (type === "json" ? [name] : [])))
  if (json.size === 0) return (rows) => rows
  return (rows) =>
    recordBatch(
      rows.schema.fields.map(({ name }) => ({ name, data: columnData(rows, name), json: json.has(name) })),
      rows.numRows
    )
}
