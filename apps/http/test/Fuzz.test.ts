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
/** What parameters of some names usually are, and bodies, by operation. */
let usual: Readonly<Record<string, ReadonlyArray<string>>>
let bodies: Readonly<Record<string, ReadonlyArray<string>>>
let ids: { readonly upload: string; readonly run: string }

beforeAll(async () => {
  server = await startServer({}, { recogniseSeconds: 20, runSeconds: 60 })
  document = (await (await fetch(`${server.url}/openapi.json`)).json()) as Document
  const id = await upload(server.url, { "events.jsonl": five })
  const run = await Effect.runPromise(
    server.client.runs.create({ payload: { source: { upload: id }, spec: fiveSpec } })
  )
  await Effect.runPromise(ended(server, run.id))
  const { next, rows } = await Effect.runPromise(
    server.client.runs.rows({ params: { id: run.id, table: "events" }, query: { limit: 1 } })
  )
  const session = rows[0].session_id as string
  ids = { upload: id, run: run.id }
  known = [id, id, id, id, run.id, "events", "sessions", "events.jsonl", session, fiveSpec, '{"event_id":"1"}']
  const place = ["0", "7"]
  usual = {
    after: [next ?? ""],
    before: place,
    columns: ["user_id", "$source, $event"],
    dataset: ["events", "web"],
    event: ["1", "5"],
    file: ["events.jsonl"],
    filter: ["user_id = 'u1'"],
    from: place,
    id: [],
    length: place,
    limit: ["2"],
    offset: place,
    session: [session],
    sort: ["user_id", "-event_time"],
    source: ["events.jsonl"],
    table: ["events"]
  }
  const source = { upload: id }
  const event = '{"event_id": 1, "__proto__": {"a": [1e400]}}'
  bodies = {
    "events.append": [event, `[${event}, ${event}]`, "[]"],
    "events.configure": ['{"keep_seconds":null}', '{"keep_seconds":3600}', "{}"],
    "runs.create": [{ source }, { source, spec: fiveSpec }, { source: { dataset: "events" } }].map((one) =>
      JSON.stringify(one)
    ),
    "runs.query": ['{"from":"events","columns":{"n":"count(*)"},"limit":1}'],
    "uploads.recognise": ["{}", '{"gap":"5m"}']
  }
})
afterAll(() => server.close())

/** What starts a process for each request that is understood. */
const isProcess = (operation: string): boolean =>
  ["uploads.recognise", "runs.create", "runs.query", "runs.record"].includes(operation)

const pick = <A>(random: Random, all: ReadonlyArray<A>): A => all[random(all.length)]

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value))

/** A request for an operation: one that it should understand, or one more or less as the document has it. */
const requestOf = (path: string, method: string, operation: Operation, random: Random) => {
  const { operationId, parameters = [], requestBody } = operation
  const isSound = random(2) === 0
  const sample = (schema: JsonSchema) => sampleOf(schema, document.components.schemas, random, known)
  const usually = (name: string, place: Parameter["in"]): ReadonlyArray<string> => {
    if (name !== "id") return name === "count" && operationId === "uploads.lines" ? ["2"] : (usual[name] ?? [])
    if (place === "query") return ["event_id"]
    return [operationId.startsWith("uploads.") ? ids.upload : ids.run]
  }
  let url = path
  const query = new URLSearchParams()
  for (const { in: place, name, required, schema } of parameters) {
    const values = usually(name, place)
    const value = (isSound || random(2) === 0) && values.length > 0 ? pick(random, values) : textOf(sample(schema))
    if (place === "path") url = url.replace(`{${name}}`, encodeURIComponent(value))
    else if (place === "query" && (required || random(2) === 0)) query.set(name, value)
  }
  const init: RequestInit = { method: method.toUpperCase() }
  const contents = Object.entries(requestBody?.content ?? {})
  const [type, content] = contents.length === 0 ? [] : pick(random, contents)
  if (type === "multipart/form-data") init.body = form(isSound, random)
  else if (type !== undefined && content !== undefined) {
    const made = isSound && operationId in bodies ? pick(random, bodies[operationId]) : textOf(sample(content.schema))
    // Now and then cut off, or of another type.
    init.body = !isSound && random(5) === 0 ? made.slice(0, random(made.length + 1)) : made
    init.headers = { "content-type": !isSound && random(5) === 0 ? "text/plain" : type }
  }
  return { url: `${server.url}${url}${query.size > 0 ? `?${query}` : ""}`, init, query }
}

/** Files under all kinds of names, and what is no file. */
const form = (isSound: boolean, random: Random): FormData => {
  const made = new FormData()
  for (let i = 0; i < (isSound ? 1 : random(4)); i++) {
    const text = textOf(sampleOf({ type: "string" }, {}, random, known))
    if (isSound || random(2) === 0) made.append("file", new Blob([text]), text)
    else made.append(text, text)
  }
  return made
}

const shownBody = ({ body }: RequestInit): string => (typeof body === "string" ? body.slice(0, 500) : "")

describe("the API", () => {
  it("answers what its own document allows with what it declares, and never with a defect", async () => {
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation }))
    )
    assert.isAtLeast(operations.length, 20)
    const random = seeded(20)
    /** Operations, and their parameters, that have come through. */
    const understood = new Set<string>()
    // Deleting comes last: the others need something to work on.
    const ordered = [...operations].sort((a, b) => Number(a.method === "delete") - Number(b.method === "delete"))
    for (const { method, operation, path } of ordered) {
      const { operationId } = operation
      for (let i = 0; i < (isProcess(operationId) ? 12 : 150); i++) {
        const { init, query, url } = requestOf(path, method, operation, random)
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
          continue
        }
        if (declared?.content !== undefined) assert.include(Object.keys(declared.content), type.split(";")[0], told)
        understood.add(operationId)
        for (const name of query.keys()) understood.add(`${operationId} ${name}`)
      }
    }
    // It is no test unless the requests come through, with all that can be said.
    const all = operations.flatMap(({ operation: { operationId, parameters = [] } }) => [
      operationId,
      ...parameters.filter((one) => one.in === "query").map(({ name }) => `${operationId} ${name}`)
    ])
    assert.deepStrictEqual(
      all.filter((one) => !understood.has(one)),
      []
    )
    assert.strictEqual((await fetch(`${server.url}/health`)).status, 200)
  }, 300_000)
})
