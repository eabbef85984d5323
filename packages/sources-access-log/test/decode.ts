import { columnData, type DecodeRequest, type EventBatch } from "@sojourn/core"
import type { Data, RecordBatch } from "apache-arrow"
import { AccessLogDecoding } from "../src/AccessLogDecoding.ts"
import type { AccessLogOptions } from "../src/index.ts"

export type Record = Readonly<{ [field: string]: string | undefined }>

export interface Decoded {
  /** The fields that are not null. */
  readonly records: ReadonlyArray<Record>
  /** Event, line, offset, length of each. */
  readonly places: ReadonlyArray<ReadonlyArray<number>>
  readonly rejects: ReadonlyArray<
    Readonly<{ place: ReadonlyArray<number>; code: string; reason: string; raw: string | null }>
  >
  readonly fields: ReadonlyArray<string>
}

export interface Input {
  readonly options?: AccessLogOptions
  readonly columns?: ReadonlyArray<string>
  readonly maxRecordBytes?: number
  /** Bytes a chunk; without it all bytes at once. */
  readonly chunk?: number
}

const encoder = new TextEncoder()

/** Decodes everything; all fields unless `columns` says which. */
export const decode = (content: string | Uint8Array, input: Input = {}): Decoded => {
  const bytes = typeof content === "string" ? encoder.encode(content) : content
  const maxRecordBytes = input.maxRecordBytes ?? 1 << 24
  const options = input.options ?? {}
  const all = () => {
    const decoding = new AccessLogDecoding(options, { columns: [], digest: false, maxRecordBytes }, 1)
    decoding.push(bytes)
    decoding.end()
    return decoding.fields()
  }
  const names = input.columns ?? all()
  const request: DecodeRequest = { columns: names.map((name) => ({ name, path: name })), digest: true, maxRecordBytes }
  const decoding = new AccessLogDecoding(options, request, 1)
  const size = input.chunk ?? Math.max(1, bytes.length)
  const batches: Array<EventBatch> = []
  for (let at = 0; at < bytes.length; at += size) batches.push(...decoding.push(bytes.slice(at, at + size)))
  batches.push(...decoding.end())
  return {
    records: batches.flatMap(({ records }) => recordsOf(records, names)),
    places: batches.flatMap(({ records }) => placesOf(records)),
    rejects: batches.flatMap(({ rejects }) => {
      const [code, reason, raw] = ["code", "reason", "raw"].map((name) => textsOf(rejects, name))
      return placesOf(rejects).map((place, i) => ({ place, code: code[i] ?? "", reason: reason[i] ?? "", raw: raw[i] }))
    }),
    fields: decoding.fields()
  }
}

const recordsOf = (batch: RecordBatch, names: ReadonlyArray<string>): ReadonlyArray<Record> => {
  const columns = names.map((name) => textsOf(batch, name))
  return Array.from({ length: batch.numRows }, (_, row) =>
    Object.fromEntries(
      names.flatMap((name, column) => {
        const text = columns[column][row]
        return text === null ? [] : [[name, text]]
      })
    )
  )
}

const placesOf = (batch: RecordBatch): ReadonlyArray<ReadonlyArray<number>> => {
  const columns = ["$event", "$line", "$offset", "$length"].map((name): BigInt64Array => columnData(batch, name).values)
  return Array.from({ length: batch.numRows }, (_, row) => columns.map((values) => Number(values[row])))
}

const textsOf = (batch: RecordBatch, name: string): ReadonlyArray<string | null> => {
  const data: Data = batch.data.children[batch.schema.names.indexOf(name)]
  const strings: ReadonlyArray<string> = Array.from(data.dictionary ?? [])
  return Array.from(data.values as Int32Array, (code) => (code < 0 ? null : strings[code]))
}
