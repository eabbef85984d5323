import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll } from "vitest"
import { ended, startServer, temporary, type TestServer, text, upload } from "../support/server.ts"

const schemaFile = fileURLToPath(new URL("../../../../packages/core/spec.schema.json", import.meta.url))

/**
 * What the keys of a spec are to a server that runs what anybody sends. A key is either known to name a place, a format or
 * code, and then it is tried below what the server does about it; or it is known to name none.
 */
const places: Readonly<Record<string, string>> = {
  "": "plugins source sources outputs reports steps",
  "/source": "uri format",
  "/source/format": "name",
  "/sources/*": "uri format",
  "/sources/*/format": "name",
  "/event": "enrich",
  "/event/enrich/*": "source",
  "/event/enrich/*/source": "uri format",
  "/event/enrich/*/source/format": "name",
  "/outputs/*": "uri format partition",
  "/outputs/*/format": "name",
  "/reports/*": "uri template",
  "/reports/*/template": "file",
  "/params/*": "type default"
}

/** Names of columns, tables and checks, conditions and measures, numbers, words for people. */
const harmless: Readonly<Record<string, string>> = {
  "": "checks console dedupe description event late name order params range sessions tables tie timezone users version",
  "/params/*": "choices description optional",
  "/source": "fields partition",
  "/sources/*": "fields partition",
  "/event": "allowed columns id null_values required strict time time_format time_range timezone type user where",
  "/event/enrich/*": "columns key on",
  "/event/id": "as value",
  "/event/time": "as value",
  "/event/type": "as value",
  "/event/user": "as value",
  "/event/time_range": "from outside to",
  "/dedupe": "key within",
  "/late": "older_than to",
  "/range": "date from to",
  "/sessions": "boundary by change columns end from_null gap max_duration max_events midnight numbering passive start",
  "/sessions/change[]": "column from_null",
  "/users": "columns",
  "/checks[]":
    "accepted assert at_least at_most expect freshness name not_null on per rate references severity unique volume",
  "/checks[]/references": "column key table",
  "/console": "summary tables",
  "/console/summary[]": "columns rows table when",
  "/console/tables[]": "columns rows table when",
  "/outputs/*": "columns document table",
  "/outputs/*/document/*": "columns key table",
  "/reports/*": "title",
  "/steps/*":
    "checks console dedupe event late order outputs range reports sessions source sources tables tie timezone users"
}

/** Tables are made of what was read: none of their keys names anything else. */
const ofTables =
  "add attribution by channels columns compare conversion from funnel having limit lookback no_referrer order order_id per referrer retention revenue steps success url where window within"

type Node = Readonly<Record<string, unknown>>

/** The keys that a JSON Schema knows, each with its place. */
const keysOf = (node: unknown, place = ""): ReadonlyArray<readonly [place: string, key: string]> => {
  if (Array.isArray(node)) return node.flatMap((one) => keysOf(one, place))
  if (typeof node !== "object" || node === null) return []
  const { additionalProperties, anyOf, allOf, items, oneOf, prefixItems, properties, ...rest } = node as Node
  for (const key of Object.keys(rest)) assert.include(plain, key, `a part of schemas that is not looked at: ${place}`)
  return [
    ...Object.entries((properties ?? {}) as Node).flatMap(([key, inner]) => [
      [place, key] as const,
      ...keysOf(inner, `${place}/${key}`)
    ]),
    ...keysOf(additionalProperties, `${place}/*`),
    ...keysOf([items, prefixItems], `${place}[]`),
    ...keysOf([anyOf, allOf, oneOf], place)
  ]
}

/** What has no keys in it; `$ref` is to a param or to the environment only. */
const plain = (
  "$schema $defs $ref title description type required enum const default pattern minItems maxItems minLength maxLength " +
  "minimum maximum exclusiveMinimum minProperties maxProperties format propertyNames uniqueItems"
).split(" ")

describe("the keys of a spec", () => {
  it("are known to name a place, or to name none", async () => {
    const schema = JSON.parse(await readFile(schemaFile, "utf8")) as Node
    assert.deepStrictEqual(Object.keys(schema.$defs as Node), ["param", "environment"])
    const found = keysOf(schema).filter(([place]) => !place.startsWith("/tables/"))
    const listed = (known: typeof places) =>
      Object.entries(known).flatMap(([place, keys]) => keys.split(" ").map((key) => `${place}/${key}`))
    const all = [...new Set(found.map(([place, key]) => `${place}/${key}`))]
    assert.sameMembers(all, [...listed(places), ...listed(harmless)])
    const tables = keysOf(schema).filter(([place]) => place.startsWith("/tables/"))
    assert.sameMembers([...new Set(tables.map(([, key]) => key))], ofTables.split(" "))
  })
})

const secret = "the-canary-sings"
const events = `{"user_id":"u1","event_time":"2024-07-10T10:00:00Z","event_type":"login"}\n`

describe("a spec that names a place", () => {
  let server: TestServer
  let outside: string
  let sent: string
  beforeAll(async () => {
    server = await startServer()
    outside = await temporary()
    await mkdir(join(outside, "folder"))
    await writeFile(
      join(outside, "canary.jsonl"),
      `{"user_id":"${secret}","event_time":"2024-07-10T10:00:00Z","event_type":"login"}\n`
    )
    await writeFile(join(outside, "canary.csv"), `id,plan\nu1,${secret}\n`)
    const plugin = `import { writeFileSync } from "node:fs"\nwriteFileSync(${JSON.stringify(join(outside, "ran"))}, "")\n`
    await writeFile(join(outside, "plugin.mjs"), plugin)
    sent = await upload(server.url, { "events.jsonl": events })
  }, 60_000)
  afterAll(async () => {
    await server.close()
    await rm(outside, { recursive: true })
  })

  /** A place outside of what was sent. */
  const at = (name: string) => `OUTSIDE/${name}`
  const spec = (changes: object): string =>
    JSON.stringify({
      version: 1,
      name: "outside",
      source: { uri: "events.jsonl" },
      event,
      sessions: {},
      ...changes
    })
  const event = { user: "user_id", time: "event_time", type: "event_type" }
  const enriched = (source: object) => ({
    event: { ...event, enrich: { plans: { source, key: "id", on: "user_id", columns: { plan: "plan" } } } }
  })
  const duckdb = {
    name: "duckdb",
    query: `select * from read_json('${at("canary.jsonl")}')`
  }

  /** By what they try, specs that must not get through, or must do no harm. */
  const tries: Readonly<Record<string, string>> = {
    "read another file": spec({ source: { uri: at("canary.jsonl") } }),
    "read another file by a list": spec({ source: { uri: ["events.jsonl", at("canary.jsonl")] } }),
    "read a directory": spec({ source: { uri: at("") } }),
    "read a glob": spec({ source: { uri: at("*.jsonl") } }),
    "read standard input": spec({ source: { uri: "-" } }),
    "read a store": spec({ source: { uri: "s3://bucket/key.jsonl" } }),
    "read by several sources": spec({ source: undefined, sources: { a: { uri: at("canary.jsonl") } } }),
    "read by a param": spec({
      params: { file: { type: "path", default: at("canary.jsonl") } },
      source: { uri: { param: "file" } }
    }),
    "read a database": spec({ source: { uri: at("x.duckdb"), format: duckdb } }),
    "read a database by its own file": spec({ source: { uri: "events.jsonl", format: duckdb } }),
    "read a database in several sources": spec({
      source: undefined,
      sources: { a: { uri: "events.jsonl" }, b: { uri: "events.jsonl", format: duckdb } }
    }),
    "join another file": spec(enriched({ uri: at("canary.csv") })),
    "join a database": spec(enriched({ uri: "events.jsonl", format: duckdb })),
    "join a param": spec({
      params: { file: { type: "path", default: at("canary.csv") } },
      ...enriched({ uri: { param: "file" } })
    }),
    "write a file": spec({ outputs: { sessions: { uri: at("out.csv") } } }),
    "write standard output": spec({ outputs: { sessions: { uri: "-" } } }),
    "write a directory": spec({
      outputs: { sessions: { uri: at("folder/out"), format: "csv", partition: ["date"] } }
    }),
    "write a database": spec({ outputs: { sessions: { uri: at("out.duckdb"), format: "duckdb" } } }),
    "write a document": spec({ outputs: { all: { uri: at("out.json"), document: { s: "sessions" } } } }),
    "write a history": spec({
      checks: [{ name: "one", on: "sessions", expect: "event_count > 0" }],
      outputs: { history: { uri: at("canary.csv") }, findings: { uri: at("findings.csv") } }
    }),
    "write a report": spec({ reports: { r: { uri: at("out.html"), template: "{{ run.read }}" } } }),
    "read a template": spec({ reports: { r: { uri: "r.md", template: { file: at("canary.csv") } } } }),
    "load a plugin": spec({ plugins: [at("plugin.mjs")] }),
    "load a plugin by a param": spec({
      params: { code: { type: "list", default: [at("plugin.mjs")] } },
      plugins: { param: "code" }
    }),
    "load a plugin by a merge": `a: &a\n  plugins: [OUTSIDE/plugin.mjs]\n<<: *a\nversion: 1\nname: x\nsource: { uri: events.jsonl }\nevent: { user: user_id, time: event_time }\n`,
    "load a plugin twice": `plugins: []\nplugins: [OUTSIDE/plugin.mjs]\nversion: 1\nname: x\nsource: { uri: events.jsonl }\nevent: { user: user_id, time: event_time }\n`,
    "load a plugin in a step": spec({
      source: undefined,
      steps: { one: { source: { uri: "events.jsonl" }, plugins: [at("plugin.mjs")] } }
    }),
    "read by a step": spec({
      source: undefined,
      steps: { one: { source: { uri: at("canary.jsonl") }, outputs: { sessions: { uri: at("step.csv") } } } }
    })
  }

  it("reads what was sent and keeps its tables, or is refused: nothing else is read, written or run", async () => {
    const before = await readdir(outside, { recursive: true })
    const history = await readFile(join(outside, "canary.csv"), "utf8")
    for (const [what, text] of Object.entries(tries)) {
      const seen = await Effect.runPromise(tried(text.replaceAll("OUTSIDE", outside)))
      assert.notInclude(seen, secret, what)
      assert.sameMembers(await readdir(outside, { recursive: true }), before, what)
    }
    assert.strictEqual(await readFile(join(outside, "canary.csv"), "utf8"), history)
  }, 300_000)

  /** All that a client gets to see of a run of a spec. */
  const tried = Effect.fnUntraced(function* (spec: string) {
    const { client, url } = server
    const created = yield* Effect.result(client.runs.create({ payload: { source: { upload: sent }, spec } }))
    if (created._tag === "Failure") return JSON.stringify(created.failure)
    const { id } = created.success
    const run = yield* ended(server, id)
    if (run.state !== "done") return JSON.stringify(run)
    const tables = yield* client.runs.tables({ params: { id } })
    const rows = yield* Effect.forEach(tables, ({ name }) => text(`${url}/v1/runs/${id}/tables/${name}/download`))
    assert.include(rows.join(""), "u1")
    return JSON.stringify([run, rows, yield* client.runs.summary({ params: { id } })])
  })
})
