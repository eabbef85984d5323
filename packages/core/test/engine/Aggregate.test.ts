import { assert, describe, it } from "@effect/vitest"
import { aggregate } from "../../src/engine/Aggregate.ts"
import { plainRows } from "../support/plain.ts"
import { Random } from "../support/random.ts"
import { runSpec } from "../support/runSpec.ts"
import { column, tableOf } from "../support/table.ts"

const counting = (by: ReadonlyArray<string>) => ({
  name: "t",
  from: "events" as const,
  by,
  columns: [{ name: "n", value: { measure: "count" as const } }]
})

describe("the groups of a table", () => {
  it("stand in the order of their columns, nulls first, each by its type", () => {
    const table = tableOf({
      text: column.text(["b", null, "a", "b", null, "b", "a", "b"]),
      time: column.timestamp([3n, 5n, null, -9n, 5n, 2n ** 40n, null, 3n])
    })
    assert.deepStrictEqual(plainRows(aggregate(counting(["text", "time"]), table, "user")), [
      { text: null, time: "1970-01-01T00:00:00.000005Z", n: 2 },
      { text: "a", time: null, n: 2 },
      { text: "b", time: "1969-12-31T23:59:59.999991Z", n: 1 },
      { text: "b", time: "1970-01-01T00:00:00.000003Z", n: 2 },
      { text: "b", time: "1970-01-13T17:25:11.627776Z", n: 1 }
    ])
  })

  it("may be of any type", () => {
    const n = column.int64([10n, 9n, null, 9n])
    const d = column.double([0.5, -1, null, -1])
    const day = column.date([1, -1, null, -1])
    const yes = column.bool([true, false, false, false])
    for (const [name, data, expected] of [
      ["n", n, [null, 9, 10]],
      ["d", d, [null, -1, 0.5]],
      ["day", day, [null, "1969-12-31", "1970-01-02"]],
      ["yes", yes, [false, true]]
    ] as const) {
      const rows = plainRows(aggregate(counting([name]), tableOf({ [name]: data }), "user"))
      assert.deepStrictEqual(
        rows.map((row) => row[name]),
        [...expected],
        name
      )
    }
  })

  it("order text by UTF-8 bytes and the user as users are ordered", () => {
    const table = tableOf({ user: column.text(["a", "9", "10"]), text: column.text(["a", "9", "10"]) })
    assert.deepStrictEqual(
      plainRows(aggregate(counting(["user"]), table, "user")).map(({ user }) => user),
      ["9", "10", "a"]
    )
    assert.deepStrictEqual(
      plainRows(aggregate(counting(["text"]), table, "user")).map(({ text }) => text),
      ["10", "9", "a"]
    )
  })

  it("agree with a map of strings on random rows", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed)
      const rows = Array.from({ length: random.int(200) }, () => ({
        a: random.pick([null, "x", "y", "xy"]),
        b: random.pick([null, 0n, 1n, -1n])
      }))
      const table = tableOf({ a: column.text(rows.map(({ a }) => a)), b: column.int64(rows.map(({ b }) => b)) })
      const counts = new Map<string, number>()
      for (const { a, b } of rows) {
        const key = JSON.stringify([a, b === null ? null : Number(b)])
        counts.set(key, (counts.get(key) ?? 0) + 1)
      }
      const found = plainRows(aggregate(counting(["a", "b"]), table, "user"))
      assert.deepStrictEqual(new Map(found.map(({ a, b, n }) => [JSON.stringify([a, b]), n])), counts)
    }
  })

  it("are those of a column of the spec: date and user of sessions, session of events", () => {
    const rows = [
      { u: "b", t: "2024-07-10T10:00:00Z" },
      { u: "a", t: "2024-07-10T10:00:00Z" },
      { u: "a", t: "2024-07-11T10:00:00Z" },
      { u: "a", t: "2024-07-11T10:20:00Z" },
      { u: "a", t: "2024-07-11T11:20:00Z" }
    ]
    const { table } = runSpec(
      `event: { user: u, time: t }
sessions: { gap: 30m }
tables:
  daily: { from: sessions, by: [date, user], columns: { sessions: count(*), longest: max(session_duration_sec), previous: count(distinct previous_session_end) } }
  lengths: { from: events, by: [session_id], columns: { events: count(*), until: max(t) } }`,
      rows
    )
    assert.deepStrictEqual(table("daily"), [
      { date: "2024-07-10", u: "a", sessions: 1, longest: 0, previous: 0 },
      { date: "2024-07-10", u: "b", sessions: 1, longest: 0, previous: 0 },
      { date: "2024-07-11", u: "a", sessions: 2, longest: 1200, previous: 2 }
    ])
    const expected = table("sessions").map((row) => [row.session_id, row.event_count, row.session_end])
    const lengths = table("lengths").map((row) => [row.session_id, row.events, row.until])
    assert.sameDeepMembers(lengths, expected)
  })
})

describe("a table of no rows", () => {
  const body = `event: { user: u, time: t, type: type }
sessions: {}
tables:
  grouped: { from: sessions, by: [date, u], columns: { n: count(*), s: sum(event_count) } }
  whole: { from: events, columns: { n: count(*), d: count(distinct type), first: min(t), last_type: last(type) } }
  numbers: { from: sessions, columns: { s: sum(event_count), a: avg(session_duration_sec), m: max(is_open) } }`

  it("has no groups, but its columns", () => {
    const { computed } = runSpec(body, [])
    const grouped = computed.table("grouped", ["date", "u", "n", "s"])
    assert.strictEqual(grouped.numRows, 0)
    assert.deepStrictEqual(grouped.schema.names, ["date", "u", "n", "s"])
  })

  it("has one row where there is nothing to group by: counts of 0 and nulls", () => {
    const { table } = runSpec(body, [])
    assert.deepStrictEqual(table("whole"), [{ n: 0, d: 0, first: null, last_type: null }])
    assert.deepStrictEqual(table("numbers"), [{ s: null, a: null, m: null }])
  })
})

describe("a table that counts and reads no column", () => {
  it("has the number of rows", () => {
    const rows = ["10", "11", "13"].map((hour) => ({ u: "a", t: `2024-07-10T${hour}:00:00Z` }))
    const body = `event: { user: u, time: t }
sessions: { gap: 1h }
tables:
  sessions_total: { from: sessions, columns: { n: count(*) } }
  events_total: { from: events, columns: { n: count(*) } }`
    const { table } = runSpec(body, rows)
    assert.deepStrictEqual([table("sessions_total"), table("events_total")], [[{ n: 2 }], [{ n: 3 }]])
  })
})

describe("measures over the events of a session", () => {
  it("take the events in order, duplicates left out", () => {
    const at = (minute: number, type: string | null) => ({ u: "a", t: `2024-07-10T10:${minute}:00Z`, type })
    const rows = [at(50, "z"), at(20, null), at(10, "b"), at(10, "b"), at(15, "a")]
    const { table } = runSpec(
      `event: { user: u, time: t, type: type }
sessions:
  gap: 30m
  columns:
    n: count(*)
    kinds: count(distinct type)
    from: first(type)
    to: last(type)
    least: min(type)
    most: max(type)
    end: max(t)
    users: count(distinct u)`,
      rows
    )
    const [session] = table("sessions")
    const { end, from, kinds, least, most, n, to, users } = session
    assert.deepStrictEqual(
      [n, kinds, from, to, least, most, end, users],
      [4, 3, "b", "z", "a", "z", "2024-07-10T10:50:00Z", 1]
    )
  })
})

describe("a table with a limit of rows", () => {
  it("is the beginning of the whole table", () => {
    const rows = Array.from({ length: 18 }, (_, i) => ({ u: `${i % 3}`, t: `2024-07-10T1${i % 9}:00:00Z` }))
    const { computed, table } = runSpec(
      `event: { user: u, time: t }
sessions: { gap: 2h, columns: { n: count(*), end: max(t) } }
tables: { users: { from: events, by: [u], columns: { n: count(*) } } }`,
      rows
    )
    for (const name of ["sessions", "events", "duplicates", "users"]) {
      const whole = table(name)
      for (const limit of [0, 2, 100]) {
        const head = plainRows(computed.table(name, Object.keys(whole[0]), limit))
        assert.deepStrictEqual(head, whole.slice(0, limit), `${name} ${limit}`)
      }
    }
  })
})
