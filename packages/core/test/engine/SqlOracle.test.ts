import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { Plain, PlainRow } from "../support/plain.ts"
import { Random } from "../support/random.ts"
import { type Outcome, planOf, runPlan } from "../support/runSpec.ts"
import { fillCases, randomCase, randomRules, rulesBody, type SqlCase, type SqlColumns } from "../support/sqlCases.ts"
import { type CaseRows, sameValue, SqlDatabase } from "../support/sqlDatabase.ts"
import { cutWithSql, userOrder } from "../support/sqlSessions.ts"

type Rows = ReadonlyArray<ReadonlyArray<Plain>>

let database: SqlDatabase
beforeAll(async () => {
  database = await SqlDatabase.open()
})
afterAll(() => database.close())

const runCase = (random: Random, { asOf, records, rules }: SqlCase, columns?: SqlColumns): Outcome =>
  runPlan(planOf(rulesBody(rules, columns)), records as ReadonlyArray<PlainRow>, {
    asOf: new Date(asOf / 1000).toISOString(),
    cuts: random.cuts(records.length, 3),
    blockRows: random.pick([1, 6, Infinity])
  })

/** Fails with the seed, the spec and the records. */
const assertSame = (what: string, { asOf, number, records, rules }: SqlCase, ours: Rows, theirs: Rows = []): void => {
  const isSame =
    ours.length === theirs.length && ours.every((row, i) => row.every((value, k) => sameValue(value, theirs[i][k])))
  if (isSame) return
  const told = records.map((record, i) => `${i + 1} ${JSON.stringify(record)}`).join("\n")
  assert.deepStrictEqual(ours, theirs, `${what} of seed ${number}, as_of ${asOf}\n${rulesBody(rules)}\n${told}\n`)
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

const queries = {
  rejects: `select c, position, problem from judged where problem is not null order by c, position`,
  filtered: `select c, count(*) filter (where problem is null and not chosen) from judged group by c`,
  duplicates: `select c, position, first_position, conflicts from deduped where repeats
    order by c, ${userOrder("u")}, place`,
  sessions: `select c, ${sessionColumns.join()} from sessions order by c, ${userOrder("u")}, session_number`,
  events: `select c, number, ${eventColumns.map((name) => `m.${name}`).join()} from members m
    order by c, ${userOrder("u")}, place`
}

/** What SQL makes of these cases. */
const answers = async (cases: ReadonlyArray<SqlCase>) => {
  await fillCases(database, cases)
  await cutWithSql(database)
  const found = new Map<string, CaseRows>()
  for (const [name, query] of Object.entries(queries)) found.set(name, await database.byCase(query))
  return (name: keyof typeof queries, { number }: SqlCase): Rows => found.get(name)?.get(number) ?? []
}

const cases = (from: number, count: number): ReadonlyArray<SqlCase> =>
  Array.from({ length: count }, (_, i) => {
    const random = new Random(from + i)
    return randomCase(random, from + i, randomRules(random), 24)
  })

describe("sessions are those of an SQL query", () => {
  it.each([0, 1000, 2000, 3000])("for any spec and records, seeds from %i", async (from) => {
    const all = cases(from, 1000)
    const theirs = await answers(all)
    for (const one of all) {
      const { filtered, rejects, table } = runCase(new Random(one.number), one)
      const sessions = table("sessions")
      const numbers = new Map(sessions.map((row) => [JSON.stringify([row.u, row.session_id]), row.session_number]))
      const events = table("events").map((row): ReadonlyArray<Plain> => [
        numbers.get(JSON.stringify([row.u, row.session_id])) ?? null,
        ...eventColumns.map((name) => row[name])
      ])
      const compare = (name: keyof typeof queries, ours: Rows) => assertSame(name, one, ours, theirs(name, one))
      compare(
        "rejects",
        rejects.map(({ code, event, field }) => [event, `${String(code)} ${String(field)}`])
      )
      compare("filtered", one.records.length === 0 ? [] : [[filtered]])
      compare("duplicates", valuesOf(table("duplicates"), ["event", "first_event", "conflicting"]))
      compare("sessions", valuesOf(sessions, sessionColumns))
      compare("events", events)
    }
  })
})
