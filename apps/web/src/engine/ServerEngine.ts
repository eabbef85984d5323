import {
  type DownloadFormat,
  type NamedFile,
  type TableName,
  type Run,
  type RunOptions,
  Told,
  type Watching,
  type Engine
} from "./Engine.ts"
import type { Settings } from "./Settings.ts"
import type { WorkerEngine } from "./WorkerEngine.ts"

/** What of a run is needed here; docs/http.md says the rest. */
interface ServerRun {
  readonly id: string
  readonly state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted"
  readonly progress: { readonly bytes: number; readonly total_bytes: number | null; readonly records: number } | null
  readonly problem: { readonly detail: string; readonly hint?: string } | null
}

/**
 * Computes on the server that the page came from: files are sent to it once, and what came of them is looked at in the
 * worker. What files look like is found out in the worker, too: the same way, and before anything is sent.
 */
export class ServerEngine implements Engine {
  private readonly local: WorkerEngine
  /** Ends with a slash. */
  private readonly address: string
  private readonly uploads = new WeakMap<ReadonlyArray<NamedFile>, string>()

  constructor(local: WorkerEngine, address: string) {
    this.local = local
    this.address = address
  }

  recognise(files: ReadonlyArray<NamedFile>, settings: Settings) {
    return this.local.recognise(files, settings)
  }

  async run(files: ReadonlyArray<NamedFile>, settings: Settings, options: RunOptions): Promise<Run> {
    const { params, spec } = await this.local.plan(files, settings, options.asOfMicros)
    const upload = this.uploads.get(files) ?? (await this.send(files, options))
    this.uploads.set(files, upload)
    const as_of = new Date(options.asOfMicros / 1000).toISOString()
    const { id } = await this.post<ServerRun>("v1/runs", { source: { upload }, spec, params, as_of })
    options.onStarted?.(id)
    return this.attach(id, files, options)
  }

  /** A run that was started before, perhaps by somebody else: then without the files. */
  async attach(id: string, files: ReadonlyArray<NamedFile>, watching: Watching): Promise<Run> {
    await this.ended(id, watching)
    const run = await this.local.load(this.address, id, files)
    // The same object, as the worker knows its runs by them.
    return Object.assign(run, {
      download: (table: TableName, format: DownloadFormat) =>
        Promise.resolve(`${this.address}v1/runs/${id}/tables/${table}/download?format=${format}`)
    })
  }

  private async ended(id: string, { onProgress, signal }: Watching): Promise<void> {
    const stop = () => void this.post(`v1/runs/${id}/cancel`, undefined)
    signal.addEventListener("abort", stop)
    const changes = new EventSource(`${this.address}v1/runs/${id}/progress`)
    try {
      await new Promise<void>((resolve, reject) => {
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

  /** Sends files and gives the name of the upload. */
  private send(files: ReadonlyArray<NamedFile>, { onProgress, signal }: RunOptions): Promise<string> {
    const form = new FormData()
    for (const { blob, name } of files) form.append("file", blob, name)
    // As `fetch` tells nothing about what it has sent.
    const request = new XMLHttpRequest()
    request.open("POST", `${this.address}v1/uploads`)
    const stop = () => request.abort()
    signal.addEventListener("abort", stop)
    request.upload.addEventListener("progress", ({ loaded, total }) =>
      onProgress({ bytes: loaded, totalBytes: total, records: 0 })
    )
    return new Promise<string>((resolve, reject) => {
      request.addEventListener("load", () => {
        if (request.status === 201) resolve((JSON.parse(request.responseText) as { readonly id: string }).id)
        else reject(toldBy(request.responseText))
      })
      request.addEventListener("error", () => reject(unreachable()))
      request.addEventListener("abort", () => reject(signal.reason as Error))
      request.send(form)
    }).finally(() => signal.removeEventListener("abort", stop))
  }

  private async post<A>(path: string, body: unknown): Promise<A> {
    const response = await fetch(`${this.address}${path}`, {
      method: "POST",
      ...(body !== undefined && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) })
    }).catch(() => {
      throw unreachable()
    })
    if (!response.ok) throw toldBy(await response.text())
    return response.json() as Promise<A>
  }
}

const unreachable = () =>
  new Told({ message: "the server cannot be reached", hint: "it may have been stopped: start it again and reload" })

const failed = (state: ServerRun["state"], problem: ServerRun["problem"]): Told =>
  new Told({ message: problem?.detail ?? `the run was ${state}`, hint: problem?.hint ?? null })

/** What a server says of a failure, as problem details (RFC 9457). */
export const toldBy = (text: string): Told => {
  try {
    const { detail, hint, title } = JSON.parse(text) as Readonly<Record<string, string | undefined>>
    return new Told({ message: detail ?? title ?? text, hint: hint ?? null })
  } catch {
    return new Told({ message: text.slice(0, 200), hint: null })
  }
}
