import type { Data, RecordBatch } from "apache-arrow"
import {
  boolColumn,
  dateColumn,
  doubleColumn,
  int64Column,
  recordBatch,
  textColumn,
  timestampColumn
} from "../../src/arrow/Columns.ts"
import { Interner } from "../../src/arrow/Interner.ts"

type Values<A> = ReadonlyArray<A | null>

/** Columns from plain values; null where a value is null. */
export const column = {
  text: (values: Values<string>): Data => {
    const interner = new Interner()
    const codes = values.map((value) => {
      const bytes = new TextEncoder().encode(value ?? "")
      return value === null ? -1 : interner.intern(bytes, 0, bytes.length)
    })
    return textColumn(Int32Array.from(codes), interner.toVector())
  },
  int64: (values: Values<bigint>): Data =>
    int64Column(
      BigInt64Array.from(values, (value) => value ?? 99n),
      (row) => values[row] !== null
    ),
  double: (values: Values<number>): Data =>
    doubleColumn(
      Float64Array.from(values, (value) => value ?? 99),
      (row) => values[row] !== null
    ),
  /** Microseconds since 1970. */
  timestamp: (values: Values<bigint>): Data =>
    timestampColumn(
      BigInt64Array.from(values, (value) => value ?? 99n),
      (row) => values[row] !== null
    ),
  /** Days since 1970. */
  date: (values: Values<number>): Data =>
    dateColumn(
      Int32Array.from(values, (value) => value ?? 99),
      (row) => values[row] !== null
    ),
  bool: (values: ReadonlyArray<boolean>): Data => boolColumn(values.length, (row) => values[row])
}

export const tableOf = (columns: Readonly<Record<string, Data>>): RecordBatch => {
  const named = Object.entries(columns).map(([name, data]) => ({ name, data }))
  return recordBatch(named, named[0].data.length)
}
