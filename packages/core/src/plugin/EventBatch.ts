import type { HeldRecords, Texts } from "@sojourn/kernels"
import type { RecordBatch } from "apache-arrow"

/**
 * What a decoder makes of bytes: the records it could read as columns, and those it could not as rejects.
 *
 * `records` has the wanted columns in the order asked for, as text (dictionary-encoded; a decoder whose format has
 * types of its own marks JSON tokens with the Arrow extension `arrow.json`), then the columns named in
 * {@link position}, then {@link digest} and {@link unknown} if they were asked for.
 */
export interface EventBatch {
  readonly records: RecordBatch
  /** Columns `$event`, `$line`, `$offset`, `$length` (as in `records`), `code`, `reason`, `field`, `raw`. */
  readonly rejects: RecordBatch
  /** The bytes that `$offset` and `$length` point into, so that a record rejected later can be kept as it was. */
  readonly raw: Uint8Array
  /** The `$offset` of the first byte of `raw`. */
  readonly rawOffset: number
  /**
   * For columns of `records` whose dictionary goes on growing: the growing texts themselves, the same object in a later
   * batch as long as a code keeps its meaning. So what is known of a text need not be found out again. No text stands in
   * them twice, but for those of more than 16,777,215 bytes.
   */
  readonly texts?: ReadonlyMap<string, Texts>
  /**
   * For a format whose records are no stretches of bytes: a record as text, for the quarantine. `raw` is then empty, and
   * lines, offsets and lengths say nothing.
   */
  readonly asText?: (row: number) => string
  /** Set if the records were left in the memory of the kernels, as it was asked for: `records` is then made when read. */
  readonly held?: HeldBatch
}

/** Records in the memory of the kernels, to be released before more are decoded. */
export interface HeldBatch {
  readonly held: HeldRecords
  /** Texts are JSON tokens. */
  readonly json: boolean
  /** Times have no zone: see {@link localMicrosOf}. */
  readonly local: boolean
  /** Some of the records, which stay what they are after the release. */
  readonly some: (rows: Int32Array) => Pick<EventBatch, "records" | "texts" | "asText">
}

/**
 * Where a record stands in its input, four int64 columns: its 1-based ordinal among the records, the 1-based line of
 * its first byte, the offset of that byte in the unpacked input, and its length in bytes.
 */
export const position = { event: "$event", line: "$line", offset: "$offset", length: "$length" } as const

/**
 * 16 bytes a record: equal for two records whose fields are written the same. Whitespace between fields and the order
 * of named fields do not matter.
 */
export const digest = "$digest"

/** The text column with the fields of a record that are not known, if they were to be told: null where there is none. */
export const unknown = "$unknown"

/**
 * The column that a decoder may add to `records` for a column that is wanted as a time: its microseconds since 1970, or
 * the least int64 where it could not read the text itself.
 */
export const microsOf = (name: string): string => `$micros ${name}`

/** The same where times have no zone: microseconds since 1970 on a clock of which the spec says where it hangs. */
export const localMicrosOf = (name: string): string => `$local ${name}`

/** A column that a decoder is asked for. */
export interface WantedColumn {
  /** Name in the batch. */
  readonly name: string
  /** Where it stands in a record: one segment a level. A field whose whole name holds dots matches too. */
  readonly path: string
  /** Its texts are times in ISO 8601: the decoder may add {@link microsOf} or {@link localMicrosOf}. */
  readonly isTime?: boolean
}

/** Why a record was rejected, stable names. */
export const rejectCodes = [
  "json.syntax",
  "csv.columns",
  "csv.syntax",
  "log.syntax",
  "text.encoding",
  "record.size",
  "field.missing",
  "field.type",
  "field.value",
  "field.unknown",
  "time.invalid",
  "time.range",
  "time.late"
] as const
export type RejectCode = (typeof rejectCodes)[number]

/** The reason of `record.size`: `record of 20,000,000 bytes is over the cap of 16,777,216`. */
export const overCap = (length: number, cap: number): string =>
  `record of ${grouped(length)} bytes is over the cap of ${grouped(cap)}`

const grouped = (count: number): string => count.toLocaleString("en-US")
