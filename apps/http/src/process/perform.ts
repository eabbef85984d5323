import { bindingValues, Connections, localEngine, type Progress } from "@sojourn/core"
import { fileFormats, NodeConnections, threadCrew } from "@sojourn/node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdir, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { replaceFile } from "../DataDirectory.ts"
import { resultsFile, type StoredResults } from "../results/Results.ts"
import { ResultsDirectory } from "../results/resultsSink.ts"
import type { Job, Tell } from "../run/Job.ts"
import { findJobFiles, guessSpec, planSpec, sampleFiles } from "../run/planRun.ts"
import { placeRecord } from "../run/placeRecord.ts"
import { queryTable } from "../run/queryTable.ts"
import { recognise } from "../run/recognise.ts"

type Told = (message: Tell) => void
type RunJob = Extract<Job, { readonly kind: "run" }>

/** Does a job in this process and tells how it goes. */
export const perform = Effect.fn("perform")(function* (job: Job, tell: Told) {
  if (job.kind === "recognise") {
    const recognised = yield* recognise(job.input, job.mapping, job.nowMicros, job.limits)
    tell({ tell: "recognised", recognised })
    return
  }
  if (job.kind === "query") {
    tell({ tell: "queried", aggregate: yield* queryTable(job.query) })
    return
  }
  if (job.kind === "place") {
    tell({ tell: "placed", record: yield* placeRecord(job.query, job.limits) })
    return
  }
  yield* run(job, tell)
  tell({ tell: "done" })
})

const run = Effect.fn("run")(function* (job: RunJob, tell: Told) {
  const { asOfMicros, input, limits } = job
  const spec = yield* specOf(job, tell)
  const { plan, shown } = yield* planSpec(spec, input, limits)
  const formats = fileFormats

  const staged = `${job.results}.new`
  yield* Effect.promise(async () => {
    await rm(staged, { recursive: true, force: true })
    await mkdir(staged)
  })
  const results = new ResultsDirectory(staged, plan, shown)
  const connections = Layer.effect(
    Connections,
    Effect.map(Connections, ({ sources }) =>
      Connections.of({ sources, sink: ({ table }, schema) => results.sink(table, schema) })
    )
  ).pipe(Layer.provide(NodeConnections.layer(formats, { findFiles: findJobFiles(input) })))

  const started = performance.now()
  const { summary } = yield* localEngine
    .run(plan, {
      asOfMicros,
      bindings: bindingValues(plan, spec.environment),
      crew: threadCrew({ formats, threads: job.threads, eventBytes: job.eventBytes }),
      gaps: true,
      onProgress: throttled((progress) => tell({ tell: "progress", progress }))
    })
    .pipe(Effect.provide(connections))
  const { outputs: _, reports: __, ...counted } = summary
  const stored: StoredResults = {
    summary: { ...counted, seconds: (performance.now() - started) / 1000 } as object as StoredResults["summary"],
    tables: results.tables,
    user: plan.validate.user.name,
    timezone: plan.timezone
  }
  yield* Effect.promise(async () => {
    await replaceFile(join(staged, resultsFile), JSON.stringify(stored))
    await rename(staged, job.results)
  })
})

const specOf = Effect.fn("specOf")(function* ({ asOfMicros, input, limits, spec }: RunJob, tell: Told) {
  if (!("mapping" in spec)) return spec
  const sample = yield* sampleFiles(input, spec.mapping, limits)
  const { guess, text } = yield* guessSpec(input, spec.mapping, sample, asOfMicros)
  tell({ tell: "planned", spec: text, guess })
  return { file: "mapping", text, params: {}, environment: {} }
})

const everyMillis = 200

const throttled = (tell: (progress: { bytes: number; total_bytes: number | null; records: number }) => void) => {
  let last = -Infinity
  return ({ bytes, records, totalBytes }: Progress) => {
    const now = performance.now()
    if (now - last < everyMillis && bytes !== totalBytes) return
    last = now
    tell({ bytes, total_bytes: totalBytes ?? null, records })
  }
}
