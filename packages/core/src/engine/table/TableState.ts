import type { RecordBatch } from "apache-arrow"

/** A table of a spec while the rows that it is made from come in, in blocks of whole users and in order. */
export interface TableState {
  /** Columns of the rows that it needs. */
  readonly needs: ReadonlyArray<string>
  /** Takes rows of the table `from`. Gives the rows of the table that are known by them, where it does not wait for the last ones. */
  add(rows: RecordBatch, from: string): RecordBatch | undefined
  /** All rows have come: the rows of the table that were not given yet. */
  finish(): RecordBatch | undefined
}
