import type { RecordBatch, Schema as ArrowSchema } from "apache-arrow"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { PluginError } from "./PluginError.ts"
import { type PluginOptions, pluginOptions } from "./PluginOptions.ts"
import { type PromisedSink, promisedSink } from "./Promised.ts"
import type { RowGroups } from "./Sink.ts"

/** A table that is to be written: what a spec calls the output, and its columns. */
export interface TableTarget<Options> {
  readonly uri: string
  readonly options: Options
  readonly name: string
  readonly schema: ArrowSchema
  /**
   * Told only once. A sink that keeps files beside a local target until the commit calls one so: if the run dies, the next
   * one knows by it that the file is left over.
   */
  readonly id: string
}

/** A table being written. */
export interface StagedTable {
  /** Instead of `write`, with {@link TableSink.packer}. */
  readonly groups?: RowGroups
  /** Adds rows of the target's schema. Their memory is used again afterwards. */
  readonly write: (batch: RecordBatch) => Effect.Effect<void, PluginError>
  /**
   * After the last row: makes all of them durable, and still invisible. Gives what {@link TableSink.commit} needs; it is kept
   * in journals, so it holds no secret, and another process can use it.
   */
  readonly prepare: Effect.Effect<string, PluginError>
}

export interface GroupPacker {
  readonly load: () => Promise<void>
  readonly pack: (group: Uint8Array) => Uint8Array
}

/**
 * A system that takes tables and is no store of files, such as a database. Rows appear at `commit`, all or none, of all
 * tables that a run writes to one target at once.
 */
export interface TableSink<Options> extends PluginOptions<Options> {
  readonly kind: "sink"
  readonly name: string
  readonly summary: string
  readonly options: Schema.Codec<Options, unknown>
  /** Endings of uris, without the dot, that mean this system. */
  readonly extensions: ReadonlyArray<string>
  /** What rows go into, such as `table sessions`: two outputs of a run for one uri must not have the same. */
  readonly place: (options: Options, name: string) => string
  /** Packs the groups of its tables, in any thread; loaded before. */
  readonly packer?: GroupPacker
  /** Begins a table; fails if the target cannot take it, such as for its columns. What is not prepared when the scope closes is removed. */
  readonly stage: (target: TableTarget<Options>) => Effect.Effect<StagedTable, PluginError, Scope.Scope>
  /** Puts prepared tables in place, in one transaction. Doing it again, after a crash in between, changes nothing. */
  readonly commit: (uri: string, tokens: ReadonlyArray<string>) => Effect.Effect<void, PluginError>
  /** Removes prepared tables; what is gone or in place already is no error. */
  readonly discard: (uri: string, tokens: ReadonlyArray<string>) => Effect.Effect<void, PluginError>
  readonly promised: PromisedSink<Options>
}

/** A sink as a value, with its options' type inferred. */
export const defineSink = <Options>(
  sink: Omit<TableSink<Options>, "kind" | "promised" | keyof PluginOptions<Options>>
): TableSink<Options> => ({ kind: "sink", ...sink, promised: promisedSink(sink), ...pluginOptions(sink.options) })
