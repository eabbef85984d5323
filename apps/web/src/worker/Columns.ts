import { columnData, lanes, type TextView, textView } from "@sojourn/core"
import { type Data, DataType, type RecordBatch, Vector } from "apache-arrow"
import type { Cell, ColumnKind } from "../engine/Query.ts"

const decoder = new TextDecoder()

/** Texts of a column, by the codes of its rows; -1 is null. */
export class TextColumn {
  readonly codes: Int32Array
  readonly size: number
  private readonly view: TextView

  constructor(batch: RecordBatch, name: string) {
    this.view = textView(batch, name)
    this.codes = this.view.codes
    this.size = this.view.size
  }

  text(code: number): string {
    return decoder.decode(this.bytes(code))
  }

  bytes(code: number): Uint8Array {
    const { bytes, offsets } = this.view
    return bytes.subarray(offsets[code], offsets[code + 1])
  }

  /** For each code whether its text passes. */
  matching(passes: (text: string) => boolean): Uint8Array {
    return Uint8Array.from({ length: this.size }, (_, code) => (passes(this.text(code)) ? 1 : 0))
  }

  /** The code of a text; -1 if there is none. */
  find(text: string): number {
    for (let code = 0; code < this.size; code++) if (this.text(code) === text) return code
    return -1
  }
}

/** The columns of a table in forms that are quick to go through; each is made when it is first needed. */
export class Columns {
  readonly batch: RecordBatch
  readonly rows: number
  readonly described: ReadonlyArray<{ readonly name: string; readonly kind: ColumnKind }>
  private readonly texts = new Map<string, TextColumn>()
  private readonly numbersByName = new Map<string, Float64Array>()

  constructor(batch: RecordBatch) {
    this.batch = batch
    this.rows = batch.numRows
    this.described = batch.schema.fields.map(({ name, type }) => ({ name, kind: kindOf(type) }))
  }

  has(name: string): boolean {
    return this.described.some((column) => column.name === name)
  }

  text(name: string): TextColumn {
    const known = this.texts.get(name)
    if (known !== undefined) return known
    const made = new TextColumn(this.batch, name)
    this.texts.set(name, made)
    return made
  }

  /** Numbers, days, or microseconds since 1970, rounded beyond 2^53; NaN is null, and all of a column that is not there. */
  numbers(name: string): Float64Array {
    const known = this.numbersByName.get(name)
    if (known !== undefined) return known
    const made = this.has(name)
      ? numbersOf(columnData(this.batch, name), this.rows)
      : new Float64Array(this.rows).fill(Number.NaN)
    this.numbersByName.set(name, made)
    return made
  }

  /** What sorts the rows by a column: numbers of the same order, NaN for null. */
  keys(name: string): Float64Array {
    if (this.described.find((column) => column.name === name)?.kind !== "text") return this.numbers(name)
    const column = this.text(name)
    const codes = Int32Array.from({ length: column.size }, (_, code) => code)
    const texts = Array.from(codes, (code) => column.text(code))
    codes.sort((a, b) => compareTexts(texts[a], texts[b]))
    const ranks = new Float64Array(column.size)
    for (const [rank, code] of codes.entries()) ranks[code] = rank
    return Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : ranks[code]))
  }

  /** A list of texts as JSON. */
  private list(name: string, row: number): string | null {
    const items: unknown = this.batch.getChild(name)?.get(row)
    return items instanceof Vector ? JSON.stringify([...items]) : null
  }

  cells(row: number): ReadonlyArray<Cell> {
    return this.described.map(({ kind, name }) => {
      if (kind === "text") {
        const column = this.text(name)
        const code = column.codes[row]
        return code < 0 ? null : column.text(code)
      }
      if (kind === "list") return this.list(name, row)
      const value = this.numbers(name)[row]
      if (Number.isNaN(value)) return null
      return kind === "bool" ? value === 1 : value
    })
  }
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const kindOf = (type: DataType): ColumnKind => {
  if (DataType.isList(type)) return "list"
  if (DataType.isTimestamp(type)) return "time"
  if (DataType.isDate(type)) return "date"
  if (DataType.isBool(type)) return "bool"
  return DataType.isInt(type) || DataType.isFloat(type) || DataType.isDuration(type) ? "number" : "text"
}

const numbersOf = (data: Data, rows: number): Float64Array => {
  const numbers = new Float64Array(rows)
  if (DataType.isBool(data.type)) {
    const bits = data.values as Uint8Array
    for (let row = 0; row < rows; row++) {
      const bit = data.offset + row
      numbers[row] = (bits[bit >> 3] >> (bit & 7)) & 1
    }
  } else if (data.values instanceof BigInt64Array) {
    const words = lanes(data.values)
    for (let row = 0; row < rows; row++) numbers[row] = words[2 * row + 1] * 4_294_967_296 + (words[2 * row] >>> 0)
  } else numbers.set((data.values as Float64Array).subarray(0, rows))
  if (data.nullCount > 0) for (let row = 0; row < rows; row++) if (!data.getValid(row)) numbers[row] = Number.NaN
  return numbers
}
