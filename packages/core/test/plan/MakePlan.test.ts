import { assert, describe, it } from "@effect/vitest"
import { everything } from "../support/everything.ts"
import { planOf } from "../support/runSpec.ts"

const words = (text: string): ReadonlyArray<string> => text.split(" ")

describe("makePlan", () => {
  it("resolves all that a spec says", () => {
    assert.deepStrictEqual(planOf(everything), {
      version: 1,
      name: "test",
      timezone: "Europe/Berlin",
      scan: {
        inputs: [{ uri: "events.json", format: null }],
        columns: ["meta.id", "tenant", "user id", "ts", "kind", "p.url", "a.b"].map((path) => ({ name: path, path })),
        digest: false,
        max_record_bytes: 16 * 1024 * 1024
      },
      validate: {
        null_values: ["NA", ""],
        id: { name: "event_id", value: { column: "meta.id" } },
        user: { name: "user", values: [{ column: "tenant" }, { column: "user id" }] },
        time: { name: "at", value: { column: "ts" }, format: "yyyy-MM-dd HH:mm", timezone: "-02:00" },
        type: { name: "kind", value: { column: "kind" } },
        columns: [
          { name: "page", value: { column: "p.url" } },
          { name: "raw", value: { column: "a.b" } }
        ],
        required: ["page", "event_id"],
        allowed: [{ column: "kind", values: ["view", "click"] }],
        time_range: { from: "2000-01-01T00:00:00Z", to: "2030-01-01T00:00:00Z", outside: "reject" }
      },
      order: { columns: ["kind", "page"], tie: "content" },
      dedupe: { key: "columns", columns: ["user", "at", "kind"] },
      sessionize: {
        rules: [{ rule: "gap", micros: 1200e6, boundary: "split" }],
        columns: [
          { name: "pages", value: { measure: "count_distinct", column: "page" } },
          { name: "last_page", value: { measure: "last", column: "page" } },
          { name: "n", value: { measure: "count" } }
        ]
      },
      tables: [
        {
          name: "daily",
          from: "sessions",
          by: ["date", "user"],
          columns: [
            { name: "sessions", value: { measure: "count" } },
            { name: "longest", value: { measure: "max", column: "session_duration_sec" } },
            { name: "mean", value: { measure: "avg", column: "event_count" } },
            { name: "total", value: { measure: "sum", column: "n" } }
          ]
        },
        {
          name: "pages",
          from: "events",
          by: ["page"],
          columns: [
            { name: "views", value: { measure: "count" } },
            { name: "from", value: { measure: "min", column: "at" } }
          ]
        }
      ],
      write: [
        {
          table: "sessions",
          uri: "s.csv",
          format: { name: "csv", options: {} },
          columns: ["session_id", "user", "pages"]
        },
        {
          table: "events",
          uri: "e.json",
          format: null,
          columns: ["session_id", "user", "at", "kind", "event_id", "page", "raw"]
        },
        {
          table: "duplicates",
          uri: "-",
          format: { name: "csv", options: { delimiter: ";", nested: { list: [1, true, null] } } },
          columns: words("source event first_source first_event conflicting user at kind event_id page raw")
        },
        {
          table: "rejects",
          uri: "r.json",
          format: null,
          columns: [
            ...words("event source line offset code reason field"),
            ...words("meta.id tenant"),
            "user id",
            ...words("ts kind p.url a.b raw")
          ]
        },
        {
          table: "daily",
          uri: "d.csv",
          format: null,
          columns: ["date", "user", "sessions", "longest", "mean", "total"]
        }
      ]
    })
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
    assert.deepStrictEqual(rules("sessions: { gap: 0s }"), [{ rule: "gap", micros: 0, boundary: "merge" }])
  })

  it("lets a column stand under the name of a role before the role itself", () => {
    const { dedupe } = planOf("event: { user: u, time: t, columns: { type: x } }\ndedupe: [type, time]")
    assert.deepStrictEqual(dedupe, { key: "columns", columns: ["type", "t"] })
  })
})
