import type { Kernels } from "./Kernels.ts"

/** Bits of rows, the first of them at `first`. */
export interface RowBits {
  readonly bits: Uint8Array
  readonly first: number
}

/** Where texts begin and end in `bytes`; one offset more than there are texts. UTF-8. */
export interface CsvTexts {
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
}

/** The values of a column, one a row: texts, microseconds or days since 1970, numbers or truth values. */
export type CsvValues =
  | { readonly kind: "codes"; readonly codes: Int32Array; readonly texts: CsvTexts }
  | { readonly kind: "texts"; readonly texts: CsvTexts }
  | { readonly kind: "int64" | "timestamp"; readonly values: BigInt64Array }
  | { readonly kind: "date"; readonly values: Int32Array }
  | { readonly kind: "double"; readonly values: Float64Array }
  | { readonly kind: "bool"; readonly values: RowBits }

/** A column, and which rows are not null; undefined if none is. */
export interface CsvCells {
  readonly values: CsvValues
  readonly valid: RowBits | undefined
}

/** Numbers of the kinds in assembly/csvEncode.ts. */
const kinds = ["codes", "texts", "int64", "timestamp", "date", "double", "bool"] as const

const tableWords = 7
const columnWords = 7
/** Places in the table. */
const word = { row: 0, column: 1, at: 5, length: 6 } as const
const hardDouble = 1
const noText = 2
/** A number as text has fewer bytes. */
const numberBytes = 32

/** Writes tables as CSV. Between its calls nothing stays in the memory of the kernels. */
export class CsvWriter {
  private readonly kernels: Kernels
  private readonly delimiter: number

  /** `delimiter`: a byte. */
  constructor(kernels: Kernels, delimiter: number) {
    this.kernels = kernels
    this.delimiter = delimiter
  }

  /**
   * Rows with their newlines. Nulls are empty and so are doubles that are no numbers; texts are quoted where they must
   * be. Undefined if there is a time or date outside the years 0001 to 9999.
   */
  write(rows: number, columns: ReadonlyArray<CsvCells>): Uint8Array | undefined {
    const { kernels } = this
    const table = this.put(rows, columns)
    for (;;) {
      const ending = kernels.run.csvEncode(table)
      if (ending === noText) return undefined
      const words = kernels.int32
      const first = table >> 2
      const at = words[first + word.at]
      const length = words[first + word.length]
      if (ending !== hardDouble) return kernels.copyBytes(at, length)
      const { values } = columns[words[first + word.column]++].values as Extract<CsvValues, { kind: "double" }>
      const text = String(values[words[first + word.row]])
      for (let i = 0; i < text.length; i++) kernels.bytes[at + length + i] = text.charCodeAt(i)
      words[first + word.length] += text.length
    }
  }

  /** Copies a table to the memory of the kernels: its place there. */
  private put(rows: number, columns: ReadonlyArray<CsvCells>): number {
    const parts: Array<{ readonly bytes: Uint8Array; readonly at: number }> = []
    let end = 4 * (tableWords + columnWords * columns.length)
    /** Where a part will be; every part is padded, so that it may be read in larger pieces. */
    const place = (bytes: Uint8Array): number => {
      const at = (end + 7) & ~7
      parts.push({ bytes, at })
      end = at + bytes.length + numberBytes
      return at
    }
    const placed = columns.map(({ valid, values }) => {
      const texts = "texts" in values ? values.texts : undefined
      return {
        kind: kinds.indexOf(values.kind),
        values: place(valueBytes(values, rows)),
        offsets: texts === undefined ? 0 : place(bytesOf(texts.offsets)),
        texts: texts === undefined ? 0 : place(usedBytes(texts)) - texts.offsets[0],
        valid: valid === undefined ? undefined : place(bitsOf(valid, rows)),
        firstValid: valid === undefined ? 0 : valid.first & 7,
        firstBit: values.kind === "bool" ? values.values.first & 7 : 0
      }
    })
    this.kernels.input.reserve(end)
    const { at } = this.kernels.input
    const words = [0, 0, rows, columns.length, this.delimiter, 0, 0]
    for (const { firstBit, firstValid, kind, offsets, texts, valid, values } of placed) {
      words.push(
        kind,
        at + values,
        at + offsets,
        at + texts,
        valid === undefined ? 0 : at + valid,
        firstValid,
        firstBit
      )
    }
    const { bytes } = this.kernels
    bytes.set(bytesOf(Int32Array.from(words)), at)
    for (const part of parts) bytes.set(part.bytes, at + part.at)
    return at
  }
}

const valueBytes = (values: CsvValues, rows: number): Uint8Array => {
  switch (values.kind) {
    case "texts":
      return new Uint8Array(0)
    case "codes":
      return bytesOf(values.codes)
    case "bool":
      return bitsOf(values.values, rows)
    default:
      return bytesOf(values.values)
  }
}

/** The bytes with the bits of so many rows. */
const bitsOf = ({ bits, first }: RowBits, rows: number): Uint8Array =>
  bits.subarray(first >> 3, (first + rows + 7) >> 3)

const usedBytes = ({ bytes, offsets }: CsvTexts): Uint8Array => bytes.subarray(offsets[0], offsets[offsets.length - 1])

const bytesOf = ({ buffer, byteLength, byteOffset }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
