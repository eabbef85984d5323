import { setFlagsFromString } from "node:v8"
import { Worker } from "node:worker_threads"
import { fromFailure } from "./Failure.ts"
import type { Ask, Begin, End, Start, Tell } from "./Protocol.ts"

/** In a bundle, too, it stands beside the file that holds this code. */
const threadFile = new URL(import.meta.url.endsWith(".ts") ? "./threadMain.ts" : "./threadMain.js", import.meta.url)

/**
 * MB that a thread's heap may have from the beginning. V8 would keep it at some 15, as little of it is in use at a time, and
 * collect it every few blocks: a tenth of all processor time.
 */
const firstHeap = 64
/** Where a thread may hold so many bytes of events, that much more is no matter. */
const roomy = 400e6

const heapFlag = "--initial-old-space-size"
/** Threads that have not begun yet. When all have, the flag is as it was: compiled code is kept for the same flags only. */
let beginning = 0

/** Told by a thread before it answers. */
export type OnTell = (message: Extract<Tell, { readonly tell: "progress" | "rejects" }>) => void

interface Waiting {
  readonly on: OnTell | undefined
  readonly done: (answer: Tell) => void
  readonly fail: (error: unknown) => void
}

/** A thread of a crew, seen from the thread that started it. Questions are answered in their order. */
export class ThreadHandle {
  private readonly worker: Worker
  private readonly waiting: Array<Waiting> = []
  private broken: Error | undefined

  /** `mostBytes`: of events that it may hold. */
  constructor(mostBytes: number) {
    // Read when a thread begins; there is no option of a single one for it.
    if (mostBytes >= roomy) setFlagsFromString(`${heapFlag}=${firstHeap}`)
    this.worker = new Worker(threadFile)
    beginning++
    this.worker.once("online", () => {
      if (--beginning === 0) setFlagsFromString(`${heapFlag}=0`)
    })
    this.worker.on("message", (message: Tell) => this.receive(message))
    this.worker.on("error", (error) => this.break(error instanceof Error ? error : new Error(String(error))))
    this.worker.on("exit", (code) => this.break(new Error(`a thread ended with code ${code}`)))
  }

  /** Questions that it has not answered yet. */
  get asked(): number {
    return this.waiting.length
  }

  /** Whether it waits for a question. */
  get isIdle(): boolean {
    return this.broken === undefined && this.waiting.length === 0
  }

  /** Begins a run: the questions that follow are about it. */
  begin(start: Start): void {
    const message: Begin = { ask: "start", start }
    this.worker.postMessage(message)
  }

  /** Asks and waits for the answer. Rejects with what the thread failed with. */
  ask(question: Ask, on?: OnTell): Promise<Tell> {
    return new Promise((done, fail) => {
      if (this.broken !== undefined) {
        fail(this.broken)
        return
      }
      this.waiting.push({ on, done, fail })
      // Nobody else has them.
      this.worker.postMessage(question, question.ask === "pack" ? [question.rows.buffer as ArrayBuffer] : [])
    })
  }

  /** Ends the thread, whatever it is doing; one that is idle by itself, so that it can keep what it knows for others. */
  async end(): Promise<void> {
    if (this.isIdle) {
      const ended = new Promise((done) => this.worker.once("exit", done))
      const message: End = { ask: "end" }
      this.worker.postMessage(message)
      await ended
      return
    }
    this.waiting.length = 0
    await this.worker.terminate()
  }

  private receive(message: Tell): void {
    const [first] = this.waiting
    if (first === undefined) return
    if (message.tell === "progress" || message.tell === "rejects") {
      first.on?.(message)
      return
    }
    this.waiting.shift()
    if (message.tell === "failed") first.fail(fromFailure(message.failure))
    else first.done(message)
  }

  private break(error: Error): void {
    this.broken ??= error
    for (const { fail } of this.waiting.splice(0)) fail(this.broken)
  }
}
