// A file is uploaded to the built server, run and looked at, in turns with the command on the same file and spec.
import { readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { readCount, readFlags } from "./flags.ts"
import { generateFile } from "./generateFile.ts"
import { measure } from "./measure.ts"
import { killServer, startServer } from "./ServerProcess.ts"
import { commandOf, jobSpec } from "./sojourn.ts"
import { median } from "./statistics.ts"
import { formatTable } from "./Table.ts"
import { temporaryDirectory } from "./temporaryDirectory.ts"
import { uploadFile } from "./uploadFile.ts"

const flags = readFlags({
  rows: { type: "string", default: "1000000" },
  runs: { type: "string", default: "5" },
  build: { type: "boolean", default: false },
  markdown: { type: "boolean", default: false },
  command: { type: "string" }
})
const rows = readCount("--rows", flags.rows)
const runs = readCount("--runs", flags.runs)
const command = commandOf(flags)

const directory = temporaryDirectory("serve")

/** Seconds of each step, by its name, once a round. */
const seconds = new Map<string, Array<number>>()
const record = (step: string, value: number) => seconds.set(step, [...(seconds.get(step) ?? []), value])

async function timed<A>(step: string, work: () => Promise<A>): Promise<A> {
  const start = performance.now()
  const answer = await work()
  record(step, (performance.now() - start) / 1000)
  return answer
}

const json = async <A>(url: string, init?: RequestInit): Promise<A> => {
  const response = await fetch(url, init)
  if (!response.ok) throw new Error(`${url}: ${await response.text()}`)
  return response.json() as Promise<A>
}

/** The spec by which the command writes some tables: the sessions, or whatever a server keeps of a run. */
const specOf = (input: string, tables: ReadonlyArray<string>): string =>
  jobSpec(input, Object.fromEntries(tables.map((table) => [table, { uri: join(directory, `${table}.csv`) }])))

const kept = ["sessions", "events", "duplicates", "rejects", "inputs"]

const file = join(directory, "events.jsonl")
generateFile(file, { clean: false, rows, seed: 1, eventsPerSession: 2, format: "jsonl" })
const specs = { sessions: join(directory, "sessions.json"), all: join(directory, "all.json") }
writeFileSync(specs.sessions, specOf(file, ["sessions"]))
writeFileSync(specs.all, specOf(file, kept))

const server = await startServer(command, join(directory, "data"))
for (let run = 0; run < runs; run++) {
  for (const [step, spec] of [
    ["command, sessions", specs.sessions],
    ["command, all tables", specs.all]
  ] as const) {
    const { wallSeconds } = await measure([process.execPath, command, "run", spec, "--summary", "none"])
    record(step, wallSeconds)
  }
  const started = performance.now()
  const upload = await timed("server, upload", () => uploadFile(`${server.url}/v1/uploads`, file))
  const id = await timed("server, run", async () => {
    const body = JSON.stringify({ source: { upload }, spec: readFileSync(specs.sessions, "utf8") })
    const headers = { "content-type": "application/json" }
    const run = await json<{ readonly id: string }>(`${server.url}/v1/runs`, { method: "POST", headers, body })
    // The events end when the run does.
    await (await fetch(`${server.url}/v1/runs/${run.id}/progress`)).text()
    return run.id
  })
  await timed("server, summary", () => json(`${server.url}/v1/runs/${id}/summary`))
  record("server, until the summary", (performance.now() - started) / 1000)
  await timed("server, first page", () => json(`${server.url}/v1/runs/${id}/tables/sessions/rows`))
  await timed("server, sorted page", () =>
    json(`${server.url}/v1/runs/${id}/tables/sessions/rows?sort=-event_count&count=true`)
  )
  await timed("server, page of the web app", async () => {
    const html = await (await fetch(server.url)).text()
    const parts = [...html.matchAll(/(?:src|href)="(?:\.?\/)?([^":]+\.(?:js|css))"/g)].map(([, path]) => path)
    await Promise.all(parts.map(async (path) => (await fetch(`${server.url}/${path}`)).arrayBuffer()))
  })
  await fetch(`${server.url}/v1/runs/${id}`, { method: "DELETE" })
  await fetch(`${server.url}/v1/uploads/${upload}`, { method: "DELETE" })
}
await killServer(server)

const megabytes = (statSync(file).size / 1e6).toFixed(0)
console.log(`${rows.toLocaleString("en")} events, ${megabytes} MB of JSON lines; ${runs} rounds\n`)
const steps = [...seconds].map(([step, values]) => [step, Math.min(...values).toFixed(3), median(values).toFixed(3)])
console.log(formatTable([["step", "s (min)", "s (median)"], ...steps], flags.markdown ? "markdown" : "text"))
const of = (step: string) => median(seconds.get(step) ?? [])
for (const step of ["command, sessions", "command, all tables"]) {
  console.log(`\nuntil the summary / ${step}: ${(of("server, until the summary") / of(step)).toFixed(2)}`)
}
