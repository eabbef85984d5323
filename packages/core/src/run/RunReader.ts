import type { Run } from "./Run.ts"

/** A run that may be read in pieces: the users of a piece come before those of the next. */
export interface RunReader {
  readonly pieces: ReadonlyArray<RunPiece>
  /** The rows of a piece; all runs of one thread have the same columns. */
  readonly read: (piece: number) => Run
}

/** What is known of a piece without reading it. */
export interface RunPiece {
  readonly rows: number
  readonly lastUser: Uint8Array
}

/** A run that is in memory, as one piece. */
export const wholeRun = (run: Run): RunReader => ({
  pieces: run.rows === 0 ? [] : [{ rows: run.rows, lastUser: userOf(run, run.users.size - 1) }],
  read: () => run
})

export const userOf = ({ users: { bytes, offsets } }: Pick<Run, "users">, index: number): Uint8Array =>
  bytes.slice(offsets[index], offsets[index + 1])
