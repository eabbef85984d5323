import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { Plan } from "../../src/plan/Plan.ts"
import type { Plain, PlainRow } from "../support/plain.ts"
import { Random } from "../support/random.ts"
import { type Outcome, planOf, runPlan } from "../support/runSpec.ts"
import { fillCases, randomCase, randomRules, rulesBody, type SqlCase, type SqlColumns } from "../support/sqlCases.ts"
import { type CaseRows, sameValue, SqlDatabase } from "../support/sqlDatabase.ts"
import { measuredBy, measures, named } from "../support/sqlMeasures.ts"
import { cutWithSql, userOrder } from "../support/sqlSessions.ts"
import { ownColumns, randomTables, sqlRows } from "../support/sqlTables.ts"

type Rows = ReadonlyArray<ReadonlyArray<Plain>>

let database: SqlDatabase
beforeAll(async () => {
  database = await SqlDatabase.open()
})
afterAll(() => database.close())

/** Of the last case and the next ones with the same rules. */
let planned: { readonly body: string; readonly plan: Plan } | undefined
const planOfCase = (rules: SqlCase["rules"], columns?: SqlColumns): Plan => {
  const body = rulesBody(rules, columns)
  if (planned?.body !== body) planned = { body, plan: planOf(body) }
  return planned.plan
}

/** The fields of a record come in any order, its batches and blocks of users in any size. */
const runCase = (random: Random, { asOf, records, rules }: SqlCase, columns?: SqlColumns): Outcome => {
  const rows = records.map((record) => Object.fromEntries(random.shuffled(Object.entries(record))))
  return runPlan(planOfCase(rules, columns), rows, {
    asOf: new Date(asOf / 1000).toISOString(),
    cuts: random.cuts(rows.length, 3),
    blockRows: random.pick([1, 6, Infinity])
  })
}

/** Fails with the seed, the spec, the records and the first value that differs. */
const assertSame = (
  what: string,
  { asOf, number, records, rules }: SqlCase,
  ours: Rows,
  columns: ReadonlyArray<string>,
  theirs: Rows = []
): void => {
  const told = () =>
    [
      `${what} of seed ${number}, as_of ${asOf}`,
      rulesBody(rules),
      ...records.map((one) => JSON.stringify(one)),
      ""
    ].join("\n")
  for (const [i, row] of ours.slice(0, theirs.length).entries()) {
    const k = row.findIndex((value, at) => !sameValue(value, theirs[i][at]))
    if (k >= 0) assert.deepStrictEqual(row, theirs[i], `row ${i}, value ${k} (${columns[k]}) of ${told()}`)
  }
  if (ours.length !== theirs.length) assert.deepStrictEqual(ours, theirs, told())
}

const valuesOf = (rows: ReadonlyArray<PlainRow>, names: ReadonlyArray<string>): Rows =>
  rows.map((row) => names.map((name) => row[name]))

const sessionColumns = [
  "u",
  "session_start",
  "session_end",
  "session_duration_sec",
  "event_count",
  "session_number",
  "session_cause",
  "previous_session_end",
  "next_session_start",
  "is_open",
  "date"
]
const eventColumns = ["u", "t", "type", "id", "a", "n", "d", "g"]

const columnsOf = {
  rejects: ["event", "problem"],
  filtered: ["filtered"],
  duplicates: ["event", "first_event", "conflicting"],
  sessions: sessionColumns,
  events: ["session_number", ...eventColumns]
} as const

const queries: Readonly<Record<keyof typeof columnsOf, string>> = {
  rejects: `select c, position, problem from judged where problem is not null order by c, position`,
  filtered: `select c, count(*) filter (where problem is null and not chosen) from judged group by c`,
  duplicates: `select c, position, first_position, conflicts from deduped where repeats
    order by c, ${userOrder("u")}, place`,
  sessions: `select c, ${sessionColumns.join()} from sessions order by c, ${userOrder("u")}, session_number`,
  events: `select c, number, ${eventColumns.map((name) => `m.${name}`).join()} from members m
    order by c, ${userOrder("u")}, place`
}

/** How often everything that the cases are for occurs in them: each must be met often. */
const occurrences = `
select 0, session_cause, count(*) from sessions group by session_cause
union all select 0, problem, count(*) from judged where problem is not null group by problem
union all select 0, 'filtered', count(*) from judged where problem is null and not chosen
union all select 0, 'duplicate, ' || conflicts, count(*) from deduped where repeats group by conflicts
union all select 0, 'outside', count(*) from members where number is null
union all select 0, 'passive before its session', count(*) from members m join numbered o using (c, u, number)
  where m.is_passive and m.place < o.place
union all select 0, 'overlap', count(*) from sessions where previous_session_end > session_start
union all select 0, 'open', count(*) from sessions where is_open`

/** What SQL makes of these cases. */
const answers = async (cases: ReadonlyArray<SqlCase>) => {
  await fillCases(database, cases)
  await cutWithSql(database)
  const found = new Map<string, CaseRows>()
  for (const [name, query] of Object.entries(queries)) found.set(name, await database.byCase(query))
  return (name: keyof typeof queries, { number }: SqlCase): Rows => found.get(name)?.get(number) ?? []
}

/** So many inputs each are cut by the same rules. */
const randomCases = (from: number, count: number, most: number, inputs: number): ReadonlyArray<SqlCase> =>
  Array.from({ length: count }, (_, i) => {
    const rules = randomRules(new Random(Math.floor((from + i) / inputs)))
    return randomCase(new Random(from + i), from + i, rules, most)
  })

describe("sessions are those of an SQL query", () => {
  it.each([0, 1000, 2000])("for any spec and records, seeds from %i", async (from) => {
    const all = randomCases(from, 1000, 24, 4)
    const theirs = await answers(all)
    for (const one of all) {
      const { filtered, rejects, table } = runCase(new Random(one.number), one)
      const sessions = table("sessions")
      const numbers = new Map(sessions.map((row) => [JSON.stringify([row.u, row.session_id]), row.session_number]))
      const events = table("events").map((row): ReadonlyArray<Plain> => [
        numbers.get(JSON.stringify([row.u, row.session_id])) ?? null,
        ...eventColumns.map((name) => row[name])
      ])
      const compare = (name: keyof typeof queries, ours: Rows) =>
        assertSame(name, one, ours, columnsOf[name], theirs(name, one))
      compare(
        "rejects",
        rejects.map(({ code, event, field }) => [event, `${String(code)} ${String(field)}`])
      )
      compare("filtered", one.records.length === 0 ? [] : [[filtered]])
      compare("duplicates", valuesOf(table("duplicates"), columnsOf.duplicates))
      compare("sessions", valuesOf(sessions, sessionColumns))
      compare("events", events)
    }
    const met = await database.byCase(occurrences)
    for (const [what, count] of met.get(0) ?? []) assert.isAbove(Number(count), 9, String(what))
    assert.strictEqual(met.get(0)?.length, 22)
  })
})

describe("measures over the events of sessions and of users are those of an SQL query", () => {
  it("every measure, for 250 inputs of 25 specs", async () => {
    const all = randomCases(50_000, 250, 60, 10)
    await fillCases(database, all)
    await cutWithSql(database)
    const columns = Object.keys(named(measures))
    const inSession = measuredBy("c, u, session_id", "session_id is not null")
    const sessions = await database.byCase(
      `select c, u, session_number, m.* exclude (c, u, session_id) from (${inSession}) m
       join sessions using (c, u, session_id) order by c, ${userOrder("u")}, session_number`
    )
    const ofUser = measuredBy("c, u", "true")
    const users = await database.byCase(`select * from (${ofUser}) order by c, ${userOrder("u")}`)
    for (const one of all) {
      const { table } = runCase(new Random(one.number), one, { sessions: named(measures), users: named(measures) })
      const compare = (what: string, rows: ReadonlyArray<PlainRow>, keys: ReadonlyArray<string>, theirs?: Rows) => {
        const ours = valuesOf(rows, [...keys, ...columns])
        assertSame(what, one, ours, [...keys, ...measures.map(([text]) => text)], theirs)
      }
      compare("sessions", table("sessions"), ["u", "session_number"], sessions.get(one.number))
      compare("users", table("users"), ["u"], users.get(one.number))
    }
  })
})

describe("tables of groups are those of an SQL query", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("of events, sessions, users and other tables, seed %i", async (seed) => {
    const all = randomCases(60_000 + 1000 * seed, 20, 60, 5)
    await fillCases(database, all)
    await cutWithSql(database)
    for (const sql of sqlRows) await database.run(sql)
    const random = new Random(seed)
    for (let i = 0; i < 6; i++) {
      const pairs = randomTables(random)
      const columns = { ...ownColumns, tables: Object.fromEntries(pairs.map(({ name, spec }) => [name, spec])) }
      const outcomes = all.map((one) => runCase(new Random(one.number), one, columns))
      for (const { columns: names, name, spec, sql } of pairs) {
        await database.run(sql)
        const quoted = names.map((column) => `"${column}"`)
        const theirs = await database.byCase(`select c, ${quoted.join()} from ${name} order by c, row_number`)
        for (const [k, one] of all.entries()) {
          const ours = valuesOf(outcomes[k].table(name), names)
          assertSame(`${name} ${JSON.stringify(spec)}`, one, ours, names, theirs.get(one.number))
        }
      }
    }
  })
})
