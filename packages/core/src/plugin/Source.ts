import type * as Stream from "effect/Stream"
import type { DecodeRequest } from "./Decoder.ts"
import type { EventBatch } from "./EventBatch.ts"
import type { PluginError } from "./PluginError.ts"

/** One input of a run: a file, a stream. Its records have ordinals from 1 and are read in one order. */
export interface Source {
  /** As quarantine and summary call it. */
  readonly name: string
  /** How many bytes there are to read, where that is known: for progress. */
  readonly bytes: number | undefined
  /** Paths of columns that are others in its records: see `requestFor`. */
  readonly fields?: Readonly<Record<string, string>>
  /** The day, from 1970-01-01, of which all of its records are said to be. */
  readonly day?: number | undefined
  readonly read: (request: DecodeRequest) => Stream.Stream<SourceBatch, PluginError>
  /** What there is to say of it, instead of what its batches note. */
  readonly notes?: ReadonlyArray<string>
  /** Its records lie in this file too, as long as it is open: threads can share the reading of it. */
  readonly copy?: FileCopy
}

/** A local file, in a format of files that is built in. */
export interface FileCopy {
  readonly path: string
  readonly format: { readonly name: string; readonly options: Readonly<Record<string, unknown>> }
}

export interface SourceBatch extends EventBatch {
  /** Bytes taken from the origin (packed, if it is) since the batch before. */
  readonly bytes: number
  /** What the decoder decided about the input and met in it; the list of the last batch is complete at the end. */
  readonly notes: ReadonlyArray<string>
}
