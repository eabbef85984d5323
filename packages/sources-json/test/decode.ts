import { columnData, type DecodeRequest, type EventBatch, kernelTable } from "@sojourn/core"
import { makeKernels } from "@sojourn/kernels"
import { assert } from "@effect/vitest"
import type { Data, RecordBatch } from "apache-arrow"
import { jsonDecoder, type JsonOptions } from "../src/index.ts"

export interface Position {
  readonly event: number
  readonly line: number
  readonly offset: number
  readonly length: number
}

export interface Row extends Position {
  readonly cells: ReadonlyArray<string | null>
  readonly digest: string
}

export interface Reject extends Position {
  readonly code: string
  readonly reason: string
  readonly raw: string | null
}

export interface Decoded {
  readonly rows: ReadonlyArray<Row>
  readonly rejects: ReadonlyArray<Reject>
  readonly notes: ReadonlyArray<string>
  readonly fields: ReadonlyArray<string>
}

export interface Request {
  readonly layout?: JsonOptions["layout"]
  /** Wanted paths; default: `a`. */
  readonly paths?: ReadonlyArray<string>
  readonly maxRecordBytes?: number
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Sizes of the pieces that an input arrives in, over and over. */
const cuts: ReadonlyArray<ReadonlyArray<number>> = [[1], [2], [3], [7], [64], [5, 1, 31, 2, 11, 3, 1, 17], [13, 150, 1]]

/** Decodes an input in one piece, after making sure that the same comes of it in small pieces. */
export const decode = (input: string | Uint8Array, request: Request = {}): Decoded => {
  const bytes = typeof input === "string" ? bytesOf(input) : input
  const whole = decodePieces([bytes], request)
  for (const sizes of cuts) {
    assert.deepStrictEqual(decodePieces(pieces(bytes, sizes), request), whole, `in pieces of ${sizes.join()}`)
  }
  return whole
}

/** Cuts an input into pieces of the given sizes, over and over. */
export const pieces = function* (bytes: Uint8Array, sizes: ReadonlyArray<number>): Iterable<Uint8Array> {
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    yield bytes.slice(at, at + sizes[i % sizes.length])
    at += sizes[i % sizes.length]
  }
}

/** Decodes an input that arrives in the given pieces, after making sure that the same comes of it with the kernels. */
export const decodePieces = (chunks: Iterable<Uint8Array>, request: Request = {}): Decoded => {
  const all = [...chunks]
  const plain = decodeWith(undefined, all, request)
  assert.deepStrictEqual(decodeWith(tableFor(request), all, request), plain, "with the kernels")
  return plain
}

const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")

const columnsOf = ({ paths = ["a"] }: Request) => paths.map((path) => ({ name: path, path }))

const tables = new Map<string, NonNullable<DecodeRequest["table"]>>()

/** One for all inputs with the same columns, so that it is used again and again. */
const tableFor = (request: Request): DecodeRequest["table"] => {
  const columns = columnsOf(request)
  const key = columns.map(({ path }) => path).join("\n")
  const table = tables.get(key) ?? kernelTable(kernels, { columns, digest: true })
  tables.set(key, table)
  return table
}

const openWith = (table: DecodeRequest["table"], request: Request) => {
  const { layout, maxRecordBytes = 1 << 24 } = request
  return jsonDecoder.open(layout === undefined ? {} : { layout }, {
    columns: columnsOf(request),
    digest: true,
    maxRecordBytes,
    ...(table !== undefined && { table })
  })
}

/** What {@link Decoding.settle} says after an input has arrived so far, after making sure that the kernels agree. */
export const settle = (bytes: Uint8Array, request: Request) => {
  const [plain, kernel] = [undefined, tableFor(request)].map((table) => {
    const decoding = openWith(table, request)
    const batches = [...decoding.push(bytes)]
    const { batches: more, consumed, lines } = decoding.settle?.() ?? assert.fail("cannot settle")
    const rows = [...batches, ...more].flatMap((batch) =>
      rowsOf(
        batch,
        columnsOf(request).map(({ path }) => path)
      )
    )
    return { consumed, lines, rows }
  })
  assert.deepStrictEqual(kernel, plain)
  return plain
}

/** Decodes pieces into that table, or without one. Every record must be found in the bytes of its batch. */
const decodeWith = (table: DecodeRequest["table"], chunks: Iterable<Uint8Array>, request: Request): Decoded => {
  const decoding = openWith(table, request)
  const paths = columnsOf(request).map(({ path }) => path)
  const batches: Array<EventBatch> = []
  for (const chunk of chunks) batches.push(...decoding.push(chunk))
  batches.push(...decoding.end())
  return {
    rows: batches.flatMap((batch) => rowsOf(batch, paths)),
    rejects: batches.flatMap(({ rejects }) => rejectsOf(rejects)),
    notes: decoding.notes(),
    fields: decoding.fields()
  }
}

const rowsOf = (batch: EventBatch, paths: ReadonlyArray<string>): ReadonlyArray<Row> => {
  const { raw, rawOffset, records } = batch
  const columns = paths.map((_, index) => texts(records.data.children[index]))
  const digests: Uint8Array = columnData(records, "$digest").values
  const positions = positionsOf(records)
  for (const { length, offset } of positions) {
    const start = offset - rawOffset
    assertObject(new TextDecoder().decode(raw.subarray(start, start + length)))
  }
  return positions.map((position, row) => ({
    ...position,
    cells: columns.map((column) => column[row]),
    digest: digests.subarray(16 * row, 16 * row + 16).join()
  }))
}

const assertObject = (record: string): void => {
  JSON.parse(record)
  if (!record.startsWith("{")) assert.fail(`no object: ${record}`)
}

const rejectsOf = (rejects: RecordBatch): ReadonlyArray<Reject> => {
  const [codes, reasons, raws] = ["code", "reason", "raw"].map((name) => texts(columnData(rejects, name)))
  return positionsOf(rejects).map((position, row) => ({
    ...position,
    code: codes[row] ?? "",
    reason: reasons[row] ?? "",
    raw: raws[row]
  }))
}

const positionsOf = (batch: RecordBatch): ReadonlyArray<Position> => {
  const [event, line, offset, length] = ["$event", "$line", "$offset", "$length"].map(
    (name): BigInt64Array => columnData(batch, name).values
  )
  return Array.from(event, (_, row) => ({
    event: Number(event[row]),
    line: Number(line[row]),
    offset: Number(offset[row]),
    length: Number(length[row])
  }))
}

const texts = (data: Data): ReadonlyArray<string | null> => {
  // Only those that occur: a dictionary may hold the texts of many inputs.
  const known = new Map<number, string>()
  return Array.from(data.values as Int32Array, (code) => {
    if (code < 0) return null
    const text = known.get(code) ?? (data.dictionary?.get(code) as string)
    known.set(code, text)
    return text
  })
}
