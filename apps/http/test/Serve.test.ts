import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { five, fiveSpec } from "./support/five.ts"
import { startProcess } from "./support/process.ts"
import { ended, startServer, temporary, text, upload } from "./support/server.ts"

describe("a server that was killed", () => {
  it.effect("finds its finished runs and its uploads again, and marks the run that it was at", () =>
    Effect.gen(function* () {
      const data = yield* Effect.promise(() => temporary())
      const first = yield* Effect.promise(() => startProcess(data))
      const sent = yield* Effect.promise(() => upload(first.url, { "events.jsonl": five }))
      const payload = { source: { upload: sent }, spec: fiveSpec }
      const done = yield* first.client.runs.create({ payload })
      yield* ended(first, done.id)
      const csv = yield* text(`${first.url}/v1/runs/${done.id}/tables/sessions/download`)
      const large = Array.from({ length: 300_000 }, (_, i) => `u${i % 999},2024-07-10T10:00:${10 + (i % 50)}Z\n`).join(
        ""
      )
      const slow = yield* Effect.promise(() => upload(first.url, { "large.csv": `user_id,event_time\n${large}` }))
      const running = yield* first.client.runs.create({ payload: { source: { upload: slow } } })
      const waiting = yield* first.client.runs.create({ payload })
      yield* Effect.promise(first.kill)
      // What a killed server leaves half done.
      yield* Effect.promise(() => writeFile(join(data, "runs", running.id, "run.json.new"), "{"))

      const server = yield* Effect.promise(() => startServer({ data }))
      const states = (yield* server.client.runs.list()).map(({ id, state }) => [id, state])
      assert.deepStrictEqual(states, [
        [waiting.id, "interrupted"],
        [running.id, "interrupted"],
        [done.id, "done"]
      ])
      assert.isNotNull((yield* server.client.runs.get({ params: { id: running.id } })).expires)
      assert.strictEqual(yield* text(`${server.url}/v1/runs/${done.id}/tables/sessions/download`), csv)
      assert.strictEqual((yield* server.client.uploads.list()).length, 2)
      const again = yield* server.client.runs.create({ payload })
      assert.strictEqual((yield* ended(server, again.id)).state, "done")
      yield* Effect.promise(server.close)
    })
  )
})

describe("a data directory", () => {
  it.effect("belongs to one server at a time", () =>
    Effect.gen(function* () {
      const data = yield* Effect.promise(() => temporary())
      const first = yield* Effect.promise(() => startProcess(data))
      const second = yield* Effect.promise(() => startServer({ data }).catch(String))
      assert.match(second as string, /is in use by another server, process \d+/)
      yield* Effect.promise(first.kill)
      const third = yield* Effect.promise(() => startServer({ data }))
      yield* Effect.promise(third.close)
    })
  )

  it.effect("loses uploads and runs when their time is over, and nothing that a run reads", () =>
    Effect.gen(function* () {
      const server = yield* Effect.promise(() => startServer({ retention: 0.5 }))
      const sent = yield* Effect.promise(() => upload(server.url, { "events.jsonl": five }))
      const run = yield* server.client.runs.create({ payload: { source: { upload: sent }, spec: fiveSpec } })
      const { state } = yield* ended(server, run.id)
      assert.strictEqual(state, "done")
      yield* Effect.promise(() => waitFor(async () => (await readdir(join(server.data, "runs"))).length === 0))
      yield* Effect.promise(() => waitFor(async () => (await readdir(join(server.data, "uploads"))).length === 0))
      assert.deepStrictEqual(yield* server.client.runs.list(), [])
      yield* Effect.promise(server.close)
    })
  )
})

const waitFor = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((done) => setTimeout(done, 50))
}

describe("a run that is cancelled", () => {
  it.effect("ends at once, leaves nothing behind, and lets the next one begin", () =>
    Effect.gen(function* () {
      const server = yield* Effect.promise(() => startServer())
      const sent = yield* Effect.promise(() => upload(server.url, { "events.jsonl": five }))
      const payload = { source: { upload: sent }, spec: fiveSpec }
      const [first, second] = yield* Effect.all([
        server.client.runs.create({ payload }),
        server.client.runs.create({ payload })
      ])
      const inUse = yield* Effect.flip(server.client.uploads.delete({ params: { id: sent } }))
      assert.strictEqual(inUse._tag, "Conflict")
      assert.strictEqual((yield* server.client.runs.cancel({ params: { id: first.id } })).state, "cancelled")
      assert.strictEqual((yield* ended(server, second.id)).state, "done")
      const left = yield* Effect.promise(() => readdir(join(server.data, "runs", first.id)))
      assert.deepStrictEqual(left, ["run.json"])
      const kept = yield* Effect.promise(() => readFile(join(server.data, "runs", first.id, "run.json"), "utf8"))
      assert.include(kept, '"state":"cancelled"')
      const none = yield* Effect.flip(server.client.runs.summary({ params: { id: first.id } }))
      assert.strictEqual(none._tag, "Conflict")
      yield* Effect.promise(server.close)
    })
  )
})
