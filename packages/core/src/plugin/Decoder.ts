import type * as Schema from "effect/Schema"
import type { EventBatch, WantedColumn } from "./EventBatch.ts"

/** What the engine asks of a decoder. */
export interface DecodeRequest {
  readonly columns: ReadonlyArray<WantedColumn>
  /** Also give every record a digest of all its fields. */
  readonly digest: boolean
  /** A longer record is rejected with `record.size`; reading goes on after it. */
  readonly maxRecordBytes: number
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
  /** What was decided about the input from its first bytes, for the summary: layout, delimiter, columns. */
  readonly notes: () => ReadonlyArray<string>
  /** Every field seen so far: names as paths with dots, to the depth the format has, in order of appearance. */
  readonly fields: () => ReadonlyArray<string>
}

/** Bytes to batches. Pure: no file, no clock, no network; the same in Node and in a browser. */
export interface Decoder<Options> {
  readonly kind: "decoder"
  readonly name: string
  readonly summary: string
  readonly options: Schema.Codec<Options, unknown>
  /** File endings, without the dot, that mean this format. */
  readonly extensions: ReadonlyArray<string>
  readonly open: (options: Options, request: DecodeRequest) => Decoding
}

/** A decoder as a value, with its options' type inferred. */
export const defineDecoder = <Options>(decoder: Omit<Decoder<Options>, "kind">): Decoder<Options> => ({
  kind: "decoder",
  ...decoder
})
