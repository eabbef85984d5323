import {
  DuckDBDateValue,
  DuckDBInstance,
  DuckDBIntervalValue,
  DuckDBTimestampValue,
  type DuckDBValue
} from "@duckdb/node-api"
import { assert, describe, it } from "@effect/vitest"
import type { RecordBatch } from "apache-arrow"
import { recordBatch } from "../../src/arrow/Columns.ts"
import { dateText, instantText } from "../../src/time/Print.ts"
import type { Plain } from "../support/plain.ts"
import { Random } from "../support/random.ts"
import { column } from "../support/table.ts"
import { boolValues } from "./columns.ts"
import { evaluate, type Outcome, type Types } from "./evaluate.ts"

/**
 * Expressions that mean the same in DuckDB, or whose twin there is given. Where Sojourn means something else on
 * purpose, the twin says what:
 * - `x / 0` and `x % 0` of doubles are null, not infinite or NaN; so is everything that is no finite number;
 * - a regular expression that does not match extracts null, not the empty text;
 * - days of the week are 1 (Monday) to 7 (Sunday), DuckDB's `isodow`;
 * - `substr` takes what is left of the stretch inside the text, as DuckDB does with all but plain ASCII columns;
 * - an integral double is printed without `.0`, an instant as ISO 8601 with `Z`.
 */
const pairs: ReadonlyArray<readonly [ours: string, theirs?: string]> = [
  // Logic and comparison, nulls in every operand.
  ["b and c"],
  ["b or c"],
  ["not b"],
  ["not (b and c) or (i > k)"],
  ["i = k"],
  ["i <> k"],
  ["i < k"],
  ["i <= k"],
  ["i > d"],
  ["d >= e"],
  ["t = u"],
  ["t < u"],
  ["t >= 'b'"],
  ["b = c"],
  ["big < huge"],
  ["ts < us"],
  ["day = date '2024-03-01'"],
  ["day between date '2023-06-01' and date '2024-06-01'"],
  ["i between k and 5"],
  ["i not between k and d"],
  ["i is null"],
  ["t is not null"],
  ["i is distinct from k"],
  ["t is not distinct from u"],
  ["i in (1, 2, 3)"],
  ["i in (k, 3, null)"],
  ["i not in (k, null)"],
  ["t in ('a', 'ab', 'é')"],
  ["t not in (u, 'a')"],
  ["t like 'a%'"],
  ["t like '%b_'"],
  ["t not like '%é%'"],
  ["t like u"],
  ["t like '%a%b%'"],
  ["t like '!%%' escape '!'"],
  // Conditions.
  ["case when i > 3 then t when b then u end"],
  ["case when b then i else d end"],
  ["case i when 1 then 'one' when k then 'k' else u end"],
  ["case t when u then 1 when 'a' then 2 end"],
  ["coalesce(t, u, 'none')"],
  ["coalesce(i, k)"],
  ["coalesce(i, d, 0)"],
  ["coalesce(ts, us)"],
  ["nullif(i, k)"],
  ["nullif(t, 'a')"],
  ["least(i, k, 3)"],
  ["greatest(d, e)"],
  ["least(t, u)"],
  ["greatest(ts, us)"],
  // Numbers.
  ["i + k"],
  ["i - k * 2"],
  ["-i + 3"],
  ["i / k", "case when k <> 0 then i / k end"],
  ["i % k"],
  ["big % 1000"],
  ["big - k"],
  ["big + huge"],
  ["k * 1000000007"],
  ["d + e * 2 - 1"],
  ["d / e", "case when e <> 0 then d / e end"],
  ["d % e", "case when e <> 0 then d % e end"],
  ["abs(i)"],
  ["abs(d)"],
  ["round(d)"],
  ["round(d, 2)"],
  ["floor(d)"],
  ["ceil(d)"],
  ["sign(d)"],
  ["sign(i - k)"],
  ["sqrt(d)", "case when d >= 0 then sqrt(d) end"],
  ["ln(d)", "case when d > 0 then ln(d) end"],
  ["exp(d / 100)"],
  ["power(abs(d), 1.5)"],
  // Casts.
  ["i::text"],
  ["big::text"],
  ["b::text"],
  ["day::text"],
  ["i::double"],
  ["d::int64", "round(d)::bigint"],
  ["i::bool"],
  ["b::int64"],
  ["try_cast(n as int64)", "case when regexp_full_match(n, ' *[+-]?[0-9]+([.]0*)? *') then trim(n)::bigint end"],
  [
    "try_cast(n as double)",
    "case when regexp_full_match(n, ' *[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)? *') then trim(n)::double end"
  ],
  ["try_cast(day::text as date)"],
  // Text.
  ["lower(t)"],
  ["upper(t)"],
  ["trim(t)"],
  ["ltrim(t)"],
  ["rtrim(u)"],
  ["length(t)"],
  ["substr(t, i)"],
  ["substr(t, i, k)"],
  ["substr(t, 2, 1)"],
  ["t || u"],
  ["concat(t, u, '!')"],
  ["replace(t, 'a', 'xy')"],
  ["replace(t, u, '-')", "case when u = '' then t else replace(t, u, '-') end"],
  ["split_part(t, ' ', 1)"],
  ["split_part(t, 'b', i)"],
  ["split_part(t, u, -1)"],
  ["starts_with(t, 'a')"],
  ["ends_with(t, u)"],
  ["contains(t, u)"],
  ["lower(trim(t)) = lower(trim(u))"],
  ["regexp_matches(t, '^a.*b')"],
  ["regexp_matches(t, '(?i)[AÉ]')"],
  [
    "regexp_extract(t, '(a+)(b?)', 2)",
    "case when regexp_matches(t, '(a+)(b?)') then regexp_extract(t, '(a+)(b?)', 2) end"
  ],
  ["regexp_replace(t, 'a+', '<\\0>')"],
  ["regexp_replace(t, '(.)b', 'b\\1', 'g')"],
  ["sha256(t)"],
  // Documents.
  ["json_extract_text(doc, '$.a')", "doc ->> '$.a'"],
  ["json_extract_text(doc, 'b.c[1]')", "doc ->> '$.b.c[1]'"],
  ["json_extract(doc, '$.b')::text", "json_extract_string(doc, '$.b')"],
  // Time.
  ["ts + interval '90 minutes'"],
  ["ts - interval '1 day'"],
  ["ts - us"],
  ["day + interval '3 days'", "(day + interval '3 days')::date"],
  ["day - date '2024-01-01'"],
  ["date(ts)", "ts::date"],
  ["hour(ts)"],
  ["minute(ts)"],
  ["day_of_week(ts)", "isodow(ts)"],
  ["day_of_week(day)", "isodow(day)"],
  ["year(ts)"],
  ["month(day)"],
  ["date_trunc('second', ts)"],
  ["date_trunc('hour', ts)"],
  ["date_trunc('day', ts)", "date_trunc('day', ts)::timestamp"],
  ["date_trunc('week', ts)", "date_trunc('week', ts)::timestamp"],
  ["date_trunc('month', ts)", "date_trunc('month', ts)::timestamp"],
  ["date_trunc('quarter', day)", "date_trunc('quarter', day)::date"],
  ["date_trunc('year', day)", "date_trunc('year', day)::date"],
  ["strftime(ts, '%Y-%m-%d %H:%M:%S.%f %j %a %B %y %u %I %p')"],
  ["epoch_ms(ts)"],
  ["to_timestamp(k)", "to_timestamp(k)::timestamp"],
  ["day::timestamp"]
]

const rows = 4000
const microsPerDay = 86_400_000_000n

/** A table of every type, a tenth of it null, with few different texts and many. */
const makeTable = () => {
  const random = new Random(20_240_710)
  const some = <A>(make: () => A): Array<A | null> =>
    Array.from({ length: rows }, () => (random.int(10) === 0 ? null : make()))
  const pieces = ["", "a", "b", "ab", "A", "é", " ", "  ", "\u{1f600}", "%", "aab", "x b a"]
  const text = (most: number) => Array.from({ length: random.int(most + 1) }, () => random.pick(pieces)).join("")
  const instant = () => BigInt(random.int(2 ** 31)) * 1_000_003n
  const number = () => random.pick(["1", " 12 ", "-3.0", "2.5", "1e3", ".5", "", "x", "+7", "1 2", "--1", "99", "1."])
  const json = () =>
    JSON.stringify({ a: random.pick([1, "x", true, null, "é"]), b: { c: [random.int(3), random.pick(["y", 2.5])] } })
  return {
    types: {
      t: "text",
      u: "text",
      n: "text",
      doc: "text",
      i: "int64",
      k: "int64",
      big: "int64",
      huge: "int64",
      d: "double",
      e: "double",
      b: "bool",
      c: "bool",
      ts: "timestamp",
      us: "timestamp",
      day: "date"
    } satisfies Types,
    values: {
      t: some(() => text(4)),
      u: some(() => text(1)),
      n: some(number),
      doc: some(json),
      i: some(() => BigInt(random.int(13) - 6)),
      k: some(() => BigInt(random.int(13) - 6)),
      big: some(() => BigInt(random.int(2 ** 31)) * 2_147_483_659n + BigInt(random.int(2 ** 31))),
      huge: some(() => -BigInt(random.int(2 ** 31)) * 2_147_483_629n + BigInt(random.int(2 ** 31))),
      d: some(() => (random.int(20_001) - 10_000) / random.pick([1, 2, 8, 100, 1000, 7])),
      e: some(() => (random.int(21) - 10) / 4),
      b: some(() => random.int(2) === 0),
      c: some(() => random.int(2) === 0),
      ts: some(instant),
      us: some(instant),
      day: some(() => 19_000 + random.int(1500))
    }
  }
}

type Table = ReturnType<typeof makeTable>

const makeBatch = ({ values }: Table): RecordBatch =>
  recordBatch(
    [
      { name: "t", data: column.text(values.t) },
      { name: "u", data: column.text(values.u) },
      { name: "n", data: column.text(values.n) },
      { name: "doc", data: column.text(values.doc) },
      { name: "i", data: column.int64(values.i) },
      { name: "k", data: column.int64(values.k) },
      { name: "big", data: column.int64(values.big) },
      { name: "huge", data: column.int64(values.huge) },
      { name: "d", data: column.double(values.d) },
      { name: "e", data: column.double(values.e) },
      { name: "b", data: boolValues(values.b) },
      { name: "c", data: boolValues(values.c) },
      { name: "ts", data: column.timestamp(values.ts) },
      { name: "us", data: column.timestamp(values.us) },
      { name: "day", data: column.date(values.day) }
    ],
    rows
  )

const sqlTypes: Readonly<Record<string, string>> = {
  text: "varchar",
  int64: "bigint",
  double: "double",
  bool: "boolean",
  timestamp: "timestamp",
  date: "date"
}

const fill = async ({ types, values }: Table) => {
  const connection = await (await DuckDBInstance.create(":memory:")).connect()
  const columns = Object.entries(types).map(([name, type]) => `${name} ${sqlTypes[type]}`)
  await connection.run(`create table r (${columns.join(", ")})`)
  const appender = await connection.createAppender("r")
  for (let row = 0; row < rows; row++) {
    for (const [name, type] of Object.entries(types)) {
      const value = values[name as keyof typeof values][row]
      if (value === null) appender.appendNull()
      else if (type === "timestamp") appender.appendTimestamp(new DuckDBTimestampValue(value as bigint))
      else if (type === "date") appender.appendDate(new DuckDBDateValue(value as number))
      else if (type === "int64") appender.appendBigInt(value as bigint)
      else if (type === "double") appender.appendDouble(value as number)
      else if (type === "bool") appender.appendBoolean(value as boolean)
      else appender.appendVarchar(value as string)
    }
    appender.endRow()
  }
  appender.closeSync()
  return connection
}

/** A value of DuckDB as ours are shown. */
const shown = (value: DuckDBValue): Plain => {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (value instanceof DuckDBTimestampValue) {
    const second = value.micros / 1_000_000n - (value.micros % 1_000_000n < 0n ? 1n : 0n)
    return instantText(Number(second), Number(value.micros - second * 1_000_000n))
  }
  if (value instanceof DuckDBDateValue) return dateText(value.days)
  if (value instanceof DuckDBIntervalValue) return Number(value.micros + BigInt(value.days) * microsPerDay)
  return value as Plain
}

const micros = ({ data }: Outcome): ReadonlyArray<Plain> =>
  Array.from(data.values as BigInt64Array, (value, row) => (data.getValid(row) ? Number(value) : null))

const same = (ours: Plain, theirs: Plain): boolean => {
  if (typeof ours !== "number" || typeof theirs !== "number") return ours === theirs
  return Math.abs(ours - theirs) <= 1e-9 * Math.max(Math.abs(ours), Math.abs(theirs))
}

describe("the same value as DuckDB", async () => {
  const table = makeTable()
  const batch = makeBatch(table)
  const connection = await fill(table)

  it.each(pairs.map(([ours, theirs]) => ({ ours, theirs })))("$ours", async ({ ours, theirs }) => {
    const outcome = evaluate(ours, batch, table.types)
    assert.isUndefined(outcome.failed, outcome.failed?.reason)
    const part = evaluate(ours, batch.slice(1003, 1100), table.types)
    assert.deepStrictEqual(part.values, outcome.values.slice(1003, 1100), "a part of the batch")
    const reader = await connection.runAndReadAll(`select (${theirs ?? ours}) as value from r`)
    const expected = reader.getColumns()[0].map(shown)
    const found = outcome.type === "interval" ? micros(outcome) : outcome.values
    assert.strictEqual(found.length, expected.length)
    const different = found.findIndex((value, row) => !same(value, expected[row]))
    const row = Object.entries(table.values).map(([name, values]) => `${name}=${String(values[different])}`)
    assert.strictEqual(
      different,
      -1,
      `${String(found[different])} here, ${String(expected[different])} there: ${row.join(" ")}`
    )
  })
})
