import { Bool, type Data, type RecordBatch } from "apache-arrow"
import { columnData, isText, textView, validRows } from "../arrow/Columns.ts"

/** A column as words to be hashed and compared: `width` of them a row; equal words, equal values. */
export interface Words {
  readonly words: Int32Array
  readonly width: number
  /** A row whose first word is -1 is null. */
  readonly nullable: boolean
}

/** Any column of one batch. Text needs one dictionary for all rows. */
export const columnWords = (batch: RecordBatch, name: string): Words => {
  const data = columnData(batch, name)
  if (isText(data.type)) return { words: textView(batch, name).codes, width: 1, nullable: true }
  const plain = plainWords(data)
  const valid = validRows(data)
  if (valid === undefined) return plain
  // A word before those of the value tells null from every value.
  const width = plain.width + 1
  const words = new Int32Array(width * data.length)
  for (let row = 0; row < data.length; row++) {
    if (valid[row] === 0) words[row * width] = -1
    else for (let i = 1; i < width; i++) words[row * width + i] = plain.words[row * plain.width + i - 1]
  }
  return { words, width, nullable: true }
}

const plainWords = (data: Data): Words => {
  if (data.type instanceof Bool) {
    const bit = (at: number) => (data.values[at >> 3] >> (at & 7)) & 1
    const words = Int32Array.from({ length: data.length }, (_, row) => bit(data.offset + row))
    return { words, width: 1, nullable: false }
  }
  const { buffer, byteOffset, byteLength } = data.values
  const words = new Int32Array(buffer, byteOffset, byteLength / 4)
  return { words, width: words.length / Math.max(1, data.length), nullable: false }
}

/** For each row, 1 if any part of its key is null; undefined if no row has a null. */
export const nullKeys = (rows: number, key: ReadonlyArray<Words>): Uint8Array | undefined => {
  const isNull = new Uint8Array(rows)
  let any = 0
  for (const { width, words } of key.filter(({ nullable }) => nullable)) {
    for (let row = 0; row < rows; row++) any |= isNull[row] |= words[row * width] >>> 31
  }
  return any === 0 ? undefined : isNull
}

export const sameWords = (columns: ReadonlyArray<Words>, a: number, b: number): boolean => {
  for (const { width, words } of columns) {
    for (let i = 0; i < width; i++) if (words[a * width + i] !== words[b * width + i]) return false
  }
  return true
}

/** A hash table from a key to the first row that had it: open addressing, at most half full. */
export class KeyTable {
  private readonly key: ReadonlyArray<Words>
  private readonly hashes: Int32Array
  /** Row + 1; 0 is free. Rows that stand together use slots that stand together: see {@link KeyTable.within}. */
  private readonly slots: Int32Array
  private from = 0
  private size: number

  /** `rows`: how many there are in the columns of the key. */
  constructor(rows: number, key: ReadonlyArray<Words>) {
    this.key = key
    this.hashes = new Int32Array(rows)
    for (const column of key) mixInto(this.hashes, column)
    this.slots = new Int32Array(rows * 2)
    this.size = rows * 2
  }

  /**
   * From now on only rows from `start` to before `end` are asked for, and none of them has the key of a row outside.
   * Until the first call these are all rows.
   */
  within(start: number, end: number): void {
    this.from = start * 2
    this.size = (end - start) * 2
  }

  /** The first row with the key of this one; the row itself when it is the first. */
  first(row: number): number {
    const { from, hashes, size, slots } = this
    const hash = hashes[row]
    const until = from + size
    let slot = from + Math.floor((hash >>> 0) * (size / 4_294_967_296))
    while (slots[slot] !== 0) {
      const other = slots[slot] - 1
      if (hashes[other] === hash && sameWords(this.key, row, other)) return other
      if (++slot === until) slot = from
    }
    slots[slot] = row + 1
    return row
  }
}

/** Column by column, so that each loop runs over one array. The upper bits must be good: they choose the slot. */
const mixInto = (hashes: Int32Array, { width, words }: Words): void => {
  for (let row = 0, at = 0; row < hashes.length; row++) {
    let hash = hashes[row]
    for (const end = at + width; at < end; at++) {
      hash = Math.imul(hash ^ words[at], 0x9e3779b1)
      hash ^= hash >>> 15
    }
    hashes[row] = Math.imul(hash, 0x85ebca6b)
  }
}
