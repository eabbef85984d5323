import {
  type Data,
  DurationMicrosecond,
  Field,
  List,
  makeData,
  type RecordBatch,
  Utf8,
  vectorFromArray
} from "apache-arrow"
import {
  dateColumn,
  doubleColumn,
  int64Column,
  recordBatch,
  textColumn,
  timestampColumn
} from "../../src/arrow/Columns.ts"
import { Interner } from "../../src/arrow/Interner.ts"
import { columnOf } from "../../src/run/RowWords.ts"

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
  /** Microseconds. */
  interval: (values: Values<bigint>): Data => {
    const { data, length, nullBitmap, nullCount } = parts(values)
    return makeData({ type: new DurationMicrosecond(), length, nullCount, nullBitmap, data })
  },
  bool: (values: Values<boolean>): Data => {
    const valid = Uint8Array.from(values, (value) => (value === null ? 0 : 1))
    const words = Int32Array.from(values, (value) => (value === false ? 0 : 1))
    return columnOf("bool", words, valid.includes(0) ? valid : undefined, undefined)
  },
  list: (values: ReadonlyArray<ReadonlyArray<string>>): Data =>
    vectorFromArray(values as Array<Array<string>>, new List(new Field("item", new Utf8(), true))).data[0]
}

const parts = (values: Values<bigint>) => {
  const { length, nullBitmap, nullCount, values: data } = column.int64(values)
  return { length, nullBitmap, nullCount, data: data as BigInt64Array }
}

export const tableOf = (columns: Readonly<Record<string, Data>>): RecordBatch => {
  const named = Object.entries(columns).map(([name, data]) => ({ name, data }))
  return recordBatch(named, named[0].data.length)
}
