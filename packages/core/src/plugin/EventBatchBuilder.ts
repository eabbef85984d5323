import { binaryColumn, int64Column, lanes, type NamedColumn, recordBatch } from "../arrow/Columns.ts"
import { grown } from "../arrow/grown.ts"
import { TextBuilder } from "../arrow/TextBuilder.ts"
import { storeInt64 } from "../time/Int64.ts"
import { type DecodeRequest } from "./Decoder.ts"
import { digest, type EventBatch, position, type RejectCode } from "./EventBatch.ts"
import { RecordDigest } from "./RecordDigest.ts"

/** Where the record at hand stands, as in {@link position}. */
export interface RecordPosition {
  readonly event: number
  readonly line: number
  readonly offset: number
  readonly length: number
}

/** `bytes[start..end)`. */
export interface ByteRange {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

/**
 * What a decoder fills, record by record: cells of the record at hand, then {@link EventBatchBuilder.record} to keep
 * it, or {@link EventBatchBuilder.reject} to put it among the rejects. {@link EventBatchBuilder.finish} hands over
 * what has gathered and starts the next batch. Nothing is made per row; memory is reused from batch to batch.
 */
export class EventBatchBuilder {
  /** Records kept since the last batch. */
  rows = 0
  /** Records rejected since the last batch. */
  rejected = 0
  /** Fields of the record at hand go here when a digest is wanted. */
  readonly digest: RecordDigest | undefined
  private readonly columns: ReadonlyArray<TextBuilder>
  private readonly positions = new Positions()
  private readonly rejects = new Rejects()
  private readonly request: DecodeRequest
  private readonly json: boolean
  private digests = new Int32Array(64)

  /** `json`: cells are JSON tokens as written, to be understood by their first byte. */
  constructor(request: DecodeRequest, json: boolean) {
    this.request = request
    this.json = json
    this.columns = request.columns.map(() => new TextBuilder())
    this.digest = request.digest ? new RecordDigest() : undefined
  }

  /** Sets a column of the record at hand; a second time replaces the first. */
  cell(column: number, bytes: Uint8Array, start: number, end: number): void {
    this.columns[column].set(this.rows, bytes, start, end)
  }

  /** Sets a column of the record at hand to null. */
  nullCell(column: number): void {
    this.columns[column].unset(this.rows)
  }

  /** Keeps the record at hand. Positions as in {@link position}. */
  record(event: number, line: number, offset: number, length: number): void {
    this.positions.set(this.rows, event, line, offset, length)
    if (this.digest !== undefined) {
      const at = this.rows * 4
      if (at + 4 > this.digests.length) this.digests = grown(this.digests, at + 4)
      this.digests.set(this.digest.lanes, at)
      this.digest.reset()
    }
    this.rows++
  }

  /**
   * Rejects the record at hand and forgets its cells. `reason` is for a person; `field` the source column at fault, if
   * one is. `raw[start..end)` is the record as it was; null when it is longer than the cap.
   */
  reject(at: RecordPosition, code: RejectCode, reason: string, field: string | null, raw: ByteRange | null): void {
    this.discard()
    this.rejects.add(this.rejected++, at, code, reason, field, raw)
  }

  /** Forgets the cells of the record at hand. */
  discard(): void {
    for (const column of this.columns) column.unset(this.rows)
    this.digest?.reset()
  }

  /** The batch gathered so far. `raw` holds the bytes of every record in it, `rawOffset` is where it begins. */
  finish(raw: Uint8Array, rawOffset: number): EventBatch {
    const { rows, rejected } = this
    const columns: Array<NamedColumn> = this.columns.map((column, i) => ({
      name: this.request.columns[i].name,
      data: column.take(rows),
      json: this.json
    }))
    columns.push(...this.positions.take(rows))
    if (this.digest !== undefined) {
      const bytes = new Uint8Array(this.digests.slice(0, rows * 4).buffer)
      columns.push({ name: digest, data: binaryColumn(bytes, 16) })
    }
    this.rows = 0
    this.rejected = 0
    return { records: recordBatch(columns, rows), rejects: this.rejects.take(rejected), raw, rawOffset }
  }
}

const positionNames = [position.event, position.line, position.offset, position.length] as const

class Positions {
  private columns = positionNames.map(() => new BigInt64Array(64))
  private lanes = this.columns.map(lanes)

  set(row: number, event: number, line: number, offset: number, length: number): void {
    if (row >= this.columns[0].length) {
      this.columns = this.columns.map((column) => grown(column, row + 1))
      this.lanes = this.columns.map(lanes)
    }
    storeInt64(this.lanes[0], row, event)
    storeInt64(this.lanes[1], row, line)
    storeInt64(this.lanes[2], row, offset)
    storeInt64(this.lanes[3], row, length)
  }

  take(rows: number): ReadonlyArray<NamedColumn> {
    return positionNames.map((name, i) => ({ name, data: int64Column(this.columns[i].slice(0, rows)) }))
  }
}

const decoder = new TextDecoder()

class Rejects {
  private readonly positions = new Positions()
  private readonly code = new TextBuilder()
  private readonly reason = new TextBuilder()
  private readonly field = new TextBuilder()
  private readonly raw = new TextBuilder()

  add(
    row: number,
    at: RecordPosition,
    code: RejectCode,
    reason: string,
    field: string | null,
    raw: ByteRange | null
  ): void {
    this.positions.set(row, at.event, at.line, at.offset, at.length)
    this.code.setText(row, code)
    this.reason.setText(row, reason)
    if (field !== null) this.field.setText(row, field)
    // Through a string, so that bytes that are not UTF-8 become U+FFFD and the column stays valid.
    if (raw !== null) this.raw.setText(row, decoder.decode(raw.bytes.subarray(raw.start, raw.end)))
  }

  take(rows: number) {
    return recordBatch(
      [
        ...this.positions.take(rows),
        { name: "code", data: this.code.take(rows) },
        { name: "reason", data: this.reason.take(rows) },
        { name: "field", data: this.field.take(rows) },
        { name: "raw", data: this.raw.take(rows) }
      ],
      rows
    )
  }
}
