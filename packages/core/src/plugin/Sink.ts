import type { RecordBatch } from "apache-arrow"
import type * as Effect from "effect/Effect"
import type { PluginError } from "./PluginError.ts"

/** Rows that are to be packed, and written then. */
export interface RowGroup {
  readonly rows: Uint8Array
  /** After the groups before it. */
  readonly write: (packed: Uint8Array) => Effect.Effect<void, PluginError>
}

/** Rows in groups, which whoever has threads can pack: see `GroupedEncoding`. */
export interface RowGroups {
  readonly add: (batch: RecordBatch) => Effect.Effect<ReadonlyArray<RowGroup>, PluginError>
  /** After the last batch. */
  readonly rest: Effect.Effect<ReadonlyArray<RowGroup>, PluginError>
}

/**
 * Where a table goes. What is written is invisible until it is committed: {@link Sink.prepare} makes it durable,
 * {@link Sink.commit} puts it in place at once. A sink whose scope closes before its commit leaves nothing behind.
 */
export interface Sink {
  /** Only batches of the schema that the sink was opened with. */
  readonly write: (batch: RecordBatch) => Effect.Effect<void, PluginError>
  /**
   * Where rows can be encoded batch by batch, by whoever has them: writes what the sink's encoding makes of further
   * batches. The bytes are good until this has ended: who keeps them longer keeps a copy.
   */
  readonly writeEncoded?: (bytes: Uint8Array) => Effect.Effect<void, PluginError>
  /** Instead of `write`. */
  readonly groups?: RowGroups
  /** After the last batch; nothing can be written any more. */
  readonly prepare: Effect.Effect<void, PluginError>
  /** After `prepare`. Replaces what the target held. */
  readonly commit: Effect.Effect<void, PluginError>
}
