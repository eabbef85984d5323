import type { Data } from "apache-arrow"
import { type Text, textColumn } from "./Columns.ts"
import { grown } from "./grown.ts"
import { Interner } from "./Interner.ts"

/**
 * A text column being filled, in any order of rows; a row that is never set is null. Its dictionary may hold a text
 * twice.
 */
export class TextBuilder {
  private readonly values = new Interner()
  /** Nearly every value was new: looking for them is not worth it any more. */
  private distinct: boolean
  private codes = new Int32Array(64).fill(-1)
  /** What {@link TextBuilder.setText} set last, and its code: it is mostly the same again. */
  private last: string | undefined
  private lastCode = 0

  /** `distinct`: no value is expected twice. */
  constructor(distinct = false) {
    this.distinct = distinct
  }

  /** Sets a row to the UTF-8 text `bytes[start..end)`. */
  set(row: number, bytes: Uint8Array, start: number, end: number): void {
    this.setCode(row, this.distinct ? this.values.add(bytes, start, end) : this.values.intern(bytes, start, end))
  }

  setText(row: number, text: string): void {
    if (text === this.last) return this.setCode(row, this.lastCode)
    const bytes = encoder.encode(text)
    this.set(row, bytes, 0, bytes.length)
    this.last = text
    this.lastCode = this.codes[row]
  }

  /** Sets a row to what another has. */
  repeat(row: number, other: number): void {
    this.setCode(row, this.codes[other])
  }

  /** Sets a row to null again. */
  unset(row: number): void {
    if (row < this.codes.length) this.codes[row] = -1
  }

  /** The first `rows` rows as a column; the builder is empty afterwards and keeps its memory. */
  take(rows: number): Data<Text> {
    const codes = new Int32Array(rows).fill(-1)
    codes.set(this.codes.subarray(0, Math.min(rows, this.codes.length)))
    const data = textColumn(codes, this.values.toVector())
    this.distinct ||= rows > enoughRows && this.values.size > rows * mostly
    this.codes.fill(-1)
    this.values.clear()
    this.last = undefined
    return data
  }

  private setCode(row: number, code: number): void {
    if (row >= this.codes.length) {
      const length = this.codes.length
      this.codes = grown(this.codes, row + 1).fill(-1, length)
    }
    this.codes[row] = code
  }
}

const encoder = new TextEncoder()

/** From so many rows on, with more than this share of different values, a column is taken to hold no value twice. */
const enoughRows = 1000
const mostly = 0.5
