import { predicates } from "./sqlCases.ts"

/** An expression of the spec, and its twin in SQL where that is not the same text. */
export type Pair = readonly [ours: string, theirs?: string]

const inOrder = (column: string, filter?: string) =>
  `list(${column} order by place)${filter === undefined ? "" : ` filter (where ${filter})`}`
const known = (column: string) => inOrder(column, `${column} is not null`)
const minutes = "(60000000 * n)"
/** `least` passes over null. */
const capped = "case when pause > 300000000 then 300000000 else pause end"

/** Over rows of events with their `place` in order, their `local` time, and the microseconds to the next row: `pause`. */
export const measures: ReadonlyArray<Pair> = [
  ["count(*)"],
  ["count(n)"],
  ["count(distinct a)"],
  ["count(distinct n)"],
  ["count(distinct d) filter (where n > 0)"],
  ["count(distinct date(t))", "count(distinct local::date)"],
  ["list(distinct a)", "to_json(coalesce(list_sort(list(distinct a) filter (where a is not null)), []))::varchar"],
  [
    "list(distinct type) filter (where n > 0)",
    "to_json(coalesce(list_sort(list(distinct type) filter (where type is not null and n > 0)), []))::varchar"
  ],
  ["sum(n)"],
  ["sum(d)", "fsum(d)"],
  ["sum(n * 2 + 1)"],
  ["sum(interval '1 minute' * n)", `sum(${minutes})`],
  ["avg(n)"],
  ["avg(d)", "favg(d)"],
  ["avg(interval '1 minute' * n)", `round(avg(${minutes}))`],
  ["min(a)"],
  ["max(a)"],
  ["min(d)"],
  ["max(n)"],
  ["min(t)"],
  ["max(date(t))", "max(local::date)"],
  ["max(a || type)"],
  ["first(a)", `${inOrder("a")}[1]`],
  ["first(n)", `${inOrder("n")}[1]`],
  ["last(type)", `${inOrder("type")}[-1]`],
  ["last(d)", `${inOrder("d")}[-1]`],
  ["first(t) filter (where type = 'b')", `(${inOrder("t", "type = 'b'")})[1]`],
  ["last(a) filter (where n > 0)", `(${inOrder("a", "n > 0")})[-1]`],
  ["first(a) ignore nulls", `(${known("a")})[1]`],
  ["last(n) ignore nulls", `(${known("n")})[-1]`],
  ["any(n > 0)", "bool_or(n > 0)"],
  ["all(n > 0)", "bool_and(n > 0)"],
  ["any(a = 'z') filter (where d > 5)", "bool_or(a = 'z') filter (where d > 5)"],
  ["median(n)"],
  ["median(d)"],
  ["median(t)", "make_timestamp(floor(quantile_cont(epoch_us(t), 0.5) + 0.5)::bigint)"],
  ["quantile(d, 0.9)", "quantile_cont(d, 0.9)"],
  ["quantile(n, 0.25)", "quantile_cont(n, 0.25)"],
  ["quantile(interval '1 minute' * n, 0.3)", `round(quantile_cont(${minutes}, 0.3))`],
  ["median(d) filter (where type = 'b')"],
  ["avg_gap()", "avg(pause) / 1e6"],
  ["avg_gap() filter (where n > 0)", "avg(pause_positive) filter (where n > 0) / 1e6"],
  ["active_time(interval '5 minutes')", `coalesce(sum(${capped}), 0) / 1e6`],
  [
    "active_time(interval '5 minutes', d)",
    `(coalesce(fsum(d), 0) + coalesce(sum(${capped}) filter (where d is null), 0) / 1e6)`
  ],
  ["max(t) - min(t)", "epoch_us(max(t)) - epoch_us(min(t))"],
  ["sum(d) / count(n)", "fsum(d) / nullif(count(n), 0)"],
  ["case when count(*) > 3 then 'many' else max(type) end"],
  ["coalesce(sum(n), 0) + count(a) * 2"],
  ...predicates.map((predicate): Pair => [`sum(n) filter (where ${predicate})`])
]

/** As columns `m0`, `m1` and so on. */
export const named = (pairs: ReadonlyArray<Pair>): Readonly<Record<string, string>> =>
  Object.fromEntries(pairs.map(([ours], i) => [`m${i}`, ours]))

const sqlColumns = (pairs: ReadonlyArray<Pair>): string =>
  pairs.map(([ours, theirs = ours], i) => `${theirs} as m${i}`).join(",\n  ")

/** Measures of the table `events`, one row for each case and these columns. */
export const measuredBy = (by: string, where: string): string => `
with rows_of as (
  select *,
    epoch_us(lead(t) over (partition by ${by} order by place)) - epoch_us(t) as pause,
    epoch_us(lead(t) over (partition by ${by}, coalesce(n > 0, false) order by place)) - epoch_us(t) as pause_positive
  from events
  where ${where}
)
select ${by},
  ${sqlColumns(measures)}
from rows_of
group by ${by}`
