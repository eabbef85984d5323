import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import { columnData, int64Column, int64Lanes, isJson, lanes, recordBatch, textView } from "../arrow/Columns.ts"
import { type EventBatch, position } from "../plugin/EventBatch.ts"
import type { Run } from "../run/Run.ts"
import { int64At, storeInt64 } from "../time/Int64.ts"
import type { Job } from "./Crew.ts"
import type { InputTally } from "./InputTally.ts"
import { selectBatch } from "./Rows.ts"
import type { RunState } from "./RunState.ts"
import { ownMemory, Worker } from "./Worker.ts"

/** Where in the parts of an input a record stands, by its number in the input. */
export type PartOf = (ordinal: number) => { readonly part: number; readonly before: number }

/**
 * Runs rejected records again, as a state has corrected them. Those that are accepted then are events at the place where
 * they stood from the beginning, and are rejects no more.
 */
export class Replays {
  private readonly state: RunState
  private readonly worker: Worker

  constructor(job: Job, state: RunState) {
    this.state = state
    this.worker = new Worker(job, { kernels: undefined, ...ownMemory })
  }

  /** The rejects of an input that stay; what the others come to is added to the tally. */
  take(input: number, name: string, rejects: RecordBatch, partOf: PartOf, tally: InputTally) {
    return Effect.gen({ self: this }, function* () {
      const { worker } = this
      const corrections = yield* this.state.corrections(input, rejects, worker.request)
      if (corrections.length === 0) return rejects
      const ordinals = int64Lanes(rejects, "event")
      const accepted = new Set<number>()
      for (const { next, row } of corrections) {
        const ordinal = int64At(ordinals, row)
        const { before, part } = partOf(ordinal)
        let field = fieldAt(rejects, row)
        for (let batch = next(field); batch !== undefined; batch = next(field)) {
          // What is no record any more cannot be accepted.
          if (batch.records.numRows !== 1 || batch.rejects.numRows > 0) break
          const replayed = numbered(batch, ordinal - before)
          const { filtered, rejects: again, times } = worker.add(replayed, name, part, undefined)
          if (again.numRows === 0) {
            accepted.add(row)
            tally.addReplayed(filtered, times)
            break
          }
          field = fieldAt(again, 0)
        }
      }
      tally.addUnmatched(worker.takeUnmatched())
      if (accepted.size === 0) return rejects
      return selectBatch(
        rejects,
        Int32Array.from({ length: rejects.numRows }, (_, row) => row).filter((row) => !accepted.has(row))
      )
    })
  }

  /** The events that came of it. */
  takeRuns(): ReadonlyArray<Run> {
    return this.worker.takeRuns()
  }
}

const fieldAt = (rejects: RecordBatch, row: number): string | null => {
  const { codes, dictionary } = textView(rejects, "field")
  return codes[row] < 0 ? null : dictionary.get(codes[row])
}

/** A batch of one record under another number. */
const numbered = (batch: EventBatch, ordinal: number): EventBatch => {
  const { records } = batch
  const number = new BigInt64Array(1)
  storeInt64(lanes(number), 0, ordinal)
  const columns = records.schema.fields.map((field) => ({
    name: field.name,
    json: isJson(field),
    data: field.name === position.event ? int64Column(number) : columnData(records, field.name)
  }))
  const { asText, raw, rawOffset, rejects } = batch
  return { records: recordBatch(columns, 1), rejects, raw, rawOffset, ...(asText && { asText }) }
}
