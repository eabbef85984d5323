import { makeKernels } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type Job, type JobResult, runJob } from "./runJob.ts"

/** What the worker has, found out where the engine runs. */
export interface Surroundings {
  readonly isWorker: boolean
  /** Globals of Node that are there. */
  readonly nodeGlobals: ReadonlyArray<string>
  readonly crossOriginIsolated: boolean
  readonly hasSharedArrayBuffer: boolean
  readonly hasKernels: boolean
}

export type Reply = { readonly result: JobResult; readonly surroundings: Surroundings } | { readonly error: string }

const surroundings = (): Surroundings => ({
  isWorker: globalThis instanceof WorkerGlobalScope,
  nodeGlobals: ["process", "Buffer", "require", "global", "setImmediate"].filter((name) => name in globalThis),
  crossOriginIsolated,
  hasSharedArrayBuffer: "SharedArrayBuffer" in globalThis,
  hasKernels: makeKernels() !== undefined
})

const answer = async (job: Job): Promise<Reply> => {
  const result = await Effect.runPromise(Effect.result(runJob(job)))
  return Result.isSuccess(result)
    ? { result: result.success, surroundings: surroundings() }
    : { error: result.failure.message }
}

addEventListener("message", ({ data }: MessageEvent<Job>) => {
  // A defect becomes an error event of the worker, which whoever started it can see.
  void answer(data).then((reply) => postMessage(reply), reportError)
})
