import type { RecordBatch } from "apache-arrow"
import { int64Lanes } from "../arrow/Columns.ts"
import { type EventBatch, position } from "../plugin/EventBatch.ts"
import { int64At } from "../time/Int64.ts"

/** The highest ordinal in a batch, 0 if it is empty. */
export const lastOrdinal = (batch: EventBatch): number => {
  const last = (batch: RecordBatch) =>
    batch.numRows === 0 ? 0 : int64At(int64Lanes(batch, position.event), batch.numRows - 1)
  return Math.max(batch.held?.held.lastEvent ?? last(batch.records), last(batch.rejects))
}
