import type { DecodeRequest } from "../../src/plugin/Decoder.ts"
import type { EventBatch, RejectCode } from "../../src/plugin/EventBatch.ts"
import { EventBatchBuilder } from "../../src/plugin/EventBatchBuilder.ts"

/** A JSON value as it is written, where that matters: `token("1.0")`. */
export class Token {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}
export const token = (text: string): Token => new Token(text)

/** A record that the decoder cannot read. */
export class Broken {
  readonly code: RejectCode
  readonly reason: string
  readonly field: string | null

  constructor(code: RejectCode, reason: string, field: string | null = null) {
    this.code = code
    this.reason = reason
    this.field = field
  }
}

/** A record: its fields as plain values or {@link Token}s. */
export type Row = Readonly<Record<string, unknown>> | Broken

/** A fake of the JSON decoder: rows of one input as batches, a new batch before each row number in `cuts`. */
export const decodeRows = (
  request: DecodeRequest,
  rows: ReadonlyArray<Row>,
  cuts: ReadonlyArray<number> = []
): ReadonlyArray<EventBatch> => {
  const builder = new EventBatchBuilder(request, true)
  const batches: Array<EventBatch> = []
  let raw = ""
  let rawOffset = 0
  const finish = () => {
    const bytes = Buffer.from(raw)
    batches.push(builder.finish(bytes, rawOffset))
    rawOffset += bytes.length
    raw = ""
  }
  let offset = 0
  for (const [i, row] of rows.entries()) {
    for (const cut of cuts) if (cut === i) finish()
    const text = rowText(row)
    const bytes = Buffer.from(text)
    const at = { event: i + 1, line: i + 1, offset, length: bytes.length }
    if (row instanceof Broken) {
      builder.reject(at, row.code, row.reason, row.field, { bytes, start: 0, end: bytes.length })
    } else {
      addCells(builder, request, row)
      builder.record(at.event, at.line, at.offset, at.length)
    }
    raw += `${text}\n`
    offset += bytes.length + 1
  }
  finish()
  return batches
}

const addCells = (builder: EventBatchBuilder, request: DecodeRequest, row: Readonly<Record<string, unknown>>): void => {
  for (const [column, { path }] of request.columns.entries()) {
    const text = valueText(valueAt(row, path))
    if (text === undefined || text === "null") continue
    const bytes = Buffer.from(text)
    builder.cell(column, bytes, 0, bytes.length)
  }
  for (const [name, value] of Object.entries(row)) {
    const field = Buffer.from(name)
    const bytes = Buffer.from(valueText(value) ?? "null")
    builder.digest?.add(field, 0, field.length, bytes, 0, bytes.length)
  }
}

/** A record as a line of JSON. */
export const rowText = (row: Row): string =>
  row instanceof Broken
    ? `{broken ${row.reason}`
    : `{${Object.entries(row)
        .map(([name, value]) => `${JSON.stringify(name)}:${valueText(value)}`)
        .join()}}`

const valueText = (value: unknown): string | undefined => (value instanceof Token ? value.text : JSON.stringify(value))

const valueAt = (row: Readonly<Record<string, unknown>>, path: string): unknown => {
  if (path in row) return row[path]
  return path
    .split(".")
    .reduce<unknown>((value, segment) => (value as Record<string, unknown> | undefined)?.[segment], row)
}
