import { texts } from "../texts.ts"
import { asked, askedJson, toldBy, unreachable } from "./asked.ts"
import {
  type DownloadFormat,
  type Engine,
  left,
  type Run,
  type RunOptions,
  type TableName,
  Told,
  type Watching
} from "./Engine.ts"
import type { NamedFile } from "./NamedFile.ts"
import { defaultSettings, type Settings, settingsIn } from "./Settings.ts"
import type { WorkerEngine } from "./WorkerEngine.ts"

/** What of a run is needed here; docs/http.md says the rest. */
interface ServerRun {
  readonly id: string
  readonly state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted"
  readonly as_of: string
  readonly spec: string
  readonly request: {
    readonly source: RunSource
    readonly params?: Readonly<Record<string, string>>
    readonly client?: { readonly settings?: unknown } | null
  }
  readonly progress: { readonly bytes: number; readonly total_bytes: number | null; readonly records: number } | null
  readonly problem: { readonly detail: string; readonly hint?: string } | null
}

/** What a run reads: an upload, or something that is no files. */
type RunSource = Readonly<Record<string, unknown>>

/** A run that was started before, perhaps by somebody else, as a job. */
export interface FoundJob {
  readonly files: ReadonlyArray<NamedFile>
  readonly settings: Settings
  readonly asOfMicros: number
}

/**
 * Computes on the server that the page came from: files are sent to it once, and what came of them is looked at in the
 * worker. What files look like is found out in the worker, too: the same way, and before anything is sent.
 */
export class ServerEngine implements Engine {
  private readonly local: WorkerEngine
  /** Ends with a slash. */
  private readonly address: string
  private readonly sources = new WeakMap<ReadonlyArray<NamedFile>, RunSource>()

  constructor(local: WorkerEngine, address: string) {
    this.local = local
    this.address = address
  }

  recognise(files: ReadonlyArray<NamedFile>, settings: Settings) {
    return this.local.recognise(files, settings)
  }

  async run(files: ReadonlyArray<NamedFile>, settings: Settings, options: RunOptions): Promise<Run> {
    const { command, params, spec } = await this.local.plan(files, settings, options.asOfMicros)
    const source = this.sources.get(files) ?? storedSource(files) ?? (await this.send(files, options))
    this.sources.set(files, source)
    const as_of = new Date(options.asOfMicros / 1000).toISOString()
    // The settings are kept beside the run, for whoever opens it by its address.
    const { id } = await this.post<ServerRun>("v1/runs", { source, spec, params, as_of, client: { settings } })
    options.onStarted?.(id)
    return Object.assign(await this.attach(id, files, options), { command })
  }

  /** What a run reads, and how, so that it can be looked at and run again. Fails with {@link Told}. */
  async found(id: string): Promise<FoundJob> {
    const { as_of, request, spec } = await askedJson<ServerRun>(`${this.address}v1/runs/${id}`)
    const files = await this.filesOf(request.source)
    this.sources.set(files, request.source)
    const name = /^name:\s*["']?([\w-]+)/m.exec(spec)?.[1] ?? texts.spec.toLowerCase()
    const asItIs: Settings = { ...defaultSettings, recipe: { name, params: request.params ?? {}, text: spec } }
    return {
      files,
      settings: settingsIn(request.client?.settings) ?? asItIs,
      asOfMicros: Date.parse(as_of) * 1000
    }
  }

  /** A run that was started before. */
  async attach(id: string, files: ReadonlyArray<NamedFile>, watching: Watching): Promise<Run> {
    await this.ended(id, watching)
    const run = await this.local.load(this.address, id, files)
    // The same object, as the worker knows its runs by them.
    return Object.assign(run, {
      download: (table: TableName, format: DownloadFormat) =>
        Promise.resolve(`${this.address}v1/runs/${id}/tables/${table}/download?format=${format}`)
    })
  }

  private async filesOf({ upload }: RunSource): Promise<ReadonlyArray<NamedFile>> {
    if (typeof upload !== "string") return []
    const { files } = await askedJson<{ readonly files: ReadonlyArray<{ name: string; bytes: number }> }>(
      `${this.address}v1/uploads/${upload}`
    )
    return files.map(({ bytes, name }) => ({
      name,
      blob: { size: bytes, server: this.address, upload, file: name }
    }))
  }

  private async ended(id: string, { onProgress, signal }: Watching): Promise<void> {
    let leave = () => {}
    const stop = () => {
      if (signal.reason === left) leave()
      else void this.post(`v1/runs/${id}/cancel`, undefined)
    }
    signal.addEventListener("abort", stop)
    const changes = new EventSource(`${this.address}v1/runs/${id}/progress`)
    try {
      await new Promise<void>((resolve, reject) => {
        leave = () => reject(left)
        changes.addEventListener("error", () => {
          // Otherwise the browser connects again by itself.
          if (changes.readyState === EventSource.CLOSED) reject(unreachable())
        })
        changes.addEventListener("message", ({ data }: MessageEvent<string>) => {
          const { problem, progress, state } = JSON.parse(data) as ServerRun
          if (progress !== null) {
            onProgress({ bytes: progress.bytes, totalBytes: progress.total_bytes ?? 0, records: progress.records })
          }
          if (state === "done") resolve()
          else if (state !== "queued" && state !== "running") reject(failed(state, problem))
        })
      })
    } finally {
      changes.close()
      signal.removeEventListener("abort", stop)
    }
  }

  /** Sends files and tells how a run names them. */
  private send(files: ReadonlyArray<NamedFile>, { onProgress, signal }: RunOptions): Promise<RunSource> {
    const form = new FormData()
    for (const { blob, name } of files) if (blob instanceof Blob) form.append("file", blob, name)
    // As `fetch` tells nothing about what it has sent.
    const request = new XMLHttpRequest()
    request.open("POST", `${this.address}v1/uploads`)
    const stop = () => request.abort()
    signal.addEventListener("abort", stop)
    request.upload.addEventListener("progress", ({ loaded, total }) =>
      onProgress({ bytes: loaded, totalBytes: total, records: 0 })
    )
    return new Promise<RunSource>((resolve, reject) => {
      request.addEventListener("load", () => {
        if (request.status !== 201) return reject(toldBy(request.responseText))
        resolve({ upload: (JSON.parse(request.responseText) as { readonly id: string }).id })
      })
      request.addEventListener("error", () => reject(unreachable()))
      request.addEventListener("abort", () => reject(signal.reason as Error))
      request.send(form)
    }).finally(() => signal.removeEventListener("abort", stop))
  }

  private async post<A>(path: string, body: unknown): Promise<A> {
    const json = { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
    const response = await asked(`${this.address}${path}`, { method: "POST", ...(body !== undefined && json) })
    return response.json() as Promise<A>
  }
}

/** The upload that files lie in already. */
const storedSource = ([file]: ReadonlyArray<NamedFile>): RunSource | undefined =>
  file === undefined || file.blob instanceof Blob ? undefined : { upload: file.blob.upload }

const failed = (state: ServerRun["state"], problem: ServerRun["problem"]): Told =>
  new Told({ message: problem?.detail ?? texts.endedAs(state), hint: problem?.hint ?? null })
