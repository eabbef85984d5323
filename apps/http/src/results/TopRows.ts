import { columnData, compareUsers, isText, textView } from "@sojourn/core"
import { Bool, type RecordBatch } from "apache-arrow"

/** A value that rows are ordered by: text as UTF-8 bytes. Null comes first. */
export type SortKey = number | bigint | Uint8Array | null

export type CompareKeys = (a: SortKey, b: SortKey) => number

/** Compares two keys of one column. Texts are compared by their bytes, users as their order has it. */
export const compareKeys =
  (isUser: boolean): CompareKeys =>
  (a, b) => {
    if (a === null || b === null) return Number(a !== null) - Number(b !== null)
    if (a instanceof Uint8Array && b instanceof Uint8Array) {
      return isUser ? compareUsers(a, 0, a.length, b, 0, b.length) : Buffer.compare(a, b)
    }
    return a < b ? -1 : a > b ? 1 : 0
  }

/** The key of each row of a batch in one column. */
export const keysOf = (batch: RecordBatch, column: string): ((row: number) => SortKey) => {
  const data = columnData(batch, column)
  if (isText(data.type)) {
    const { bytes, codes, offsets } = textView(batch, column)
    return (row) => (codes[row] < 0 ? null : bytes.subarray(offsets[codes[row]], offsets[codes[row] + 1]))
  }
  if (data.type instanceof Bool) {
    const bit = (at: number) => (data.values[at >> 3] >> (at & 7)) & 1
    return (row) => (data.getValid(row) ? bit(data.offset + row) : null)
  }
  const values = data.values as BigInt64Array | Float64Array | Int32Array
  return (row) => (data.getValid(row) ? values[row] : null)
}

/** A row by its place in the table. */
export interface Ranked {
  readonly key: SortKey
  readonly row: number
}

/**
 * The first `size` rows in an order, of all that are offered: by their keys, then by their place in the table. Rows may
 * be offered in any number; only so many are kept.
 */
export class TopRows {
  readonly rows: Array<Ranked> = []
  private readonly size: number
  private readonly compare: (a: Ranked, b: Ranked) => number

  constructor(size: number, compare: (a: Ranked, b: Ranked) => number) {
    this.size = size
    this.compare = compare
  }

  offer(key: SortKey, row: number): void {
    const { rows } = this
    const one: Ranked = { key, row }
    if (rows.length === this.size && this.compare(one, rows[rows.length - 1]) >= 0) return
    let low = 0
    let high = rows.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.compare(rows[middle], one) < 0) low = middle + 1
      else high = middle
    }
    // The bytes of a text are a part of its block, which is to be let go.
    rows.splice(low, 0, key instanceof Uint8Array ? { key: key.slice(), row } : one)
    if (rows.length > this.size) rows.pop()
  }
}
