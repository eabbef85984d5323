import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import type { Limits, ServerOptions } from "../src/index.ts"
import { five, fiveSpec } from "./support/five.ts"
import { ended, startServer, temporary, upload } from "./support/server.ts"

/** The end of a run of the five records on a server of its own. */
const runOn = (limits: Partial<Limits>) =>
  Effect.acquireUseRelease(
    Effect.promise(() => startServer({}, limits)),
    (server) =>
      Effect.gen(function* () {
        const id = yield* Effect.promise(() => upload(server.url, { "e.jsonl": five }))
        const run = yield* server.client.runs.create({ payload: { source: { upload: id }, spec: fiveSpec } })
        return yield* ended(server, run.id)
      }),
    (server) => Effect.promise(server.close)
  )

describe("a run", () => {
  it.effect("is ended when its time is over, when it takes too much memory, when its heap is full", () =>
    Effect.gen(function* () {
      for (const [limits, code] of [
        [{ runSeconds: 0.1 }, "limit.time"],
        [{ runMemory: 20e6 }, "limit.memory"],
        [{ runHeap: 24e6 }, "limit.memory"]
      ] as const) {
        const { problem, state } = yield* runOn(limits)
        assert.deepStrictEqual([state, problem?.code], ["failed", code], problem?.detail)
        assert.isString(problem?.hint)
      }
    })
  )
})

describe("a store of the configuration", () => {
  const started = (changes: Partial<ServerOptions>) =>
    Effect.acquireRelease(
      Effect.promise(() => startServer(changes)),
      (server) => Effect.promise(server.close)
    )

  it.effect("is read by its name, and specs see no other place and only the variables that are named", () =>
    Effect.gen(function* () {
      const directory = yield* Effect.promise(() => temporary())
      yield* Effect.promise(async () => {
        await mkdir(join(directory, "raw"))
        await writeFile(join(directory, "raw/a.jsonl"), five)
        await writeFile(join(directory, "raw/b.jsonl"), five)
      })
      const server = yield* started({ stores: { raw: join(directory, "raw") }, environment: { KEY: "k" } })
      const spec = fiveSpec.replace("user: user_id", 'user: { as: user_id, value: "hmac_sha256(user_id, ${KEY})" }')
      const run = yield* server.client.runs.create({ payload: { source: { store: "raw" }, spec } })
      const { problem, state } = yield* ended(server, run.id)
      assert.deepStrictEqual([state, problem], ["done", null])
      const { accounting, inputs } = yield* server.client.runs.summary({ params: { id: run.id } })
      assert.deepStrictEqual([accounting.read, inputs.length], [10, 2])

      const none = yield* Effect.flip(server.client.runs.create({ payload: { source: { store: "other" }, spec } }))
      assert.deepInclude(none, { status: 404, code: "store", hint: "there is raw" })
      const payload = { source: { store: "raw" }, spec: spec.replace("${KEY}", "${HOME}") }
      const unknown = yield* Effect.flip(server.client.runs.create({ payload }))
      assert.include(unknown.message, "the environment has no HOME")
    }).pipe(Effect.scoped)
  )
})
