import type { RecordBatch, Schema as ArrowSchema } from "apache-arrow"
import type * as Schema from "effect/Schema"
import { adoptBatch } from "../arrow/adopt.ts"
import { type PluginOptions, pluginOptions } from "./PluginOptions.ts"

/**
 * Rows collected in groups, each of which is packed by itself: that takes long, and any thread can do it. The file is the same
 * as that of `encode`.
 */
export interface GroupedEncoding {
  /** Adds rows; gives the groups that are full with them. */
  readonly add: (batch: RecordBatch) => ReadonlyArray<Uint8Array>
  /** After the last rows: the group that is left, if there is one. */
  readonly rest: () => ReadonlyArray<Uint8Array>
  /** What stands in the file for a group that `Encoder.pack` made; told of all in their order. */
  readonly place: (packed: Uint8Array) => Uint8Array
}

/** Memory for so many bytes. */
export type Room = (bytes: number) => Uint8Array

/** One table being encoded: `begin`, any number of batches, `end`, concatenated, are the whole file. */
export interface Encoding {
  readonly begin: () => Uint8Array
  /** All batches have the schema given at the start. */
  readonly encode: (batch: RecordBatch) => Uint8Array
  /** The same in memory that is given. */
  readonly encodeInto?: (batch: RecordBatch, room: Room) => Uint8Array
  /** What a batch is encoded to does not depend on those before it, so that several threads can encode. */
  readonly stateless?: boolean
  /** Where rows are packed in groups, which others can do: instead of `encode`. */
  readonly groups?: GroupedEncoding
  readonly end: () => Uint8Array
}

/** Batches to bytes. Pure, like a decoder. Column types it must know: those that `Columns.ts` makes. */
export interface Encoder<Options> extends PluginOptions<Options> {
  readonly kind: "encoder"
  readonly name: string
  readonly summary: string
  readonly options: Schema.Codec<Options, unknown>
  /** File endings, without the dot, that mean this format. */
  readonly extensions: ReadonlyArray<string>
  /** Loads code that is too large to be loaded for every run; done before `open`. */
  readonly load?: () => Promise<void>
  readonly open: (options: Options, schema: ArrowSchema) => Encoding
  /** Packs a group of {@link Encoding.groups}. */
  readonly pack?: (options: Options, group: Uint8Array) => Uint8Array
  /** A batch of another copy of Arrow as one of the copy that this encoder has. */
  readonly adopt: (batch: RecordBatch) => RecordBatch
}

/** An encoder as a value, with its options' type inferred. */
export const defineEncoder = <Options>(
  encoder: Omit<Encoder<Options>, "kind" | "adopt" | keyof PluginOptions<Options>>
): Encoder<Options> => ({
  kind: "encoder",
  ...encoder,
  adopt: adoptBatch,
  ...pluginOptions(encoder.options)
})
