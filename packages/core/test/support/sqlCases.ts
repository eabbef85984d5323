import type { Random } from "./random.ts"
import type { SqlDatabase } from "./sqlDatabase.ts"

/** A record as it is written; `x` is mapped by no spec. */
interface SqlRecord {
  readonly id: string | null
  readonly u: string | number | null
  readonly t: string | null
  readonly type: string | null
  readonly a: string | null
  readonly n: number | null
  readonly d: number | null
  readonly g: string | null
  readonly x: number
}

/** Predicates over an event that read the same in both languages. */
export const predicates = [
  "type = 'b'",
  "type = 'c' or n > 0",
  "a = 'z'",
  "not (a = '')",
  "n = 1 and d > 3",
  "n > 0",
  "type is null",
  "a is not null and n <> 0",
  "length(a) > 0",
  "case when type = 'b' then n < 1 when d > 5 then true end"
]

/** The same for what most events should fulfil. */
export const filters = [
  "type is distinct from 'b'",
  "n > -1 or a is null",
  "d is null or d < 9.5",
  "coalesce(n, 0) < 2"
]

/** Intervals of an event's own, which read the same in both languages. */
export const gaps = [
  "case when type = 'b' then interval '5 minutes' when n > 0 then interval '20 minutes' end",
  "interval '5 minutes' * n",
  "case when a = 'z' then interval '1 hour' else interval '0 seconds' end",
  "coalesce(interval '10 minutes' * n, interval '7 minutes')",
  "case when d > 5 then interval '30 minutes' else interval '1 microsecond' end"
]

/** Keys of duplicates besides the words: columns and roles. */
export const dedupeKeys = [["u", "t"], ["t", "type"], ["a"], ["user", "time", "type", "n"], ["d", "g"]] as const

const minute = 60_000_000

/** A spec of which SQL is told: predicates, filters and gaps by their place in the lists. */
export interface SqlRules {
  readonly dedupe: "id" | "record" | "none" | number
  readonly order: ReadonlyArray<"type" | "a" | "n">
  readonly tie: "position" | "content"
  readonly zone: "UTC" | "Europe/Berlin"
  readonly required: boolean
  readonly allowed: boolean
  readonly where: number | null
  /** Microseconds, or the place of an expression. */
  readonly gap: null | { readonly micros: number } | { readonly expression: number }
  readonly boundary: "merge" | "split"
  readonly maxDuration: number | null
  readonly maxEvents: number | null
  readonly start: number | null
  readonly end: number | null
  readonly passive: number | null
  readonly change: ReadonlyArray<{ readonly column: "a" | "n" | "type"; readonly fromNull: "keep" | "split" }>
  readonly midnight: null | true | string
  readonly by: boolean
}

export const randomRules = (random: Random): SqlRules => {
  // Many rules at once, or few, so that each also decides alone.
  const share = random.pick([2, 3, 8])
  const some = <A>(make: () => A): A | null => (random.int(share) === 0 ? make() : null)
  const change = (column: "a" | "n" | "type") => ({ column, fromNull: random.pick(["keep", "split"] as const) })
  return {
    dedupe: random.pick(["id", "record", "none", random.int(dedupeKeys.length)]),
    order: random.pick([[], ["type"], ["a", "type"], ["n", "a"]] as const),
    tie: random.pick(["position", "content"]),
    zone: random.int(6) === 0 ? "Europe/Berlin" : "UTC",
    required: random.int(4) === 0,
    allowed: random.int(4) === 0,
    where: some(() => random.int(filters.length)),
    gap: random.pick([
      null,
      null,
      { micros: random.pick([0, 5, 10]) * minute },
      { micros: 30 * minute },
      { expression: random.int(gaps.length) },
      { expression: random.int(gaps.length) }
    ]),
    boundary: random.pick(["merge", "split"]),
    maxDuration: some(() => random.pick([5, 20, 40]) * minute),
    maxEvents: some(() => 1 + random.int(5)),
    start: some(() => random.int(predicates.length)),
    end: some(() => random.int(predicates.length)),
    passive: some(() => random.int(predicates.length)),
    change: some(() => random.pick([["a"], ["n"], ["type", "n"], ["n", "a"]] as const).map(change)) ?? [],
    midnight: random.int(3) === 0 ? random.pick([true, true, "UTC", "Europe/Berlin"]) : null,
    by: random.int(4) === 0
  }
}

type Columns = Readonly<Record<string, string>>

/** What a spec computes besides cutting. */
export interface SqlColumns {
  readonly sessions?: Columns
  readonly users?: Columns
  readonly tables?: Readonly<Record<string, unknown>>
}

/** The body of the spec. */
export const rulesBody = (rules: SqlRules, { sessions = {}, tables = {}, users }: SqlColumns = {}): string => {
  const { allowed, boundary, by, change, dedupe, end, gap, midnight, passive, required, start, where } = rules
  const given = (values: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
  const predicate = (place: number | null) => (place === null ? null : predicates[place])
  const duration = (micros: number | null) => (micros === null ? null : `${micros / minute}m`)
  const spec = {
    timezone: rules.zone,
    event: given({
      id: "id",
      user: "u",
      time: "t",
      type: "type",
      columns: { a: "a", n: "n::int64", d: "d::double", g: "g" },
      required: required ? ["type"] : null,
      allowed: allowed ? { type: ["b", "c"] } : null,
      where: where === null ? null : filters[where]
    }),
    dedupe: typeof dedupe === "number" ? dedupeKeys[dedupe] : dedupe,
    order: rules.order,
    tie: rules.tie,
    sessions: given({
      gap: gap === null ? null : "micros" in gap ? duration(gap.micros) : gaps[gap.expression],
      boundary,
      max_duration: duration(rules.maxDuration),
      max_events: rules.maxEvents,
      start: predicate(start),
      end: predicate(end),
      passive: predicate(passive),
      change: change.map(({ column, fromNull }) => ({ column, from_null: fromNull })),
      midnight,
      by: by ? "g" : null,
      columns: sessions
    }),
    ...(users === undefined ? {} : { users: { columns: users } }),
    tables
  }
  return Object.entries(spec)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join("\n")
}

/**
 * 21:00 UTC: in Berlin, two or eight hours from there go over midnight; of eight hours, one day goes over midnight in
 * UTC, too, one over a change of the clock, and one is before 1970.
 */
const bases = ["2024-07-10T21:00Z", "2024-07-10T21:00Z", "2024-10-26T21:00Z", "1969-12-31T21:00Z"]

const users = ["9", 9, "10", "-3", "a", "A", "ä", "010", "\u{1f600}", "\uffee"]

/** Few users, times and values, so that ties, duplicates and limits that are just met are common. */
const randomRecords = (random: Random, base: number, most: number): ReadonlyArray<SqlRecord> => {
  const maybe = <A>(value: () => A): A | null => (random.int(4) === 0 ? null : value())
  const known = random.shuffled(users).slice(0, 1 + random.int(3))
  const step = random.pick([5, 20]) * minute
  const clock = () => base + random.int(24) * step + random.pick([0, 0, 0, 0, 1, -1])
  return Array.from({ length: random.int(most + 1) }, () => ({
    id: maybe(() => String(random.int(12))),
    u: random.int(40) === 0 ? random.pick([null, "", " "]) : random.pick(known),
    t: random.int(40) === 0 ? random.pick([null, "soon", "2024-07-10T25:00:00Z"]) : written(random, clock()),
    type: random.pick(["b", "b", "c", "e", null]),
    a: random.pick([null, "", "é", "z", "z", "\u{1f600}", "\uffee"]),
    n: maybe(() => random.int(4) - 1),
    d: maybe(() => random.int(1000) / 100),
    g: random.pick([null, null, "1", "2"]),
    x: random.int(2)
  }))
}

/** An instant in one of the forms of ISO 8601. */
const written = (random: Random, micros: number): string => {
  const hours = random.pick([0, 0, 2, -5])
  const local = micros + hours * 60 * minute
  const clock = new Date(Math.floor(local / 1000)).toISOString()
  const fraction = local - Math.floor(local / 1_000_000) * 1_000_000
  const zone = hours === 0 ? random.pick(["Z", "+00:00", ""]) : `${hours < 0 ? "-" : "+"}0${Math.abs(hours)}:00`
  const day = clock.slice(0, 10) + random.pick(["T", "T", " "])
  if (fraction !== 0) return `${day}${clock.slice(11, 19)}.${String(fraction).padStart(6, "0")}${zone}`
  return day + random.pick([clock.slice(11, 16), clock.slice(11, 19), clock.slice(11, 23)]) + zone
}

/** One spec and its input. */
export interface SqlCase {
  readonly number: number
  readonly rules: SqlRules
  readonly records: ReadonlyArray<SqlRecord>
  /** Microseconds. */
  readonly asOf: number
}

export const randomCase = (random: Random, number: number, rules: SqlRules, most: number): SqlCase => {
  const base = Date.parse(random.pick(bases)) * 1000
  const asOf = base + random.int(40) * 5 * minute
  return { number, rules, records: randomRecords(random, base, most), asOf }
}

/** Makes the tables `cases` and `records`. */
export const fillCases = async (database: SqlDatabase, cases: ReadonlyArray<SqlCase>): Promise<void> => {
  await database.fill(
    "cases",
    {
      c: "bigint",
      as_of: "bigint",
      dedupe: "varchar",
      order1: "varchar",
      order2: "varchar",
      by_content: "boolean",
      zone: "varchar",
      required: "boolean",
      allowed: "boolean",
      where_: "bigint",
      has_gap: "boolean",
      gap_micros: "bigint",
      gap_expression: "bigint",
      splits: "boolean",
      max_duration: "bigint",
      max_events: "bigint",
      start_: "bigint",
      end_: "bigint",
      passive: "bigint",
      change1: "varchar",
      splits1: "boolean",
      change2: "varchar",
      splits2: "boolean",
      midnight: "varchar",
      by_: "boolean"
    },
    cases.map(({ asOf, number, rules }) => {
      const { change, dedupe, gap, midnight, order } = rules
      return [
        number,
        asOf,
        typeof dedupe === "number" ? dedupeKeys[dedupe].join() : dedupe,
        order[0] ?? null,
        order[1] ?? null,
        rules.tie === "content",
        rules.zone,
        rules.required,
        rules.allowed,
        rules.where,
        gap !== null,
        gap !== null && "micros" in gap ? gap.micros : null,
        gap !== null && "expression" in gap ? gap.expression : null,
        rules.boundary === "split",
        rules.maxDuration,
        rules.maxEvents,
        rules.start,
        rules.end,
        rules.passive,
        change.at(0)?.column ?? null,
        change.at(0)?.fromNull === "split",
        change.at(1)?.column ?? null,
        change.at(1)?.fromNull === "split",
        midnight === true ? rules.zone : midnight,
        rules.by
      ]
    })
  )
  await database.fill(
    "records",
    {
      c: "bigint",
      position: "bigint",
      record: "varchar",
      id: "varchar",
      u: "varchar",
      t: "varchar",
      type: "varchar",
      a: "varchar",
      n: "bigint",
      d: "double",
      g: "varchar"
    },
    cases.flatMap(({ number, records }) =>
      records.map((record, i) => {
        const { a, d, g, id, n, t, type, u, x } = record
        return [number, i + 1, JSON.stringify([id, u, t, type, a, n, d, g, x]), id, u, t, type, a, n, d, g]
      })
    )
  )
}
