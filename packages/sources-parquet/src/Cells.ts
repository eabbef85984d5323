import {
  binaryColumn,
  type DecodeRequest,
  digest,
  type EventBatch,
  EventBatchBuilder,
  int64Column,
  lanes,
  localMicrosOf,
  microsOf,
  type NamedColumn,
  position,
  RecordDigest,
  recordBatch,
  storeInt64,
  textColumn,
  TextPool,
  textVector,
  timestampColumn,
  unknown,
  unknownText
} from "@sojourn/core"
import type { Texts } from "@sojourn/kernels"
import { notText } from "./FlatColumn.ts"

/** A field of a row group as it was read. */
export interface Cells {
  readonly path: string
  readonly json: boolean
  /** Numbers of texts keep their meaning from row group to row group. */
  readonly lasts: boolean
  /** By row: the number of a text, -1 for null, or {@link notText}. */
  readonly codes: Int32Array
  readonly texts: Texts
  readonly micros: BigInt64Array | undefined
  /** The times, if it has any, have no zone. */
  readonly local: boolean
}

const nothing = new Uint8Array(0)
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The batch that a row group makes: its first record has the ordinal `before` + 1. */
export const eventBatch = (
  request: DecodeRequest,
  cells: ReadonlyArray<Cells>,
  rows: number,
  before: number,
  unknownFields: ReadonlyArray<string> | undefined
): EventBatch => {
  const rejects = rejectsBuilder(request)
  const good = goodRows(cells, rows, (row, path) =>
    rejects.reject(
      { event: before + row + 1, line: 0, offset: 0, length: 0 },
      "text.encoding",
      "invalid UTF-8",
      path,
      null
    )
  )
  const kept = good === undefined ? cells : cells.map((one) => chosen(one, good))
  const count = good?.length ?? rows
  const events = new BigInt64Array(count)
  const words = lanes(events)
  for (let i = 0; i < count; i++) storeInt64(words, i, before + (good?.[i] ?? i) + 1)
  return {
    ...recordsOf(request, kept, events, unknownFields),
    rejects: rejects.finish(nothing, 0).rejects,
    raw: nothing,
    rawOffset: 0
  }
}

/** Records of which all is well; `events`: their ordinals. */
export const recordsOf = (
  request: DecodeRequest,
  cells: ReadonlyArray<Cells>,
  events: BigInt64Array,
  unknownFields: ReadonlyArray<string> | undefined
): Pick<EventBatch, "asText" | "records" | "texts"> => {
  const count = events.length
  const byPath = new Map(cells.map((one) => [one.path, one]))
  const columns = request.columns.flatMap(({ name, path }): ReadonlyArray<NamedColumn> => {
    const { codes, json, local, micros, texts } = byPath.get(path) ?? absent(path, count)
    const text = { name, data: textColumn(codes, textVector(texts)), json }
    return micros === undefined
      ? [text]
      : [text, { name: local ? localMicrosOf(name) : microsOf(name), data: timestampColumn(micros) }]
  })
  // Records of Parquet stand in no line.
  const none = int64Column(new BigInt64Array(count))
  const positions = [
    { name: position.event, data: int64Column(events) },
    ...[position.line, position.offset, position.length].map((name) => ({ name, data: none }))
  ]
  const digests = request.digest ? [{ name: digest, data: binaryColumn(digestsOf(cells, count), 16) }] : []
  const unknowns =
    unknownFields === undefined ? [] : [{ name: unknown, data: textColumn(...constantText(unknownFields, count)) }]
  const lasting = request.columns.flatMap(({ name, path }) => {
    const one = byPath.get(path)
    return one?.lasts === true ? [[name, one.texts] as const] : []
  })
  return {
    records: recordBatch([...columns, ...positions, ...digests, ...unknowns], count),
    texts: new Map(lasting),
    asText: (row) => jsonText(cells, row)
  }
}

const rejectsBuilder = ({ maxRecordBytes }: DecodeRequest) =>
  new EventBatchBuilder({ columns: [], digest: false, maxRecordBytes }, false)

export const noRejects = (request: DecodeRequest): EventBatch["rejects"] =>
  rejectsBuilder(request).finish(nothing, 0).rejects

/** Rows whose texts are all well-formed; undefined if all are. */
const goodRows = (
  cells: ReadonlyArray<Cells>,
  rows: number,
  reject: (row: number, path: string) => void
): Int32Array | undefined => {
  const bad = new Map<number, string>()
  for (const { codes, path } of cells) {
    for (let row = 0; row < rows; row++) if (codes[row] === notText && !bad.has(row)) bad.set(row, path)
  }
  if (bad.size === 0) return undefined
  const good = new Int32Array(rows - bad.size)
  for (let row = 0, to = 0; row < rows; row++) {
    const path = bad.get(row)
    if (path === undefined) good[to++] = row
    else reject(row, path)
  }
  return good
}

const chosen = (cells: Cells, rows: Int32Array): Cells => {
  const { codes, micros } = cells
  return {
    ...cells,
    codes: Int32Array.from(rows, (row) => codes[row]),
    micros: micros && BigInt64Array.from(rows, (row) => micros[row])
  }
}

/** The names of some fields in every row; null if there are none. */
const constantText = (names: ReadonlyArray<string>, rows: number): Parameters<typeof textColumn> => {
  const texts = new TextPool()
  if (names.length === 0) return [new Int32Array(rows).fill(-1), texts.vector()]
  const text = encoder.encode(unknownText(names))
  return [new Int32Array(rows).fill(texts.add(text, 0, text.length)), texts.vector()]
}

const absent = (path: string, rows: number): Cells => ({
  path,
  json: false,
  lasts: false,
  codes: new Int32Array(rows).fill(-1),
  texts: new TextPool(),
  micros: undefined,
  local: false
})

const digestsOf = (cells: ReadonlyArray<Cells>, rows: number): Uint8Array => {
  const names = cells.map(({ path }) => encoder.encode(path))
  const record = new RecordDigest()
  const words = new Int32Array(rows * 4)
  for (let row = 0; row < rows; row++) {
    for (const [i, { codes, texts }] of cells.entries()) {
      const code = codes[row]
      if (code < 0) continue
      record.add(names[i], 0, names[i].length, texts.bytes, texts.offsets[code], texts.offsets[code + 1])
    }
    words.set(record.lanes, row * 4)
    record.reset()
  }
  return new Uint8Array(words.buffer)
}

/** What was read of a record, as JSON: booleans and nested values as they are, everything else as strings. */
const jsonText = (cells: ReadonlyArray<Cells>, row: number): string => {
  const fields = cells.map(({ codes, json, path, texts }) => {
    const code = codes[row]
    const text =
      code < 0 ? undefined : decoder.decode(texts.bytes.subarray(texts.offsets[code], texts.offsets[code + 1]))
    return `${JSON.stringify(path)}:${text === undefined ? "null" : json ? text : JSON.stringify(text)}`
  })
  return `{${fields.join(",")}}`
}
