import { Bool, type Data, DurationMicrosecond, type Int64, makeData, type RecordBatch } from "apache-arrow"
import { recordBatch } from "../../src/arrow/Columns.ts"
import { column } from "../support/table.ts"
import type { Types } from "./evaluate.ts"

type Values<A> = ReadonlyArray<A | null>

export const boolValues = (values: Values<boolean>): Data => {
  const data = new Uint8Array((values.length + 7) >> 3)
  const nullBitmap = data.slice()
  values.forEach((value, i) => {
    if (value === true) data[i >> 3] |= 1 << (i & 7)
    if (value !== null) nullBitmap[i >> 3] |= 1 << (i & 7)
  })
  const nullCount = values.filter((value) => value === null).length
  return makeData({ type: new Bool(), length: values.length, nullCount, nullBitmap, data })
}

/** Microseconds. */
export const intervalValues = (values: Values<bigint>): Data => {
  const { length, nullBitmap, nullCount, values: data } = column.int64(values) as Data<Int64>
  return makeData({ type: new DurationMicrosecond(), length, nullBitmap, nullCount, data })
}

/** 2024-07-10T10:20:30.5Z */
export const instant = 1_720_606_830_500_000n
/** 2024-07-10 */
export const day = 19_914

/** A column of each type, named by a letter, and `n` and that letter for one that is null. */
export const types: Types = {
  t: "text",
  j: "json",
  b: "bool",
  i: "int64",
  d: "double",
  ts: "timestamp",
  day: "date",
  v: "interval",
  nt: "text",
  nj: "json",
  nb: "bool",
  ni: "int64",
  nd: "double",
  nts: "timestamp",
  nday: "date",
  nv: "interval"
}

/** The same row over and over: where there is more than one, work is done once per distinct text. */
export const sameRows = (rows: number): RecordBatch => {
  const times = <A>(value: A): Array<A> => Array.from({ length: rows }, () => value)
  const nulls = times(null)
  const json = { json: true }
  return recordBatch(
    [
      { name: "t", data: column.text(times("Ab c")) },
      { name: "j", data: column.text(times('{"a":{"b":[1,"x"]},"n":null}')), ...json },
      { name: "b", data: boolValues(times(true)) },
      { name: "i", data: column.int64(times(7n)) },
      { name: "d", data: column.double(times(2.5)) },
      { name: "ts", data: column.timestamp(times(instant)) },
      { name: "day", data: column.date(times(day)) },
      { name: "v", data: intervalValues(times(90_000_000n)) },
      { name: "nt", data: column.text(nulls) },
      { name: "nj", data: column.text(nulls), ...json },
      { name: "nb", data: boolValues(nulls) },
      { name: "ni", data: column.int64(nulls) },
      { name: "nd", data: column.double(nulls) },
      { name: "nts", data: column.timestamp(nulls) },
      { name: "nday", data: column.date(nulls) },
      { name: "nv", data: intervalValues(nulls) }
    ],
    rows
  )
}
