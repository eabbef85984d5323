import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll } from "vitest"
import { ended, startServer, type TestServer, upload } from "./support/server.ts"

const tables = {
  by_type: {
    from: "events",
    by: ["type", { hour: "date_trunc('hour', at)" }],
    columns: { n: "count(*)", users: "count(distinct user)", mean: "avg(x)" },
    order: ["n desc", "hour"],
    limit: 50
  },
  many: { from: "events", by: ["x", "type", { d: "date_trunc('day', at)" }], columns: { n: "count(*)" }, limit: 1000 },
  all: {
    from: "events",
    columns: { n: "count(*)", lo: "min(x)", hi: "max(x)", mid: "median(x)", f: "first(x)", l: "last(x)" },
    limit: 1
  },
  by_cause: {
    from: "sessions",
    by: ["session_cause"],
    columns: { n: "count(*)", long: "max(session_duration_sec)" },
    having: "count(*) > 10",
    limit: 10
  },
  of_table: { from: "daily", columns: { days: "count(*)", most: "max(n)" }, limit: 1 }
} as const

const spec = (more: object) =>
  JSON.stringify({
    version: 1,
    name: "query",
    source: { uri: "x" },
    event: { user: "user", time: "at", type: "type", columns: { x: "cast(x as int64)" } },
    dedupe: "none",
    sessions: { gap: "20s" },
    tables: { daily: { from: "sessions", by: ["date"], columns: { n: "count(*)" } }, ...more }
  })

// More than a block of events, of few users: a user is in several blocks.
const csv = `user,at,type,x\n${Array.from({ length: 150_000 }, (_, i) => {
  const at = new Date(Date.UTC(2024, 6, 1) + ((i * 7919) % 900_000) * 1000).toISOString()
  return `u${i % 5},${at},${["view", "click", "buy"][(i * i) % 3]},${(i * 31) % 1000}\n`
}).join("")}`

describe("a query", () => {
  let server: TestServer
  let run: string
  beforeAll(async () => {
    server = await startServer()
    const id = await upload(server.url, { "events.csv": csv })
    const payload = { source: { upload: id }, spec: spec(tables) }
    run = (await Effect.runPromise(server.client.runs.create({ payload }))).id
    const { problem } = await Effect.runPromise(ended(server, run))
    assert.isNull(problem)
  }, 60_000)
  afterAll(() => server.close())

  it.effect("gives what the same table of the spec has", () =>
    Effect.gen(function* () {
      for (const [name, table] of Object.entries(tables)) {
        const { rows } = yield* server.client.runs.rows({ params: { id: run, table: name }, query: { limit: 1000 } })
        assert.isNotEmpty(rows, name)
        const queried = yield* server.client.runs.query({ params: { id: run }, payload: table })
        assert.deepStrictEqual(queried.rows, rows, name)
      }
    })
  )

  it.effect("is refused with what is wrong with it", () =>
    Effect.gen(function* () {
      const failing = (payload: Parameters<typeof server.client.runs.query>[0]["payload"]) =>
        Effect.flip(server.client.runs.query({ params: { id: run }, payload }))
      const columns = { n: "count(*)" }
      assert.match((yield* failing({ from: "event", columns, limit: 1 })).message, /^the query: no table "event"/)
      assert.match((yield* failing({ from: "events", columns: { n: "cuont(*)" }, limit: 1 })).message, /cuont/)
      assert.match((yield* failing({ from: "events", columns: { x: "x" }, limit: 1 })).message, /has no groups/)
      const failed = yield* failing({ from: "events", columns: { n: "sum(cast(type as int64))" }, limit: 1 })
      assert.deepInclude(failed, { status: 422, code: "data" })
    })
  )
})
