import {
  dateColumn,
  doubleColumn,
  int64Column,
  recordBatch,
  TextBuilder,
  timestampColumn,
  utf8Column
} from "@sojourn/core"
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

/** A row with a value of every type that tables have. */
export interface Row {
  readonly user: string | null
  readonly id: string
  readonly count: bigint | null
  readonly score: number | null
  /** Microseconds. */
  readonly time: bigint | null
  /** Days since 1970. */
  readonly day: number | null
  readonly open: boolean | null
  readonly pages: ReadonlyArray<string> | null
  /** Microseconds. */
  readonly span: bigint | null
}

const valid = (values: ReadonlyArray<unknown>) => (row: number) => values[row] !== null

export const tableOf = (rows: ReadonlyArray<Row>): RecordBatch => {
  const users = new TextBuilder()
  for (const [row, { user }] of rows.entries()) if (user !== null) users.setText(row, user)
  const column = <K extends keyof Row>(name: K) => rows.map((row) => row[name])
  const int64 = (values: ReadonlyArray<bigint | null>) => BigInt64Array.from(values, (value) => value ?? 0n)
  return recordBatch(
    [
      { name: "user", data: users.take(rows.length) },
      { name: "id", data: plainText(column("id")) },
      { name: "count", data: int64Column(int64(column("count")), valid(column("count"))) },
      {
        name: "score",
        data: doubleColumn(
          Float64Array.from(column("score"), (value) => value ?? 0),
          valid(column("score"))
        )
      },
      { name: "time", data: timestampColumn(int64(column("time")), valid(column("time"))) },
      {
        name: "day",
        data: dateColumn(
          Int32Array.from(column("day"), (value) => value ?? 0),
          valid(column("day"))
        )
      },
      { name: "open", data: arrowData(column("open"), new Bool()) },
      { name: "pages", data: arrowData(column("pages"), new List(new Field("item", new Utf8(), true))) },
      {
        name: "span",
        data: int64Column(int64(column("span")), valid(column("span"))).clone(new DurationMicrosecond() as never)
      }
    ],
    rows.length
  )
}

const encoder = new TextEncoder()

const plainText = (texts: ReadonlyArray<string>): Data => {
  const bytes = texts.map((text) => encoder.encode(text))
  const offsets = new Int32Array(texts.length + 1)
  for (const [row, { length }] of bytes.entries()) offsets[row + 1] = offsets[row] + length
  return utf8Column(offsets, Uint8Array.from(bytes.flatMap((text) => [...text])))
}

const arrowData = (values: ReadonlyArray<unknown>, type: Bool | List<Utf8>): Data =>
  values.length === 0
    ? makeData({ type: type as never, length: 0 })
    : (vectorFromArray(values as never, type as never) as unknown as { readonly data: ReadonlyArray<Data> }).data[0]

/** Numbers from 0 to 1, the same for a seed. */
export const random = (seed: number) => {
  let state = seed
  return (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 0) / 2 ** 32
  }
}

const texts = ["", "a", "é", "\u{1f600}", 'say "hi"', "u1", "u2", "a longer text ".repeat(9), "null", "\n"]

export const randomRows = (count: number, seed: number): ReadonlyArray<Row> => {
  const next = random(seed)
  const below = (bound: number) => Math.floor(next() * bound)
  const orNull = <A>(value: A) => (next() < 0.2 ? null : value)
  const text = () => texts[below(texts.length)]
  return Array.from({ length: count }, (_, i) => ({
    user: orNull(text()),
    id: `${i}-${text()}`,
    count: orNull([0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), BigInt(below(1000))][below(5)]),
    score: orNull([0, -0.5, 1e300, 5e-324, next()][below(5)]),
    time: orNull(BigInt(below(2e9)) * 1_000_000n + BigInt(below(1e6))),
    day: orNull(below(40_000) - 10_000),
    open: orNull(next() < 0.5),
    pages: orNull(Array.from({ length: below(4) }, text)),
    span: orNull(BigInt(below(1e9)))
  }))
}
