import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { RecordBatch } from "apache-arrow"
import { Checks } from "../../src/engine/check/Checks.ts"
import { findingTable } from "../../src/engine/check/checkTables.ts"
import { plainRows } from "../support/plain.ts"
import { Random } from "../support/random.ts"
import { planOf } from "../support/runSpec.ts"
import { sameValue, SqlDatabase } from "../support/sqlDatabase.ts"
import { column, tableOf } from "../support/table.ts"

// The same checks in SQL, over random rows that come in blocks of any size.

interface Event {
  readonly u: string
  /** Microseconds since 1970. */
  readonly t: number
  readonly k: string | null
  readonly n: number | null
  readonly d: number | null
}

const hour = 3_600_000_000
const start = Date.UTC(2024, 6, 1) * 1000

const randomEvents = (random: Random): ReadonlyArray<Event> => {
  const days = 1 + random.int(random.pick([12, 25]))
  const rows = random.pick([0, 1, 5, 40, 40, 200])
  const maybe = <A>(value: () => A): A | null => (random.int(6) === 0 ? null : value())
  return Array.from({ length: rows }, () => ({
    u: `u${random.int(8)}`,
    t: start + random.int(days * 24) * hour + random.pick([0, 0, 1, -1, 17]),
    k: maybe(() => random.pick(["a", "b", "c", "é", ""])),
    n: maybe(() => random.int(9) - 3),
    d: maybe(() => random.int(300) / 100 - 1)
  }))
}

/** What another table has. */
const randomKnown = (random: Random): ReadonlyArray<number | null> =>
  Array.from({ length: random.int(6) }, () => (random.int(5) === 0 ? null : random.int(9) - 3))

const eventBatch = (events: ReadonlyArray<Event>): RecordBatch =>
  tableOf({
    u: column.text(events.map(({ u }) => u)),
    t: column.timestamp(events.map(({ t }) => BigInt(t))),
    k: column.text(events.map(({ k }) => k)),
    n: column.int64(events.map(({ n }) => (n === null ? null : BigInt(n)))),
    d: column.double(events.map(({ d }) => d))
  })

/** Blocks of random sizes; at least one. */
const blocks = <A>(random: Random, rows: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> => {
  const cuts = [0, ...random.cuts(rows.length, 4), rows.length]
  return cuts.slice(1).map((to, i) => rows.slice(cuts[i], to))
}

/** A check, and SQL that gives its value and n, and whether it is kept; `e` are the events, `k` the known numbers. */
interface SqlCheck {
  readonly spec: string
  readonly sql: string
}

const failing = (condition: string): string =>
  `select count(*) filter (where not coalesce(${condition}, false)) as value, count(*) as n from e`
const atMost = (most: number, of: "rows" | "share", counted: string): string =>
  `select value, n, ${of === "rows" ? `value <= ${most}` : `value * 100 <= ${most} * n`} from (${counted})`

const day = `floor(t / ${24 * hour})::bigint`
/** Full days: after the first, up to the last one, and over. */
const days = (asOf: number): string => `
  select day, count(e.t) as rows
  from (select unnest(range(
      (select min(${day}) + 1 from e), least((select max(${day}) + 1 from e), floor(${asOf} / ${24 * hour})::bigint)
    )) as day)
  left join e on ${day} = day group by day`

const randomChecks = (random: Random, asOf: number): ReadonlyArray<SqlCheck> => {
  const predicate = () =>
    random.pick(["n > 0", "k = 'a' or d > 0.5", "k is not null", "length(k) = 1", "n * 2 < d + 1", "k in ('a', 'é')"])
  const rows = (spec: string, counted: string): SqlCheck => {
    const most = random.int(20)
    const of = random.pick(["rows", "share"] as const)
    return { spec: `${spec}, at_most: ${most}${of === "rows" ? "" : "%"}`, sql: atMost(most, of, counted) }
  }
  const expected = predicate()
  const accepted = [random.pick(["a", "b"]), random.pick(["c", ""])]
  const unique = random.pick([["k"], ["n", "k"], ["u", "n"], ["d"], ["t", "k"]])
  const present = random.pick([["k"], ["n", "d"]])
  const condition = random.pick(["sum(n) > 5", "avg(d) < 0.6", "count(distinct k) >= 4", "count(*) > 30"])
  const number = condition.replace(/ [<>]=? .*/, "")
  const least = random.int(8)
  const hours = random.int(60)
  const percent = 20 * random.int(8)
  const fewest = 5 * random.int(12)
  const notNull = unique.map((name) => `${name} is not null`).join(" and ")
  return [
    rows(`on: events, expect: "${expected}"`, failing(expected)),
    rows(
      `on: events, accepted: { k: [${accepted.map((text) => `'${text}'`).join()}] }`,
      failing(`k is null or k in (${accepted.map((text) => `'${text}'`).join()})`)
    ),
    rows(
      `on: events, not_null: [${present.join()}]`,
      failing(present.map((name) => `${name} is not null`).join(" and "))
    ),
    rows(
      `on: events, unique: [${unique.join()}]`,
      `select count(*) filter (where ${notNull}) - (
         select count(*) from (select distinct ${unique.join()} from e where ${notNull})
       ) as value, count(*) as n from e`
    ),
    rows(
      "on: events, references: { column: n, table: known, key: known }",
      failing("n is null or n in (select known from k where known is not null)")
    ),
    {
      spec: `on: events, assert: ${condition}`,
      sql: `select ${number}::double, count(*), coalesce(${condition}, false) from e`
    },
    {
      spec: `on: events, assert: sum(n), at_least: ${least}`,
      sql: `select sum(n)::double, count(*), coalesce(sum(n) >= ${least}, false) from e`
    },
    {
      spec: `on: events, freshness: t, at_most: ${hours}h`,
      sql: `select (${asOf} - max(t)) / 1e6, count(*), coalesce(${asOf} - max(t) <= ${hours * hour}, false) from e`
    },
    {
      spec: `on: events, volume: t, at_least: ${least}`,
      sql: `select min(rows), count(*), coalesce(min(rows) >= ${least}, true) from (${days(asOf)})`
    },
    {
      spec: `on: events, volume: t, at_most: ${percent}%`,
      sql: `select arg_max(rows, (ratio, -day)), any_value(n), coalesce(bool_and(rows * 100 <= ${percent} * mean), true) from (
          select day, rows, avg(rows) over (order by day rows between 7 preceding and 1 preceding) as mean,
            case when mean > 0 then rows / mean when rows = 0 then 1 else 'inf'::double end as ratio,
            count(*) over () as n
          from (${days(asOf)})
        ) where mean is not null`
    },
    {
      spec: `on: events, volume: t, at_least: ${fewest}%`,
      sql: `select arg_min(rows, (ratio, day)), any_value(n), coalesce(bool_and(rows * 100 >= ${fewest} * mean), true) from (
          select day, rows, avg(rows) over (order by day rows between 7 preceding and 1 preceding) as mean,
            case when mean > 0 then rows / mean when rows = 0 then 1 else 'inf'::double end as ratio,
            count(*) over () as n
          from (${days(asOf)})
        ) where mean is not null`
    }
  ]
}

let database: SqlDatabase
beforeAll(async () => {
  database = await SqlDatabase.open()
})
afterAll(() => database.close())

const runCase = async (seed: number) => {
  const random = new Random(seed)
  const events = randomEvents(random)
  const known = randomKnown(random)
  const asOf = start + random.int(28 * 24) * hour
  const checks = randomChecks(random, asOf)
  const body = `event: { user: u, time: t, type: k, columns: { n: "n::int64", d: "d::double" } }
tables: { known: { from: events, columns: { known: n } } }
checks:
${checks.map(({ spec }, i) => `  - { name: c${i}, ${spec} }`).join("\n")}`
  const state = new Checks(planOf(body), new Map())
  for (const block of blocks(random, events)) state.add("events", eventBatch(block))
  for (const block of blocks(random, known)) {
    state.add("known", tableOf({ known: column.int64(block.map((n) => (n === null ? null : BigInt(n)))) }))
  }
  const none = { read: 0, accepted: 0, rejected: 0, filtered: 0, unique: 0, duplicates: 0 }
  const counts = { ...none, untimed: 0, conflicting: 0, in_sessions: 0, outside: 0 }
  const judging = { asOfMicros: asOf, previous: () => undefined }
  const findings = state.finish(judging, counts, [])

  const rows = events.map(({ d, k, n, t, u }) => [u, t, k, n, d])
  await database.fill("e", { u: "varchar", t: "bigint", k: "varchar", n: "bigint", d: "double" }, rows)
  await database.fill(
    "k",
    { known: "bigint" },
    known.map((n) => [n])
  )
  const seen = new Set<string>()
  for (const [i, { spec, sql }] of checks.entries()) {
    const [[value, n, isKept]] = (await database.byCase(`select 0, * from (${sql})`)).get(0) ?? [[]]
    const { outcome, value: found, n: of } = findings[i]
    const told = `seed ${seed}: ${spec}: found ${found} of ${of}, ${outcome}; by SQL ${value} of ${n}, ${isKept}`
    assert.isTrue(sameValue(found, value) && outcome === (isKept === true ? "passed" : "failed"), told)
    // Of days without one that can be compared, SQL has no row that could count them.
    if (n !== null) assert.strictEqual(of, n, told)
    seen.add(`${spec.replace(/^on: \w+, (\w+).*/, "$1")} ${outcome}`)
  }
  assert.strictEqual(plainRows(findingTable(findings)).length, findings.length)
  return seen
}

describe("checks are those of DuckDB", () => {
  it("on random rows", async () => {
    const seen = new Set<string>()
    for (let seed = 0; seed < 100; seed++) for (const what of await runCase(seed)) seen.add(what)
    const kinds = ["accepted", "assert", "expect", "freshness", "not_null", "references", "unique", "volume"]
    assert.deepStrictEqual(
      [...seen].toSorted(),
      kinds.flatMap((kind) => [`${kind} failed`, `${kind} passed`])
    )
  }, 60_000)
})
