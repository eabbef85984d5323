import { assert, describe, it } from "@effect/vitest"
import type { Tree, ValueType } from "../../src/expression/Tree.ts"
import { columnsOf } from "../../src/expression/TreeNames.ts"
import { everything } from "../support/everything.ts"
import { planOf } from "../support/runSpec.ts"

const words = (text: string): ReadonlyArray<string> => text.split(" ")

const column = (name: string, type: ValueType = "text"): Tree => ({ kind: "column", name, type })
const whole = (value: number): Tree => ({ kind: "literal", value: String(value), type: "int64" })
const text = (value: string): Tree => ({ kind: "literal", value, type: "text" })
const call = (name: string, type: ValueType, ...parts: ReadonlyArray<Tree>): Tree => ({
  kind: "call",
  function: name,
  arguments: parts,
  type
})
const measure = (
  number: number,
  name: string,
  type: ValueType,
  parts: ReadonlyArray<Tree> = [],
  filter: Tree | null = null
) => ({
  name: `$m${number}`,
  measure: name,
  arguments: parts,
  filter,
  type
})

describe("makePlan", () => {
  const plan = planOf(everything)

  it("resolves what events are", () => {
    const { dedupe, order, scan, validate } = plan
    assert.deepStrictEqual(scan, {
      inputs: [{ uri: "events.json", format: null, source: null, fields: {}, partition: null }],
      columns: ["meta.id", "tenant", "user id", "ts", "kind", "p.url", "a.b"].map((path) => ({ name: path, path })),
      digest: false,
      max_record_bytes: 16 * 1024 * 1024
    })
    assert.deepStrictEqual(validate, {
      null_values: ["NA", ""],
      id: { name: "event_id", value: column("meta.id") },
      user: { name: "user", values: [column("tenant"), column("user id")] },
      time: { name: "at", value: column("ts"), format: "yyyy-MM-dd HH:mm", timezone: "-02:00" },
      type: { name: "kind", value: column("kind") },
      columns: [
        { name: "page", value: column("p.url") },
        { name: "raw", value: column("a.b") },
        { name: "minute", value: call("+", "int64", call("cast", "int64", column("a.b")), whole(0)) },
        { name: "long", value: call(">", "bool", call("length", "int64", column("p.url")), whole(2)) }
      ],
      enrich: [],
      where: null,
      strict: false,
      required: ["page", "event_id"],
      allowed: [{ column: "kind", values: ["view", "click"] }],
      time_range: { from: "2000-01-01T00:00:00Z", to: "2030-01-01T00:00:00Z", outside: "reject" }
    })
    assert.deepStrictEqual(order, { columns: ["kind", "page"], tie: "content" })
    assert.deepStrictEqual(dedupe, { key: "columns", columns: ["user", "at", "kind"] })
  })

  it("resolves the rules of sessions, in the order in which they are asked", () => {
    assert.deepStrictEqual(plan.sessionize?.rules, [
      {
        rule: "end",
        when: call(
          "or",
          "bool",
          call("=", "bool", column("kind"), text("logout")),
          call(">", "bool", column("minute", "int64"), whole(1000))
        )
      },
      { rule: "start", when: call("=", "bool", column("kind"), text("login")) },
      { rule: "gap", gap: { kind: "literal", value: "1200000000", type: "interval" }, boundary: "split" },
      { rule: "max_duration", micros: 43_200e6, boundary: "split" },
      { rule: "max_events", count: 100 },
      { rule: "change", column: "page", from_null: "keep" },
      { rule: "change", column: "raw", from_null: "split" },
      { rule: "midnight", timezone: "Europe/Berlin" }
    ])
    assert.deepStrictEqual(plan.sessionize?.passive, call("=", "bool", column("page"), text("/tick")))
    assert.strictEqual(plan.sessionize?.by, null)
  })

  it("takes measures out of expressions, equal ones once", () => {
    const { columns, measures } = plan.sessionize ?? {}
    const minute = column("minute", "int64")
    assert.deepStrictEqual(measures, [
      measure(0, "count_distinct", "int64", [column("page")]),
      measure(1, "last", "text", [column("page")]),
      measure(2, "count", "int64"),
      measure(3, "sum", "int64", [minute], call(">=", "bool", minute, whole(0))),
      measure(4, "list_distinct", "list", [column("kind")]),
      measure(5, "max", "timestamp", [column("at", "timestamp")]),
      measure(6, "min", "timestamp", [column("at", "timestamp")]),
      measure(7, "avg_gap", "double", [column("at", "timestamp"), column("user")])
    ])
    assert.deepStrictEqual(
      columns?.map(({ name, value }) => [name, value.type, columnsOf(value)]),
      [
        ["pages", "int64", ["$m0"]],
        ["last_page", "text", ["$m1"]],
        ["n", "int64", ["$m2"]],
        ["minutes", "double", ["$m3", "$m2"]],
        ["kinds", "list", ["$m4"]],
        ["rest", "interval", ["$m5", "$m6"]],
        ["gap", "double", ["$m7"]]
      ]
    )
    assert.deepStrictEqual(
      plan.users?.columns.map(({ value }) => columnsOf(value)),
      [["event_count", "session_count"]]
    )
  })

  it("resolves tables: of groups, of rows, and of other tables", () => {
    const [daily, pages, next, weeks] = plan.tables.filter((table) => table.kind === "table")
    const plain = { kind: "table" as const, where: null, windows: [], having: null, order: [], limit: null }
    assert.deepStrictEqual(daily, {
      ...plain,
      name: "daily",
      from: ["sessions"],
      grouped: true,
      by: [
        { name: "date", value: column("date", "date") },
        { name: "user", value: column("user") }
      ],
      measures: [
        measure(0, "count", "int64"),
        measure(1, "max", "double", [column("session_duration_sec", "double")]),
        measure(2, "avg", "double", [column("event_count", "int64")]),
        measure(3, "sum", "int64", [column("n", "int64")])
      ],
      columns: [
        { name: "sessions", value: column("$m0", "int64") },
        { name: "longest", value: column("$m1", "double") },
        { name: "mean", value: column("$m2", "double") },
        { name: "total", value: column("$m3", "int64") }
      ]
    })
    assert.deepStrictEqual([pages.from, pages.grouped, pages.by.map(({ name }) => name)], [["events"], true, ["page"]])
    assert.deepStrictEqual(next, {
      ...plain,
      name: "next",
      from: ["sessions"],
      where: call(">", "bool", column("event_count", "int64"), whole(0)),
      grouped: false,
      by: [],
      windows: [
        {
          name: "$w0",
          window: "next",
          argument: column("session_start", "timestamp"),
          measure: null,
          over: null,
          type: "timestamp"
        }
      ],
      measures: [],
      columns: [
        { name: "user", value: column("user") },
        { name: "k", value: column("kinds", "list") },
        { name: "next", value: column("$w0", "timestamp") }
      ],
      order: [
        { column: "user", descending: false },
        { column: "next", descending: true }
      ],
      limit: 3
    })
    assert.deepStrictEqual(
      weeks.by.map(({ name, value }) => [name, value.type]),
      [
        ["week", "date"],
        ["user || '!'", "text"]
      ]
    )
    assert.deepStrictEqual([weeks.from, weeks.having && columnsOf(weeks.having)], [["daily"], ["$m0", "days"]])
  })

  it("says what is written", () => {
    assert.deepStrictEqual(plan.write, [
      {
        output: "history",
        table: "history",
        uri: "h.jsonl",
        format: null,
        columns: words("run check input bound outcome value n"),
        partition: [],
        member: null
      },
      {
        output: "sessions",
        table: "sessions",
        uri: "s.csv",
        format: { name: "csv", options: {} },
        columns: ["session_id", "user", "pages"],
        partition: [],
        member: null
      },
      {
        output: "events",
        table: "events",
        uri: "e.json",
        format: null,
        columns: words("session_id user at kind event_id page raw minute long"),
        partition: [],
        member: null
      },
      {
        output: "duplicates",
        table: "duplicates",
        uri: "-",
        format: { name: "csv", options: { delimiter: ";", nested: { list: [1, true, null] } } },
        columns: words("source event first_source first_event conflicting user at kind event_id page raw minute long"),
        partition: [],
        member: null
      },
      {
        output: "rejects",
        table: "rejects",
        uri: "r.json",
        format: null,
        columns: [
          ...words("event source line offset code reason field"),
          ...words("meta.id tenant"),
          "user id",
          ...words("ts kind p.url a.b raw")
        ],
        partition: [],
        member: null
      },
      {
        output: "daily",
        table: "daily",
        uri: "d.csv",
        format: null,
        columns: ["date", "user", "sessions", "longest", "mean", "total"],
        partition: [],
        member: null
      }
    ])
  })

  it("reads each field once, in the order in which its rules are checked", () => {
    const { scan } = planOf("event: { columns: { b: x, a: u }, time: t, user: u, type: k, id: i }")
    assert.deepStrictEqual(
      scan.columns.map(({ path }) => path),
      ["i", "u", "t", "k", "x"]
    )
  })

  it("takes the id as the key of duplicates where there is one, else the record, which needs a digest", () => {
    const of = (body: string) => {
      const { dedupe, scan } = planOf(body)
      return [dedupe.key, scan.digest]
    }
    assert.deepStrictEqual(of("event: { user: u, time: t, id: i }"), ["id", false])
    assert.deepStrictEqual(of("event: { user: u, time: t }"), ["record", true])
    assert.deepStrictEqual(of("event: { user: u, time: t, id: i }\ndedupe: record"), ["record", true])
    assert.deepStrictEqual(of("event: { user: u, time: t }\ndedupe: none"), ["none", false])
  })

  it("cuts no sessions unless asked, and by no rule unless one is given", () => {
    const rules = (sessions: string) => planOf(`event: { user: u, time: t }\n${sessions}`).sessionize?.rules
    assert.isUndefined(rules(""))
    assert.deepStrictEqual(rules("sessions: {}"), [])
    assert.deepStrictEqual(rules("sessions: { gap: none }"), [])
    assert.deepStrictEqual(rules("sessions: { gap: 0s }"), [
      { rule: "gap", gap: { kind: "literal", value: "0", type: "interval" }, boundary: "merge" }
    ])
  })

  it("lets a column stand under the name of a role before the role itself", () => {
    const { dedupe } = planOf("event: { user: u, time: t, columns: { type: x } }\ndedupe: [type, time]")
    assert.deepStrictEqual(dedupe, { key: "columns", columns: ["type", "t"] })
  })
})
