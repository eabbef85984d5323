import type { CallName, Calls, Reply, Request, StartedRun } from "../worker/protocol.ts"
import { type Engine, type Run, type RunOptions, type RunProgress, Told } from "./Engine.ts"
import type { NamedFile } from "./NamedFile.ts"
import type { Settings } from "./Settings.ts"

interface Waiting {
  readonly resolve: (answer: never) => void
  readonly reject: (error: Error) => void
}

/** Computes in a web worker of this page: the files never leave the machine. The worker starts with the first call. */
export class WorkerEngine implements Engine {
  private worker: Worker | undefined
  private readonly waiting = new Map<number, Waiting>()
  private readonly watching = new Map<number, (progress: RunProgress) => void>()
  private readonly numbers = new WeakMap<Run, number>()
  private last = 0

  recognise(files: ReadonlyArray<NamedFile>, settings: Settings) {
    return this.call("recognise", files, settings, wholeSecond())
  }

  async run(files: ReadonlyArray<NamedFile>, settings: Settings, options: RunOptions): Promise<Run> {
    const id = ++this.last
    const cancel = () => void this.call("cancel", id)
    options.signal.addEventListener("abort", cancel)
    this.watching.set(id, options.onProgress)
    try {
      const run = this.ofRun(id, await this.call("run", id, files, settings, options.asOfMicros))
      options.signal.throwIfAborted()
      return run
    } finally {
      options.signal.removeEventListener("abort", cancel)
      this.watching.delete(id)
    }
  }

  /** The spec of a job, and its params. */
  plan(files: ReadonlyArray<NamedFile>, settings: Settings, asOfMicros: number) {
    return this.call("plan", files, settings, asOfMicros)
  }

  /** The results of a run of a server. */
  async load(address: string, run: string, files: ReadonlyArray<NamedFile>): Promise<Run> {
    const id = ++this.last
    return this.ofRun(id, await this.call("load", id, address, run, files))
  }

  private ofRun(id: number, started: StartedRun): Run {
    const run: Run = {
      ...started,
      types: () => this.call("types", id),
      rejectedLines: (file, filter) => this.call("rejectedLines", id, file, filter),
      overview: (filter) => this.call("overview", id, filter),
      timeline: (filter) => this.call("timeline", id, filter),
      page: (table, query) => this.call("page", id, table, query),
      session: (row) => this.call("session", id, row),
      lines: (file, from, count) => this.call("lines", id, file, from, count),
      line: (file, event) => this.call("line", id, file, event),
      download: (table, format) => this.call("download", id, table, format),
      compare: (other, filter) => this.call("compare", id, this.numbers.get(other) ?? 0, filter),
      release: () => void this.call("release", id)
    }
    this.numbers.set(run, id)
    return run
  }

  private call<Name extends CallName>(call: Name, ...args: Calls[Name]["args"]): Promise<Calls[Name]["answer"]> {
    const id = ++this.last
    this.worker ??= this.start()
    const request: Request = { id, call, args }
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject })
      this.worker?.postMessage(request)
    })
  }

  private start(): Worker {
    const worker = new Worker(new URL("../worker/worker.ts", import.meta.url), { type: "module" })
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.take(data))
    worker.addEventListener("error", ({ message }) => {
      // Nothing that it was asked will be answered any more: the next call starts another one.
      worker.terminate()
      this.worker = undefined
      const error = new Told({ message: `the computation stopped: ${message || "the browser ended it"}`, hint: null })
      for (const { reject } of this.waiting.values()) reject(error)
      this.waiting.clear()
    })
    return worker
  }

  private take(reply: Reply): void {
    if ("progress" in reply) {
      this.watching.get(reply.run)?.(reply.progress)
      return
    }
    const waiting = this.waiting.get(reply.id)
    this.waiting.delete(reply.id)
    if ("answer" in reply) waiting?.resolve(reply.answer as never)
    else if ("problem" in reply) waiting?.reject(new Told(reply.problem))
    else waiting?.reject(new Error(reply.defect))
  }
}

const wholeSecond = (): number => Math.floor(Date.now() / 1000) * 1e6
