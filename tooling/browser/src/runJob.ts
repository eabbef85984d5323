import { bindingValues, localEngine, makePlan, readSpec, type Summary } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { BytesConnections } from "./BytesConnections.ts"

/** A run as plain data, to be sent to a worker. */
export interface Job {
  /** YAML or JSON, as in a file. */
  readonly spec: string
  readonly environment: Readonly<Record<string, string>>
  /** Int64 microseconds since 1970. */
  readonly asOfMicros: number
  /** By uri. */
  readonly inputs: Readonly<Record<string, Uint8Array>>
  /** Without the kernels. */
  readonly plain: boolean
}

/** What a run came to, as plain data. */
export interface JobResult {
  /** By uri; rejects among them. */
  readonly outputs: Readonly<Record<string, Uint8Array>>
  readonly summary: Summary
  /** For each input in order: whether it was decoded with the kernels. */
  readonly withKernels: ReadonlyArray<boolean>
}

/** Runs a spec over bytes, in any JavaScript runtime. */
export const runJob = Effect.fn("runJob")(function* (job: Job) {
  const read = yield* Effect.fromResult(readSpec("spec.yaml", job.spec, { params: {}, env: job.environment }))
  const plan = yield* Effect.fromResult(makePlan(read))
  const connections = new BytesConnections(job.inputs)
  const { summary } = yield* localEngine
    .run(plan, {
      asOfMicros: job.asOfMicros,
      bindings: bindingValues(plan, job.environment),
      plain: job.plain
    })
    .pipe(Effect.provide(connections.layer))
  const result: JobResult = { outputs: connections.outputs, summary, withKernels: connections.withKernels }
  return result
})
