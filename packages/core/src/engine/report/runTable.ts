import type { RecordBatch } from "apache-arrow"
import { lanes, recordBatch, timestampColumn } from "../../arrow/Columns.ts"
import { TextBuilder } from "../../arrow/TextBuilder.ts"
import { runTableColumns } from "../../plan/planReports.ts"
import { storeMicros } from "../../time/Int64.ts"
import { countColumn } from "../measure/Count.ts"
import type { Summary } from "../Summary.ts"

/** The table `run` of reports: one row. */
export const runTable = (
  { accounting, name, sessions, users }: Pick<Summary, "accounting" | "name" | "sessions" | "users">,
  asOfMicros: number
): RecordBatch => {
  const counts: Readonly<Record<string, number | null>> = { ...accounting, users, sessions: sessions?.count ?? null }
  const text = new TextBuilder()
  text.setText(0, name)
  const instant = new BigInt64Array(1)
  const seconds = Math.floor(asOfMicros / 1e6)
  storeMicros(lanes(instant), 0, seconds, asOfMicros - seconds * 1e6)
  return recordBatch(
    runTableColumns.map((column) => {
      if (column.name === "name") return { name: column.name, data: text.take(1) }
      if (column.name === "as_of") return { name: column.name, data: timestampColumn(instant) }
      return { name: column.name, data: countColumn(Float64Array.of(counts[column.name] ?? 0), 1) }
    }),
    1
  )
}
