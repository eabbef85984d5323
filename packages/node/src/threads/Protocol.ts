import type {
  Compared,
  Counts,
  Finished,
  Former,
  Job,
  OnlyPaths,
  Part,
  PartResult,
  Piece,
  UserRange
} from "@sojourn/core"
import type { InputFile } from "../Files.ts"
import type { FormatChoice } from "../Formats.ts"
import type { Failure } from "./Failure.ts"
import type { StoredRun } from "./StoredRun.ts"

/** What a thread is told of a run. */
export interface Start {
  readonly job: Job
  /** Where runs are put that do not fit into memory. */
  readonly directory: string
  /** Bytes of events that a thread may gather before they are put there. */
  readonly mostBytes: number
}

/** An input file, as a thread opens it. */
export interface Origin {
  readonly uri: string
  readonly file: InputFile
  readonly format: FormatChoice | null
  /** See `Source`. */
  readonly fields: Readonly<Record<string, string>>
  /** The format of the pieces after the first. */
  readonly rest: FormatChoice | null
}

/** Begins a run; there is no answer to it. */
export interface Begin {
  readonly ask: "start"
  readonly start: Start
}

/** Ends the thread, which has nothing to do; there is no answer to it. */
export interface End {
  readonly ask: "end"
}

/** What a thread is asked, one at a time. */
export type Ask =
  | {
      readonly ask: "read"
      readonly origin: Origin
      readonly piece: Piece | undefined
      readonly part: number
      readonly lateBefore: number | undefined
    }
  | { readonly ask: "gather" }
  | {
      readonly ask: "begin"
      readonly runs: ReadonlyArray<StoredRun>
      readonly parts: ReadonlyArray<Part>
      readonly voided: ReadonlyArray<number>
      readonly former: Former | undefined
    }
  | {
      readonly ask: "compute"
      readonly range: UserRange
      readonly encode: ReadonlyArray<boolean>
      readonly heads: boolean
      readonly only: OnlyPaths
    }
  | { readonly ask: "compare"; readonly range: UserRange }
  | { readonly ask: "pack"; readonly format: FormatChoice | null; readonly uri: string; readonly rows: Uint8Array }
  | { readonly ask: "finish" }

/** Tables go from thread to thread as Arrow IPC streams of one batch. */
export interface PackedResult {
  readonly counts: ReadonlyArray<Counts>
  readonly outputs: ReadonlyArray<{
    readonly rows: number
    readonly batches: ReadonlyArray<Uint8Array>
    readonly encoded: ReadonlyArray<Uint8Array>
  }>
  readonly feeds: ReadonlyArray<ReadonlyArray<Uint8Array>>
  readonly heads: ReadonlyArray<{ readonly table: string; readonly batch: Uint8Array }>
}

type PackedComparison = Omit<Compared, "changes"> & { readonly changes: Uint8Array }

/** What a thread tells while it works, and how it answers. */
export type Tell =
  | { readonly tell: "progress"; readonly bytes: number; readonly records: number }
  | { readonly tell: "rejects"; readonly batch: Uint8Array }
  | { readonly tell: "read"; readonly result: PartResult }
  | { readonly tell: "gathered"; readonly runs: ReadonlyArray<StoredRun> }
  | { readonly tell: "begun" }
  | { readonly tell: "computed"; readonly result: PackedResult }
  | { readonly tell: "compared"; readonly compared: ReadonlyArray<PackedComparison> }
  | { readonly tell: "packed"; readonly packed: Uint8Array }
  | { readonly tell: "finished"; readonly finished: Finished }
  | { readonly tell: "failed"; readonly failure: Failure }
