import {
  Bool,
  type Data,
  DateDay,
  DurationMicrosecond,
  FixedSizeBinary,
  Float64,
  Int64,
  makeData,
  TimestampMicrosecond,
  type Utf8,
  type Vector
} from "apache-arrow"
import { boolColumn, isText, textColumn, validAt } from "../arrow/Columns.ts"

/**
 * Columns as words of 32 bits, the one form in which rows are moved, kept and handed to other threads: text by its
 * codes, everything else by its bytes.
 */
export type WordType = "text" | "bool" | "int64" | "double" | "timestamp" | "date" | "interval" | "digest"

/** Words a row. */
export const widths: Readonly<Record<WordType, number>> = {
  text: 1,
  bool: 1,
  date: 1,
  int64: 2,
  double: 2,
  timestamp: 2,
  interval: 2,
  digest: 4
}

export const wordType = ({ type }: Data): WordType => {
  if (isText(type)) return "text"
  if (type instanceof Bool) return "bool"
  if (type instanceof Int64) return "int64"
  if (type instanceof Float64) return "double"
  if (type instanceof TimestampMicrosecond) return "timestamp"
  if (type instanceof DateDay) return "date"
  if (type instanceof DurationMicrosecond) return "interval"
  if (type instanceof FixedSizeBinary) return "digest"
  throw new Error(`a column of Arrow type ${type.typeId} cannot be carried`)
}

/** The words of a column that is no text. */
export const wordsOf = (data: Data): Int32Array => {
  if (data.type instanceof Bool) {
    const { offset, values } = data
    return Int32Array.from({ length: data.length }, (_, i) => (values[(offset + i) >> 3] >> ((offset + i) & 7)) & 1)
  }
  const { buffer, byteLength, byteOffset } = data.values as Uint8Array
  return new Int32Array(buffer, byteOffset, byteLength >> 2)
}

/** By row 1 where there is a value; undefined where no row is null. */
export const validOf = (data: Data): Uint8Array | undefined => {
  if (data.nullCount === 0) return undefined
  const isValid = validAt(data)
  const valid = new Uint8Array(data.length)
  for (let i = 0; i < valid.length; i++) if (isValid(i)) valid[i] = 1
  return valid
}

/** A column from its words; `dictionary` for text. */
export const columnOf = (
  type: WordType,
  words: Int32Array,
  valid: Uint8Array | undefined,
  dictionary: Vector<Utf8> | undefined
): Data => {
  const length = words.length / widths[type]
  const { buffer, byteLength, byteOffset } = words
  const shape = { length, ...nullsOf(valid) }
  const int64 = () => new BigInt64Array(buffer, byteOffset, length)
  switch (type) {
    case "text":
      return textColumn(words, dictionary as Vector<Utf8>)
    case "bool":
      return makeData({ type: new Bool(), ...shape, data: boolColumn(length, (i) => words[i] === 1).values })
    case "date":
      return makeData({ type: new DateDay(), ...shape, data: words })
    case "double":
      return makeData({ type: new Float64(), ...shape, data: new Float64Array(buffer, byteOffset, length) })
    case "digest":
      return makeData({ type: new FixedSizeBinary(16), ...shape, data: new Uint8Array(buffer, byteOffset, byteLength) })
    case "int64":
      return makeData({ type: new Int64(), ...shape, data: int64() })
    case "interval":
      return makeData({ type: new DurationMicrosecond(), ...shape, data: int64() })
    case "timestamp":
      return makeData({ type: new TimestampMicrosecond("UTC"), ...shape, data: int64() })
  }
}

const nullsOf = (valid: Uint8Array | undefined) => {
  if (valid === undefined) return { nullCount: 0 }
  let nullCount = 0
  const nullBitmap = new Uint8Array((valid.length + 7) >> 3)
  for (let i = 0; i < valid.length; i++) {
    if (valid[i] === 1) nullBitmap[i >> 3] |= 1 << (i & 7)
    else nullCount++
  }
  return { nullCount, nullBitmap }
}
