import type { DurationCounts } from "@sojourn/kernels"
import type { RecordBatch } from "apache-arrow"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Plan, Write } from "../plan/Plan.ts"
import type { PluginError } from "../plugin/PluginError.ts"
import type { Source } from "../plugin/Source.ts"
import type { UserRange } from "../run/Merge.ts"
import type { Part } from "../run/Place.ts"
import type { Run } from "../run/Run.ts"
import type { UserSample } from "../run/Ranges.ts"
import type { Compared } from "./Changes.ts"
import type { Counts } from "./Counts.ts"
import type { Edges } from "./range/Edges.ts"
import type { CountedRejects } from "./RejectCounts.ts"
import type { ReadFailure, RunFailure } from "./RunFailure.ts"
import type { StageTimes } from "./Stages.ts"
import type { TimeNotes } from "./TimeColumn.ts"
import type { Unmatched } from "./Unmatched.ts"

/** What every thread of a run is told. Plain data. */
export interface Job {
  readonly plan: Plan
  readonly asOfMicros: number
  /** Count the times between a user's events. */
  readonly gaps: boolean
  /** Count the duplicates of each input. */
  readonly countsInputs: boolean
  /** What is read, where the plan is about some dates. */
  readonly edges: Edges | undefined
  /** What is bound to the parameters of expressions. */
  readonly bindings: ReadonlyArray<readonly [name: string, value: string]>
  /** For each entry of the plan's enrich what is joined to events: the rows of a `LookupTable`, packed. */
  readonly lookups: ReadonlyArray<Uint8Array>
  /** Tables to be written of the events of users, in this order. */
  readonly writes: Plan["write"]
  /** Whether rejects are written; otherwise they may be counted where they are found. */
  readonly keepsRejects: boolean
  /** Rows that the declared tables are made from. */
  readonly feeds: ReadonlyArray<{ readonly from: string; readonly columns: ReadonlyArray<string> }>
  /** Tables of which the first rows may be asked for. */
  readonly heads: { readonly rows: number; readonly tables: ReadonlyArray<string> }
}

/**
 * A stretch of an input that can be read apart from the rest: the records that begin in it. Plain data. It is measured in
 * bytes, or in groups where a directory in the file says where records are.
 */
export interface Piece {
  /** From the beginning of the input; to before `end`. */
  readonly start: number
  readonly end: number
  /** A record begins at `start`; otherwise the first one begins after the first newline at or after the byte before. */
  readonly exact: boolean
}

/** What reading a piece, or a whole input, came to. */
export interface PartResult {
  readonly records: number
  readonly filtered: number
  /** Newlines up to `end`. */
  readonly lines: number
  /** Where the first record of the piece was taken to begin, and where the first one begins that is not in it. */
  readonly start: number
  readonly end: number
  /** Whether its records are what they are whatever may follow after `end`; known of pieces only. */
  readonly settled: boolean
  readonly notes: ReadonlyArray<string>
  readonly times: TimeNotes
  /** Rejects that were only counted: see {@link Job}. */
  readonly rejected: ReadonlyArray<CountedRejects>
  /** For each entry of the plan's enrich. */
  readonly unmatched: ReadonlyArray<Unmatched>
}

/** Events that are kept under a number, and the part of this run that they are. */
export interface PartOfKept {
  readonly id: number
  readonly part: number
}

/** All threads have read what there was. */
export interface Gathered {
  readonly samples: ReadonlyArray<UserSample>
  /** Users can be compared with what they were before the run. */
  readonly compares: boolean
}

/** What the events of some users came to: for each output its rows, as tables or already encoded. */
export interface RangeResult {
  readonly counts: ReadonlyArray<Counts>
  readonly outputs: ReadonlyArray<{
    readonly rows: number
    readonly batches: ReadonlyArray<RecordBatch>
    readonly encoded: ReadonlyArray<Uint8Array>
  }>
  /** For each feed of the job its rows, block by block. */
  readonly feeds: ReadonlyArray<ReadonlyArray<RecordBatch>>
  readonly heads: ReadonlyArray<{ readonly table: string; readonly batch: RecordBatch }>
  /** To be called when what is encoded has been written, and will not be looked at again. */
  readonly release?: () => void
}

/** For each output of the job the partitions whose rows are wanted; undefined: all rows. */
export type OnlyPaths = ReadonlyArray<ReadonlySet<string> | undefined>

/** What a thread adds up in the course of a run. Plain data. */
export interface Finished {
  /** Of all sessions, by those who cut them. */
  readonly durations: ReadonlyArray<DurationCounts>
  readonly stages: StageTimes
}

/** Told as records are read. */
export interface OnRead {
  /** Bytes taken from the origin and records, since it was told last. */
  readonly progress: (bytes: number, records: number) => void
  /** Rejects of the part, in order; positions count from the beginning of the part. */
  readonly rejects: (rejects: RecordBatch) => Effect.Effect<void, ReadFailure>
}

/** Threads that share the work of a run, or the one thread that does it alone. */
export interface Crew {
  readonly size: number
  /** Whether it can encode rows. */
  readonly encodes: boolean
  /**
   * The pieces of a source that its threads can read for themselves, from a place on where a record begins; none if it
   * has to be read as a whole.
   */
  readonly pieces: (source: Source, from: number) => Effect.Effect<ReadonlyArray<Piece>, PluginError>
  /**
   * Reads a source, or one piece of it, as the part with that number. `lateBefore`: events before it are rejected, in
   * microseconds since 1970.
   */
  readonly read: (
    source: Source,
    piece: Piece | undefined,
    part: number,
    lateBefore: number | undefined,
    on: OnRead
  ) => Effect.Effect<PartResult, ReadFailure>
  /**
   * Ends the reading. Events of the parts in `voided` do not count. `kept`: as which parts events count that earlier runs
   * have read. `more`: events that were not read by this crew.
   */
  readonly gather: (
    parts: ReadonlyArray<Part>,
    voided: ReadonlyArray<number>,
    kept: ReadonlyArray<PartOfKept>,
    more: ReadonlyArray<Run>
  ) => Effect.Effect<Gathered, PluginError>
  /** What became of the users in a range since the run before, where {@link Gathered.compares}. */
  readonly compare: (range: UserRange) => Effect.Effect<ReadonlyArray<Compared>, PluginError | RunFailure>
  /** `encode`: for each output whether its rows are to be encoded; `heads`: whether the first rows are wanted. */
  readonly compute: (
    range: UserRange,
    encode: ReadonlyArray<boolean>,
    heads: boolean,
    only: OnlyPaths
  ) => Effect.Effect<RangeResult, PluginError | RunFailure>
  /** Packs a group of rows of an output, if threads can do it. */
  readonly pack?: (write: Write, rows: Uint8Array) => Effect.Effect<Uint8Array, PluginError | RunFailure>
  /** After all ranges: what each thread has added up. */
  readonly finish: Effect.Effect<ReadonlyArray<Finished>, PluginError>
}

/** Makes the crew of a run; its threads end when the scope closes. `limit`: read so many records of each input. */
export type MakeCrew = (job: Job, limit: number | undefined) => Effect.Effect<Crew, PluginError, Scope.Scope>

/** Two questions for each thread, so that none waits for what is being done with an answer. */
export const concurrency = ({ size }: Crew) => ({ concurrency: size === 1 ? 1 : size * 2 })
