import type { RecordBatch } from "apache-arrow"
import { columnData, int64Column, recordBatch } from "../arrow/Columns.ts"
import { position } from "../plugin/EventBatch.ts"
import type { Block } from "./Merge.ts"
import { placeColumn } from "./Place.ts"

/** A block without events, with the columns of accepted events (an empty batch of them): what nothing comes to. */
export const emptyBlock = (accepted: RecordBatch): Block => ({
  events: recordBatch(
    accepted.schema.fields.map(({ name }) =>
      name === position.event
        ? { name: placeColumn, data: int64Column(new BigInt64Array(0)) }
        : { name, data: columnData(accepted, name) }
    ),
    0
  ),
  ends: new Int32Array(0)
})
