import type { RecordBatch } from "apache-arrow"
import type * as Effect from "effect/Effect"
import type { Plan } from "../plan/Plan.ts"
import type { Connections } from "../plugin/Connections.ts"
import type { PluginError } from "../plugin/PluginError.ts"
import type { MakeCrew } from "./Crew.ts"
import type { RunFailure } from "./RunFailure.ts"
import type { RunState } from "./RunState.ts"
import type { StageTimes } from "./Stages.ts"
import type { Summary } from "./Summary.ts"

/** What a run is given besides its plan. */
export interface RunOptions {
  /** "Now" for everything that depends on it, int64 microseconds since 1970 (exact below 2^53). */
  readonly asOfMicros: number
  /** Stop after this many records of each input. */
  readonly limit?: number
  /** Tables of which to hand back the first rows, for display. */
  readonly head?: { readonly rows: number; readonly tables: ReadonlyArray<string> }
  /** Count the times between a user's events. */
  readonly gaps?: boolean
  /** What is bound to the parameters of expressions: for each name of the plan's `bindings` its value. */
  readonly bindings?: ReadonlyMap<string, string>
  /**
   * Where plans were joined: how many outputs each has. They are put in place in turns, and after each but the last it is
   * told what came of it, and asked whether to go on.
   */
  readonly turns?: {
    readonly outputs: ReadonlyArray<number>
    readonly done: (result: RunResult) => Effect.Effect<boolean>
  }
  /** Compute everything and write nothing. */
  readonly dryRun?: boolean
  /** What earlier runs have read; its events are known to the crew. */
  readonly state?: RunState
  /** The threads that share the work; without them the calling thread does it alone. */
  readonly crew?: MakeCrew
  /** Everything by plain loops, without the kernels: the same, slower. */
  readonly plain?: boolean
  /** What the table `inputs` says of this run: its name, and the time in int64 microseconds since 1970, whenever it is asked. */
  readonly mark?: { readonly id: string; readonly nowMicros: () => number }
  /** Milliseconds from any beginning, to measure what the time is spent on. */
  readonly clock?: () => number
  /** Told after every batch. */
  readonly onProgress?: (progress: Progress) => void
}

export interface Progress {
  /** Taken from the origins so far, and to be taken in all where that is known. */
  readonly bytes: number
  readonly totalBytes: number | undefined
  readonly records: number
}

export interface RunResult {
  readonly summary: Summary
  /** The first rows of the tables asked for, those that the plan makes. */
  readonly heads: ReadonlyMap<string, RecordBatch>
  /** What the time of all threads was spent on; empty without a clock. */
  readonly stages: StageTimes
}

/** Carries out plans. */
export interface Engine {
  readonly name: string
  /** What of a plan this engine cannot do exactly as it is defined; it then refuses the plan. */
  readonly unsupported: (plan: Plan) => ReadonlyArray<string>
  /** Gives what came of the plan, or of the last of its turns. */
  readonly run: (plan: Plan, options: RunOptions) => Effect.Effect<RunResult, PluginError | RunFailure, Connections>
}
