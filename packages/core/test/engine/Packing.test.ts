import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { Outputs } from "../../src/engine/Outputs.ts"
import { PackedGroups, PackingRoom } from "../../src/engine/Packing.ts"
import type { Write } from "../../src/plan/Plan.ts"
import { PluginError } from "../../src/plugin/PluginError.ts"
import type { Sink } from "../../src/plugin/Sink.ts"
import { column, tableOf } from "../support/table.ts"

const write: Write = { output: "s", table: "s", uri: "s", format: null, columns: ["a"], partition: [], member: null }

/** A sink of groups of one batch each, which are numbered, and are written as what packing made of their numbers. */
const numbering = (log: Array<string>): Sink => {
  let next = 0
  const group = () => {
    const rows = Uint8Array.of(next++)
    return [{ rows, write: (packed: Uint8Array) => Effect.sync(() => void log.push(`wrote ${packed.join()}`)) }]
  }
  return {
    write: () => Effect.die("rows are packed"),
    groups: { add: () => Effect.sync(group), rest: Effect.sync(group) },
    prepare: Effect.sync(() => void log.push("prepared")),
    commit: Effect.sync(() => void log.push("committed"))
  }
}

type Pack = (number: number) => Effect.Effect<Uint8Array, PluginError>

const outputsOf = (sink: Sink, most: number, pack: Pack, scope: Scope.Scope) =>
  new Outputs(
    [
      {
        write,
        sink,
        chosen: (rows) => rows,
        packed: sink.groups && new PackedGroups(sink.groups, (rows) => pack(rows[0]), new PackingRoom(most, scope)),
        rows: 0
      }
    ],
    [],
    undefined
  )

const row = tableOf({ a: column.text(["x"]) })

describe("groups of rows that threads pack", () => {
  it("are written in their order, whichever is packed first, and all before the sink is prepared", async () => {
    const log: Array<string> = []
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const scope = yield* Effect.scope
          const turns = yield* Effect.forEach([0, 1, 2, 3], () => Deferred.make<void>())
          const pack: Pack = (number) =>
            Effect.gen(function* () {
              // Each waits for the one after it.
              if (number < 3) yield* Deferred.await(turns[number + 1])
              log.push(`packed ${number}`)
              yield* Deferred.succeed(turns[number], undefined)
              return Uint8Array.of(number)
            })
          const outputs = outputsOf(numbering(log), 4, pack, scope)
          for (let i = 0; i < 3; i++) yield* outputs.write("s", row)
          yield* outputs.commit([write])
        })
      )
    )
    assert.deepStrictEqual(log, [
      "packed 3",
      "packed 2",
      "packed 1",
      "packed 0",
      "wrote 0",
      "wrote 1",
      "wrote 2",
      "wrote 3",
      "prepared",
      "committed"
    ])
  })

  it("are no more at a time than there is room for", async () => {
    let now = 0
    let most = 0
    const pack: Pack = (number) =>
      Effect.gen(function* () {
        most = Math.max(most, ++now)
        yield* Effect.sleep(1)
        now--
        return Uint8Array.of(number)
      })
    const log: Array<string> = []
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const outputs = outputsOf(numbering(log), 2, pack, yield* Effect.scope)
          for (let i = 0; i < 9; i++) yield* outputs.write("s", row)
          yield* outputs.commit([write])
        })
      )
    )
    assert.strictEqual(most, 2)
    assert.strictEqual(log.length, 12)
  })

  const full = new PluginError({ plugin: "p", reason: "Transient", message: "full" })

  it("end the run when one cannot be packed, and nothing is prepared", async () => {
    const log: Array<string> = []
    const pack: Pack = (number) => (number === 1 ? Effect.fail(full) : Effect.succeed(Uint8Array.of(number)))
    const error = await Effect.runPromise(
      Effect.flip(
        Effect.scoped(
          Effect.gen(function* () {
            const outputs = outputsOf(numbering(log), 2, pack, yield* Effect.scope)
            for (let i = 0; i < 50; i++) yield* outputs.write("s", row)
            yield* outputs.commit([write])
          })
        )
      )
    )
    assert.strictEqual(error, full)
    assert.deepStrictEqual(log, ["wrote 0"])
  })

  it("are packed no more when the run ends before", async () => {
    const log: Array<string> = []
    await Effect.runPromise(
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const reached = yield* Deferred.make<void>()
        const pack: Pack = () =>
          Deferred.succeed(reached, undefined).pipe(
            Effect.andThen(Effect.never),
            Effect.onInterrupt(() => Effect.sync(() => void log.push("interrupted")))
          )
        const fiber = yield* Effect.forkChild(outputsOf(numbering(log), 2, pack, scope).write("s", row))
        yield* Deferred.await(reached)
        yield* Fiber.join(fiber)
        yield* Scope.close(scope, Exit.void)
      })
    )
    assert.deepStrictEqual(log, ["interrupted"])
  })
})
