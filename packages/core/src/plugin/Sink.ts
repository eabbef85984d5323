import type { RecordBatch } from "apache-arrow"
import type * as Effect from "effect/Effect"
import type { PluginError } from "./PluginError.ts"

/**
 * Where a table goes. What is written is invisible until it is committed: {@link Sink.prepare} makes it durable,
 * {@link Sink.commit} puts it in place at once. A sink whose scope closes before its commit leaves nothing behind.
 */
export interface Sink {
  /** Only batches of the schema that the sink was opened with. */
  readonly write: (batch: RecordBatch) => Effect.Effect<void, PluginError>
  /**
   * Where rows can be encoded batch by batch, by whoever has them: writes what the sink's encoding makes of further
   * batches.
   */
  readonly writeEncoded?: (bytes: Uint8Array) => Effect.Effect<void, PluginError>
  /** After the last batch; nothing can be written any more. */
  readonly prepare: Effect.Effect<void, PluginError>
  /** After `prepare`. Replaces what the target held. */
  readonly commit: Effect.Effect<void, PluginError>
}
