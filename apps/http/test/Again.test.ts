import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll } from "vitest"
import { five, fiveSpec } from "./support/five.ts"
import { ended, startServer, type TestServer, upload } from "./support/server.ts"

// What lets somebody look at a run and at its files, and run them again, who has not got them.

let server: TestServer
let sent: string
beforeAll(async () => {
  server = await startServer()
  sent = await upload(server.url, { "events.jsonl": five, "e.jsonl.gz": gzipSync(five) })
}, 60_000)
afterAll(() => server.close())

const run = Effect.fnUntraced(function* (payload: Parameters<typeof server.client.runs.create>[0]["payload"]) {
  const { id } = yield* server.client.runs.create({ payload })
  const last = yield* ended(server, id)
  assert.deepStrictEqual([last.state, last.problem], ["done", null])
  return last
})

describe("the files of an upload", () => {
  it.effect("are read by lines, packed or not", () =>
    Effect.gen(function* () {
      const all = five.trimEnd().split("\n")
      for (const file of ["events.jsonl", "e.jsonl.gz"]) {
        const page = yield* server.client.uploads.lines({ params: { id: sent }, query: { file, from: 1, count: 3 } })
        const lines = all.slice(1, 4).map((text) => ({ text, cut: 0 }))
        assert.deepStrictEqual(page, { file, from: 1, total: 5, lines })
      }
      const binary = yield* Effect.promise(() => upload(server.url, { "x.bin": new Uint8Array([1, 0, 2]) }))
      const refused = yield* Effect.flip(
        server.client.uploads.lines({ params: { id: binary }, query: { file: "x.bin" } })
      )
      assert.deepInclude(refused, { status: 422, code: "text" })
      const damaged = gzipSync(five).subarray(0, 60)
      const broken = yield* Effect.promise(() => upload(server.url, { "x.gz": damaged }))
      const failed = yield* Effect.flip(
        server.client.uploads.lines({ params: { id: broken }, query: { file: "x.gz" } })
      )
      assert.deepInclude(failed, { status: 422, code: "input.data" })
    })
  )

  it("are given back as they were sent, whole or in part", async () => {
    const packed = gzipSync(five)
    for (const [query, expected] of [
      ["", packed],
      ["&offset=10&length=20", packed.subarray(10, 30)],
      ["&offset=50", packed.subarray(50)],
      ["&offset=1000", Buffer.alloc(0)],
      ["&offset=3&length=0", Buffer.alloc(0)]
    ] as const) {
      const response = await fetch(`${server.url}/v1/uploads/${sent}/download?file=e.jsonl.gz${query}`)
      assert.deepStrictEqual(Buffer.from(await response.arrayBuffer()), Buffer.from(expected), query)
      assert.strictEqual(response.headers.get("content-type"), "application/octet-stream")
      assert.include(response.headers.get("content-disposition") ?? "", "attachment; filename*=UTF-8''e.jsonl.gz")
    }
  })
})

describe("a run", () => {
  it.effect("knows where the records of its events and rejects stand", () =>
    Effect.gen(function* () {
      const spec = fiveSpec.replace("uri: whatever.jsonl", "uri: e.jsonl.gz")
      const { id } = yield* run({ source: { upload: sent }, spec })
      const query = { columns: "$source,$event,user_id" }
      const { rows } = yield* server.client.runs.rows({ params: { id, table: "events" }, query })
      assert.deepStrictEqual(rows[1], { $source: "e.jsonl.gz", $event: 2, user_id: "u1" })
      const usual = yield* server.client.runs.rows({ params: { id, table: "events" }, query: {} })
      assert.notInclude(
        usual.columns.map(({ name }) => name),
        "$event"
      )
      const all = five.split("\n")
      for (const event of [2, 5]) {
        const text = all[event - 1]
        const record = yield* server.client.runs.record({ params: { id }, query: { source: "e.jsonl.gz", event } })
        const place = { source: "e.jsonl.gz", event, line: event, offset: five.indexOf(text), bytes: text.length }
        assert.deepStrictEqual(record, { ...place, text })
      }
      for (const other of [
        { source: "e.jsonl.gz", event: 6 },
        { source: "events.jsonl", event: 1 }
      ]) {
        const missing = yield* Effect.flip(server.client.runs.record({ params: { id }, query: other }))
        assert.deepInclude(missing, { status: 404, code: "record" })
      }
    })
  )

  it.effect("is done again from its source with another spec, and keeps what its client says", () =>
    Effect.gen(function* () {
      const client = { gap: "30m", rules: [{ midnight: true }] }
      const first = yield* run({ source: { upload: sent }, spec: fiveSpec, client })
      assert.deepStrictEqual(first.request.client, client)
      const source = first.request.source
      const second = yield* run({ source, spec: fiveSpec.replace("sessions: {}", "sessions: { gap: 5m }") })
      const counts = yield* Effect.forEach([first, second], ({ id }) =>
        Effect.map(server.client.runs.summary({ params: { id } }), ({ sessions }) => sessions?.count)
      )
      assert.deepStrictEqual(counts, [2, 3])
      const large = yield* Effect.flip(
        server.client.runs.create({ payload: { source, spec: fiveSpec, client: "x".repeat(70_000) } })
      )
      assert.deepInclude(large, { status: 422, code: "request" })
    })
  )

  it.effect("of a dataset is done again over the same events, whatever came later", () =>
    Effect.gen(function* () {
      const send = (from: number) =>
        server.client.events.append({
          payload: Array.from({ length: 10 }, (_, i) => ({
            event_id: `e${from + i}`,
            user_id: "u1",
            event_time: `2024-07-10T10:${10 + from + i}:00Z`
          })),
          query: { dataset: "again" }
        })
      const unique = ({ id }: { readonly id: string }) =>
        Effect.map(server.client.runs.summary({ params: { id } }), ({ accounting }) => accounting.unique)
      yield* send(0)
      const first = yield* run({ source: { dataset: "again" } })
      yield* send(10)
      const again = yield* run({ source: first.request.source })
      const all = yield* run({ source: { dataset: "again" } })
      assert.deepStrictEqual(yield* Effect.forEach([first, again, all], unique), [10, 10, 20])
      const record = yield* server.client.runs.record({
        params: { id: again.id },
        query: { source: "000001.jsonl", event: 3 }
      })
      assert.include(record.text ?? "", '"event_id":"e2"')
    })
  )
})
