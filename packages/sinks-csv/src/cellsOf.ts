import type { CsvCells, CsvTexts, CsvValues } from "@sojourn/kernels"
import { type Data, DataType, DateUnit, Precision, TimeUnit, type Utf8 } from "apache-arrow"

/** A column as the kernels take it; undefined if its type is none that they know. */
export const cellsOf = (data: Data): CsvCells | undefined => {
  const values = valuesOf(data)
  if (values === undefined) return undefined
  return { values, valid: data.nullCount > 0 ? { bits: data.nullBitmap, first: data.offset } : undefined }
}

const valuesOf = (data: Data): CsvValues | undefined => {
  const type: DataType = data.type
  if (DataType.isDictionary(type)) {
    if (!DataType.isUtf8(type.dictionary) || !(data.values instanceof Int32Array)) return undefined
    return { kind: "codes", codes: data.values, texts: textsOf(data.dictionary?.data[0]) }
  }
  if (DataType.isUtf8(type)) return { kind: "texts", texts: textsOf(data as Data<Utf8>) }
  if (DataType.isInt(type) && type.isSigned && type.bitWidth === 64) return { kind: "int64", values: data.values }
  if (DataType.isTimestamp(type) && type.unit === TimeUnit.MICROSECOND) {
    return { kind: "timestamp", values: data.values }
  }
  if (DataType.isDate(type) && type.unit === DateUnit.DAY) return { kind: "date", values: data.values }
  if (DataType.isFloat(type) && type.precision === Precision.DOUBLE) return { kind: "double", values: data.values }
  if (DataType.isBool(type)) return { kind: "bool", values: { bits: data.values, first: data.offset } }
  return undefined
}

/** A column without texts may have no offsets at all. */
const textsOf = (data: Data<Utf8> | undefined): CsvTexts =>
  data === undefined || data.length === 0
    ? { offsets: new Int32Array(1), bytes: new Uint8Array(0) }
    : { offsets: data.valueOffsets.subarray(0, data.length + 1), bytes: data.values }
