import { NotFound } from "@sojourn/client"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll } from "vitest"
import { five, fiveSpec } from "./support/five.ts"
import { ended, startServer, type TestServer, text, upload } from "./support/server.ts"

let server: TestServer
let sent: string
beforeAll(async () => {
  server = await startServer()
  sent = await upload(server.url, { "events.jsonl": five })
}, 60_000)
afterAll(() => server.close())

describe("uploads", () => {
  it.effect("keep their names and sizes, told apart where they are the same", () =>
    Effect.gen(function* () {
      const id = yield* Effect.promise(() => upload(server.url, { "a.csv.gz": "1", "../x/b.csv": "22" }))
      const { files } = yield* server.client.uploads.get({ params: { id } })
      assert.deepStrictEqual(files, [
        { name: "a.csv.gz", bytes: 1 },
        { name: "b.csv", bytes: 2 }
      ])
      const form = new FormData()
      for (const content of ["1", "2"]) form.append("f", new Blob([content]), "a.csv.gz")
      const answer = yield* Effect.promise(() => fetch(`${server.url}/v1/uploads`, { method: "POST", body: form }))
      const names = ((yield* Effect.promise(() => answer.json())) as typeof twice).files.map(({ name }) => name)
      assert.deepStrictEqual(names, ["a.csv.gz", "a (2).csv.gz"])
    })
  )

  it.effect("are recognised, with samples and what reads as times", () =>
    Effect.gen(function* () {
      const found = yield* server.client.uploads.recognise({ params: { id: sent }, payload: {} })
      assert.strictEqual(found.records, 5)
      assert.deepStrictEqual(found.columns[1], {
        path: "event_time",
        kind: "text",
        records: 5,
        filled: 5,
        distinct: 4,
        samples: ["2024-07-10T10:00:00Z", "2024-07-10T10:10:00Z", "2024-07-10T11:00:00Z", "yesterday"],
        time: { format: "iso8601", parsed: 4, total: 5 }
      })
      assert.deepStrictEqual(
        found.guess.map(({ key, value }) => [key, value]),
        [
          ["user", "user_id"],
          ["time", "event_time"],
          ["time_format", "iso8601"],
          ["type", "event_type"]
        ]
      )
      assert.isNull(found.problem)
    })
  )

  it.effect("say in the words of a mapping what is missing", () =>
    Effect.gen(function* () {
      const id = yield* Effect.promise(() => upload(server.url, { "x.csv": "a,b\n1,2\n" }))
      const { problem, spec } = yield* server.client.uploads.recognise({ params: { id }, payload: {} })
      assert.isNull(spec)
      assert.strictEqual(problem?.code, "mapping")
      assert.notInclude(`${problem?.detail} ${problem?.hint}`, "--")
    })
  )

  it.effect("give the text around a record, packed or not", () =>
    Effect.gen(function* () {
      const packed = yield* Effect.promise(() => upload(server.url, { "e.jsonl.gz": gzipSync(five) }))
      const at = five.indexOf('"yesterday"')
      for (const [id, file] of [
        [sent, "events.jsonl"],
        [packed, "e.jsonl.gz"]
      ] as const) {
        const query = { file, offset: at, before: 10, length: 11 }
        const excerpt = yield* server.client.uploads.text({ params: { id }, query })
        const expected = { file, from: at - 10, to: at + 11, text: five.slice(at - 10, at + 11), end: false }
        assert.deepStrictEqual(excerpt, expected)
        const last = yield* server.client.uploads.text({ params: { id }, query: { file, offset: 1e9 } })
        assert.deepStrictEqual(last, { file, from: five.length, to: five.length, text: "", end: true })
      }
    })
  )
})

const twice = { files: [{ name: "" }] }

describe("a run", () => {
  it.effect("tells its progress, and has the numbers and tables of the command", () =>
    Effect.gen(function* () {
      const { client } = server
      const run = yield* client.runs.create({ payload: { source: { upload: sent }, spec: fiveSpec } })
      const changes = yield* Effect.flatMap(client.runs.progress({ params: { id: run.id } }), Stream.runCollect)
      const last = changes.at(-1)
      assert.strictEqual(last?.state, "done")
      assert.deepStrictEqual([last?.progress?.bytes, last?.progress?.records], [five.length, 5])
      const { accounting, rejected_by, users } = yield* client.runs.summary({ params: { id: run.id } })
      const { accepted, duplicates, read, rejected, unique } = accounting
      assert.deepStrictEqual([read, accepted, rejected, unique, duplicates, users], [5, 4, 1, 3, 1, 2])
      assert.strictEqual(rejected_by[0]?.reason, "invalid ISO-8601")

      const tables = yield* client.runs.tables({ params: { id: run.id } })
      assert.deepStrictEqual(
        tables.map(({ name, rows }) => [name, rows]),
        [
          ["sessions", 2],
          ["events", 3],
          ["duplicates", 1],
          ["rejects", 1],
          ["inputs", 1]
        ]
      )
      const csv = (table: string) => text(`${server.url}/v1/runs/${run.id}/tables/${table}/download`)
      assert.strictEqual(
        yield* csv("sessions"),
        `user_id,session_start,session_end,event_count
u1,2024-07-10T10:00:00Z,2024-07-10T10:10:00Z,2
u2,2024-07-10T11:00:00Z,2024-07-10T11:00:00Z,1
`
      )
      assert.strictEqual(
        yield* csv("rejects"),
        `event,reason,user_id,event_time,event_type
5,invalid ISO-8601,u2,yesterday,click
`
      )
    })
  )

  it.effect("guesses what it is not told, and tells the spec", () =>
    Effect.gen(function* () {
      const run = yield* server.client.runs.create({ payload: { source: { upload: sent }, mapping: { gap: "5m" } } })
      const { guess, problem, spec, state } = yield* ended(server, run.id)
      assert.deepStrictEqual([state, problem], ["done", null])
      assert.include(spec ?? "", "gap: 5m")
      assert.strictEqual(guess[0]?.value, "user_id")
      const { sessions } = yield* server.client.runs.summary({ params: { id: run.id } })
      assert.strictEqual(sessions?.count, 3)
    })
  )

  it.effect("of a recipe needs no paths", () =>
    Effect.gen(function* () {
      const recipes = yield* server.client.system.recipes()
      assert.include(
        recipes.map(({ name }) => name),
        "event-sessions"
      )
      const payload = { source: { upload: sent }, recipe: "event-sessions" }
      const run = yield* server.client.runs.create({ payload })
      assert.strictEqual((yield* ended(server, run.id)).state, "done")
    })
  )

  it.effect("joins files of its upload, and no others", () =>
    Effect.gen(function* () {
      const files = { "events.jsonl": five, "users.csv": "id,plan\nu1,free\nu2,paid\n" }
      const id = yield* Effect.promise(() => upload(server.url, files))
      const spec = (uri: string) =>
        fiveSpec.replace(
          "dedupe:",
          `  enrich:
    users:
      source: { uri: ${uri} }
      key: id
      on: user_id
      columns: { plan: plan }
dedupe:`
        )
      const run = yield* server.client.runs.create({ payload: { source: { upload: id }, spec: spec("users.csv") } })
      assert.strictEqual((yield* ended(server, run.id)).state, "done")
      const { rows } = yield* server.client.runs.rows({ params: { id: run.id, table: "events" }, query: {} })
      assert.deepStrictEqual(
        rows.map(({ plan }) => plan),
        ["free", "free", "paid"]
      )
      const payload = { source: { upload: id }, spec: spec("/etc/passwd") }
      const refused = yield* Effect.flip(server.client.runs.create({ payload }))
      assert.strictEqual(refused._tag, "Unprocessable")
      assert.include(refused.message, "/etc/passwd is not among the files that were sent")
    })
  )

  it.effect("is refused with the places of the mistakes in its spec", () =>
    Effect.gen(function* () {
      const payload = { source: { upload: sent }, spec: fiveSpec.replace("dedupe: [user,", "dedupe: [usr,") }
      const error = yield* Effect.flip(server.client.runs.create({ payload }))
      assert.strictEqual(error._tag, "Unprocessable")
      if (error._tag === "Unprocessable") assert.deepInclude(error.problems?.[0], { line: 8, column: 10 })
      const plugins = { ...payload, spec: `${fiveSpec}\nplugins: [./x.ts]\n` }
      const refused = yield* Effect.flip(server.client.runs.create({ payload: plugins }))
      assert.include(refused.message, "the server loads no plugins")
    })
  )

  it.effect("keeps what checks find, and makes no report and no history", () =>
    Effect.gen(function* () {
      const spec = `${fiveSpec}  history: { uri: /etc/history.csv }
  findings: { uri: f.csv }
checks: [{ name: clicks, on: events, expect: type = 'login' }]
reports: { r: { uri: /etc/report.html, template: "{{ run.read }}" } }
`
      const run = yield* server.client.runs.create({ payload: { source: { upload: sent }, spec } })
      const { problem, state } = yield* ended(server, run.id)
      assert.deepStrictEqual([state, problem], ["done", null])
      const { findings } = yield* server.client.runs.summary({ params: { id: run.id } })
      const [finding] = findings as ReadonlyArray<object>
      assert.deepInclude(finding, { check: "clicks", outcome: "failed", value: 1, n: 3 })
      const tables = yield* server.client.runs.tables({ params: { id: run.id } })
      assert.deepStrictEqual(
        tables.map(({ name }) => name),
        ["sessions", "events", "duplicates", "rejects", "inputs", "findings"]
      )
    })
  )

  it.effect("reads no file of the server as a template", () =>
    Effect.gen(function* () {
      const spec = `${fiveSpec}reports: { r: { uri: r.html, template: { file: /etc/passwd } } }\n`
      const refused = yield* Effect.flip(server.client.runs.create({ payload: { source: { upload: sent }, spec } }))
      assert.include(refused.message, "no such file: /etc/passwd")
    })
  )

  it.effect("does not reach into a database, whose queries could read anything", () =>
    Effect.gen(function* () {
      const format = { name: "duckdb", query: "select * from read_text('/etc/passwd')" }
      const source = { upload: sent }
      const written = JSON.stringify(format)
      for (const spec of [
        fiveSpec.replace("uri: whatever.jsonl", `uri: events.jsonl, format: ${written}`),
        fiveSpec.replace(
          "dedupe:",
          `  enrich:
    users: { source: { uri: events.jsonl, format: ${written} }, key: content, on: user_id, columns: { c: content } }
dedupe:`
        )
      ]) {
        const refused = yield* Effect.flip(server.client.runs.create({ payload: { source, spec } }))
        assert.include(refused.message, "the server reads files only, and not duckdb")
      }
      const guessed = yield* Effect.flip(server.client.uploads.recognise({ params: { id: sent }, payload: { format } }))
      assert.include(guessed.message, 'no format "duckdb" to read; expected json, csv')
    })
  )

  it.effect("shows a session with why it began and ended", () =>
    Effect.gen(function* () {
      const { client } = server
      const run = yield* client.runs.create({ payload: { source: { upload: sent }, mapping: { gap: "5m" } } })
      yield* ended(server, run.id)
      const { rows } = yield* client.runs.rows({ params: { id: run.id, table: "sessions" }, query: {} })
      const of = (row: number) =>
        client.runs.session({ params: { id: run.id, session: rows[row].session_id as string }, query: {} })
      const first = yield* of(0)
      assert.deepStrictEqual([first.began, first.ended, first.events.rows.length], ["first", "gap", 1])
      const second = yield* of(1)
      assert.deepStrictEqual([second.began, second.ended], ["gap", null])
      const none = client.runs.session({ params: { id: run.id, session: "'" }, query: {} })
      assert.instanceOf(yield* Effect.flip(none), NotFound)
    })
  )

  it.effect("is gone when it is deleted", () =>
    Effect.gen(function* () {
      const { client } = server
      const run = yield* client.runs.create({ payload: { source: { upload: sent }, spec: fiveSpec } })
      yield* client.runs.delete({ params: { id: run.id } })
      assert.instanceOf(yield* Effect.flip(client.runs.get({ params: { id: run.id } })), NotFound)
    })
  )
})
