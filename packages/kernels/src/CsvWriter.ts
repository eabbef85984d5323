import { type Kernels, ownerOf } from "./Kernels.ts"

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

/**
 * Writes tables as CSV. Between its calls nothing stays in the memory of the kernels. A table that lies in the memory of
 * some kernels is read there, by them.
 */
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
   * be. Undefined if there is a time or date outside the years 0001 to 9999. `room`: gives the memory for so many bytes.
   */
  write(
    rows: number,
    columns: ReadonlyArray<CsvCells>,
    room: (bytes: number) => Uint8Array = (bytes) => new Uint8Array(bytes)
  ): Uint8Array | undefined {
    const owners = columns.map(({ values }) => ownerOf(valueBytes(values, rows)))
    const kernels = owners.find((owner) => owner !== undefined) ?? this.kernels
    const table = this.put(kernels, rows, columns)
    for (;;) {
      const ending = kernels.run.csvEncode(table)
      if (ending === noText) return undefined
      const words = kernels.int32
      const first = table >> 2
      const at = words[first + word.at]
      const length = words[first + word.length]
      if (ending !== hardDouble) {
        const written = room(length)
        written.set(kernels.bytes.subarray(at, at + length))
        return written
      }
      const column = words[first + word.column]++
      const values = words[first + tableWords + column * columnWords + 1]
      const text = String(new Float64Array(words.buffer, values + words[first + word.row] * 8, 1)[0])
      for (let i = 0; i < text.length; i++) kernels.bytes[at + length + i] = text.charCodeAt(i)
      words[first + word.length] += text.length
    }
  }

  /** Puts a table into the memory of the kernels, but for what is there: its place. */
  private put(kernels: Kernels, rows: number, columns: ReadonlyArray<CsvCells>): number {
    const parts: Array<{ readonly bytes: Uint8Array; readonly at: number }> = []
    const { buffer } = kernels.bytes
    let end = 4 * (tableWords + columnWords * columns.length)
    /** Where an array will be: from the beginning of the table on, or of the memory. */
    const place = (bytes: Uint8Array): Place => {
      if (bytes.buffer === buffer) return { at: bytes.byteOffset, isHere: true }
      // Padded, so that it may be read in larger pieces.
      const at = (end + 7) & ~7
      parts.push({ bytes, at })
      end = at + bytes.length + numberBytes
      return { at, isHere: false }
    }
    const placed = columns.map(({ valid, values }) => {
      const texts = "texts" in values ? values.texts : undefined
      return {
        kind: kinds.indexOf(values.kind),
        values: place(valueBytes(values, rows)),
        offsets: texts && place(bytesOf(texts.offsets)),
        texts: texts && place(usedBytes(texts)),
        firstText: texts?.offsets[0] ?? 0,
        valid: valid && place(bitsOf(valid, rows)),
        firstValid: valid === undefined ? 0 : valid.first & 7,
        firstBit: values.kind === "bool" ? values.values.first & 7 : 0
      }
    })
    // The memory may grow by this: from here on an array that lies in it is empty.
    kernels.input.reserve(end)
    const table = kernels.input.at
    const pointer = (to: Place | undefined): number => (to === undefined ? 0 : to.isHere ? to.at : table + to.at)
    const words = [0, 0, rows, columns.length, this.delimiter, 0, 0]
    for (const { firstBit, firstText, firstValid, kind, offsets, texts, valid, values } of placed) {
      words.push(
        kind,
        pointer(values),
        pointer(offsets),
        pointer(texts) - firstText,
        pointer(valid),
        firstValid,
        firstBit
      )
    }
    const { bytes } = kernels
    bytes.set(bytesOf(Int32Array.from(words)), table)
    for (const part of parts) bytes.set(part.bytes, table + part.at)
    return table
  }
}

interface Place {
  readonly at: number
  readonly isHere: boolean
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
