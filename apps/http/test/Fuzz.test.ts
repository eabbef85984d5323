import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterAll, beforeAll } from "vitest"
import { five, fiveSpec } from "./support/five.ts"
import { type JsonSchema, type Random, sampleOf, seeded } from "./support/samples.ts"
import { ended, startServer, type TestServer, upload } from "./support/server.ts"

interface Parameter {
  readonly name: string
  readonly in: "path" | "query" | "header"
  readonly required: boolean
  readonly schema: JsonSchema
}

interface Operation {
  readonly operationId: string
  readonly parameters?: ReadonlyArray<Parameter>
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> }
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

/** What any path may answer besides what its operation declares: the request never came to it. */
const general = [400, 403, 404, 413, 414, 415, 431, 503]

let server: TestServer
let document: Document
let known: ReadonlyArray<string>
/** What parameters of some names usually are. */
let usual: Readonly<Record<string, ReadonlyArray<string>>>

beforeAll(async () => {
  server = await startServer({}, { recogniseSeconds: 20, runSeconds: 60 })
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document
  const id = await upload(server.url, { "events.jsonl": five })
  const run = await Effect.runPromise(
    server.client.runs.create({ payload: { source: { upload: id }, spec: fiveSpec } })
  )
  await Effect.runPromise(ended(server, run.id))
  const { rows } = await Effect.runPromise(
    server.client.runs.rows({ params: { id: run.id, table: "events" }, query: {} })
  )
  const session = rows[0].session_id as string
  known = [id, id, id, id, run.id, "events", "sessions", "events.jsonl", session, fiveSpec]
  const place = ["0", "7"]
  const table = ["events", "sessions"]
  usual = {
    id: [id, run.id],
    file: ["events.jsonl"],
    table,
    session: [session],
    offset: place,
    before: place,
    length: place
  }
}, 60_000)
afterAll(() => server.close())

/** What starts a process for each request that is understood. */
const isProcess = (path: string): boolean => /\/(?:recognise|query)$/.test(path)

const shownBody = ({ body }: RequestInit): string => (typeof body === "string" ? body.slice(0, 500) : "")

/** A request for an operation, mostly as the document has it. */
const requestOf = (path: string, method: string, operation: Operation, random: Random) => {
  const sample = (schema: JsonSchema) => sampleOf(schema, document.components.schemas, random, known)
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value))
  let url = path
  const query = new URLSearchParams()
  for (const { in: place, name, required, schema } of operation.parameters ?? []) {
    const value = random(2) === 0 && name in usual ? usual[name][random(usual[name].length)] : text(sample(schema))
    if (place === "path") url = url.replace(`{${name}}`, encodeURIComponent(value))
    else if (place === "query" && (required || random(2) === 0)) query.set(name, value)
  }
  const contents = Object.entries(operation.requestBody?.content ?? {})
  const [type, content] = contents[random(contents.length || 1)] ?? []
  const init: RequestInit = { method: method.toUpperCase() }
  if (type !== undefined && content !== undefined) {
    const body = text(sample(content.schema))
    // Now and then cut off, or of another type.
    init.body = random(10) === 0 ? body.slice(0, random(body.length + 1)) : body
    init.headers = { "content-type": random(10) === 0 ? "text/plain" : type }
  }
  return { url: `${server.url}${url}${query.size > 0 ? `?${query}` : ""}`, init }
}

describe("the API", () => {
  it("answers what its own document allows with what it declares, and never with a defect", async () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
    )
    assert.isAtLeast(operations.length, 20)
    const random = seeded(20)
    const seen = new Map<string, Set<number>>()
    // Deleting comes last: the others need something to work on.
    const ordered = [...operations].sort((a, b) => Number(a.method === "delete") - Number(b.method === "delete"))
    for (const { method, operation, path } of ordered) {
      for (let i = 0; i < (isProcess(path) ? 25 : 200); i++) {
        const { init, url } = requestOf(path, method, operation, random)
        const response = await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) })
        const body = await response.text()
        const { status } = response
        const told = `${init.method} ${url.slice(0, 500)} ${shownBody(init)}: ${status} ${body.slice(0, 300)}`
        assert.notStrictEqual(status, 500, told)
        const type = response.headers.get("content-type") ?? ""
        const declared = operation.responses[String(status)]
        assert.isTrue(declared !== undefined || general.includes(status), told)
        if (status >= 400) {
          assert.match(type, /^application\/problem\+json/, told)
          assert.strictEqual((JSON.parse(body) as { readonly status: number }).status, status)
        } else if (declared?.content !== undefined) {
          assert.include(Object.keys(declared.content), type.split(";")[0], told)
        }
        seen.set(operation.operationId, (seen.get(operation.operationId) ?? new Set()).add(status))
      }
    }
    // It is no test unless the requests come through.
    for (const [operation, statuses] of seen) {
      // A form is not made up here, and a process for each of hundreds of mappings would take too long.
      if (["uploads.create", "uploads.recognise", "runs.query"].includes(operation)) continue
      assert.isTrue(
        [...statuses].some((status) => status < 300 || status === 409),
        `${operation}: ${[...statuses].join(", ")}`
      )
    }
    assert.strictEqual((await fetch(`${server.url}/health`)).status, 200)
  }, 300_000)
})
