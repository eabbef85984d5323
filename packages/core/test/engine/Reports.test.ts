import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { localEngine } from "../../src/engine/LocalEngine.ts"
import { Connections } from "../../src/plugin/Connections.ts"
import { timeTextMicros } from "../../src/time/TimeText.ts"
import { MemoryConnections, type Step } from "../support/MemoryConnections.ts"
import { plainRows } from "../support/plain.ts"
import type { Row } from "../support/records.ts"
import { planOf } from "../support/runSpec.ts"

const rows: ReadonlyArray<Row> = [
  ...Array.from({ length: 6 }, (_, i) => ({ u: `u${i % 3}`, t: `2024-07-0${1 + i}T10:00:00Z`, n: i })),
  { u: null, t: "2024-07-01T10:00:00Z", n: 1 }
]

const body = `event: { user: u, time: t, columns: { n: "n::int64" } }
sessions: { gap: 30m }
tables:
  days: { from: events, by: [{ day: date(t) }], columns: { rows: count(*), total: sum(n) } }
  none: { from: days, where: rows > 9, columns: { day: day } }
checks: [{ name: few, on: sessions, expect: event_count > 1 }]
reports:
  r:
    uri: [r.html, r.md]
    template: |
      {{ run.rejected }} of {{ run.read }}, {{ days.total }}
      \`\`\`table
      from: sessions
      columns: [u, session_start]
      rows: 2
      \`\`\`
      \`\`\`table
      from: findings
      columns: [check, outcome]
      \`\`\`
      \`\`\`table
      from: inputs
      columns: [source, records, rejected]
      \`\`\`
      \`\`\`table
      from: none
      \`\`\`
      \`\`\`chart
      kind: histogram
      from: days
      x: rows
      \`\`\`
  again: { uri: again.md, template: "{{ days.day }}" }
outputs: { days: { uri: d.csv } }
`

const run = (connections: MemoryConnections, options = {}) =>
  localEngine
    .run(planOf(body), { asOfMicros: timeTextMicros("2024-07-11T00:00:00Z") ?? NaN, ...options })
    .pipe(Effect.provide(connections.layer))
const memory = (fails?: `${Step} ${string}`) =>
  new MemoryConnections({ "events.json": [{ rows, cuts: [2, 4] }] }, fails)

describe("reports", () => {
  it.effect("are given the rows that they show, of how many", () =>
    Effect.gen(function* () {
      const connections = memory()
      const { summary } = yield* run(connections)
      assert.deepStrictEqual(summary.reports, [
        { name: "r", uri: "r.html" },
        { name: "r", uri: "r.md" },
        { name: "again", uri: "again.md" }
      ])
      const given = connections.reports.get("r.html") ?? new Map()
      const shown = Object.fromEntries(
        [...given].map(([name, { count, rows }]) => [name, { count, rows: rows && plainRows(rows) }])
      )
      assert.deepStrictEqual(shown, {
        run: { count: 1, rows: [{ rejected: 1, read: 7 }] },
        days: {
          count: 6,
          rows: [0, 1, 2, 3, 4, 5].map((total) => ({ total, rows: 1, day: `2024-07-0${total + 1}` }))
        },
        sessions: {
          count: 6,
          rows: [
            { u: "u0", session_start: "2024-07-01T10:00:00Z" },
            { u: "u0", session_start: "2024-07-04T10:00:00Z" }
          ]
        },
        findings: { count: 1, rows: [{ check: "few", outcome: "failed" }] },
        inputs: { count: 1, rows: [{ source: "events.json/1", records: 7, rejected: 1 }] },
        none: { count: 0, rows: [] }
      })
      assert.strictEqual(connections.reports.get("r.md"), connections.reports.get("again.md"))
    })
  )

  it.effect("appear with all outputs or not at all", () =>
    Effect.gen(function* () {
      const steps = ["sink", "write", "prepare"] as const
      for (const step of steps.flatMap((one) => [`${one} d.csv`, `${one} r.md`] as const)) {
        const connections = memory(step)
        yield* Effect.flip(run(connections))
        assert.deepStrictEqual([connections.reports.size, connections.committed.size], [0, 0], step)
      }
      const { log } = yield* Effect.map(Effect.succeed(memory()), (connections) => connections).pipe(
        Effect.tap((connections) => run(connections))
      )
      const prepared = log.findLastIndex((one) => one.startsWith("prepare"))
      assert.isBelow(
        prepared,
        log.findIndex((one) => one.startsWith("commit"))
      )
    })
  )

  it.effect("are not made by a run that writes nothing", () =>
    Effect.gen(function* () {
      const connections = memory()
      const { summary } = yield* run(connections, { dryRun: true })
      assert.deepStrictEqual([summary.reports, connections.reports.size], [[], 0])
    })
  )

  it.effect("are refused where nothing can make them", () =>
    Effect.gen(function* () {
      const connections = memory()
      const bare = Layer.effect(
        Connections,
        Effect.map(Effect.provide(Connections, connections.layer), ({ sink, sources }) =>
          Connections.of({ sink, sources })
        )
      )
      const error = yield* Effect.flip(localEngine.run(planOf(body), { asOfMicros: 0 }).pipe(Effect.provide(bare)))
      assert.strictEqual(error.message, "cannot write r.html: no report is made here")
      assert.strictEqual(connections.committed.size, 0)
    })
  )
})
