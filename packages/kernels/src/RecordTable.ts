import { type Kernels, Region } from "./Kernels.ts"
import { type PlainTexts, Texts } from "./Texts.ts"

/** A column of a batch of records. */
export interface TextCells {
  /** By row: the number of a text, -1 for null. */
  readonly codes: Int32Array
  /** The same object as in the batch before as long as its numbers keep their meaning. */
  readonly texts: Texts
  /** Of a column of times, by row: microseconds since 1970, or the least int64 where only the text is known. */
  readonly micros: BigInt64Array | undefined
}

/** Records left in the memory of the kernels: good until they are released, which must be before more are decoded. */
export interface HeldRecords {
  readonly table: RecordTable
  readonly rows: number
  /** The ordinal of the last of them; 0 if there is none. */
  readonly lastEvent: number
  /** The texts of a column, where their numbers keep their meaning from batch to batch. */
  readonly texts: (column: number) => Texts | undefined
  /** A copy of all records, or of some. */
  readonly cells: (rows?: Int32Array) => RecordCells
  readonly release: () => void
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

/** Texts of a column that are new in more than half of so many rows are not looked for any more. */
const enoughRows = 1000
const half = 0.5
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

  /** Whether equal texts have one number in every column of texts. */
  get isNumbered(): boolean {
    return this.columns.every(({ isTime, lasting }) => isTime || lasting !== undefined)
  }

  /** A column for loops that write cells themselves. */
  column(index: number): number {
    return this.columns[index].pointer
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
    const held = this.hold()
    const cells = held.cells()
    held.release()
    return cells
  }

  /** The same without copying them. `mostly`: the share of new texts from which on they are not looked for any more. */
  hold(mostly = half): HeldRecords {
    const { columns, rows } = this
    for (const column of columns) column.update(rows, mostly)
    return {
      table: this,
      rows,
      lastEvent: rows === 0 ? 0 : this.eventAt(rows - 1),
      texts: (column) => columns[column].lasting,
      cells: (chosen) => this.cells(rows, chosen),
      release: () => {
        for (const column of columns) column.release()
        this.kernels.run.tableEmpty(this.pointer)
        this.begin()
      }
    }
  }

  /** The ordinal of a record. */
  private eventAt(row: number): number {
    const { int32 } = this.kernels
    const at = (int32[(this.pointer >> 2) + 4] >> 2) + 2 * row
    return int32[at + 1] * 2 ** 32 + (int32[at] >>> 0)
  }

  private cells(rows: number, chosen: Int32Array | undefined): RecordCells {
    const { kernels, pointer, wantsDigest } = this
    const words = (field: number, width: number) =>
      copyWords(kernels, kernels.int32[(pointer >> 2) + field], rows, width, chosen).buffer
    return {
      columns: this.columns.map((column) => column.cells(rows, chosen)),
      events: new BigInt64Array(words(4, 2)),
      lines: new BigInt64Array(words(5, 2)),
      offsets: new BigInt64Array(words(6, 2)),
      lengths: new BigInt64Array(words(7, 2)),
      digests: wantsDigest ? new Uint8Array(words(8, 4)) : undefined
    }
  }
}

/** Words of all rows, or of some. */
const copyWords = (
  { int32 }: Kernels,
  at: number,
  rows: number,
  width: number,
  chosen: Int32Array | undefined
): Int32Array<ArrayBuffer> => {
  const from = at >> 2
  if (chosen === undefined) return int32.slice(from, from + rows * width)
  const words = new Int32Array(chosen.length * width)
  for (let i = 0, to = 0; i < chosen.length; i++) {
    for (let w = 0; w < width; w++) words[to++] = int32[from + chosen[i] * width + w]
  }
  return words
}

class Column {
  private readonly kernels: Kernels
  readonly pointer: number
  readonly isTime: boolean
  private distinct: boolean
  /** Most texts of the last rows were new. */
  private isMostlyNew = false
  private texts: Texts
  private readonly region: Region

  constructor(kernels: Kernels, pointer: number, isTime: boolean) {
    this.kernels = kernels
    this.pointer = pointer
    this.isTime = isTime
    this.distinct = isTime
    this.region = new Region(kernels)
    this.texts = this.noTexts()
  }

  /** The texts, where their numbers keep their meaning from batch to batch. */
  get lasting(): Texts | undefined {
    return this.distinct ? undefined : this.texts
  }

  /** Takes over the texts that came with these rows. */
  update(rows: number, mostly: number): void {
    if (this.distinct) return
    const before = this.texts.size
    this.takeNewTexts()
    this.isMostlyNew = rows >= enoughRows && this.texts.size - before > rows * mostly
  }

  cells(rows: number, chosen: Int32Array | undefined): TextCells {
    const { kernels } = this
    const codes = copyWords(kernels, this.field(0), rows, 1, chosen)
    const micros = this.isTime
      ? new BigInt64Array(copyWords(kernels, this.field(1), rows, 2, chosen).buffer)
      : undefined
    if (!this.distinct) return { codes, texts: this.texts, micros }
    return { codes, texts: chosen === undefined ? this.allTexts() : this.textsOf(codes), micros }
  }

  /** The rows are done with. */
  release(): void {
    const { texts } = this
    if (this.distinct) this.kernels.run.columnClear(this.pointer)
    else if (this.isMostlyNew || texts.size > mostTexts || texts.offsets[texts.size] > mostBytes) {
      this.forget()
      this.distinct = this.isMostlyNew
      if (this.distinct) this.kernels.run.columnDistinct(this.pointer)
    }
  }

  setJson(isJson: boolean): void {
    this.kernels.run.columnJson(this.pointer, isJson)
    this.forget()
  }

  private forget(): void {
    this.kernels.run.columnClear(this.pointer)
    this.texts.plain = undefined
    this.texts = this.noTexts()
  }

  private noTexts(): Texts {
    const texts = new Texts()
    texts.plain = (from, to, blanksToo, base) => this.plain(from, to, blanksToo, base)
    return texts
  }

  private plain(from: number, to: number, blanksToo: boolean, base: number): PlainTexts {
    const { kernels, pointer, region } = this
    const offsetsAt = this.field(3) >> 2
    const length = kernels.int32[offsetsAt + to] - kernels.int32[offsetsAt + from]
    const count = to - from
    region.reserve(4 * (2 * count + 1) + length)
    const others = region.at + 4 * (count + 1)
    const bytesAt = others + 4 * count
    const otherCount = kernels.run.plainTexts(pointer, from, to, blanksToo, region.at, base, bytesAt, others)
    const { bytes, int32 } = kernels
    const first = region.at >> 2
    const offsets = int32.subarray(first, first + count + 1)
    return {
      base,
      offsets,
      bytes: bytes.subarray(bytesAt, bytesAt + offsets[count] - base),
      others: kernels.copyInt32(others, otherCount)
    }
  }

  /** Every text is of this batch alone. */
  private allTexts(): Texts {
    const { kernels } = this
    const size = this.field(2)
    const offsets = kernels.copyInt32(this.field(3), size + 1)
    const taken = new Texts(offsets, kernels.copyBytes(this.field(5), offsets[size]))
    taken.size = size
    return taken
  }

  /** The texts of some rows, one a row that is not null; their codes are changed to be those of these. */
  private textsOf(codes: Int32Array): Texts {
    const { bytes, int32 } = this.kernels
    const from = this.field(3) >> 2
    const start = this.field(5)
    const offsets = new Int32Array(codes.length + 1)
    let size = 0
    for (let i = 0; i < codes.length; i++) {
      if (codes[i] < 0) continue
      offsets[size + 1] = offsets[size] + int32[from + codes[i] + 1] - int32[from + codes[i]]
      size++
    }
    const texts = new Texts(offsets, new Uint8Array(offsets[size]))
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]
      if (code < 0) continue
      texts.bytes.set(bytes.subarray(start + int32[from + code], start + int32[from + code + 1]), offsets[texts.size])
      codes[i] = texts.size++
    }
    return texts
  }

  /** Adds the texts that came since the last batch. */
  private takeNewTexts(): void {
    const { kernels, texts } = this
    const from = texts.size
    const size = this.field(2)
    if (size === from) return
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
