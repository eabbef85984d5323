import { assert, describe, it } from "@effect/vitest"
import { errorOf } from "../support/errorOf.ts"
import { head, planOf, runPlan, runSpec } from "../support/runSpec.ts"

const rows = [
  ["bob", "2024-07-10 11:00:00", "x"],
  ["ann", "2024-07-10 10:00:00", "y"],
  ["bob", null, "z"],
  ["ann", "2024-07-10 10:00", "y"],
  ["bob", "2024-07-10 11:00:00", "x"],
  ["ann", " 2024-07-10 10:00:00", "y"]
].map(([u, t, k]) => ({ u, t, k }))

const event = `event: { user: u, type: k, columns: { at: "parse_time(t, 'yyyy-MM-dd HH:mm:ss')" } }\n`

const columns = "  columns here are u, k, at, user, type"
const hint = "  name the field that says when an event happened: event: { time: … }"

describe("events without a time", () => {
  const body = `${event}dedupe: none
users: { columns: { kinds: list(distinct k), last: last(k), from: min(at) } }
tables:
  hours: { from: events, where: at is not null, by: [{ hour: "strftime(at, '%Y-%m-%d %H')" }], columns: { n: count(*) } }
  steps: { from: events, columns: { u: u, n: number(), k: k, next: next(k) } }
`

  it("are in the order of the input, and reject what is no time in an ordinary column", () => {
    const { rejects, table } = runSpec(body, rows)
    assert.deepStrictEqual(
      rejects.map(({ code, event: at, field, reason }) => [at, code, reason, field]),
      [4, 6].map((at) => [at, "field.type", "invalid time, expected yyyy-MM-dd HH:mm:ss for t", "t"])
    )
    assert.deepStrictEqual(table("steps"), [
      { u: "ann", n: 1, k: "y", next: null },
      { u: "bob", n: 1, k: "x", next: "z" },
      { u: "bob", n: 2, k: "z", next: "x" },
      { u: "bob", n: 3, k: "x", next: null }
    ])
    assert.deepStrictEqual(table("hours"), [
      { hour: "2024-07-10 10", n: 1 },
      { hour: "2024-07-10 11", n: 2 }
    ])
  })

  it("have no column for one, nor do their users", () => {
    const { table } = runSpec(body, rows.slice(0, 3))
    assert.deepStrictEqual(Object.keys(table("events")[0]), ["u", "k", "at"])
    assert.deepStrictEqual(
      table("users").map(({ event_count, kinds, last, u }) => [u, event_count, kinds, last]),
      [
        ["ann", 1, '["y"]', "y"],
        ["bob", 2, '["x","z"]', "z"]
      ]
    )
    assert.deepStrictEqual(Object.keys(table("users")[0]), ["u", "event_count", "kinds", "last", "from"])
  })

  it("are the same where all else is", () => {
    const plan = planOf(`${event}dedupe: [user, type, at]\n`)
    assert.deepStrictEqual(
      runPlan(plan, rows)
        .table("duplicates")
        .map(({ event: at, first_event }) => [at, first_event]),
      [[5, 1]]
    )
  })

  it("are never outside the plausible range", () => {
    const { rejects, times } = runSpec(body, rows.slice(0, 3), {
      range: { from: -Infinity, to: Infinity, outside: "warn" }
    })
    assert.deepStrictEqual([rejects, times.outside], [[], 0])
  })

  it.each([
    ["sessions", "sessions: { gap: 30m }", '5:1: sessions need times: the spec has no "event.time"'],
    [
      "a measure of times",
      "users: { columns: { a: avg_gap() } }",
      '5:24: avg_gap measures times: the spec has no "event.time"'
    ],
    [
      "a funnel",
      "tables: { t: { funnel: { steps: { a: k = 'a', b: k = 'b' } } } }",
      '5:16: a funnel needs times: the spec has no "event.time"'
    ],
    ["events that come late", "late: { older_than: 1d }", '5:1: no event is late: the spec has no "event.time"'],
    ["their role", "order: [time]", '5:9: no column "time"; expected u, k, at, user or type'],
    ["a column of another name", "tables: { t: { from: events, columns: { a: $time } } }", "5:44: unknown column $time"]
  ])("do not have %s", (_, text, problem) => {
    const hints = problem.endsWith('no "event.time"') ? [hint] : problem.endsWith("$time") ? [columns] : []
    assert.deepStrictEqual(errorOf(`${head}${event}${text}`), [problem, ...hints])
  })

  it("do not have a range of times", () => {
    assert.deepStrictEqual(errorOf(`${head}event: { user: u, time_range: { outside: reject } }`), [
      '4:19: there are no times: the spec has no "event.time"',
      hint
    ])
  })
})
