import type { Kernels } from "./Kernels.ts"
import { Texts } from "./Texts.ts"

/** A column of a batch of records. */
export interface TextCells {
  /** By row: the number of a text, -1 for null. */
  readonly codes: Int32Array
  /** The same object as in the batch before as long as its numbers keep their meaning. */
  readonly texts: Texts
  /** Of a column of times, by row: microseconds since 1970, or the least int64 where only the text is known. */
  readonly micros: BigInt64Array | undefined
}

/** A batch of records as it was gathered. Positions are one int64 a row each; digests 16 bytes. */
export interface RecordCells {
  readonly columns: ReadonlyArray<TextCells>
  readonly events: BigInt64Array
  readonly lines: BigInt64Array
  readonly offsets: BigInt64Array
  readonly lengths: BigInt64Array
  readonly digests: Uint8Array | undefined
}

/** A text that is new in more than half of so many rows is not looked for any more. */
const enoughRows = 1000
const mostly = 0.5
/** A dictionary larger than this is begun anew, so that memory is bounded. */
const mostBytes = 64 * 1024 * 1024
const mostTexts = 4_000_000

/**
 * Records being decoded, in the memory of the kernels: cells of the record at hand, then {@link RecordTable.keep} or
 * {@link RecordTable.begin}. Dictionaries last from batch to batch.
 */
export class RecordTable {
  readonly kernels: Kernels
  /** For loops that write records themselves; they leave the record at hand to be begun anew. */
  readonly pointer: number
  private readonly columns: Array<Column>
  private readonly wantsDigest: boolean

  constructor(kernels: Kernels, columns: ReadonlyArray<{ readonly isTime: boolean }>, wantsDigest: boolean) {
    const { run } = kernels
    this.kernels = kernels
    this.wantsDigest = wantsDigest
    this.pointer = run.tableNew(columns.length, wantsDigest)
    this.columns = columns.map(({ isTime }, i) => new Column(kernels, run.tableColumn(this.pointer, i, isTime), isTime))
    run.recordBegin(this.pointer)
  }

  /** Records kept since the last batch. */
  get rows(): number {
    return this.kernels.int32[this.pointer >> 2]
  }

  /** Forgets the record at hand. */
  begin(): void {
    this.kernels.run.recordBegin(this.pointer)
  }

  /** Sets a cell of the record at hand to a text; a second time replaces the first. */
  cell(column: number, bytes: Uint8Array, start: number, end: number): void {
    const at = this.kernels.scratch.put(bytes, start, end)
    this.kernels.run.recordCell(this.pointer, column, at, end - start)
  }

  unset(column: number): void {
    this.kernels.run.recordUnset(this.pointer, column)
  }

  /** Adds a field of the record at hand to its digest. */
  digest(name: Uint8Array, nameStart: number, nameEnd: number, value: Uint8Array, start: number, end: number): void {
    const both = new Uint8Array(nameEnd - nameStart + end - start)
    both.set(name.subarray(nameStart, nameEnd))
    both.set(value.subarray(start, end), nameEnd - nameStart)
    const at = this.kernels.scratch.put(both, 0, both.length)
    this.kernels.run.recordDigest(this.pointer, at, nameEnd - nameStart, at + nameEnd - nameStart, end - start)
  }

  /** Keeps the record at hand. */
  keep(event: number, line: number, offset: number, length: number): void {
    const { run } = this.kernels
    run.recordKeep(this.pointer, event, line, offset, length)
    run.recordBegin(this.pointer)
  }

  /** From now on texts are JSON tokens or they are not, and codes have other meanings. Before that they are not. */
  setJson(isJson: boolean): void {
    for (const column of this.columns) column.setJson(isJson)
  }

  /** The records kept since the last batch; the table is empty afterwards. */
  take(): RecordCells {
    const { kernels, pointer, rows, wantsDigest } = this
    const field = (index: number) => kernels.int32[(pointer >> 2) + index]
    const int64 = (index: number) => new BigInt64Array(kernels.copyInt32(field(index), rows * 2).buffer)
    const taken = {
      columns: this.columns.map((column) => column.take(rows)),
      events: int64(4),
      lines: int64(5),
      offsets: int64(6),
      lengths: int64(7),
      digests: wantsDigest ? kernels.copyBytes(field(8), rows * 16) : undefined
    }
    kernels.run.tableEmpty(pointer)
    kernels.run.recordBegin(pointer)
    return taken
  }
}

class Column {
  private readonly kernels: Kernels
  private readonly pointer: number
  private readonly isTime: boolean
  private distinct: boolean
  private texts = new Texts()

  constructor(kernels: Kernels, pointer: number, isTime: boolean) {
    this.kernels = kernels
    this.pointer = pointer
    this.isTime = isTime
    this.distinct = isTime
  }

  take(rows: number): TextCells {
    const codes = this.kernels.copyInt32(this.field(0), rows)
    const micros = this.isTime
      ? new BigInt64Array(this.kernels.copyInt32(this.field(1), rows * 2).buffer)
      : undefined
    const before = this.texts.size
    const texts = this.distinct ? this.takeTexts() : this.newTexts()
    if (!this.distinct) {
      this.distinct = rows >= enoughRows && texts.size - before > rows * mostly
      if (this.distinct) this.kernels.run.columnDistinct(this.pointer)
      if (this.distinct || texts.size > mostTexts || texts.offsets[texts.size] > mostBytes) this.forget()
    }
    return { codes, texts, micros }
  }

  setJson(isJson: boolean): void {
    this.kernels.run.columnJson(this.pointer, isJson)
    this.forget()
  }

  private forget(): void {
    this.kernels.run.columnClear(this.pointer)
    this.texts = new Texts()
  }

  /** Every text is of this batch alone. */
  private takeTexts(): Texts {
    const { kernels } = this
    const size = this.field(2)
    const offsets = kernels.copyInt32(this.field(3), size + 1)
    const taken = new Texts(offsets, kernels.copyBytes(this.field(5), offsets[size]))
    taken.size = size
    kernels.run.columnClear(this.pointer)
    return taken
  }

  /** The texts so far, with those that came since the last batch. */
  private newTexts(): Texts {
    const { kernels, texts } = this
    const from = texts.size
    const size = this.field(2)
    if (size === from) return texts
    const end = this.field(6)
    const start = texts.offsets[from]
    if (size + 1 > texts.offsets.length) texts.offsets = enlarged(texts.offsets, size + 1)
    if (end > texts.bytes.length) texts.bytes = enlarged(texts.bytes, end)
    const { bytes, int32 } = kernels
    const offsetsAt = this.field(3) >> 2
    texts.offsets.set(int32.subarray(offsetsAt + from, offsetsAt + size + 1), from)
    const bytesAt = this.field(5)
    texts.bytes.set(bytes.subarray(bytesAt + start, bytesAt + end), start)
    texts.size = size
    return texts
  }

  private field(index: number): number {
    return this.kernels.int32[(this.pointer >> 2) + index]
  }
}

const enlarged = <A extends Int32Array | Uint8Array>(array: A, needed: number): A => {
  const larger = new (array.constructor as new (length: number) => A)(Math.max(array.length * 2, needed))
  larger.set(array)
  return larger
}
