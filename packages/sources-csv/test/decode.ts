import { assert } from "@effect/vitest"
import { columnData, type DecodeRequest, type EventBatch, kernelTable } from "@sojourn/core"
import { makeKernels } from "@sojourn/kernels"
import type { Data, RecordBatch } from "apache-arrow"
import { CsvDecoding } from "../src/CsvDecoding.ts"
import type { CsvOptions } from "../src/index.ts"

export interface Position {
  readonly event: number
  readonly line: number
  readonly offset: number
  readonly length: number
}

export interface Reject extends Position {
  readonly code: string
  readonly reason: string
  readonly raw: string | null
}

export interface Decoded {
  readonly rows: ReadonlyArray<ReadonlyArray<string | null>>
  readonly positions: ReadonlyArray<Position>
  readonly digests: ReadonlyArray<string>
  readonly rejects: ReadonlyArray<Reject>
  readonly notes: ReadonlyArray<string>
  readonly fields: ReadonlyArray<string>
  readonly batches: ReadonlyArray<EventBatch>
}

export interface Input {
  readonly options?: CsvOptions
  /** Default: all fields. */
  readonly columns?: ReadonlyArray<string>
  readonly digest?: boolean
  readonly maxRecordBytes?: number
  /** Sizes of the chunks, over and over. */
  readonly chunks?: ReadonlyArray<number>
}

const encoder = new TextEncoder()

export const bytesOf = (text: string): Uint8Array => encoder.encode(text)

/**
 * Decodes everything, after making sure that the same comes of it with the kernels; with `chunks`, rows are read as
 * soon as they are there.
 */
export const decode = (content: string | Uint8Array, input: Input = {}): Decoded => {
  const bytes = typeof content === "string" ? bytesOf(content) : content
  const columns = (input.columns ?? fieldsOf(bytes, input.options ?? {})).map((name) => ({ name, path: name }))
  const request: DecodeRequest = {
    columns,
    digest: input.digest ?? false,
    maxRecordBytes: input.maxRecordBytes ?? 1 << 24
  }
  const plain = decodeWith(bytes, input, request)
  const kernel = decodeWith(bytes, input, { ...request, table: tableFor(request) })
  assert.deepStrictEqual(contentOf(kernel), contentOf(plain), "with the kernels")
  return plain
}

/** Without the tables: with the places of their bytes instead. */
const contentOf = ({ batches, ...rest }: Decoded) => ({
  ...rest,
  cuts: batches.map(({ raw, rawOffset, records, rejects }) => [rawOffset, raw.length, records.numRows, rejects.numRows])
})

const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")

const tables = new Map<string, NonNullable<DecodeRequest["table"]>>()

/** One for all inputs with the same columns, so that it is used again and again. */
const tableFor = (request: DecodeRequest): NonNullable<DecodeRequest["table"]> => {
  const key = JSON.stringify([request.digest, request.columns])
  const table = tables.get(key) ?? kernelTable(kernels, request)
  tables.set(key, table)
  return table
}

const decodeWith = (bytes: Uint8Array, input: Input, request: DecodeRequest): Decoded => {
  const decoding = new CsvDecoding(input.options ?? {}, request, input.chunks === undefined ? 1 << 20 : 1)
  const batches = run(decoding, bytes, input.chunks ?? [bytes.length])
  const rejects = batches.flatMap(({ rejects }) => {
    const [codes, reasons, raws] = ["code", "reason", "raw"].map((name) => texts(rejects, name))
    return positionsOf(rejects).map((position, row): Reject => ({
      ...position,
      code: codes[row] ?? "",
      reason: reasons[row] ?? "",
      raw: raws[row]
    }))
  })
  return {
    rows: batches.flatMap(({ records }) => {
      const columns = request.columns.map((_, column) => texts(records, column))
      return Array.from({ length: records.numRows }, (_, row) => columns.map((column) => column[row]))
    }),
    positions: batches.flatMap(({ records }) => positionsOf(records)),
    digests: batches.flatMap(({ records }) =>
      Array.from({ length: records.numRows }, (_, row) => String(records.getChild("$digest")?.get(row)))
    ),
    rejects,
    notes: decoding.notes(),
    fields: decoding.fields(),
    batches
  }
}

const fieldsOf = (bytes: Uint8Array, options: CsvOptions): ReadonlyArray<string> => {
  const decoding = new CsvDecoding(options, { columns: [], digest: false, maxRecordBytes: 1 << 24 }, 1 << 20)
  run(decoding, bytes, [bytes.length])
  return decoding.fields()
}

const run = (decoding: CsvDecoding, bytes: Uint8Array, sizes: ReadonlyArray<number>): ReadonlyArray<EventBatch> => {
  const batches: Array<EventBatch> = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length])
    batches.push(...decoding.push(bytes.slice(at, at + size)))
    at += size
  }
  batches.push(...decoding.end())
  return batches
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

/** A text column, by name or by place. */
const texts = (batch: RecordBatch, column: string | number): ReadonlyArray<string | null> => {
  const index = typeof column === "number" ? column : batch.schema.names.indexOf(column)
  const data: Data = batch.data.children[index]
  const strings: ReadonlyArray<string> = Array.from(data.dictionary ?? [])
  return Array.from(data.values as Int32Array, (code) => (code < 0 ? null : strings[code]))
}
