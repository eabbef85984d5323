import type { TextArrays } from "@sojourn/kernels"
import type { WordType } from "./RowWords.ts"

/** A column of a run, by row. */
export interface RunColumn {
  readonly name: string
  readonly type: WordType
  /** Text that holds JSON. */
  readonly json: boolean
  readonly words: Int32Array
  readonly valid: Uint8Array | undefined
  readonly texts: TextArrays | undefined
}

/**
 * Accepted events of one thread, sorted by user and time, and then as they were read: by place, but for parts that were
 * read again. Plain data, which threads can share. The user is no column: `users` are in order, and `ends[i]` is where
 * the rows of the i-th user end.
 */
export interface Run {
  readonly rows: number
  readonly users: TextArrays
  readonly ends: Int32Array
  readonly columns: ReadonlyArray<RunColumn>
}

/** Bytes that a run takes. */
export const bytesOf = ({ columns, ends, users }: Run): number =>
  columns.reduce(
    (sum, { texts, valid, words }) => sum + words.byteLength + (valid?.byteLength ?? 0) + textBytes(texts),
    ends.byteLength + textBytes(users)
  )

const textBytes = (texts: TextArrays | undefined): number =>
  texts === undefined ? 0 : texts.offsets.byteLength + texts.bytes.byteLength
