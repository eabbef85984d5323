import {
  dateColumn,
  doubleColumn,
  int64Column,
  recordBatch,
  type Report,
  type ReportTables,
  TextBuilder,
  timestampColumn
} from "@sojourn/core"
import type { Data } from "apache-arrow"

/** Columns of a table from plain values. */
export const column = {
  text: (values: ReadonlyArray<string | null>): Data => {
    const builder = new TextBuilder()
    for (const [i, value] of values.entries()) if (value !== null) builder.setText(i, value)
    return builder.take(values.length)
  },
  integer: (values: ReadonlyArray<number>): Data => int64Column(BigInt64Array.from(values, BigInt)),
  number: (values: ReadonlyArray<number | null>): Data =>
    doubleColumn(
      Float64Array.from(values, (value) => value ?? 0),
      (row) => values[row] !== null
    ),
  /** Days since 1970. */
  date: (values: ReadonlyArray<number>): Data => dateColumn(Int32Array.from(values)),
  /** Seconds since 1970. */
  time: (values: ReadonlyArray<number>): Data =>
    timestampColumn(BigInt64Array.from(values, (value) => BigInt(value) * 1_000_000n))
}

type Columns = Readonly<Record<string, Data>>

/** `more`: rows that the table has besides. */
export const tablesOf = (tables: Readonly<Record<string, Columns>>, more = 0): ReportTables =>
  new Map(
    Object.entries(tables).map(([name, columns]) => {
      const named = Object.entries(columns).map(([column, data]) => ({ name: column, data }))
      const { length } = named[0].data
      return [name, { rows: recordBatch(named, length), count: length + more }]
    })
  )

export const reportOf = (parts: Report["parts"], title = "T"): Report => ({ name: "r", title, uris: [], parts })
