import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Progress, RunOptions } from "../../src/engine/Engine.ts"
import { localEngine } from "../../src/engine/LocalEngine.ts"
import { eventOrigin } from "../../src/plan/Tables.ts"
import { timeTextMicros } from "../../src/time/TimeText.ts"
import { MemoryConnections, type MemoryInput } from "../support/MemoryConnections.ts"
import { plainRows } from "../support/plain.ts"
import { Broken, type Row, token } from "../support/records.ts"
import { planOf, runSpec } from "../support/runSpec.ts"

const asOfMicros = timeTextMicros("2024-07-11T00:00:00Z") ?? NaN

const body = `event: { id: id, user: u, time: t, type: type }
sessions: { gap: 30m, columns: { kinds: count(distinct type) } }
tables: { users: { from: sessions, by: [u], columns: { sessions: count(*), events: sum(event_count) } } }
outputs:
  sessions: { uri: sessions.csv }
  rejects: { uri: rejects.json, columns: [event, reason, u] }
  users: { uri: users.csv, columns: [events, u] }
`

const rows: ReadonlyArray<Row> = [
  { id: "1", u: "a", t: "2024-07-10T10:00:00Z", type: "x" },
  { id: "2", u: "a", t: "2024-07-10T10:05:00Z", type: "y" },
  { id: "2", u: "a", t: "2024-07-10T10:05:00Z", type: "z" },
  new Broken("json.syntax", "unexpected end"),
  { id: "3", u: token("1.0"), t: "2024-07-10T11:00:00", type: "x" },
  { id: "4", u: null, t: "2024-07-10T11:00:00Z", type: "x" }
]

const run = (connections: MemoryConnections, options: Partial<RunOptions> = {}, spec = body) =>
  localEngine.run(planOf(spec), { asOfMicros, ...options }).pipe(Effect.provide(connections.layer))

const one = (input: MemoryInput): Readonly<Record<string, ReadonlyArray<MemoryInput>>> => ({ "events.json": [input] })

describe("localEngine", () => {
  it.effect("writes the outputs of the plan with their columns, in their order, as they are computed", () =>
    Effect.gen(function* () {
      const connections = new MemoryConnections(one({ rows, cuts: [2, 4] }))
      yield* run(connections)
      assert.deepStrictEqual(connections.committed.get("sessions"), runSpec(body, rows).table("sessions"))
      assert.deepStrictEqual(connections.committed.get("rejects"), [
        { event: 4, reason: "unexpected end", u: null },
        { event: 6, reason: "missing u", u: null }
      ])
      assert.deepStrictEqual(connections.schemas.get("users"), ["events", "u"])
      assert.deepStrictEqual(connections.committed.get("users"), [
        { events: 1, u: "1" },
        { events: 2, u: "a" }
      ])
    })
  )

  it.effect("sums up what it did", () =>
    Effect.gen(function* () {
      const { summary } = yield* run(new MemoryConnections(one({ rows })))
      assert.deepInclude(summary, {
        name: "test",
        inputs: [{ source: "events.json/1", records: 6, rejected: 2, notes: ["in memory"] }],
        accounting: {
          read: 6,
          accepted: 4,
          rejected: 2,
          filtered: 0,
          unique: 3,
          duplicates: 1,
          in_sessions: 3,
          outside: 0,
          late: 0
        },
        rejected_by: [
          { code: "field.missing", reason: "missing u", field: "u", count: 1, samples: [] },
          { code: "json.syntax", reason: "unexpected end", field: null, count: 1, samples: ["{broken unexpected end"] }
        ],
        duplicates: { removed: 1, conflicting: 1 },
        users: 2,
        sessions: { count: 2, median_duration_sec: 150, p90_duration_sec: 270, ties_decided: 0 },
        time_span: { first: "2024-07-10T10:00:00Z", last: "2024-07-10T11:00:00Z" },
        warnings: ["1 time in t without a zone taken as UTC"],
        outputs: [
          { table: "sessions", uri: "sessions.csv", rows: 2 },
          { table: "rejects", uri: "rejects.json", rows: 2 },
          { table: "users", uri: "users.csv", rows: 2 }
        ]
      })
    })
  )

  it.effect("makes every table and a summary of nothing at all, and writes the outputs without rows", () =>
    Effect.gen(function* () {
      for (const inputs of [{}, one({ rows: [] })]) {
        const connections = new MemoryConnections(inputs)
        const { summary } = yield* run(connections)
        assert.deepStrictEqual([summary.accounting.read, summary.sessions?.count, summary.time_span], [0, 0, null])
        assert.strictEqual(summary.sessions?.median_duration_sec, null)
        assert.deepStrictEqual([...connections.committed.values()], [[], [], []])
        assert.deepStrictEqual(connections.schemas.get("rejects"), ["event", "reason", "u"])
      }
    })
  )

  it.effect("reads the inputs of the plan in its order, and the sources of each in theirs", () =>
    Effect.gen(function* () {
      const at = (u: string): Row => ({ u, t: "2024-07-10T10:00:00Z" })
      const spec = "event: { user: u, time: t }\ndedupe: [time]\noutputs: { duplicates: { uri: d } }\n"
      const plan = {
        ...planOf(spec),
        scan: {
          ...planOf(spec).scan,
          inputs: ["b", "a"].map((uri) => ({ uri, format: null, source: null, fields: {}, partition: null }))
        }
      }
      const connections = new MemoryConnections({
        a: [{ rows: [at("x")] }],
        b: [{ rows: [at("y")] }, { rows: [at("y"), at("x")] }]
      })
      const { summary } = yield* localEngine.run(plan, { asOfMicros }).pipe(Effect.provide(connections.layer))
      assert.deepStrictEqual(
        summary.inputs.map(({ source, records }) => [source, records]),
        [
          ["b/1", 1],
          ["b/2", 2],
          ["a/1", 1]
        ]
      )
      assert.deepStrictEqual(
        connections.committed
          .get("duplicates")
          ?.map((row) => [row.source, row.event, row.first_source, row.first_event]),
        [
          ["a/1", 1, "b/2", 2],
          ["b/2", 1, "b/1", 1]
        ]
      )
      assert.isNull(summary.sessions)
      assert.isNull(summary.accounting.in_sessions)
    })
  )

  it.effect("tells where the record of each event stands, to a plan that asks for it", () =>
    Effect.gen(function* () {
      const at = (u: string): Row => ({ u, t: "2024-07-10T10:00:00Z" })
      const plan = planOf("event: { user: u, time: t }\noutputs: { events: { uri: e } }\n")
      const { event, source } = eventOrigin
      const write = plan.write.map((output) => ({ ...output, columns: ["u", event, source] }))
      const inputs = ["b", "a"].map((uri) => ({ uri, format: null, source: null, fields: {}, partition: null }))
      const connections = new MemoryConnections({
        a: [{ rows: [at("x"), at("z")] }],
        b: [{ rows: [at("y"), new Broken("json.syntax", "unexpected end"), at("w")] }]
      })
      yield* localEngine
        .run({ ...plan, write, scan: { ...plan.scan, inputs } }, { asOfMicros })
        .pipe(Effect.provide(connections.layer))
      assert.deepStrictEqual(connections.committed.get("events"), [
        { u: "w", [event]: 3, [source]: "b/1" },
        { u: "x", [event]: 1, [source]: "a/1" },
        { u: "y", [event]: 1, [source]: "b/1" },
        { u: "z", [event]: 2, [source]: "a/1" }
      ])
    })
  )

  it.effect("writes long tables in parts, every row once", () =>
    Effect.gen(function* () {
      const rows = Array.from({ length: 66_000 }, (_, t) => ({ u: 1, t }))
      const connections = new MemoryConnections(one({ rows }))
      const spec = `event: { user: u, time: t, time_format: epoch_s }\ndedupe: none\noutputs: { events: { uri: e, columns: [t] } }`
      yield* run(connections, {}, spec)
      assert.strictEqual(connections.log.filter((step) => step === "write e").length, 2)
      const times = (connections.committed.get("events") ?? []).map(({ t }) => String(t))
      assert.strictEqual(times.length, rows.length)
      assert.isTrue(times.every((time, i) => i === 0 || time > times[i - 1]))
    })
  )

  it.effect(
    "takes the first records of each input if limited, rejected ones among them, and reads no further than it must",
    () =>
      Effect.gen(function* () {
        const cuts = [1, 2, 3, 4, 5]
        for (const limit of [1, 3, 4, 5, 6, 100]) {
          const connections = new MemoryConnections({ "events.json": [{ rows, cuts }, { rows: rows.slice(4) }] })
          const { summary } = yield* run(connections, { limit })
          const expected = [Math.min(limit, 6), Math.min(limit, 2)]
          assert.deepStrictEqual(
            summary.inputs.map(({ records }) => records),
            expected,
            `limit ${limit}`
          )
          assert.strictEqual(summary.accounting.read, expected[0] + expected[1])
          const read = connections.log.filter((step) => step === "read events.json/1").length
          assert.isAtMost(read, Math.min(limit, 6) + 1)
        }
      })
  )

  it.effect("understands limited JSON records as it does all of them", () =>
    Effect.gen(function* () {
      const connections = new MemoryConnections(one({ rows }))
      yield* run(connections, { limit: 5 })
      assert.deepStrictEqual(connections.committed.get("users"), [
        { events: 1, u: "1" },
        { events: 2, u: "a" }
      ])
    })
  )

  it.effect("gives the first rows of the tables asked for", () =>
    Effect.gen(function* () {
      const head = { rows: 1, tables: ["sessions", "users"] }
      const { heads } = yield* run(new MemoryConnections(one({ rows })), { head, dryRun: true })
      assert.deepStrictEqual([...heads.keys()], ["sessions", "users"])
      const sessions = heads.get("sessions")
      assert.deepStrictEqual(sessions && plainRows(sessions), runSpec(body, rows).table("sessions").slice(0, 1))
    })
  )

  it.effect("tells its progress after every batch, and the total where all sizes are known", () =>
    Effect.gen(function* () {
      const seen: Array<Progress> = []
      const onProgress = (progress: Progress) => void seen.push(progress)
      yield* run(new MemoryConnections(one({ rows, cuts: [2], bytes: 500 })), { onProgress })
      assert.deepStrictEqual(
        seen.map(({ records, totalBytes }) => [records, totalBytes]),
        [
          [2, 500],
          [6, 500]
        ]
      )
      assert.isAbove(seen[1].bytes, seen[0].bytes)
      seen.length = 0
      yield* run(new MemoryConnections({ "events.json": [{ rows, bytes: 1 }, { rows }] }), { onProgress })
      assert.isUndefined(seen[0].totalBytes)
    })
  )
})

describe("the plausible times of localEngine", () => {
  const spec = (range: string) => `event: { user: u, time: t${range} }\noutputs: { events: { uri: e } }\n`
  const times = [
    "1989-12-31T23:59:59.999999Z",
    "1990-01-01T00:00:00Z",
    "2024-07-12T00:00:00Z",
    "2024-07-12T00:00:00.000001Z"
  ]
  const input = one({ rows: times.map((t) => ({ u: "a", t })) })

  it.effect("are 1990 to a day after as_of unless the plan says otherwise; the others are warned of", () =>
    Effect.gen(function* () {
      const { summary } = yield* run(new MemoryConnections(input), {}, spec(""))
      assert.strictEqual(summary.accounting.accepted, 4)
      assert.deepStrictEqual(summary.warnings, [
        "2 times in t outside the plausible range: before 1990 or after the next day"
      ])
    })
  )

  it.effect("may be given, and the others rejected", () =>
    Effect.gen(function* () {
      const connections = new MemoryConnections(input)
      const range = ", time_range: { from: 2024-07-12, to: 2024-07-12T00:00:00.000001Z, outside: reject }"
      const { summary } = yield* run(connections, {}, spec(range.replace("07-12,", "07-12T00:00:00Z,")))
      assert.deepStrictEqual(
        connections.committed.get("events")?.map(({ t }) => t),
        times.slice(2)
      )
      assert.deepStrictEqual(
        summary.rejected_by.map(({ code, count }) => [code, count]),
        [["time.range", 2]]
      )
      assert.deepStrictEqual(summary.warnings, [])
    })
  )

  it.effect("counts what where leaves out, and makes tables of every kind", () =>
    Effect.gen(function* () {
      const spec = `event: { id: id, user: u, time: t, type: type, where: "type <> 'z'", columns: { who: "u || type" } }
sessions: { gap: 30m }
users: { columns: { kinds: list(distinct type) } }
tables:
  steps: { from: events, columns: { u: u, step: number() } }
  counts: { from: steps, by: [u], columns: { n: max(step) } }
outputs: { users: { uri: u.csv }, steps: { uri: s.csv }, counts: { uri: c.csv } }
`
      const connections = new MemoryConnections(one({ rows, cuts: [1, 2] }))
      const { summary } = yield* run(connections, {}, spec)
      const { accepted, filtered, in_sessions, unique } = summary.accounting
      assert.deepStrictEqual([accepted, filtered, unique, in_sessions], [4, 1, 3, 3])
      for (const name of ["users", "steps", "counts"]) {
        assert.deepStrictEqual(connections.committed.get(name), runSpec(spec, rows).table(name), name)
      }
      assert.deepStrictEqual(connections.committed.get("counts"), [
        { u: "1", n: 1 },
        { u: "a", n: 2 }
      ])
    })
  )
})
