import { Bool, type Data, type RecordBatch } from "apache-arrow"
import { columnData, isText, textView } from "../arrow/Columns.ts"

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
  if (data.nullCount === 0) return plain
  // The first row with a value stands for the value, so that null can be told from every one of them.
  const seen = new KeyTable(data.length, [plain])
  const codes = Int32Array.from({ length: data.length }, (_, row) => (data.getValid(row) ? seen.first(row) : -1))
  return { words: codes, width: 1, nullable: true }
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

/** Whether any part of a row's key is null. */
export const isNullKey = (key: ReadonlyArray<Words>, row: number): boolean => {
  for (const { nullable, width, words } of key) if (nullable && words[row * width] < 0) return true
  return false
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
  private readonly slots: Int32Array
  private readonly mask: number

  /** `rows`: how many will be asked for at most. */
  constructor(rows: number, key: ReadonlyArray<Words>) {
    let size = 16
    while (size < rows * 2) size *= 2
    this.key = key
    this.slots = new Int32Array(size)
    this.mask = size - 1
  }

  /** The first row with the key of this one; the row itself when it is the first. */
  first(row: number): number {
    let hash = 0
    for (const { width, words } of this.key) {
      for (let i = row * width; i < (row + 1) * width; i++) {
        hash = Math.imul(hash ^ words[i], 0x9e3779b1)
        hash ^= hash >>> 15
      }
    }
    let slot = (hash ^ (hash >>> 16)) & this.mask
    for (; this.slots[slot] !== 0; slot = (slot + 1) & this.mask) {
      const other = this.slots[slot] - 1
      if (sameWords(this.key, row, other)) return other
    }
    this.slots[slot] = row + 1
    return row
  }
}
