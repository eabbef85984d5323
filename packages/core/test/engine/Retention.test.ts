import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { errorOf } from "../support/errorOf.ts"
import { Random } from "../support/random.ts"
import { head, planOf, runPlan, runSpec } from "../support/runSpec.ts"
import { fillCases, randomCase, randomRules, rulesBody } from "../support/sqlCases.ts"
import { sameValue, SqlDatabase } from "../support/sqlDatabase.ts"
import { cutWithSql } from "../support/sqlSessions.ts"

let database: SqlDatabase
beforeAll(async () => {
  database = await SqlDatabase.open()
})
afterAll(() => database.close())

const columns = ["sessions", "retained", "rate", "observable", "observable_retained", "observable_rate"]

/** What to ask, and the same in SQL. */
const asked = [
  { window: "10m", where: undefined, by: [], keys: "" },
  { window: "30m", where: "session_number = 1", by: ["session_cause"], keys: "session_cause" },
  { window: "1h", where: undefined, by: [{ first: "session_number = 1" }, "date"], keys: "first, date" }
] as const

const query = ({ keys, where, window }: (typeof asked)[number]): string => {
  const end = `session_start + interval '${window.replace("m", " minutes").replace("h", " hours")}'`
  const group = keys === "" ? "" : `, ${keys}`
  const nulls = keys.split(", ").map((key) => `${key} nulls first`)
  return `with seen as (
    select c, session_cause, date, session_number = 1 as first,
      coalesce(next_session_start <= ${end}, false) as back, ${end} <= make_timestamp(as_of) as told
    from sessions join cases using (c) where ${where ?? "true"}
  )
  select c ${group}, count(*), count(*) filter (where back), count(*) filter (where back) / count(*),
    count(*) filter (where told), count(*) filter (where told and back),
    case when count(*) filter (where told) > 0
      then count(*) filter (where told and back) / count(*) filter (where told) end
  from seen group by c ${group} order by c ${keys === "" ? "" : `, ${nulls.join()}`}`
}

describe("a table of retention", () => {
  it("is what an SQL query makes of the sessions of any spec", async () => {
    const all = Array.from({ length: 120 }, (_, i) =>
      randomCase(new Random(i), i, randomRules(new Random(Math.floor(i / 4))), 40)
    )
    await fillCases(database, all)
    await cutWithSql(database)
    const met = [0, 0, 0]
    for (const one of asked) {
      const theirs = await database.byCase(query(one))
      for (const { asOf, number, records, rules } of all) {
        const { keys: _, ...retention } = one
        const plan = planOf(rulesBody(rules, { tables: { back: { retention } } }))
        const { table } = runPlan(
          plan,
          records.map((record) => ({ ...record })),
          {
            asOf: new Date(asOf / 1000).toISOString(),
            blockRows: new Random(number).pick([1, 6, Infinity])
          }
        )
        const ours = table("back").map((row) => Object.values(row))
        const expected = theirs.get(number) ?? (one.by.length === 0 ? [[0, 0, null, 0, 0, null]] : [])
        assert.strictEqual(ours.length, expected.length, `case ${number}`)
        for (const [i, row] of ours.entries()) {
          assert.isTrue(
            row.every((value, k) => sameValue(value, expected[i][k])),
            `case ${number}: ${row.join()} ${String(expected[i])}`
          )
          const [, retained, , observable, both] = row.slice(-6).map(Number)
          met[0] += retained - both
          met[1] += observable - both
          met[2] += both
        }
      }
    }
    for (const count of met) assert.isAbove(count, 20)
  })

  it("has the columns it is said to have", () => {
    const body =
      "event: { user: u, time: t }\nsessions: { gap: 1h }\ntables: { r: { retention: { window: 1d, by: [date] } } }"
    const outcome = runSpec(body, [])
    assert.deepStrictEqual(outcome.batch("r").schema.names, ["date", ...columns])
  })

  it.each<readonly [string, string, ReadonlyArray<string>]>([
    [
      "no sessions",
      "tables: { r: { retention: { window: 3d } } }",
      ['5:16: there is no table of sessions: the spec has no "sessions"']
    ],
    ["no window", "sessions: {}\ntables: { r: { retention: { by: [date] } } }", ['6:27: missing "window"']],
    [
      "another column",
      "sessions: {}\ntables: { r: { retention: { window: 3d, by: [dat] } } }",
      [
        '6:46: no column "dat" (did you mean "date"?); expected session_id, u, session_start, session_end, session_duration_sec, event_count, session_number, session_cause, previous_session_end, next_session_start, is_open, date or user'
      ]
    ],
    [
      "a name that it has itself",
      "sessions: {}\ntables: { r: { retention: { window: 3d, by: [{ rate: u }] } } }",
      ['6:27: "rate" is the name of two columns']
    ],
    [
      "no condition",
      "sessions: {}\ntables: { r: { retention: { window: 3d, where: session_number } } }",
      ["6:48: this needs bool, found int64", "  compare it with something, as in x = 1"]
    ]
  ])("says what is wrong: %s", (_, body, problems) => {
    assert.deepStrictEqual(errorOf(`${head}event: { user: u, time: t }\n${body}`), problems)
  })
})
