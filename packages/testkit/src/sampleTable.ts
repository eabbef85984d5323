import { dateColumn, doubleColumn, int64Column, recordBatch, TextBuilder, timestampColumn } from "@sojourn/core"
import {
  Bool,
  type Data,
  DurationMicrosecond,
  Field,
  List,
  makeData,
  type RecordBatch,
  Utf8,
  vectorFromArray
} from "apache-arrow"

/**
 * A row as a sink's test compares it: text as it is, int64 as a decimal text, double and bool as such, a timestamp as
 * `2024-01-01T10:00:00.000001Z`, a date as `2024-01-01`, a list of text as an array, an interval as its seconds.
 */
export type SampleRow = Readonly<Record<string, string | number | boolean | ReadonlyArray<string> | null>>

const numbers = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 42n]
const doubles = [0, -0.5, 1e300, 5e-324, 0.1]
const texts = ["", "é", "\u{1f600}", 'say "hi"', "a\nb", "null", "a longer text ".repeat(9)]
/** Microseconds since 1970. */
const times = [0n, 1n, -1n, 1_704_103_200_000_001n, 253_402_300_799_999_999n]
const days = [0, -1, 19_723, 40_000]
const lists = [[], ["a"], ["é", "", "a b"]]

/** Rows of a table with a column of every type, `id` among them, which is different for every row; every fifth value is null. */
export const sampleRows = (from: number, to: number): ReadonlyArray<SampleRow> =>
  Array.from({ length: to - from }, (_, i) => {
    const n = from + i
    const value = <A>(column: number, values: ReadonlyArray<A>): A | null =>
      (n + column) % 5 === 4 ? null : values[(n * 7 + column) % values.length]
    const time = value(4, times)
    const day = value(5, days)
    return {
      id: `r${n}`,
      text: value(1, texts),
      number: value(2, numbers)?.toString() ?? null,
      double: value(3, doubles),
      time: time === null ? null : instantText(time),
      date: day === null ? null : dayText(day),
      flag: value(6, [true, false]),
      list: value(7, lists),
      interval: value(8, [0, 1.5, 86_400])
    }
  })

/** The same rows as a batch of the types that tables of Sojourn have. */
export const sampleTable = (from: number, to: number): RecordBatch => {
  const rows = sampleRows(from, to)
  const isThere = (name: string) => (row: number) => rows[row][name] !== null
  const int64 = (of: (row: SampleRow) => bigint | null) => BigInt64Array.from(rows, (row) => of(row) ?? 0n)
  const text = (name: string) => {
    const builder = new TextBuilder()
    for (const [i, row] of rows.entries()) {
      if (row[name] === null) builder.unset(i)
      else builder.setText(i, String(row[name]))
    }
    return builder.take(rows.length)
  }
  const interval = int64(({ interval }) => (interval === null ? null : BigInt(Number(interval) * 1e6)))
  return recordBatch(
    [
      { name: "id", data: text("id") },
      { name: "text", data: text("text") },
      {
        name: "number",
        data: int64Column(
          int64(({ number }) => (number === null ? null : BigInt(String(number)))),
          isThere("number")
        )
      },
      {
        name: "double",
        data: doubleColumn(
          Float64Array.from(rows, ({ double }) => Number(double)),
          isThere("double")
        )
      },
      {
        name: "time",
        data: timestampColumn(
          int64(({ time }) => (time === null ? null : instantOf(String(time)))),
          isThere("time")
        )
      },
      {
        name: "date",
        data: dateColumn(
          Int32Array.from(rows, ({ date }) => (date === null ? 0 : dayOf(String(date)))),
          isThere("date")
        )
      },
      { name: "flag", data: column(rows, "flag", new Bool()) },
      { name: "list", data: column(rows, "list", new List(new Field("item", new Utf8(), true))) },
      { name: "interval", data: int64Column(interval, isThere("interval")).clone(new DurationMicrosecond() as never) }
    ],
    rows.length
  )
}

const column = (rows: ReadonlyArray<SampleRow>, name: string, type: Bool | List<Utf8>): Data =>
  rows.length === 0
    ? makeData({ type: type as never, length: 0 })
    : (
        vectorFromArray(rows.map((row) => row[name]) as never, type as never) as unknown as {
          readonly data: ReadonlyArray<Data>
        }
      ).data[0]

const microsOfDay = 86_400_000_000n

const dayText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)
const dayOf = (text: string): number => Date.parse(text) / 86_400_000

const instantText = (micros: bigint): string => {
  const day = Number((micros - (((micros % microsOfDay) + microsOfDay) % microsOfDay)) / microsOfDay)
  const rest = micros - BigInt(day) * microsOfDay
  const time = new Date(Number(rest / 1000n)).toISOString().slice(11, 23)
  return `${dayText(day)}T${time}${String(rest % 1000n).padStart(3, "0")}Z`
}

const instantOf = (text: string): bigint =>
  BigInt(Date.parse(`${text.slice(0, 23)}Z`)) * 1000n + BigInt(text.slice(23, 26))
