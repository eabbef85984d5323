import { Dictionary, FixedSizeBinary, type RecordBatch } from "apache-arrow"
import {
  binaryColumn,
  int64Column,
  type NamedColumn,
  recordBatch,
  textColumn,
  textView,
  timestampColumn
} from "../arrow/Columns.ts"
import { grown } from "../arrow/grown.ts"
import { Interner } from "../arrow/Interner.ts"
import { sourceColumn } from "../plan/Tables.ts"
import { position } from "../plugin/EventBatch.ts"

/**
 * Gathers the accepted events of all inputs into one batch, with one dictionary a column. Rows stay in the order in
 * which they came: by input, then by ordinal.
 */
export class Events {
  rows = 0
  private columns: ReadonlyArray<Gathered> | undefined
  private readonly sources = new GatheredText(sourceColumn)

  append(batch: RecordBatch, source: string): void {
    this.columns ??= batch.schema.fields.map(({ name, type }) =>
      type instanceof Dictionary
        ? new GatheredText(name)
        : type instanceof FixedSizeBinary
          ? new GatheredBinary(name)
          : new GatheredInt64(name)
    )
    for (const column of this.columns) column.append(batch, this.rows)
    this.sources.appendConstant(source, this.rows, batch.numRows)
    this.rows += batch.numRows
  }

  /** All events; there must have been a batch, if an empty one. The gatherer keeps nothing of them. */
  finish(): RecordBatch {
    const { columns, rows, sources } = this
    if (columns === undefined) throw new Error("no batch was appended")
    this.columns = undefined
    return recordBatch(
      [...columns, sources].map((column) => column.finish(rows)),
      rows
    )
  }
}

interface Gathered {
  readonly append: (batch: RecordBatch, at: number) => void
  readonly finish: (rows: number) => NamedColumn
}

class GatheredText implements Gathered {
  private readonly name: string
  private readonly values = new Interner()
  private codes = new Int32Array(1024)

  constructor(name: string) {
    this.name = name
  }

  append(batch: RecordBatch, at: number): void {
    const { bytes, codes, offsets, size } = textView(batch, this.name)
    const meaning = new Int32Array(size)
    for (let code = 0; code < size; code++) meaning[code] = this.values.intern(bytes, offsets[code], offsets[code + 1])
    this.reserve(at + codes.length)
    for (let i = 0; i < codes.length; i++) this.codes[at + i] = codes[i] < 0 ? -1 : meaning[codes[i]]
  }

  appendConstant(text: string, at: number, rows: number): void {
    const bytes = encoder.encode(text)
    this.reserve(at + rows)
    this.codes.fill(this.values.intern(bytes, 0, bytes.length), at, at + rows)
  }

  finish(rows: number): NamedColumn {
    return { name: this.name, data: textColumn(this.codes.subarray(0, rows), this.values.vector()) }
  }

  private reserve(rows: number): void {
    if (rows > this.codes.length) this.codes = grown(this.codes, rows)
  }
}

const encoder = new TextEncoder()

/** Times and ordinals. */
class GatheredInt64 implements Gathered {
  private readonly name: string
  private values = new BigInt64Array(1024)

  constructor(name: string) {
    this.name = name
  }

  append(batch: RecordBatch, at: number): void {
    const values = batch.getChild(this.name)?.data[0].values as BigInt64Array
    if (at + values.length > this.values.length) this.values = grown(this.values, at + values.length)
    this.values.set(values, at)
  }

  finish(rows: number): NamedColumn {
    const values = this.values.subarray(0, rows)
    return { name: this.name, data: this.name === position.event ? int64Column(values) : timestampColumn(values) }
  }
}

class GatheredBinary implements Gathered {
  private readonly name: string
  private values = new Int32Array(1024)

  constructor(name: string) {
    this.name = name
  }

  append(batch: RecordBatch, at: number): void {
    const bytes = batch.getChild(this.name)?.data[0].values as Uint8Array
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
    if (at * 4 + words.length > this.values.length) this.values = grown(this.values, at * 4 + words.length)
    this.values.set(words, at * 4)
  }

  finish(rows: number): NamedColumn {
    const bytes = new Uint8Array(this.values.buffer, this.values.byteOffset, rows * 16)
    return { name: this.name, data: binaryColumn(bytes, 16) }
  }
}
