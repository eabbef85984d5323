import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { int64Lanes } from "../arrow/Columns.ts"
import { type EventBatch, position } from "../plugin/EventBatch.ts"
import { sampleUsers } from "../run/Ranges.ts"
import { wholeRun } from "../run/RunReader.ts"
import { int64At } from "../time/Int64.ts"
import type { Crew, PartResult } from "./Crew.ts"
import { lastOrdinal } from "./lastOrdinal.ts"
import { rangeRows } from "./rangeRows.ts"
import { requestFor } from "./requestFor.ts"
import { attempt } from "./RunFailure.ts"
import { selectBatch } from "./Rows.ts"
import type { Worker } from "./Worker.ts"

/** A crew of one: everything is done by the calling thread, with its worker. */
export const soloCrew = (worker: Worker, limit: number | undefined): Crew => {
  const turn = Semaphore.makeUnsafe(1)
  return {
    size: 1,
    encodes: false,
    pieces: () => Effect.succeed([]),
    read: (source, _piece, part, lateBefore, on) =>
      turn.withPermit(
        Effect.gen(function* () {
          const times = { local: 0, skipped: 0, doubled: 0, outside: 0 }
          let records = 0
          let filtered = 0
          let notes: ReadonlyArray<string> = []
          const batches = source
            .read(requestFor(worker.request, source.fields))
            .pipe(Stream.takeUntil(() => limit !== undefined && records >= limit))
          yield* Stream.runForEach(batches, (whole) =>
            Effect.gen(function* () {
              const batch = limit === undefined ? whole : firstRecords(whole, limit)
              const before = records
              records = Math.max(records, lastOrdinal(batch))
              const validated = worker.add(batch, source.name, part, lateBefore)
              filtered += validated.filtered
              for (const key of ["local", "skipped", "doubled", "outside"] as const) times[key] += validated.times[key]
              notes = whole.notes
              on.progress(whole.bytes, records - before)
              if (validated.rejects.numRows > 0) yield* on.rejects(validated.rejects)
            })
          )
          const result: PartResult = {
            records,
            filtered,
            lines: 0,
            start: 0,
            end: 0,
            settled: false,
            notes,
            times,
            rejected: [],
            unmatched: worker.takeUnmatched()
          }
          return result
        })
      ),
    gather: (parts, voided, _kept, more) =>
      Effect.sync(() => {
        const runs = [...worker.takeRuns(), ...more]
        worker.begin(runs.map(wholeRun), parts, voided)
        return { samples: runs.flatMap((run) => sampleUsers(run, rangeRows / 8)), compares: false }
      }),
    compare: (range) => attempt(() => worker.compareRange(range)),
    compute: (range, encode, heads, only) => attempt(() => worker.computeRange(range, encode, heads, only)),
    finish: Effect.sync(() => [worker.finish()])
  }
}

/** The records of a batch with an ordinal up to `limit`. */
const firstRecords = (batch: EventBatch, limit: number): EventBatch => {
  const upTo = (rows: RecordBatch) => {
    const ordinals = int64Lanes(rows, position.event)
    let count = 0
    while (count < rows.numRows && int64At(ordinals, count) <= limit) count++
    return selectBatch(
      rows,
      Int32Array.from({ length: count }, (_, i) => i)
    )
  }
  return { ...batch, records: upTo(batch.records), rejects: upTo(batch.rejects) }
}
