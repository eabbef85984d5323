import type * as Schema from "effect/Schema"
import type { DecodeRequest } from "./Decoder.ts"
import type { EventBatch } from "./EventBatch.ts"
import { type PluginOptions, pluginOptions } from "./PluginOptions.ts"

/** A file whose bytes can be read at any place. */
export interface RandomAccess {
  /** Its size. */
  readonly bytes: number
  /** Bytes `from` to `to` (excluded), which lie in the file; they are the caller's own. */
  readonly read: (from: number, to: number) => Promise<Uint8Array>
}

/** Records that are read together. */
export interface RecordGroup {
  readonly records: number
  /** Bytes that are read for them, of the columns that are wanted. */
  readonly bytes: number
}

/** One file whose directory is read. Groups are read in any order; nothing but memory ties them to each other. */
export interface FileDecoding {
  readonly groups: ReadonlyArray<RecordGroup>
  /** Every field: names as paths with dots, in the order of the file. */
  readonly fields: ReadonlyArray<string>
  /** What was found out about the file, for the summary. */
  readonly notes: ReadonlyArray<string>
  /**
   * The records of a group, or the first `most` of them; ordinals go on from `before`. They carry
   * {@link EventBatch.asText}. Fails with an `Error` that says what is wrong with the file.
   */
  readonly read: (group: number, before: number, most?: number) => Promise<EventBatch>
}

/**
 * A format whose records can be read only where a directory in the file says they are, such as Parquet. Pure, like a
 * {@link Decoder}: the runtime gives it the bytes that it asks for.
 */
export interface FileDecoder<Options> extends PluginOptions<Options> {
  readonly kind: "file-decoder"
  readonly name: string
  readonly summary: string
  readonly options: Schema.Codec<Options, unknown>
  /** File endings, without the dot, that mean this format. */
  readonly extensions: ReadonlyArray<string>
  /** Whether a file is of this format, by its first bytes. */
  readonly recognises: (head: Uint8Array) => boolean
  /** Reads the directory. Fails with an `Error` that says what is wrong with the file. */
  readonly open: (options: Options, request: DecodeRequest, file: RandomAccess) => Promise<FileDecoding>
}

/** A decoder as a value, with its options' type inferred. */
export const defineFileDecoder = <Options>(
  decoder: Omit<FileDecoder<Options>, "kind" | keyof PluginOptions<Options>>
): FileDecoder<Options> => ({
  kind: "file-decoder",
  ...decoder,
  ...pluginOptions(decoder.options)
})
