import type { RecordBatch } from "apache-arrow"

/** A table of a spec that is made of each user's events alone: a block of whole users gives the rows of these users. */
export interface TableOfUsers {
  /** Columns of the events that it needs. */
  readonly needs: ReadonlyArray<string>
  /** `events`: of whole users, in order. Throws `ExpressionFailed`. */
  of(events: RecordBatch): RecordBatch
}
