import { assert, describe, it } from "@effect/vitest"
import { builtInTables, tableColumns } from "../../src/plan/Tables.ts"
import { type PlainRow, plainRows } from "../support/plain.ts"
import { type Options, planOf, runSpec } from "../support/runSpec.ts"

const event = "event: { user: u, time: t, type: type }\n"

const at = (u: string, time: string, type: string | null = null) => ({ u, t: `2024-07-${time}Z`, type })

const rows = [
  at("b", "10T09:00:00", "x"),
  at("a", "10T10:00:00", "login"),
  at("a", "10T10:30:00", "view"),
  at("a", "10T11:00:00.000001", "view"),
  at("a", "10T11:30:00.000002"),
  at("a", "10T23:59:59.999999", "login")
]

const column = (name: string, body = "sessions: { gap: 30m }", options: Options = {}) =>
  runSpec(event + body, rows, options)
    .table("sessions")
    .map((row) => row[name])

describe("the columns of a session, of users a (three gaps over 30 minutes) and b", () => {
  it.each<[string, ReadonlyArray<PlainRow[string]>]>([
    ["u", ["a", "a", "a", "a", "b"]],
    [
      "session_start",
      [
        "2024-07-10T10:00:00Z",
        "2024-07-10T11:00:00.000001Z",
        "2024-07-10T11:30:00.000002Z",
        "2024-07-10T23:59:59.999999Z",
        "2024-07-10T09:00:00Z"
      ]
    ],
    [
      "session_end",
      [
        "2024-07-10T10:30:00Z",
        "2024-07-10T11:00:00.000001Z",
        "2024-07-10T11:30:00.000002Z",
        "2024-07-10T23:59:59.999999Z",
        "2024-07-10T09:00:00Z"
      ]
    ],
    ["session_duration_sec", [1800, 0, 0, 0, 0]],
    ["event_count", [2, 1, 1, 1, 1]],
    ["session_number", [1, 2, 3, 4, 1]],
    ["session_cause", ["first", "gap", "gap", "gap", "first"]],
    [
      "previous_session_end",
      [null, "2024-07-10T10:30:00Z", "2024-07-10T11:00:00.000001Z", "2024-07-10T11:30:00.000002Z", null]
    ],
    [
      "next_session_start",
      ["2024-07-10T11:00:00.000001Z", "2024-07-10T11:30:00.000002Z", "2024-07-10T23:59:59.999999Z", null, null]
    ],
    ["is_open", [false, false, false, true, false]],
    ["date", ["2024-07-10", "2024-07-10", "2024-07-10", "2024-07-10", "2024-07-10"]]
  ])("%s", (name, expected) => {
    assert.deepStrictEqual(column(name), expected)
  })

  it("stand in the order that is documented, the spec's own last", () => {
    const body = `${event}sessions: { columns: { n: count(*), first_type: first(type) } }`
    assert.deepStrictEqual(Object.keys(runSpec(body, rows).table("sessions")[0]), [
      "session_id",
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
      "date",
      "n",
      "first_type"
    ])
  })

  it("are made one by one: any choice, in any order, has the same values as all together", () => {
    const { computed, table } = runSpec(`${event}sessions: { gap: 30m, columns: { n: count(*) } }`, rows)
    const whole = table("sessions")
    const names = Object.keys(whole[0])
    for (const name of names) {
      const alone = plainRows(computed.table("sessions", [name]))
      assert.deepStrictEqual(
        alone,
        whole.map((row) => ({ [name]: row[name] }))
      )
    }
    const reversed = computed.table("sessions", [...names].reverse())
    assert.deepStrictEqual(reversed.schema.names, [...names].reverse())
    assert.deepStrictEqual(plainRows(reversed), whole)
  })
})

describe("a gap of exactly 30 minutes", () => {
  const starts = (boundary: string) => column("session_start", `sessions: { gap: 30m, boundary: ${boundary} }`)

  it("keeps the session with merge and ends it with split; a microsecond more ends it with both", () => {
    assert.notInclude(starts("merge"), "2024-07-10T10:30:00Z")
    assert.include(starts("split"), "2024-07-10T10:30:00Z")
    assert.include(starts("merge"), "2024-07-10T11:00:00.000001Z")
    assert.include(starts("split"), "2024-07-10T11:00:00.000001Z")
  })

  it("is never a matter of whole minutes or milliseconds: 30:00.000001 is over 30 minutes", () => {
    assert.include(starts("merge"), "2024-07-10T11:30:00.000002Z")
  })
})

describe("is_open", () => {
  const open = (asOf: string, gap = "30m") => column("is_open", `sessions: { gap: ${gap} }`, { asOf }).at(-2)

  it("holds as long as the last event plus the gap is not before as_of", () => {
    assert.isTrue(open("2024-07-11T00:29:59.999999Z"))
    assert.isFalse(open("2024-07-11T00:30:00Z"))
  })

  it("always holds without a gap", () => {
    assert.isTrue(open("2124-07-11T00:00:00Z", "none"))
  })
})

describe("date", () => {
  it.each([
    ["UTC", "2024-07-10"],
    ["Europe/Berlin", "2024-07-11"],
    ["-11:00", "2024-07-10"],
    ["Pacific/Kiritimati", "2024-07-11"]
  ])("of a session that starts at 23:59:59.999999 UTC is, in %s, %s", (zone, date) => {
    assert.strictEqual(column("date", `timezone: ${zone}\nsessions: { gap: 30m }`).at(-2), date)
  })

  it("is that of the start, before 1970 too", () => {
    const early = [
      { u: "a", t: "1969-12-31T23:59:59.999999Z" },
      { u: "a", t: "1970-01-01T00:00:00Z" },
      { u: "b", t: "0001-01-01T00:00:00Z" }
    ]
    const { table } = runSpec("event: { user: u, time: t }\nsessions: {}", early)
    assert.deepStrictEqual(
      table("sessions").map(({ date, session_duration_sec }) => [date, session_duration_sec]),
      [
        ["1969-12-31", 0.000001],
        ["0001-01-01", 0]
      ]
    )
  })
})

describe("times far from 1970", () => {
  it("are cut to the microsecond, though microseconds since 1970 are no exact doubles from 2255 on", () => {
    const times = ["2300-01-01T00:00:00.000001Z", "2300-01-01T00:30:00.000001Z", "2300-01-01T01:00:00.000002Z"]
    const { table } = runSpec(
      "event: { user: u, time: t }\nsessions: { gap: 30m }",
      times.map((t) => ({ u: "a", t }))
    )
    assert.deepStrictEqual(
      table("sessions").map((row) => [row.session_start, row.session_end, row.session_duration_sec]),
      [
        [times[0], times[1], 1800],
        [times[2], times[2], 0]
      ]
    )
  })

  it("may be further apart than 285 years", () => {
    const rows = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"].map((t) => ({ u: "a", t }))
    const { table } = runSpec("event: { user: u, time: t }\nsessions: { gap: 104249d }", rows)
    assert.deepStrictEqual(
      table("sessions").map(({ event_count }) => event_count),
      [1, 1]
    )
    const whole = runSpec("event: { user: u, time: t }\nsessions: {}", rows).table("sessions")
    assert.deepStrictEqual(
      whole.map((row) => row.session_duration_sec),
      [315_537_897_600]
    )
  })
})

describe("without events", () => {
  it.each(["sessions", "events", "duplicates", "rejects"])("%s has its columns and no rows", (name) => {
    const body = `${event}sessions: { columns: { n: count(*), last_type: last(type) } }`
    const plan = planOf(body)
    const { computed, rejects } = runSpec(body, [])
    const names = (tableColumns(plan, name) ?? []).map((column) => column.name)
    assert.include(builtInTables, name)
    if (name === "rejects") assert.deepStrictEqual(rejects, [])
    else {
      const table = computed.table(name, names)
      assert.deepStrictEqual(table.schema.names, names)
      assert.strictEqual(table.numRows, 0)
    }
  })
})
