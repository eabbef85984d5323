import { Gather, readParams, type Summary, unpackBatches } from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import * as Result from "effect/Result"
import { Told } from "../engine/Engine.ts"
import { asked, askedJson } from "../engine/asked.ts"
import { withRegex } from "./lazyRegex.ts"
import { planOf, type PlannedJob } from "./planJob.ts"
import type { Finished } from "./runPlan.ts"

/** What of a run of a server is needed here. */
interface ServerRun {
  readonly spec: string
  readonly as_of: string
  readonly request: { readonly params?: Readonly<Record<string, string>> }
}

interface ServerTable {
  readonly name: string
  readonly rows: number
  readonly columns: ReadonlyArray<{ readonly name: string }>
  readonly shown: ReadonlyArray<string>
}

/** Events that are taken into the memory of a browser. */
const mostEvents = 10_000_000
/** Tables that are not looked at: what they say is in the summary. */
const unlooked = ["inputs", "history"]

/** The results of a run of a server, as if it had been done here. Throws {@link Told}. */
export const loadRun = async (
  address: string,
  id: string
): Promise<{ readonly job: PlannedJob; readonly finished: Finished }> => {
  const path = `${address}v1/runs/${id}`
  const [run, summary, tables] = await Promise.all([
    askedJson<ServerRun>(path),
    askedJson<Summary>(`${path}/summary`),
    askedJson<ReadonlyArray<ServerTable>>(`${path}/tables`)
  ])
  if (!tables.some(({ name }) => name === "sessions")) {
    throw new Told({
      message: "the run cuts no sessions, which is what is shown here",
      hint: `its tables can be had from ${path}/tables, and its summary from ${path}/summary`
    })
  }
  const events = tables.find(({ name }) => name === "events")?.rows ?? 0
  if (events > mostEvents) {
    throw new Told({
      message: `the run has ${events.toLocaleString("en")} events, which are too many to be looked at in a browser`,
      hint: `its tables can be had from ${path}/tables, and its summary from ${path}/summary`
    })
  }
  const params = run.request.params ?? {}
  const plan = await withRegex(() => planOf(run.spec, { ...standIns(run.spec), ...params }))
  const batches = new Map<string, RecordBatch>()
  for (const table of tables.filter(({ name }) => !unlooked.includes(name)))
    batches.set(table.name, await rowsOf(path, table))
  const flags = Object.entries(params).map(([name, value]) => ` --${name} ${value}`)
  const job: PlannedJob = {
    plan,
    spec: run.spec,
    params,
    command: `sojourn run sessions.yaml${flags.join("")} --as-of ${run.as_of}`,
    notes: [],
    chosen: new Map(tables.map(({ name, shown }) => [name, shown]))
  }
  return { job, finished: { summary, tables: batches } }
}

/** Values of params that must be given, which matter to nothing but where files are. */
const standIns = (spec: string): Readonly<Record<string, string>> => {
  const params = readParams("the spec", spec)
  if (Result.isFailure(params)) throw new Told({ message: params.failure.message, hint: null })
  return Object.fromEntries(
    Object.entries(params.success).flatMap(([name, param]) => (param.type === "path" ? [[name, name] as const] : []))
  )
}

const rowsOf = async (path: string, { columns, name }: ServerTable): Promise<RecordBatch> => {
  const names = encodeURIComponent(columns.map((column) => column.name).join(","))
  const response = await asked(`${path}/tables/${name}/download?format=arrow&columns=${names}`)
  const { batches, schema } = unpackBatches(new Uint8Array(await response.arrayBuffer()))
  const gather = new Gather(schema)
  for (const batch of batches) gather.append(batch)
  return gather.finish()
}
