import type { RecordCells, RecordTable } from "@sojourn/kernels"
import type { RecordBatch } from "apache-arrow"
import {
  binaryColumn,
  int64Column,
  lanes,
  type NamedColumn,
  recordBatch,
  textColumn,
  timestampColumn
} from "../arrow/Columns.ts"
import { grown } from "../arrow/grown.ts"
import { TextBuilder } from "../arrow/TextBuilder.ts"
import { textVector } from "../arrow/TextPool.ts"
import { storeInt64 } from "../time/Int64.ts"
import type { DecodeRequest } from "./Decoder.ts"
import { digest, type EventBatch, type HeldBatch, microsOf, position, unknown } from "./EventBatch.ts"
import { type FieldDigest, RecordDigest } from "./RecordDigest.ts"
import { UnknownFields } from "./UnknownFields.ts"

/** Where the cells of records are gathered: those of the record at hand are set, then it is kept or forgotten. */
export interface RecordStore {
  /** Records kept since the last batch. */
  readonly rows: number
  readonly digest: FieldDigest | undefined
  readonly field: (name: string) => void
  readonly cell: (column: number, bytes: Uint8Array, start: number, end: number) => void
  readonly unset: (column: number) => void
  readonly keep: (event: number, line: number, offset: number, length: number) => void
  readonly forget: () => void
  readonly take: (json: boolean) => ReadonlyArray<NamedColumn>
  /** As `take`, but records stay where they are, if they can. */
  readonly hold?: (
    json: boolean
  ) => HeldBatch & Pick<Required<EventBatch>, "texts"> & { readonly all: () => RecordBatch }
}

const positionNames = [position.event, position.line, position.offset, position.length] as const

/** Positions of records, one int64 column each. */
export class Positions {
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

/** In JavaScript's memory. */
export class PlainRecords implements RecordStore {
  rows = 0
  readonly digest: RecordDigest | undefined
  private readonly request: DecodeRequest
  private readonly columns: ReadonlyArray<TextBuilder>
  private readonly positions = new Positions()
  private digests = new Int32Array(64)
  private readonly unknown: UnknownFields | undefined

  constructor(request: DecodeRequest) {
    this.request = request
    this.columns = request.columns.map(() => new TextBuilder())
    this.digest = request.digest ? new RecordDigest() : undefined
    this.unknown = request.known && new UnknownFields(request.known)
  }

  field(name: string): void {
    this.unknown?.add(name)
  }

  cell(column: number, bytes: Uint8Array, start: number, end: number): void {
    this.columns[column].set(this.rows, bytes, start, end)
  }

  unset(column: number): void {
    this.columns[column].unset(this.rows)
  }

  keep(event: number, line: number, offset: number, length: number): void {
    this.positions.set(this.rows, event, line, offset, length)
    if (this.digest !== undefined) {
      const at = this.rows * 4
      if (at + 4 > this.digests.length) this.digests = grown(this.digests, at + 4)
      this.digests.set(this.digest.lanes, at)
      this.digest.reset()
    }
    this.unknown?.keep(this.rows)
    this.rows++
  }

  forget(): void {
    for (const column of this.columns) column.unset(this.rows)
    this.digest?.reset()
    this.unknown?.forget()
  }

  take(json: boolean): ReadonlyArray<NamedColumn> {
    const { rows } = this
    const columns: Array<NamedColumn> = this.columns.map((column, i) => ({
      name: this.request.columns[i].name,
      data: column.take(rows),
      json
    }))
    columns.push(...this.positions.take(rows))
    if (this.digest !== undefined) {
      const bytes = new Uint8Array(this.digests.slice(0, rows * 4).buffer)
      columns.push({ name: digest, data: binaryColumn(bytes, 16) })
    }
    if (this.unknown !== undefined) columns.push({ name: unknown, data: this.unknown.take(rows) })
    this.rows = 0
    return columns
  }
}

/** In the memory of the kernels, whose loops write records there by themselves. */
export class KernelRecords implements RecordStore {
  readonly digest: FieldDigest | undefined
  private readonly request: DecodeRequest
  private readonly table: RecordTable

  constructor(request: DecodeRequest, table: RecordTable) {
    this.request = request
    this.table = table
    this.digest = request.digest
      ? { add: (name, from, to, value, start, end) => table.digest(name, from, to, value, start, end) }
      : undefined
  }

  get rows(): number {
    return this.table.rows
  }

  /** Unknown fields are never asked for together with a table. */
  field(): void {}

  cell(column: number, bytes: Uint8Array, start: number, end: number): void {
    this.table.cell(column, bytes, start, end)
  }

  unset(column: number): void {
    this.table.unset(column)
  }

  keep(event: number, line: number, offset: number, length: number): void {
    this.table.keep(event, line, offset, length)
  }

  forget(): void {
    this.table.begin()
  }

  take(json: boolean): ReadonlyArray<NamedColumn> {
    return this.named(this.table.take(), json)
  }

  hold(json: boolean): ReturnType<NonNullable<RecordStore["hold"]>> {
    const held = this.table.hold()
    const batch = (rows?: Int32Array) => recordBatch(this.named(held.cells(rows), json), rows?.length ?? held.rows)
    const lasting = this.request.columns.flatMap(({ name }, column) => {
      const texts = held.texts(column)
      return texts === undefined ? [] : [[name, texts] as const]
    })
    const texts = new Map(lasting)
    return { held, json, local: false, some: (rows) => ({ records: batch(rows), texts }), texts, all: () => batch() }
  }

  private named(
    { columns, digests, events, lengths, lines, offsets }: RecordCells,
    json: boolean
  ): ReadonlyArray<NamedColumn> {
    const named = columns.flatMap(({ codes, micros, texts }, i): ReadonlyArray<NamedColumn> => {
      const { name } = this.request.columns[i]
      const text = { name, data: textColumn(codes, textVector(texts)), json, texts }
      return micros === undefined ? [text] : [text, { name: microsOf(name), data: timestampColumn(micros) }]
    })
    const positions = [events, lines, offsets, lengths].map((values, i) => ({
      name: positionNames[i],
      data: int64Column(values)
    }))
    return [
      ...named,
      ...positions,
      ...(digests === undefined ? [] : [{ name: digest, data: binaryColumn(digests, 16) }])
    ]
  }
}
