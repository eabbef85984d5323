import { batch, effect, signal } from "@preact/signals"
import {
  left,
  type Problem,
  type Recognised,
  type Run,
  type RunProgress,
  Told,
  type Watching
} from "../engine/Engine.ts"
import type { NamedFile } from "../engine/NamedFile.ts"
import { defaultSettings, type Settings } from "../engine/Settings.ts"
import { texts } from "../texts.ts"
import { type Job, keepFiles, keepJob, keptJob } from "./jobs.ts"
import { engineOf, isServerRun, server, where } from "./engines.ts"
import { rememberedMapping, rememberMapping } from "./mappings.ts"
import type { OtherSettings } from "./otherSettings.ts"
import { rename, route, show } from "./route.ts"

/** The job of the address. */
export const job = signal<Job | null>(null)
export const recognised = signal<Recognised | null>(null)
/** What the beginning of the files looks like is being found out. */
export const isRecognising = signal(false)
/** The run of the job, with the settings that it has. */
export const run = signal<Run | null>(null)
export const running = signal<Running | null>(null)
/** What went wrong last. */
export const problem = signal<Problem | null>(null)
/** The files are in this browser, for a reload. */
export const isKept = signal(true)

export interface Running {
  readonly progress: RunProgress
  /** Milliseconds, as of `performance.now`. */
  readonly started: number
  readonly cancel: (reason?: unknown) => void
}

/** Begins a job with files. */
export const openFiles = async (files: ReadonlyArray<NamedFile>): Promise<void> => {
  if (files.length === 0) return
  if (files.every(({ blob }) => blob.size === 0)) {
    problem.value = { message: texts.empty(files[0].name), hint: texts.emptyHint }
    return
  }
  closeRun()
  const opened: Job = { id: newId(), files: distinctNames(files), settings: defaultSettings, asOfMicros: now() }
  batch(() => {
    job.value = opened
    recognised.value = null
    problem.value = null
  })
  show(opened.id, "setup")
  const looking = recognise()
  // A server keeps them itself.
  isKept.value = where.value === "server" || (await keepFiles(opened))
  await looking
  const columns = recognised.value?.columns.map(({ path }) => path)
  const remembered = columns && rememberedMapping(columns)
  if (remembered) await changeSettings(remembered)
}

/** Changes settings of the job and looks at its files again. */
export const changeSettings = async (changes: Partial<Settings>): Promise<void> => {
  const { value } = job
  if (value === null) return
  const changed = { ...value, settings: { ...value.settings, ...changes } }
  job.value = changed
  closeRun()
  keep(changed)
  await recognise()
  const columns = recognised.value?.columns.map(({ path }) => path)
  if (columns) rememberMapping(columns, changed.settings)
}

/** Runs the job with its settings. */
export const start = async (): Promise<void> => {
  const { value } = job
  if (value === null) return
  const begun = { ...value, asOfMicros: now() }
  job.value = begun
  keep(begun)
  show(begun.id, "summary")
  await compute(begun)
}

/** Where the files could not be kept, nothing else is. */
const keep = (job: Job): void => {
  if (isKept.value && where.value === "browser" && !isServerRun(job.id))
    keepJob(job).catch(() => (isKept.value = false))
}

let looked = 0

const recognise = async (): Promise<void> => {
  const { value } = job
  if (value === null) return
  const look = ++looked
  batch(() => {
    isRecognising.value = true
    problem.value = null
  })
  try {
    const found = await engineOf(where.value).recognise(value.files, value.settings)
    if (look === looked) recognised.value = found
  } catch (error) {
    if (look === looked) recognised.value = null
    problem.value = problemOf(error)
  } finally {
    if (look === looked) isRecognising.value = false
  }
}

/** The files of the job under other settings; it shows no progress, and the signal stops it. */
export const runOther = async (changes: OtherSettings, signal: AbortSignal): Promise<Run> => {
  const { value } = job
  if (value === null) throw new Error("there is no job")
  const { asOfMicros, files, settings } = value
  const engine = (isServerRun(value.id) ? server : undefined) ?? engineOf(where.value)
  return engine.run(files, { ...settings, ...changes }, { asOfMicros, signal, onProgress: () => {} })
}

const compute = async (begun: Job): Promise<void> => {
  const { asOfMicros, files, settings } = begun
  // What is computed here is another job than that of the server.
  if (where.value === "browser" && isServerRun(begun.id)) {
    const moved = { ...begun, id: newId() }
    called(moved.id)
    isKept.value = await keepFiles(moved)
  }
  await watch(files, (watching) =>
    // The run is the server's, and known to it by its own name: so it is found again, also by others.
    engineOf(where.value).run(files, settings, { ...watching, asOfMicros, onStarted: called })
  )
}

/** The job has this name from now on. */
const called = (id: string): void => {
  if (job.value !== null) job.value = { ...job.value, id }
  rename(id)
}

/** Waits for a run, shows how far it is, and takes what it gives. */
const watch = async (files: ReadonlyArray<NamedFile>, begin: (watching: Watching) => Promise<Run>): Promise<void> => {
  closeRun()
  const controller = new AbortController()
  const started = performance.now()
  const cancel = (reason?: unknown) => controller.abort(reason)
  const totalBytes = files.reduce((sum, { blob }) => sum + blob.size, 0)
  batch(() => {
    problem.value = null
    running.value = { progress: { bytes: 0, totalBytes, records: 0 }, started, cancel }
  })
  try {
    const finished = await begin({
      signal: controller.signal,
      onProgress: (progress) => {
        if (running.value?.started === started) running.value = { progress, started, cancel }
      }
    })
    if (running.value?.started === started) run.value = finished
  } catch (error) {
    if (controller.signal.reason === left) return
    if (controller.signal.aborted) show(job.value?.id ?? null, "setup")
    else problem.value = problemOf(error)
  } finally {
    if (running.value?.started === started) running.value = null
  }
}

const closeRun = (): void => {
  running.value?.cancel(left)
  run.value?.release()
  batch(() => {
    run.value = null
    running.value = null
  })
}

/** An error as something for a person. */
export const problemOf = (error: unknown): Problem => {
  if (error instanceof Told) return { message: error.message, hint: error.hint }
  const text = error instanceof Error ? error.message : String(error)
  return { message: texts.defect(text), hint: texts.defectHint }
}

/** From now on, what the address names is loaded and computed: after a reload, and when a link is followed. */
export const followAddress = (): void => {
  effect(() => {
    const { job: id, tab } = route.value
    if (id === null) {
      if (job.peek() !== null) batch(() => closeJob())
      return
    }
    const current = job.peek()
    if (current?.id !== id) void load(id)
    else if (tab !== "setup" && run.peek() === null && running.peek() === null && problem.peek() === null) {
      void compute(current)
    } else if (tab === "setup" && recognised.peek() === null && !isRecognising.peek()) void recognise()
  })
}

const closeJob = (): void => {
  closeRun()
  job.value = null
  recognised.value = null
}

let loading: string | undefined

const load = async (id: string): Promise<void> => {
  if (loading === id) return
  closeJob()
  problem.value = null
  loading = id
  const attached = isServerRun(id) ? server : undefined
  try {
    const found = attached === undefined ? await keptJob(id) : { id, ...(await attached.found(id)) }
    if (route.peek().job !== id || job.peek()?.id === id) return
    if (found === undefined) throw new Told({ message: texts.unknownJob, hint: texts.unknownJobHint })
    batch(() => {
      isKept.value = true
      job.value = found
    })
    loading = undefined
    const looking = route.peek().tab === "setup" ? recognise() : undefined
    if (attached !== undefined) await watch(found.files, (watching) => attached.attach(id, found.files, watching))
    else if (looking === undefined) await compute(found)
  } catch (error) {
    problem.value = problemOf(error)
  } finally {
    if (loading === id) loading = undefined
  }
}

const newId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(6))].map((byte) => byte.toString(16).padStart(2, "0")).join("")

/** Whole seconds, as they are printed short. */
const now = (): number => Math.floor(Date.now() / 1000) * 1e6

/** A run tells its inputs apart by their names. */
const distinctNames = (files: ReadonlyArray<NamedFile>): ReadonlyArray<NamedFile> => {
  const names = new Set<string>()
  return files.map(({ blob, name }) => {
    let distinct = name
    for (let n = 2; names.has(distinct); n++) distinct = name.replace(/(\.[^.]*)?$/, ` (${n})$1`)
    names.add(distinct)
    return { blob, name: distinct }
  })
}
