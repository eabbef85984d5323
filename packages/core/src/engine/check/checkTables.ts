import type { RecordBatch } from "apache-arrow"
import { doubleColumn, lanes, recordBatch, timestampColumn } from "../../arrow/Columns.ts"
import { TextBuilder } from "../../arrow/TextBuilder.ts"
import { storeMicros } from "../../time/Int64.ts"
import { countColumn } from "../measure/Count.ts"
import type { Finding } from "./Finding.ts"
import type { Remembered } from "./History.ts"

/** The table `findings`. */
export const findingTable = (findings: ReadonlyArray<Finding>): RecordBatch => {
  const text = texts(findings)
  return recordBatch(
    [
      text("check", (one) => one.check),
      text("table", (one) => one.table),
      text("input", (one) => one.input),
      text("severity", (one) => one.severity),
      text("outcome", (one) => one.outcome),
      { name: "value", data: numbers(findings) },
      text("threshold", (one) => one.threshold),
      { name: "n", data: counts(findings) },
      text("message", (one) => one.message),
      { ...text("samples", (one) => JSON.stringify(one.samples)), json: true }
    ],
    findings.length
  )
}

/** The table `history`. */
export const historyTable = (rows: ReadonlyArray<Remembered>): RecordBatch => {
  const text = texts(rows)
  const runs = new BigInt64Array(rows.length)
  for (const [i, { run }] of rows.entries()) {
    const seconds = Math.floor(run / 1e6)
    storeMicros(lanes(runs), i, seconds, run - seconds * 1e6)
  }
  return recordBatch(
    [
      { name: "run", data: timestampColumn(runs) },
      text("check", (one) => one.check),
      text("input", (one) => one.input),
      text("bound", (one) => one.bound),
      text("outcome", (one) => one.outcome),
      { name: "value", data: numbers(rows) },
      { name: "n", data: counts(rows) }
    ],
    rows.length
  )
}

const texts =
  <A>(rows: ReadonlyArray<A>) =>
  (name: string, get: (row: A) => string | null) => {
    const builder = new TextBuilder()
    for (const [i, row] of rows.entries()) {
      const text = get(row)
      if (text !== null) builder.setText(i, text)
    }
    return { name, data: builder.take(rows.length) }
  }

const numbers = (rows: ReadonlyArray<{ readonly value: number | null }>) =>
  doubleColumn(
    Float64Array.from(rows, ({ value }) => value ?? 0),
    (row) => rows[row].value !== null
  )

const counts = (rows: ReadonlyArray<{ readonly n: number }>) =>
  countColumn(
    Float64Array.from(rows, ({ n }) => n),
    rows.length
  )
