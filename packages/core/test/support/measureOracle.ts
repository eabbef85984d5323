import type { Data } from "apache-arrow"
import type { TableColumns } from "../../src/plan/Tables.ts"
import type { Random } from "./random.ts"
import { column } from "./table.ts"

/** A row of every type that can be measured. Times and intervals are microseconds, days are since 1970. */
export interface MeasuredRow {
  readonly user: string
  readonly time: bigint
  readonly g: string | null
  readonly k: bigint | null
  readonly x: string | null
  readonly i: bigint | null
  readonly d: number | null
  readonly f: boolean | null
  readonly at: bigint | null
  readonly day: number | null
  readonly span: bigint | null
  readonly secs: number | null
}

export const measuredColumns: TableColumns = [
  { name: "user", type: "text" },
  { name: "time", type: "timestamp" },
  { name: "g", type: "text" },
  { name: "k", type: "int64" },
  { name: "x", type: "text" },
  { name: "i", type: "int64" },
  { name: "d", type: "double" },
  { name: "f", type: "bool" },
  { name: "at", type: "timestamp" },
  { name: "day", type: "date" },
  { name: "span", type: "interval" },
  { name: "secs", type: "double" }
]

/** A batch of rows, with a dictionary of its own. */
export const measuredBatch = (rows: ReadonlyArray<MeasuredRow>): Readonly<Record<keyof MeasuredRow, Data>> => ({
  user: column.text(rows.map(({ user }) => user)),
  time: column.timestamp(rows.map(({ time }) => time)),
  g: column.text(rows.map(({ g }) => g)),
  k: column.int64(rows.map(({ k }) => k)),
  x: column.text(rows.map(({ x }) => x)),
  i: column.int64(rows.map(({ i }) => i)),
  d: column.double(rows.map(({ d }) => d)),
  f: column.bool(rows.map(({ f }) => f)),
  at: column.timestamp(rows.map(({ at }) => at)),
  day: column.date(rows.map(({ day }) => day)),
  span: column.interval(rows.map(({ span }) => span)),
  secs: column.double(rows.map(({ secs }) => secs))
})

/** Rows in the order of users and times. Doubles are multiples of 2^-10, so that their sums can be told exactly. */
export const measuredRows = (random: Random, most: number): ReadonlyArray<MeasuredRow> => {
  const some = <A>(make: () => A): A | null => (random.int(4) === 0 ? null : make())
  const rows = Array.from({ length: random.int(most + 1) }, () => ({
    user: random.pick(["a", "b", "10", "9"]),
    time: 1_720_000_000_000_000n + BigInt(random.int(3600)) * 700_001n,
    g: some(() => random.pick(["p", "q", "é"])),
    k: some(() => BigInt(random.int(3)) - 1n),
    x: some(() => random.pick(["", "é", "z", "zz", "\u{1f600}", "\uffee"])),
    i: some(() => BigInt(random.int(2000) - 1000) * random.pick([1n, 1n, 2n ** 33n, 2n ** 40n])),
    d: some(() => ((random.int(2001) - 1000) * random.pick([1, 1, 2 ** 40, 2 ** 50])) / 1024),
    f: some(() => random.int(2) === 0),
    at: some(() => BigInt(random.int(1000) - 500) * 1_234_567n),
    day: some(() => random.int(9) - 4),
    span: some(() => BigInt(random.int(1000) - 300) * 999_999n),
    secs: random.int(3) === 0 ? random.int(5000) / 1024 : null
  }))
  return rows.sort((a, b) => (a.user < b.user ? -1 : a.user > b.user ? 1 : Number(a.time - b.time)))
}

/** What a measure is, in the most obvious way, and the type of its value. */
export interface MeasureOracle {
  readonly text: string
  readonly value: (rows: ReadonlyArray<MeasuredRow>) => Data
}

const present = <A>(values: ReadonlyArray<A | null>): ReadonlyArray<A> => values.filter((value) => value !== null)

const total = (values: ReadonlyArray<bigint>): bigint => values.reduce((sum, value) => sum + value, 0n)

/** Exact, rounded once. */
const exact = (values: ReadonlyArray<number>): number =>
  Number(total(values.map((value) => BigInt(value * 1024)))) / 1024

const bytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

const orNull = <A, B>(values: ReadonlyArray<A>, make: (values: ReadonlyArray<A>) => B): B | null =>
  values.length === 0 ? null : make(values)

const byNumber = (a: number | bigint, b: number | bigint): number => (a < b ? -1 : a > b ? 1 : 0)

const place = (count: number, q: number) => {
  const at = (count - 1) * q
  return { below: Math.floor(at), above: Math.ceil(at), part: at - Math.floor(at) }
}

const quantile = (values: ReadonlyArray<number>, q: number): number => {
  const sorted = values.toSorted(byNumber)
  const { above, below, part } = place(sorted.length, q)
  return sorted[below] + (sorted[above] - sorted[below]) * part
}

const wholeQuantile = (values: ReadonlyArray<bigint>, q: number): bigint => {
  const sorted = values.toSorted(byNumber)
  const { above, below, part } = place(sorted.length, q)
  const between: bigint = sorted[above] - sorted[below]
  return sorted[below] + BigInt(Math.round(Number(between) * part))
}

/** Seconds from each event to the next one of its user among the rows, if there is one; in microseconds. */
const gaps = (rows: ReadonlyArray<MeasuredRow>): ReadonlyArray<bigint | null> =>
  rows.map(({ time, user }, i) => (rows[i + 1]?.user === user ? rows[i + 1].time - time : null))

const activeTime = (rows: ReadonlyArray<MeasuredRow>, cap: bigint): number => {
  const after = gaps(rows)
  const times = rows.map(({ secs }, i) => {
    const gap = after[i]
    return secs !== null || gap === null ? 0n : gap < cap ? gap : cap
  })
  return Number(total(times)) / 1e6 + exact(present(rows.map(({ secs }) => secs)))
}

const averageGap = (rows: ReadonlyArray<MeasuredRow>): number | null =>
  orNull(present(gaps(rows)), (values) => Number(total(values)) / (values.length * 1e6))

const average = (values: ReadonlyArray<bigint>): number => Number(total(values)) / values.length

const roundAway = (value: number): bigint => BigInt(value < 0 ? -Math.round(-value) : Math.round(value))

const of = <K extends keyof MeasuredRow>(rows: ReadonlyArray<MeasuredRow>, key: K) =>
  present(rows.map((row) => row[key])) as ReadonlyArray<NonNullable<MeasuredRow[K]>>

const distinct = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(values)]

const count = (values: ReadonlyArray<unknown>): Data => column.int64([BigInt(values.length)])

/** Every measure of every type. */
export const measureOracles: ReadonlyArray<MeasureOracle> = [
  { text: "count(*)", value: count },
  ...(["x", "i", "d", "f", "at", "day", "span"] as const).flatMap((key) => [
    { text: `count(${key})`, value: (rows: ReadonlyArray<MeasuredRow>) => count(of(rows, key)) },
    {
      text: `count(distinct ${key})`,
      value: (rows: ReadonlyArray<MeasuredRow>) => count(distinct<unknown>(of(rows, key)))
    }
  ]),
  {
    text: "list(distinct x)",
    value: (rows) => column.list([distinct(of(rows, "x")).toSorted(bytes)])
  },
  { text: "sum(i)", value: (rows) => column.int64([orNull(of(rows, "i"), total)]) },
  { text: "sum(d)", value: (rows) => column.double([orNull(of(rows, "d"), exact)]) },
  { text: "sum(span)", value: (rows) => column.interval([orNull(of(rows, "span"), total)]) },
  { text: "avg(i)", value: (rows) => column.double([orNull(of(rows, "i"), average)]) },
  {
    text: "avg(d)",
    value: (rows) => column.double([orNull(of(rows, "d"), (values) => exact(values) / values.length)])
  },
  {
    text: "avg(span)",
    value: (rows) => column.interval([orNull(of(rows, "span"), (values) => roundAway(average(values)))])
  },
  ...(["min", "max"] as const).flatMap((name): ReadonlyArray<MeasureOracle> => {
    const end =
      <A>(order: (a: A, b: A) => number) =>
      (values: ReadonlyArray<A>) => {
        const sorted = values.toSorted(order)
        return name === "min" ? sorted[0] : sorted[sorted.length - 1]
      }
    return [
      { text: `${name}(x)`, value: (rows) => column.text([orNull(of(rows, "x"), end(bytes))]) },
      { text: `${name}(i)`, value: (rows) => column.int64([orNull(of(rows, "i"), end(byNumber)) as bigint | null]) },
      { text: `${name}(d)`, value: (rows) => column.double([orNull(of(rows, "d"), end(byNumber)) as number | null]) },
      {
        text: `${name}(at)`,
        value: (rows) => column.timestamp([orNull(of(rows, "at"), end(byNumber)) as bigint | null])
      },
      { text: `${name}(day)`, value: (rows) => column.date([orNull(of(rows, "day"), end(byNumber)) as number | null]) },
      {
        text: `${name}(span)`,
        value: (rows) => column.interval([orNull(of(rows, "span"), end(byNumber)) as bigint | null])
      }
    ]
  }),
  ...(["first", "last"] as const).flatMap((name): ReadonlyArray<MeasureOracle> => {
    const end = <A>(values: ReadonlyArray<A>): A | null => values.at(name === "first" ? 0 : -1) ?? null
    return [
      { text: `${name}(x)`, value: (rows) => column.text([end(rows.map(({ x }) => x))]) },
      { text: `${name}(i)`, value: (rows) => column.int64([end(rows.map(({ i }) => i))]) },
      { text: `${name}(d)`, value: (rows) => column.double([end(rows.map(({ d }) => d))]) },
      { text: `${name}(f)`, value: (rows) => column.bool([end(rows.map(({ f }) => f))]) },
      { text: `${name}(day)`, value: (rows) => column.date([end(rows.map(({ day }) => day))]) },
      { text: `${name}(x) ignore nulls`, value: (rows) => column.text([end(of(rows, "x"))]) },
      { text: `${name}(at) ignore nulls`, value: (rows) => column.timestamp([end(of(rows, "at"))]) }
    ]
  }),
  { text: "any(f)", value: (rows) => column.bool([orNull(of(rows, "f"), (values) => values.includes(true))]) },
  { text: "all(f)", value: (rows) => column.bool([orNull(of(rows, "f"), (values) => !values.includes(false))]) },
  { text: "median(d)", value: (rows) => column.double([orNull(of(rows, "d"), (values) => quantile(values, 0.5))]) },
  {
    text: "median(i)",
    value: (rows) => column.double([orNull(of(rows, "i"), (values) => quantile(values.map(Number), 0.5))])
  },
  {
    text: "median(at)",
    value: (rows) => column.timestamp([orNull(of(rows, "at"), (values) => wholeQuantile(values, 0.5))])
  },
  {
    text: "quantile(d, 0.9)",
    value: (rows) => column.double([orNull(of(rows, "d"), (values) => quantile(values, 0.9))])
  },
  {
    text: "quantile(i, 1)",
    value: (rows) => column.double([orNull(of(rows, "i"), (values) => quantile(values.map(Number), 1))])
  },
  {
    text: "quantile(span, 0.25)",
    value: (rows) => column.interval([orNull(of(rows, "span"), (values) => wholeQuantile(values, 0.25))])
  },
  { text: "avg_gap()", value: (rows) => column.double([averageGap(rows)]) },
  {
    text: "active_time(interval '5 minutes')",
    value: (rows) =>
      column.double([
        activeTime(
          rows.map((row) => ({ ...row, secs: null })),
          300_000_000n
        )
      ])
  },
  {
    text: "active_time(interval '5 minutes', secs)",
    value: (rows) => column.double([activeTime(rows, 300_000_000n)])
  }
]
