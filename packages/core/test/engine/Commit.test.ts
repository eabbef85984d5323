import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { RunOptions } from "../../src/engine/Engine.ts"
import { localEngine } from "../../src/engine/LocalEngine.ts"
import { IntegerOverflow } from "../../src/engine/measure/IntegerOverflow.ts"
import { PluginError } from "../../src/plugin/PluginError.ts"
import { MemoryConnections, type Step } from "../support/MemoryConnections.ts"
import { Broken } from "../support/records.ts"
import { planOf } from "../support/runSpec.ts"

const body = `event: { user: u, time: t }
sessions: {}
outputs:
  sessions: { uri: s }
  rejects: { uri: r }
  events: { uri: e }
`
const rows = [{ u: "a", t: "2024-07-10T10:00:00Z" }, new Broken("json.syntax", "unexpected end")]

const run = (connections: MemoryConnections, options: Partial<RunOptions> = {}) =>
  localEngine.run(planOf(body), { asOfMicros: 0, ...options }).pipe(Effect.provide(connections.layer), Effect.result)

const connected = (fails?: `${Step} ${string}`) =>
  new MemoryConnections({ "events.json": [{ rows, cuts: [1] }] }, fails)

describe("the outputs of a run", () => {
  it.effect("are all prepared before any is committed, and closed afterwards", () =>
    Effect.gen(function* () {
      const connections = connected()
      assert.isTrue(Result.isSuccess(yield* run(connections)))
      assert.deepStrictEqual(connections.log, [
        "sources events.json",
        "sink s",
        "sink r",
        "sink e",
        "read events.json/1",
        "read events.json/1",
        "write r",
        "write s",
        "write e",
        "prepare s",
        "prepare r",
        "prepare e",
        "commit s",
        "commit r",
        "commit e",
        "close e",
        "close r",
        "close s"
      ])
    })
  )

  it.effect("are none if anything fails before all are prepared; every sink that was opened is closed", () =>
    Effect.gen(function* () {
      const steps: ReadonlyArray<`${Step} ${string}`> = [
        ...(["sink", "write", "prepare"] as const).flatMap((step) =>
          (["r", "s", "e"] as const).map((uri) => `${step} ${uri}` as const)
        ),
        "sources events.json",
        "read events.json/1"
      ]
      for (const step of steps) {
        const connections = connected(step)
        const result = yield* run(connections)
        assert.isTrue(Result.isFailure(result), step)
        if (Result.isFailure(result)) assert.instanceOf(result.failure, PluginError)
        assert.strictEqual(connections.committed.size, 0, step)
        assert.notInclude(connections.log.join(), "commit", step)
        const opened = connections.log.filter((entry) => entry.startsWith("sink ") && entry !== step)
        for (const sink of opened) assert.include(connections.log, sink.replace("sink", "close"), step)
      }
    })
  )

  it.effect("are none in a dry run: no sink is opened", () =>
    Effect.gen(function* () {
      const connections = connected()
      assert.isTrue(Result.isSuccess(yield* run(connections, { dryRun: true })))
      assert.deepStrictEqual(connections.log, ["sources events.json", "read events.json/1", "read events.json/1"])
    })
  )

  it.effect("are none if a table for display cannot be made", () =>
    Effect.gen(function* () {
      const connections = connected()
      const failing = new IntegerOverflow({ column: "n" })
      // No spec can sum such numbers yet, so the plan is given a table whose measure fails.
      const plan = planOf(`${body}tables: { t: { from: sessions, columns: { n: sum(event_count) } } }\n`)
      const broken = {
        ...plan,
        tables: plan.tables.map((table) => ({
          ...table,
          get columns(): never {
            throw failing
          }
        }))
      }
      const run = localEngine.run(broken, { asOfMicros: 0, head: { rows: 1, tables: ["t"] } })
      const result = yield* run.pipe(Effect.provide(connections.layer), Effect.exit)
      assert.strictEqual(result._tag, "Failure")
      assert.strictEqual(connections.committed.size, 0)
    })
  )
})
