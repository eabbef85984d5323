import { Told } from "../engine/Engine.ts"
import type { NamedFile } from "../engine/NamedFile.ts"
import type { Settings } from "../engine/Settings.ts"
import { compareRuns } from "./compareRuns.ts"
import { LocalRun } from "./LocalRun.ts"
import type { CallName, Calls, Reply, Request, StartedRun } from "./protocol.ts"
import { recognise, told } from "./recognise.ts"
import { withRegex } from "./lazyRegex.ts"
import { loadRun } from "./loadRun.ts"
import { planJob, type PlannedJob } from "./planJob.ts"
import { type Finished, runPlan } from "./runPlan.ts"
import { loadRecipes, paramsOf } from "./recipes.ts"
import { sampleInputs } from "./Sample.ts"

/** What of a worker's global scope is used here. */
interface Scope {
  readonly postMessage: (reply: Reply) => void
  readonly addEventListener: (type: "message", listener: (event: MessageEvent<Request>) => void) => void
}

const scope = globalThis as unknown as Scope
const runs = new Map<number, LocalRun>()
const running = new Map<number, AbortController>()

const runOf = (id: number): LocalRun => {
  const run = runs.get(id)
  if (run === undefined) throw new Error(`there is no run ${id}`)
  return run
}

const started = (
  id: number,
  job: PlannedJob,
  finished: Finished,
  files: ReadonlyArray<NamedFile>,
  address: string | null = null
): StartedRun => {
  const run = new LocalRun(job, finished, files, address)
  runs.set(id, run)
  const { summary, timezone } = run
  return {
    summary,
    names: run.tables.names,
    timezone,
    spec: job.spec,
    command: job.command,
    params: paramsOf(job.spec, job.params),
    declared: run.tables.declared
  }
}

const planned = async (
  files: ReadonlyArray<NamedFile>,
  settings: Settings,
  asOfMicros: number
): Promise<PlannedJob> => {
  const sample = await sampleInputs(files, settings.format)
  const recipes = await loadRecipes()
  return withRegex(() => planJob(files, settings, sample, asOfMicros, recipes))
}

const answers: { readonly [Name in CallName]: (...args: Calls[Name]["args"]) => Promise<Calls[Name]["answer"]> } = {
  recognise,
  run: async (id, files, settings, asOfMicros) => {
    const controller = new AbortController()
    running.set(id, controller)
    try {
      const job = await planned(files, settings, asOfMicros)
      const totalBytes = files.reduce((sum, { blob }) => sum + blob.size, 0)
      const onProgress = ({ bytes, records }: { bytes: number; records: number }) =>
        scope.postMessage({ run: id, progress: { bytes, totalBytes, records } })
      const finished = await told(runPlan(job.plan, files, { asOfMicros, onProgress }), controller.signal)
      return started(id, job, finished, files)
    } finally {
      running.delete(id)
    }
  },
  plan: async (files, settings, asOfMicros) => {
    const { command, params, spec } = await planned(files, settings, asOfMicros)
    return { spec, params, command }
  },
  load: async (id, address, run, files) => {
    const { finished, job } = await loadRun(address, run)
    return started(id, job, finished, files, `${address}v1/runs/${run}`)
  },
  cancel: async (id) => running.get(id)?.abort(),
  release: async (id) => void runs.delete(id),
  types: async (id) => runOf(id).types(),
  rejectedLines: async (id, file, filter) => runOf(id).rejectedLines(file, filter),
  overview: async (id, filter) => runOf(id).overview(filter),
  timeline: async (id, filter) => runOf(id).timeline(filter),
  page: async (id, table, query) => runOf(id).page(table, query),
  session: async (id, row) => runOf(id).session(row),
  lines: (id, file, from, count) => runOf(id).linePage(file, from, count),
  line: (id, file, event) => runOf(id).lineOf(file, event),
  download: (id, table, format) => runOf(id).download(table, format),
  compare: async (id, other, filter) => compareRuns(runOf(id).compared(filter), runOf(other).compared(filter))
}

const reply = async ({ args, call, id }: Request): Promise<Reply> => {
  try {
    // Each call has the arguments that belong to its name.
    const answer = answers[call] as (...args: Request["args"]) => Promise<unknown>
    return { id, answer: await answer(...args) }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    if (error instanceof Told) return { id, problem: { message: error.message, hint: error.hint } }
    if (hasMessage(error)) return { id, problem: { message: error.message, hint: error.hint ?? null } }
    return { id, defect: text }
  }
}

/** The errors of plugins and specs, which are for a person. */
const hasMessage = (error: unknown): error is { readonly message: string; readonly hint?: string } =>
  typeof error === "object" && error !== null && "_tag" in error && "message" in error

scope.addEventListener("message", ({ data }) => void reply(data).then(scope.postMessage))
