import type { WordType } from "./RowWords.ts"

/** Texts numbered from 0: `bytes[offsets[code]..offsets[code + 1])`. */
export interface RunTexts {
  readonly size: number
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
}

/** A column of a run, by row. */
export interface RunColumn {
  readonly name: string
  readonly type: WordType
  readonly words: Int32Array
  readonly valid: Uint8Array | undefined
  readonly texts: RunTexts | undefined
}

/**
 * Accepted events of one thread, sorted by user, each user's events in order of arrival. Plain data, which threads can
 * share. The user is no column: `users` are in order, and `ends[i]` is where the rows of the i-th user end.
 */
export interface Run {
  readonly rows: number
  readonly users: RunTexts
  readonly ends: Int32Array
  readonly columns: ReadonlyArray<RunColumn>
}
