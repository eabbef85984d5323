import type { RecordBatch } from "apache-arrow"
import type * as Effect from "effect/Effect"
import type { DecodeRequest } from "../plugin/Decoder.ts"
import type { EventBatch } from "../plugin/EventBatch.ts"
import type { PluginError } from "../plugin/PluginError.ts"
import type { Source } from "../plugin/Source.ts"
import type { OnlyPaths } from "./Crew.ts"
import type { CountedRejects } from "./RejectCounts.ts"
import type { TimeNotes } from "./TimeColumn.ts"
import type { Unmatched } from "./Unmatched.ts"

/** Events that were read in one go, under a number that stays theirs from run to run. Plain data. */
export interface KeptPart {
  readonly id: number
  /** Records of the input in it. */
  readonly records: number
}

/** What became of an input, or of what was read of it so far, besides the accepted events. Plain data. */
export interface InputCounts {
  readonly records: number
  readonly filtered: number
  /** Newlines up to `end`. */
  readonly lines: number
  readonly end: number
  /** Whether the records up to `end` are what they are whatever may follow there. */
  readonly settled: boolean
  readonly notes: ReadonlyArray<string>
  readonly times: TimeNotes
  readonly rejected: ReadonlyArray<CountedRejects>
  /** For each entry of the plan's enrich. */
  readonly unmatched: ReadonlyArray<Unmatched>
}

/** What earlier runs have read of an input, from its beginning on. */
export interface KeptInput {
  readonly parts: ReadonlyArray<KeptPart>
  readonly counts: InputCounts
  /** More has come after `counts.end`, which is to be read. */
  readonly grown: boolean
  /** Its rejects are to be run again, as they are corrected now. */
  readonly replayed: boolean
}

/** A rejected record that was corrected, so that it may be accepted. */
export interface Correction {
  /** Among the rejects. */
  readonly row: number
  /** The record when the value of a field is corrected, besides those before; undefined where there is nothing to correct. */
  readonly next: (field: string | null) => EventBatch | undefined
}

/** What a run is to do with an input. */
export interface Beginning {
  /** What need not be read. */
  readonly kept: KeptInput | undefined
  /** Of what is read, events before this time (int64 microseconds since 1970) are rejected as late. */
  readonly lateBefore: number | undefined
}

/** An input as a run knows it when all is read. */
export interface ReadInput {
  /** Parts that this run has read, by their numbers in places; after those that were kept. */
  readonly parts: ReadonlyArray<{ readonly part: number; readonly records: number }>
  /** Of all of it, kept or read. */
  readonly counts: InputCounts
}

/**
 * What a run knows from those before it, and keeps for those after it: accepted events by their parts (which the crew
 * reads and keeps), and what became of the other records. The result of a run does not depend on what was kept.
 */
export interface RunState {
  /**
   * Asked once, before anything is read: what is to be done with each source. `lookups`: what is joined to events. Fails where
   * an input is gone.
   */
  readonly begin: (
    sources: ReadonlyArray<Source>,
    lookups: ReadonlyArray<Uint8Array>
  ) => Effect.Effect<ReadonlyArray<Beginning>, PluginError>
  /** The rejects that are kept of a source, in order. */
  readonly rejects: (source: number) => Effect.Effect<ReadonlyArray<RecordBatch>, PluginError>
  /** Those of some rejects of a source that were corrected, decoded as it is asked for. */
  readonly corrections: (
    source: number,
    rejects: RecordBatch,
    request: DecodeRequest
  ) => Effect.Effect<ReadonlyArray<Correction>, PluginError>
  /** Takes rejects of a source that were read, or run again, in order. */
  readonly addRejects: (source: number, rejects: RecordBatch) => Effect.Effect<void, PluginError>
  /** Takes what became of the ids of sessions: see `Changes`. */
  readonly addChanges: (changes: RecordBatch) => Effect.Effect<void, PluginError>
  /**
   * For each output of the plan the partitions whose rows are to be computed, where the others are as the last run has left
   * them; undefined: all. `touched`: those in which rows are other ones.
   */
  readonly replaced: (touched: ReadonlyArray<ReadonlySet<string>>) => Effect.Effect<OnlyPaths, PluginError>
  /**
   * After everything is computed: makes what is to be kept durable, by source. It counts from the commit on. `latest`:
   * the last time of a unique event, in microseconds since 1970.
   */
  readonly prepare: (inputs: ReadonlyArray<ReadInput>, latest: number | undefined) => Effect.Effect<void, PluginError>
  /** Together with the outputs of the run. */
  readonly commit: Effect.Effect<void, PluginError>
}
