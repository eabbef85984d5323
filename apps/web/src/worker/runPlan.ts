import { Connections, Gather, localEngine, type Plan, type Progress, type Sink, type Summary } from "@sojourn/core"
import type { RecordBatch, Schema } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { NamedFile } from "../engine/NamedFile.ts"
import { blobSource } from "./BlobSource.ts"

export interface PlanOptions {
  readonly asOfMicros: number
  /** Read so many records of each input. */
  readonly limit?: number | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** Runs a plan over files and keeps its tables in memory. Fails with errors whose messages are for a person. */
export const runPlan = Effect.fn("runPlan")(function* (
  plan: Plan,
  files: ReadonlyArray<NamedFile>,
  { asOfMicros, limit, onProgress }: PlanOptions
) {
  const tables = new Map<string, Gather>()
  const { summary } = yield* localEngine
    .run(plan, { asOfMicros, ...(limit !== undefined && { limit }), ...(onProgress && { onProgress }) })
    .pipe(Effect.provide(connections(files, tables)))
  const finished: Finished = { summary, tables: new Map([...tables].map(([name, rows]) => [name, rows.finish()])) }
  return finished
})

/** What a run came to: its tables by name, each as one batch. */
export interface Finished {
  readonly summary: Summary
  readonly tables: ReadonlyMap<string, RecordBatch>
}

const connections = (files: ReadonlyArray<NamedFile>, tables: Map<string, Gather>) =>
  Layer.succeed(Connections, {
    // Of a sample not every file was looked at.
    sources: ({ format, uri }) =>
      Effect.succeed(files.filter(({ name }) => name === uri).map((file) => blobSource(file, format))),
    sink: ({ table }, schema) => Effect.sync(() => gatherSink(tables, table, schema))
  })

const gatherSink = (tables: Map<string, Gather>, table: string, schema: Schema): Sink => {
  const rows = new Gather(schema)
  tables.set(table, rows)
  return {
    // The turn that is given lets the worker hear of a cancellation.
    write: (batch) =>
      Effect.andThen(
        turn,
        Effect.sync(() => rows.append(batch))
      ),
    prepare: Effect.void,
    commit: Effect.void
  }
}

const turn = Effect.callback<void>((resume) => {
  const { port1, port2 } = new MessageChannel()
  port1.addEventListener("message", () => {
    port1.close()
    resume(Effect.void)
  })
  port1.start()
  port2.postMessage(null)
})
