import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readdir, readFile, rm, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll } from "vitest"
import { ended, startServer, temporary, type TestServer } from "../support/server.ts"
import { startProcess } from "../support/process.ts"

const post = async (url: string, body: string | Uint8Array, type = "application/json", query = "") => {
  const headers = { "content-type": type }
  const response = await fetch(`${url}/v1/events${query}`, {
    method: "POST",
    body: new Uint8Array(Buffer.from(body)),
    headers
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

const event = (id: string, second: number) => ({
  event_id: id,
  user_id: `u${second % 3}`,
  event_time: new Date(Date.UTC(2024, 6, 10) + second * 1000).toISOString()
})

/** The ids in the files of a dataset. */
const stored = async (data: string, dataset = "events"): Promise<ReadonlyArray<string>> => {
  const directory = join(data, "datasets", dataset)
  const names = (await readdir(directory)).filter((name) => name.endsWith(".jsonl"))
  const texts = await Promise.all(names.sort().map((name) => readFile(join(directory, name), "utf8")))
  const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line !== "")
  return lines.map((line) => (JSON.parse(line) as { readonly event_id: string }).event_id)
}

describe("posted events", () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({}, { bodyBytes: 100_000, recordBytes: 10_000 })
  }, 60_000)
  afterAll(() => server.close())

  it("are stored once each, as JSON, as an array or as lines", async () => {
    const one = await post(server.url, JSON.stringify(event("a", 0)))
    assert.deepStrictEqual(one, { status: 200, body: { accepted: 1, duplicates: 0 } })
    const array = await post(server.url, JSON.stringify([event("a", 0), event("b", 1), event("b", 1)], null, 2))
    assert.deepStrictEqual(array.body, { accepted: 1, duplicates: 2 })
    const lines = ["c", "b", "d"].map((id, i) => JSON.stringify(event(id, i))).join("\n")
    assert.deepStrictEqual((await post(server.url, lines, "application/x-ndjson")).body, { accepted: 2, duplicates: 1 })
    assert.deepStrictEqual(await stored(server.data), ["a", "b", "c", "d"])
  })

  it.effect("are what runs read, all that are there when a run starts", () =>
    Effect.gen(function* () {
      const dataset = "for-runs"
      const send = (from: number) =>
        Effect.promise(() => {
          const events = Array.from({ length: 100 }, (_, i) => event(`e${from + i}`, (from + i) * 700))
          return post(server.url, JSON.stringify(events), "application/json", `?dataset=${dataset}`)
        })
      yield* send(0)
      const first = yield* server.client.runs.create({ payload: { source: { dataset } } })
      yield* send(100)
      const second = yield* server.client.runs.create({ payload: { source: { dataset } } })
      for (const [id, count] of [
        [first.id, 100],
        [second.id, 200]
      ] as const) {
        assert.strictEqual((yield* ended(server, id)).state, "done")
        assert.strictEqual((yield* server.client.runs.summary({ params: { id } })).accounting.unique, count)
      }
      const found = (yield* server.client.events.datasets()).find(({ name }) => name === dataset)
      assert.strictEqual(found?.events, 200)
      yield* server.client.events.delete({ params: { dataset } })
      const gone = yield* Effect.flip(server.client.runs.create({ payload: { source: { dataset } } }))
      assert.strictEqual(gone._tag, "NotFound")
    })
  )

  it.effect("come from the client, too", () =>
    Effect.gen(function* () {
      const payload = [event("x", 0), event("y", 1)]
      const query = { dataset: "typed", id: "event_id" }
      assert.deepStrictEqual(yield* server.client.events.append({ payload, query }), { accepted: 2, duplicates: 0 })
      const other = yield* Effect.flip(server.client.events.append({ payload, query: { ...query, id: "user_id" } }))
      assert.deepInclude(other, { status: 422, code: "events.id" })
    })
  )

  it("are refused as a whole, with the record and the field at fault", async () => {
    const before = await stored(server.data)
    const { body, status } = await post(server.url, JSON.stringify([event("new", 0), { user_id: "u" }]))
    assert.strictEqual(status, 422)
    assert.deepInclude(body, { code: "events.record", detail: "record 2, event_id: the id is missing" })
    assert.deepStrictEqual(body.faults, [{ record: 2, field: "event_id", message: "the id is missing" }])
    assert.deepStrictEqual(await stored(server.data), before)
  })

  it("are refused where they are of another type, packed, too large, or no UTF-8", async () => {
    for (const [type, body, status, code] of [
      ["text/plain", "{}", 415, "events.type"],
      ["", "{}", 415, "events.type"],
      ["application/json", gzipSync("{}"), 400, "events.encoding"],
      ["application/json", JSON.stringify(Array.from({ length: 2000 }, (_, i) => event(`${i}`, i))), 413, "body"]
    ] as const) {
      const answer = await post(server.url, body, type)
      assert.deepStrictEqual([answer.status, answer.body.code], [status, code])
    }
    const chunked = await fetch(`${server.url}/v1/events`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: new Blob(["x".repeat(200_000)]).stream(),
      duplex: "half"
    } as RequestInit)
    assert.strictEqual(chunked.status, 413)
    const name = await post(server.url, "{}", "application/json", "?dataset=../x")
    assert.strictEqual(name.status, 400)
  })
})

describe("a server that is killed while events come", () => {
  it("has every acknowledged event once when it starts again", async () => {
    const data = await temporary()
    const acknowledged = new Set<string>()
    let number = 0
    for (let round = 0; round < 3; round++) {
      const server = await startProcess(data)
      const life = { isAlive: true }
      let lost: ReadonlyArray<string> = []
      const client = async () => {
        while (life.isAlive) {
          // Now and then what was not acknowledged is sent again, as a client does that got no answer.
          const ids = lost.length > 0 ? lost : Array.from({ length: 20 }, () => `e${number++}`)
          lost = []
          const answer = await post(
            server.url,
            ids.map((id, i) => JSON.stringify(event(id, i))).join("\n"),
            "application/x-ndjson"
          ).catch(() => undefined)
          if (answer?.status === 200) for (const id of ids) acknowledged.add(id)
          else lost = ids
        }
      }
      const clients = Array.from({ length: 8 }, client)
      while (acknowledged.size < (round + 1) * 1000) await new Promise((done) => setTimeout(done, 5))
      await server.kill()
      life.isAlive = false
      await Promise.all(clients)
    }
    // What a crash of the machine can leave: a line that is cut off.
    const segment = (await readdir(join(data, "datasets/events")))
      .filter((name) => name.endsWith(".jsonl"))
      .sort()
      .at(-1)
    await writeFile(join(data, "datasets/events", segment ?? ""), '{"event_id":"cut', { flag: "a" })

    const server = await startServer({ data })
    const { body } = await post(server.url, JSON.stringify(event("last", 0)))
    assert.deepStrictEqual(body, { accepted: 1, duplicates: 0 })
    const again = await post(server.url, JSON.stringify([...acknowledged].slice(0, 500).map((id, i) => event(id, i))))
    assert.deepStrictEqual(again.body, { accepted: 0, duplicates: 500 })
    const ids = await stored(data)
    assert.strictEqual(new Set(ids).size, ids.length)
    assert.deepStrictEqual(
      [...acknowledged].filter((id) => !ids.includes(id)),
      []
    )
    await server.close()
    await rm(data, { recursive: true })
  })
})

describe("a dataset", () => {
  const hour = 3600_000
  const startedOn = (data?: string) =>
    Effect.acquireRelease(
      Effect.promise(() =>
        startServer({ retention: 1, ...(data === undefined ? {} : { data }) }, { openDatasets: 2, rememberedIds: 1000 })
      ),
      (server) => Effect.promise(server.close)
    )
  const started = startedOn()

  /** Makes the segments of a dataset that are closed older than they are. */
  const age = async (data: string, dataset: string) => {
    const directory = join(data, "datasets", dataset)
    for (const name of await readdir(directory)) {
      if (!name.endsWith(".jsonl")) continue
      const then = new Date(Date.now() - hour)
      await utimes(join(directory, name), then, then)
    }
  }

  it.effect("has a time to live, which it loses its events after, but not those that are younger", () =>
    Effect.gen(function* () {
      const data = yield* Effect.promise(() => temporary())
      const params = { dataset: "short-lived" }
      const send = ({ client }: TestServer, dataset: string, id: string) =>
        client.events.append({ payload: [event(id, 0)], query: { dataset } })
      yield* Effect.scoped(
        Effect.gen(function* () {
          const server = yield* startedOn(data)
          const payload = { id: "event_id", keep_seconds: 600 }
          const made = yield* server.client.events.configure({ params, payload })
          assert.deepStrictEqual(made, { name: "short-lived", id: "event_id", events: 0, bytes: 0, keep_seconds: 600 })
          yield* send(server, "short-lived", "a")
          yield* send(server, "for-ever", "a")
        })
      )
      for (const dataset of ["short-lived", "for-ever"]) yield* Effect.promise(() => age(data, dataset))
      const server = yield* startedOn(data)
      const { client } = server
      yield* send(server, "short-lived", "b")
      yield* Effect.promise(async () => {
        while ((await stored(server.data, "short-lived")).includes("a"))
          await new Promise((done) => setTimeout(done, 50))
      })
      assert.deepStrictEqual(yield* Effect.promise(() => stored(server.data, "short-lived")), ["b"])
      assert.deepInclude(yield* client.events.dataset({ params }), { events: 1, keep_seconds: 600 })
      assert.deepStrictEqual(yield* Effect.promise(() => stored(server.data, "for-ever")), ["a"])
      const kept = yield* client.events.configure({ params, payload: { keep_seconds: null } })
      assert.isNull(kept.keep_seconds)
      const other = yield* Effect.flip(client.events.configure({ params, payload: { id: "user_id" } }))
      assert.deepInclude(other, { status: 422, code: "events.id" })
      // What has read the events that are gone does not read others in their place.
      const gone = yield* Effect.flip(client.runs.create({ payload: { source: { ...params, until: 1 } } }))
      assert.deepInclude(gone, { status: 404, code: "dataset.empty" })
      yield* Effect.promise(() => rm(data, { recursive: true }))
    }).pipe(Effect.scoped)
  )

  it.effect("is not deleted while a run reads it", () =>
    Effect.gen(function* () {
      const { client } = yield* started
      const dataset = "in-use"
      yield* client.events.append({ payload: [event("a", 0)], query: { dataset } })
      const run = yield* client.runs.create({ payload: { source: { dataset } } })
      const refused = yield* Effect.flip(client.events.delete({ params: { dataset } }))
      assert.deepInclude(refused, { status: 409, code: "dataset.used" })
      yield* client.runs.cancel({ params: { id: run.id } })
      yield* client.events.delete({ params: { dataset } })
      const gone = yield* Effect.flip(client.events.dataset({ params: { dataset } }))
      assert.deepInclude(gone, { status: 404, code: "dataset" })
    }).pipe(Effect.scoped)
  )

  it.effect("knows its ids also when others were used since: the server holds few at a time", () =>
    Effect.gen(function* () {
      const server = yield* started
      const send = (dataset: string, from: number) =>
        server.client.events.append({
          payload: Array.from({ length: 700 }, (_, i) => event(`e${from + i}`, i)),
          query: { dataset }
        })
      const names = ["a", "b", "c", "d", "e"]
      for (const from of [0, 700]) {
        for (const name of names) assert.strictEqual((yield* send(name, from)).accepted, 700)
      }
      for (const name of names) assert.deepStrictEqual(yield* send(name, 400), { accepted: 0, duplicates: 700 })
      const all = yield* server.client.events.datasets()
      assert.deepStrictEqual(
        all.map(({ events, name }) => [name, events]),
        names.map((name) => [name, 1400])
      )
      // At once, so that a log is asked for while it is closed.
      const posted = yield* Effect.forEach(
        Array.from({ length: 40 }, (_, i) => names[i % names.length]),
        (name, i) => send(name, 10_000 + 700 * Math.floor(i / names.length)),
        { concurrency: 40 }
      )
      assert.isTrue(posted.every(({ accepted }) => accepted === 700))
      for (const name of names) {
        const ids = yield* Effect.promise(() => stored(server.data, name))
        assert.strictEqual(new Set(ids).size, ids.length)
        assert.strictEqual(ids.length, 1400 + 8 * 700)
      }
    }).pipe(Effect.scoped)
  )
})
