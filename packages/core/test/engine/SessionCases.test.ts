import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import type { Plan } from "../../src/plan/Plan.ts"
import type { PlainRow } from "../support/plain.ts"
import { Random } from "../support/random.ts"
import type { Row } from "../support/records.ts"
import { type Options, planOf, runPlan } from "../support/runSpec.ts"

interface Event {
  readonly id: number
  readonly key: string
  readonly ts_ms: number | null
  readonly value?: number
}

interface Expected {
  readonly key: string
  readonly start_ms: number
  readonly count: number
  readonly window_end_ms?: number
  readonly last_ms?: number
  readonly sum?: number
}

interface Case {
  readonly id: string
  readonly mode?: string
  readonly subset?: boolean
  readonly gap_ms: number
  readonly boundary: "merge_equal" | "split_equal"
  readonly events: ReadonlyArray<Event>
  readonly expected_sessions: ReadonlyArray<Expected>
  /** Month, user and number of events of the session with the most. */
  readonly top_per_month?: ReadonlyArray<readonly [string, string, number]>
}

const file = new URL("../../../../../shared/cases/session-cases.json", import.meta.url)
const present = existsSync(file)
const cases = (present ? (JSON.parse(readFileSync(file, "utf8")) as ReadonlyArray<Case>) : []).filter(
  ({ mode }) => mode === undefined
)

const casePlan = ({ boundary, gap_ms }: Case): Plan =>
  planOf(`event: { id: id, user: key, time: ts_ms, time_format: epoch_ms, columns: { value: value } }
dedupe: id
order: [id]
sessions: { gap: ${gap_ms}ms, boundary: ${boundary === "merge_equal" ? "merge" : "split"} }`)

interface Found extends Expected {
  readonly window_end_ms: number
  readonly last_ms: number
}

const foundSessions = (test: Case, plan: Plan, rows: ReadonlyArray<Row>, options: Options): ReadonlyArray<Found> => {
  const { rejects, table } = runPlan(plan, rows, options)
  const withoutTime = rows.filter((row) => "ts_ms" in row && row.ts_ms === null)
  assert.strictEqual(rejects.length, withoutTime.length)
  const events = table("events")
  return table("sessions").map((session) => {
    const last = millis(session.session_end)
    return {
      key: String(session.key),
      start_ms: millis(session.session_start),
      count: Number(session.event_count),
      last_ms: last,
      window_end_ms: last + test.gap_ms,
      sum: sum(events.filter(({ session_id }) => session_id === session.session_id))
    }
  })
}

const millis = (time: PlainRow[string]): number => Date.parse(String(time))
const sum = (events: ReadonlyArray<PlainRow>): number => events.reduce((total, { value }) => total + Number(value), 0)

/** Every session that the case expects was found as it says, and no other unless only some are listed. */
const check = (test: Case, found: ReadonlyArray<Found>): void => {
  const place = ({ key, start_ms }: Expected) => `${key} ${start_ms}`
  const byPlace = new Map(found.map((session) => [place(session), session]))
  for (const expected of test.expected_sessions) assert.include(byPlace.get(place(expected)), expected, place(expected))
  if (test.subset !== true) assert.strictEqual(found.length, test.expected_sessions.length)
  for (const [month, key, count] of test.top_per_month ?? []) {
    const inMonth = found.filter(({ start_ms }) => new Date(start_ms).toISOString().startsWith(month))
    const top = inMonth.reduce((best, session) => (session.count > best.count ? session : best))
    assert.deepStrictEqual([top.key, top.count], [key, count])
  }
}

describe.skipIf(!present)("the sessions of public test suites (../shared)", () => {
  it("has all batch cases", () => {
    assert.strictEqual(cases.length, 30)
  })

  it.each(cases.map((test) => [test.id, test] as const))("%s", (_, test) => {
    const plan = casePlan(test)
    const rows: ReadonlyArray<Row> = test.events.map((event) => ({ ...event }))
    check(test, foundSessions(test, plan, rows, {}))
    for (let seed = 1; seed <= 2; seed++) {
      const random = new Random(seed)
      const shuffled = random.shuffled(rows)
      check(test, foundSessions(test, plan, shuffled, { cuts: random.cuts(rows.length, 4) }))
      const doubled = random.shuffled([...rows, ...rows])
      check(test, foundSessions(test, plan, doubled, { cuts: random.cuts(doubled.length, 8) }))
    }
  })

  it("counts what was doubled as duplicates, all of them the same as the event that stays", () => {
    for (const test of cases) {
      const timed = test.events.filter(({ ts_ms }) => ts_ms !== null).map((event) => ({ ...event }))
      const { table } = runPlan(casePlan(test), [...timed, ...timed])
      assert.deepStrictEqual(
        table("duplicates").map(({ conflicting }) => conflicting),
        timed.map(() => false),
        test.id
      )
    }
  })
})
