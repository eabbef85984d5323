import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import type { Plan } from "../../src/plan/Plan.ts"
import type { Rule } from "../../src/plan/Rule.ts"
import { Random } from "../support/random.ts"
import type { Row } from "../support/records.ts"
import { type Options, planOf, runPlan } from "../support/runSpec.ts"

interface Case {
  readonly id: string
  readonly rules: {
    readonly split_on_change?: ReadonlyArray<string>
    readonly max_events?: number
    readonly max_session_ms?: number
  }
  readonly events: ReadonlyArray<{ readonly id: number; readonly ts_ms: number }>
  /** Ids of the events of each session. */
  readonly expected_groups: ReadonlyArray<ReadonlyArray<number>>
}

const file = new URL("../../../../../shared/cases/rule-cases.json", import.meta.url)
const present = existsSync(file)
const cases = present ? (JSON.parse(readFileSync(file, "utf8")) as ReadonlyArray<Case>) : []

const base =
  planOf(`event: { id: id, user: user, time: ts_ms, time_format: epoch_ms, columns: { utm_campaign: utm_campaign, user_id: user_id } }
dedupe: id
order: [id]
sessions: {}`)

const casePlan = ({ rules: { max_events, max_session_ms, split_on_change = [] } }: Case): Plan => {
  const rules: ReadonlyArray<Rule | undefined> = [
    max_session_ms === undefined
      ? undefined
      : { rule: "max_duration", micros: max_session_ms * 1000, boundary: "split" },
    max_events === undefined ? undefined : { rule: "max_events", count: max_events },
    ...split_on_change.map((column) => ({ rule: "change", column, from_null: "keep" }) as const)
  ]
  return {
    ...base,
    sessionize: {
      by: null,
      passive: null,
      numbering: "all",
      rules: rules.filter((rule) => rule !== undefined),
      measures: [],
      columns: []
    }
  }
}

const groups = (test: Case, rows: ReadonlyArray<Row>, options: Options): ReadonlyArray<ReadonlyArray<number>> => {
  const { table } = runPlan(casePlan(test), rows, options)
  const events = table("events")
  return table("sessions").map((session) =>
    events.flatMap(({ id, session_id }) => (session_id === session.session_id ? [Number(id)] : []))
  )
}

describe.skipIf(!present)("the rules of public test suites (../shared)", () => {
  it("has all cases", () => {
    assert.strictEqual(cases.length, 14)
  })

  it.each(cases.map((test) => [test.id, test] as const))("%s", (_, test) => {
    const rows: ReadonlyArray<Row> = test.events.map((event) => ({ user: "u", ...event }))
    assert.deepStrictEqual(groups(test, rows, {}), test.expected_groups)
    for (let seed = 1; seed <= 3; seed++) {
      const random = new Random(seed)
      const shuffled = random.shuffled(rows)
      assert.deepStrictEqual(groups(test, shuffled, { cuts: random.cuts(rows.length, 4) }), test.expected_groups)
      const doubled = random.shuffled([...rows, ...rows])
      assert.deepStrictEqual(groups(test, doubled, { cuts: random.cuts(doubled.length, 8) }), test.expected_groups)
    }
  })
})
