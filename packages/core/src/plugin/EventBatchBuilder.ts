import type { RecordBatch } from "apache-arrow"
import { recordBatch } from "../arrow/Columns.ts"
import { TextBuilder } from "../arrow/TextBuilder.ts"
import type { DecodeRequest } from "./Decoder.ts"
import type { EventBatch, RejectCode } from "./EventBatch.ts"
import type { FieldDigest } from "./RecordDigest.ts"
import { KernelRecords, PlainRecords, Positions, type RecordStore } from "./RecordStore.ts"

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
  /** Records rejected since the last batch. */
  rejected = 0
  private readonly store: RecordStore
  private readonly rejects = new Rejects()
  private readonly json: boolean
  private readonly holds: boolean

  /** `json`: cells are JSON tokens as written, to be understood by their first byte. */
  constructor(request: DecodeRequest, json: boolean) {
    this.json = json
    this.holds = request.holds === true
    const { known, table } = request
    // The kernels have no place for fields that are not known.
    this.store =
      table === undefined || known !== undefined ? new PlainRecords(request) : new KernelRecords(request, table(json))
  }

  /** Records kept since the last batch. */
  get rows(): number {
    return this.store.rows
  }

  /** Fields of the record at hand go here when a digest is wanted. */
  get digest(): FieldDigest | undefined {
    return this.store.digest
  }

  /** The record at hand has a field of this name: told where it is not known, and only known ones are to be there. */
  field(name: string): void {
    this.store.field(name)
  }

  /** Sets a column of the record at hand; a second time replaces the first. */
  cell(column: number, bytes: Uint8Array, start: number, end: number): void {
    this.store.cell(column, bytes, start, end)
  }

  /** Sets a column of the record at hand to null. */
  nullCell(column: number): void {
    this.store.unset(column)
  }

  /** Keeps the record at hand. Positions as in {@link position}. */
  record(event: number, line: number, offset: number, length: number): void {
    this.store.keep(event, line, offset, length)
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
    this.store.forget()
  }

  /** The batch gathered so far. `raw` holds the bytes of every record in it, `rawOffset` is where it begins. */
  finish(raw: Uint8Array, rawOffset: number): EventBatch {
    const { rejected, rows } = this
    this.rejected = 0
    const held = this.holds ? this.store.hold?.(this.json) : undefined
    if (held !== undefined) return heldBatch(held, this.rejects.take(rejected), raw, rawOffset)
    const columns = this.store.take(this.json)
    return {
      records: recordBatch(columns, rows),
      rejects: this.rejects.take(rejected),
      raw,
      rawOffset,
      texts: new Map(columns.flatMap(({ name, texts }) => (texts === undefined ? [] : [[name, texts]])))
    }
  }
}

const heldBatch = (
  held: ReturnType<NonNullable<RecordStore["hold"]>>,
  rejects: RecordBatch,
  raw: Uint8Array,
  rawOffset: number
): EventBatch => {
  let records: RecordBatch | undefined
  return {
    get records() {
      return (records ??= held.all())
    },
    rejects,
    raw,
    rawOffset,
    texts: held.texts,
    held
  }
}

const decoder = new TextDecoder()

class Rejects {
  private readonly positions = new Positions()
  private readonly code = new TextBuilder()
  private readonly reason = new TextBuilder()
  private readonly field = new TextBuilder()
  private readonly raw = new TextBuilder(true)

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
    if (raw !== null) this.setRaw(row, raw)
  }

  /** Bytes that are not UTF-8 become U+FFFD, so that the column stays valid; those that are ASCII need no look. */
  private setRaw(row: number, { bytes, end, start }: ByteRange): void {
    if (isAscii(bytes, start, end)) this.raw.set(row, bytes, start, end)
    else this.raw.setText(row, decoder.decode(bytes.subarray(start, end)))
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

const isAscii = (bytes: Uint8Array, start: number, end: number): boolean => {
  for (let i = start; i < end; i++) if (bytes[i] > 0x7f) return false
  return true
}
