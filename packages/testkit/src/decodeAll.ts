import {
  columnData,
  type Decoder,
  type DecodeRequest,
  type Decoding,
  digest as digestName,
  type EventBatch,
  position,
  textView,
  unknown as unknownName,
  type WantedColumn
} from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"

/** A record or a reject, as a test compares it. */
export interface Item {
  readonly event: number
  readonly line: number
  readonly offset: number
  readonly length: number
  /** Of a record: its wanted columns by name. */
  readonly values?: Readonly<Record<string, string | null>>
  readonly digest?: string
  /** The names of fields that are not known. */
  readonly unknown?: string | null
  /** Of a reject. */
  readonly code?: string
  /** The bytes that offset and length mean, or, of a reject, its raw text. */
  readonly raw: string | null
}

export interface Decoded {
  /** Records and rejects by their ordinals. */
  readonly items: ReadonlyArray<Item>
  readonly fields: ReadonlyArray<string>
}

/** What is asked of a decoder where a test says no more. */
export const requestOf = (names: ReadonlyArray<string>, more: Partial<DecodeRequest> = {}): DecodeRequest => ({
  columns: names.map((name): WantedColumn => ({ name, path: name })),
  digest: false,
  maxRecordBytes: 2 ** 20,
  ...more
})

/** Decodes chunks, one after the other, to their end. */
export const decodeAll = <Options>(
  decoder: Decoder<Options>,
  options: Options,
  request: DecodeRequest,
  chunks: ReadonlyArray<Uint8Array>
): Decoded => {
  const decoding = decoder.open(options, request)
  const batches = [...chunks.flatMap((chunk) => decoding.push(chunk)), ...decoding.end()]
  return { items: itemsOf(batches, request), fields: decoding.fields() }
}

/** What of a piece of an input is complete, and, if it is the last, the rest. */
export const decodePiece = (
  decoding: Decoding,
  request: DecodeRequest,
  chunk: Uint8Array,
  isLast: boolean
): ReadonlyArray<Item> => {
  const batches = [...decoding.push(chunk), ...(decoding.settle?.().batches ?? []), ...(isLast ? decoding.end() : [])]
  return itemsOf(batches, request)
}

/** All records and rejects of some batches, by their ordinals. */
export const itemsOf = (batches: ReadonlyArray<EventBatch>, request: DecodeRequest): ReadonlyArray<Item> =>
  batches.flatMap((batch) => [...recordsOf(batch, request), ...rejectsOf(batch)]).sort((a, b) => a.event - b.event)

const utf8 = new TextDecoder()

const recordsOf = (batch: EventBatch, { columns, digest, known }: DecodeRequest): ReadonlyArray<Item> => {
  const { raw, rawOffset, records } = batch
  const places = placesOf(records)
  const texts = columns.map(({ name }) => ({ name, text: textsOf(records, name) }))
  // Left out where no record of the batch has such a field.
  const unknown = known !== undefined && records.schema.names.includes(unknownName) && textsOf(records, unknownName)
  return Array.from({ length: records.numRows }, (_, row) => {
    const place = places(row)
    const start = place.offset - rawOffset
    return {
      ...place,
      values: Object.fromEntries(texts.map(({ name, text }) => [name, text(row)])),
      ...(digest ? { digest: digestOf(records, row) } : {}),
      ...(unknown === false ? {} : { unknown: unknown(row) }),
      raw: batch.asText?.(row) ?? utf8.decode(raw.subarray(start, start + place.length))
    }
  })
}

const rejectsOf = ({ rejects }: EventBatch): ReadonlyArray<Item> => {
  const places = placesOf(rejects)
  const code = textsOf(rejects, "code")
  const raw = textsOf(rejects, "raw")
  return Array.from({ length: rejects.numRows }, (_, row) => ({
    ...places(row),
    code: code(row) ?? "",
    raw: raw(row)
  }))
}

const placesOf = (batch: RecordBatch) => {
  const values = (name: string) => columnData(batch, name).values as BigInt64Array
  const [event, line, offset, length] = [position.event, position.line, position.offset, position.length].map(values)
  return (row: number) => ({
    event: Number(event[row]),
    line: Number(line[row]),
    offset: Number(offset[row]),
    length: Number(length[row])
  })
}

const textsOf = (batch: RecordBatch, name: string) => {
  const { bytes, codes, offsets } = textView(batch, name)
  return (row: number): string | null => {
    const code = codes[row]
    return code < 0 ? null : utf8.decode(bytes.subarray(offsets[code], offsets[code + 1]))
  }
}

const digestOf = (batch: RecordBatch, row: number): string => {
  const bytes = columnData(batch, digestName).values as Uint8Array
  return Array.from(bytes.subarray(row * 16, row * 16 + 16), (byte) => byte.toString(16).padStart(2, "0")).join("")
}
