import type { RecordBatch } from "apache-arrow"
import type { Need } from "../Needs.ts"
import type { Judged, Previous } from "./Finding.ts"

/** What judging needs besides the rows. */
export interface Judging {
  /** int64 microseconds since 1970. */
  readonly asOfMicros: number
  readonly previous: Previous
}

/** A check while the rows that it looks at come in, in blocks of whole users and in order. */
export interface CheckState {
  readonly needs: ReadonlyArray<Need>
  add(from: string, rows: RecordBatch): void
  /** All rows have come. */
  finish(judging: Judging): ReadonlyArray<Judged>
}
