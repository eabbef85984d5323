import type { RecordTable } from "@sojourn/kernels"
import type * as Schema from "effect/Schema"
import type { EventBatch, WantedColumn } from "./EventBatch.ts"
import { type PluginOptions, pluginOptions } from "./PluginOptions.ts"

/** What the engine asks of a decoder. */
export interface DecodeRequest {
  readonly columns: ReadonlyArray<WantedColumn>
  /** Also give every record a digest of all its fields. */
  readonly digest: boolean
  /**
   * Also tell which fields of a record are none of these, in the column `$unknown`: names of whole fields, not of what is
   * inside them. Where a decoder knows that there are none, it may leave the column out, and only then use `table`.
   */
  readonly known?: ReadonlySet<string>
  /** A longer record is rejected with `record.size`; reading goes on after it. */
  readonly maxRecordBytes: number
  /** The bytes are the rest of an input, from a record's beginning on: there is no byte order mark before them. */
  readonly continues?: boolean
  /**
   * Where records are gathered, in the memory of the kernels; without it everything is done by plain loops, with the
   * same result. `json`: the texts are JSON tokens.
   */
  readonly table?: (json: boolean) => RecordTable
  /** Records may be left there: see {@link EventBatch}. Every batch is released before more bytes are pushed. */
  readonly holds?: boolean
}

/**
 * One input being decoded, fed with its unpacked bytes in order. Both functions return the batches that are complete;
 * the records, rejects and positions do not depend on how the bytes are cut into chunks. A chunk must not change
 * after it was pushed.
 */
export interface Decoding {
  readonly push: (chunk: Uint8Array) => ReadonlyArray<EventBatch>
  /** The input has ended. */
  readonly end: () => ReadonlyArray<EventBatch>
  /**
   * For a decoder with {@link Decoder.pieces}: reads every record that is complete by now, however small the batch
   * becomes.
   */
  readonly settle?: () => Settled
  /** What was decided about the input from its first bytes, for the summary: layout, delimiter, columns. */
  readonly notes: () => ReadonlyArray<string>
  /** Every field seen so far: names as paths with dots, to the depth the format has, in order of appearance. */
  readonly fields: () => ReadonlyArray<string>
}

/** What is complete of the bytes pushed so far. */
export interface Settled {
  readonly batches: ReadonlyArray<EventBatch>
  /** Bytes before the first record that is not complete. */
  readonly consumed: number
  /** Newlines among them. */
  readonly lines: number
}

/** Bytes to batches. Pure: no file, no clock, no network; the same in Node and in a browser. */
export interface Decoder<Options> extends PluginOptions<Options> {
  readonly kind: "decoder"
  readonly name: string
  readonly summary: string
  readonly options: Schema.Codec<Options, unknown>
  /** File endings, without the dot, that mean this format. */
  readonly extensions: ReadonlyArray<string>
  /** Whether an input is of this format, by its first bytes: for one whose name does not tell. */
  readonly recognises?: (head: Uint8Array) => boolean
  /** The fields that tell users apart in this format, where it has fields of its own. */
  readonly user?: ReadonlyArray<string>
  readonly open: (options: Options, request: DecodeRequest) => Decoding
  /**
   * Whether an input can be read in pieces that begin after a newline, by its first bytes (all of it, or at least 1 MiB):
   * the options with which they are opened; undefined if it can only be read as a whole.
   */
  readonly pieces?: (options: Options, head: Uint8Array) => PieceOptions<Options> | undefined
}

/** Of the first piece, which may be too small to decide by what the whole input would, and of those after it. */
export interface PieceOptions<Options> {
  readonly first: Options
  readonly rest: Options
}

/** A decoder as a value, with its options' type inferred. */
export const defineDecoder = <Options>(
  decoder: Omit<Decoder<Options>, "kind" | keyof PluginOptions<Options>>
): Decoder<Options> => ({
  kind: "decoder",
  ...decoder,
  ...pluginOptions(decoder.options)
})
