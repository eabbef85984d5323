import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { ExpressionFailed } from "../../src/engine/Expressions.ts"
import { checkExpression } from "../../src/expression/Check.ts"
import { parseExpression } from "../../src/expression/Parse.ts"
import type { Tree } from "../../src/expression/Tree.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import type { Rule } from "../../src/plan/Rule.ts"
import { planOf, runPlan } from "../support/runSpec.ts"

const base = planOf(
  "event: { id: id, user: u, time: t, time_format: epoch_s, columns: { type: type, n: n } }\nsessions: {}"
)

const tree = (text: string): Tree => {
  const names = ["u", "type", "n"]
  const resolve = ([name]: ReadonlyArray<string>) =>
    names.includes(name) ? ({ name, type: "text" } as const) : undefined
  const scope = { resolve, names, allow: { measures: false, windows: false, over: false } }
  return Result.getOrThrow(checkExpression(Result.getOrThrow(parseExpression(text)), scope)).tree
}

const cutBy = (rules: ReadonlyArray<Rule>, rest: { readonly by?: string; readonly passive?: Tree } = {}): Plan => ({
  ...base,
  sessionize: { by: null, passive: null, numbering: "all", ...rest, rules, measures: [], columns: [] }
})

/** Ids as they come, times in seconds. */
const events = (...list: ReadonlyArray<readonly [number, string | null, string?]>) =>
  list.map(([t, type, n], id) => ({ id: String(id), u: "a", t, type, n: n ?? null }))

const sessionsOf = (plan: Plan, rows: ReturnType<typeof events>) => {
  const { table } = runPlan(plan, rows)
  const found = table("events")
  return table("sessions").map(({ event_count, session_cause, session_id }) => {
    const ids = found.flatMap((event) => (event.session_id === session_id ? [event.id] : []))
    assert.strictEqual(event_count, ids.length)
    return `${session_cause} ${ids.join()}`
  })
}

describe("rules take expressions over an event's columns", () => {
  it("as predicates of start and end", () => {
    const plan = cutBy([
      { rule: "end", when: tree("type in ('logout', 'timeout')") },
      { rule: "start", when: tree("upper(type) = 'LOGIN'") }
    ])
    const rows = events([0, "view"], [1, "login"], [2, null], [3, "logout"], [4, "Login"], [5, "timeout"], [6, "view"])
    assert.deepStrictEqual(sessionsOf(plan, rows), ["first 0", "start 1,2,3", "end 4,5", "end 6"])
  })

  it("as a gap", () => {
    const gap = tree(
      "case when type = 'video' then interval '1 hour' when type = 'view' then interval '10 minutes' end"
    )
    const plan = cutBy([{ rule: "gap", gap, boundary: "merge" }])
    const rows = events(
      [0, "view"],
      [600, "video"],
      [1200, "view"],
      [4200, "view"],
      [4801, null],
      [4801, null],
      [4802, null]
    )
    assert.deepStrictEqual(sessionsOf(plan, rows), ["first 0,1,2,3", "gap 4,5", "gap 6"])
  })

  it("as a gap of a text that is a number", () => {
    const plan = cutBy([{ rule: "gap", gap: tree("interval '1 second' * n::int64"), boundary: "split" }])
    const rows = events([0, null, "10"], [9, null, "1"], [10, null, "5"])
    assert.deepStrictEqual(sessionsOf(plan, rows), ["first 0,1", "gap 2"])
  })

  it("as a predicate of passive", () => {
    const gap = { kind: "literal", value: "10000000", type: "interval" } as const
    const plan = cutBy([{ rule: "gap", gap, boundary: "merge" }], { passive: tree("type like 'server%'") })
    const { computed, table } = runPlan(plan, events([0, "server_a"], [1, "view"], [9, "server_b"], [12, "view"]))
    assert.deepStrictEqual(
      table("sessions").map(({ event_count, session_end }) => [event_count, session_end]),
      [
        [2, "1970-01-01T00:00:01Z"],
        [1, "1970-01-01T00:00:12Z"]
      ]
    )
    assert.deepStrictEqual([...(computed.sessions?.outside ?? [])], [0])
    assert.isNull(table("events")[0].session_id)
  })
})

describe("a cast that fails in a rule", () => {
  const plan = cutBy([{ rule: "start", when: tree("n::int64 > 5") }])

  it("ends the run, and names the rule and the column", () => {
    const run = () => sessionsOf(plan, events([0, null, "1"], [1, null, "many"]))
    assert.throws(run, ExpressionFailed)
    assert.throws(run, /^sessions\.start: .*"n"/)
  })

  it("matters only in events that stay", () => {
    const rows = [...events([0, null, "1"], [1, null, "6"]), { id: "1", u: "a", t: 1, type: null, n: "many" }]
    assert.deepStrictEqual(sessionsOf(plan, rows), ["first 0", "start 1"])
  })
})
