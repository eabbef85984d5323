import {
  Bool,
  type Data,
  Dictionary,
  FixedSizeBinary,
  type Float64,
  type Int64,
  List,
  makeData,
  type RecordBatch,
  Utf8
} from "apache-arrow"
import { isJson, type NamedColumn, recordBatch, textColumn, validRows } from "../arrow/Columns.ts"

/** Some rows of a batch, in the order given, with all its columns. Dictionaries are shared, not copied. */
export const selectBatch = (batch: RecordBatch, rows: Int32Array): RecordBatch =>
  recordBatch(
    batch.schema.fields.map((field, i): NamedColumn => ({
      name: field.name,
      data: selectRows(batch.data.children[i], rows),
      json: isJson(field)
    })),
    rows.length
  )

/** Some rows of a column, in the order given; a row of -1 is null. */
export const selectRows = (data: Data, rows: Int32Array): Data => {
  const length = rows.length
  if (data.type instanceof Dictionary) {
    const codes = new Int32Array(length)
    const from = data.values as Int32Array
    for (let i = 0; i < length; i++) codes[i] = rows[i] < 0 ? -1 : from[rows[i]]
    return textColumn(codes, data.dictionary as NonNullable<Data["dictionary"]>)
  }
  if (data.type instanceof Utf8) return selectUtf8(data as Data<Utf8>, rows)
  if (data.type instanceof List) return selectLists(data as Data<List>, rows)
  const nulls = selectValidity(data, rows)
  if (data.type instanceof Bool) {
    const bits = new Uint8Array((length + 7) >> 3)
    for (let i = 0; i < length; i++) {
      const from = data.offset + rows[i]
      if ((data.values[from >> 3] >> (from & 7)) & 1) bits[i >> 3] |= 1 << (i & 7)
    }
    return makeData({ type: data.type, length, ...nulls, data: bits })
  }
  if (data.type instanceof FixedSizeBinary) {
    const bytes = selectWords(data.values, rows, data.type.byteWidth / 4)
    return makeData({ type: data.type, length, ...nulls, data: new Uint8Array(bytes.buffer) })
  }
  if (data.values instanceof BigInt64Array) {
    const words = selectWords(data.values, rows, 2)
    return makeData({ type: data.type as Int64, length, ...nulls, data: new BigInt64Array(words.buffer) })
  }
  const from = data.values as Float64Array | Int32Array
  const selected = new (from.constructor as new (length: number) => Float64Array | Int32Array)(length)
  for (let i = 0; i < length; i++) if (rows[i] >= 0) selected[i] = from[rows[i]]
  return makeData({ type: data.type as Float64, length, ...nulls, data: selected })
}

/** Values of `width` times four bytes, as words. */
const selectWords = (
  { buffer, byteLength, byteOffset }: BigInt64Array | Uint8Array,
  rows: Int32Array,
  width: number
): Int32Array => {
  const words = new Int32Array(buffer, byteOffset, byteLength / 4)
  const selected = new Int32Array(rows.length * width)
  for (let i = 0, to = 0; i < rows.length; i++) {
    const row = rows[i]
    if (row < 0) to += width
    else for (let from = row * width, end = from + width; from < end; from++) selected[to++] = words[from]
  }
  return selected
}

const selectUtf8 = (data: Data<Utf8>, rows: Int32Array): Data<Utf8> => {
  const from = data.valueOffsets
  const offsets = new Int32Array(rows.length + 1)
  for (let i = 0; i < rows.length; i++) {
    offsets[i + 1] = offsets[i] + (rows[i] < 0 ? 0 : from[rows[i] + 1] - from[rows[i]])
  }
  const bytes = new Uint8Array(offsets[rows.length])
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] >= 0) bytes.set(data.values.subarray(from[rows[i]], from[rows[i] + 1]), offsets[i])
  }
  return makeData({
    type: data.type,
    length: rows.length,
    ...selectValidity(data, rows),
    valueOffsets: offsets,
    data: bytes
  })
}

const selectLists = (data: Data<List>, rows: Int32Array): Data<List> => {
  const from = data.valueOffsets
  const offsets = new Int32Array(rows.length + 1)
  const items: Array<number> = []
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] >= 0) for (let at = from[rows[i]]; at < from[rows[i] + 1]; at++) items.push(at)
    offsets[i + 1] = items.length
  }
  return makeData({
    type: data.type,
    length: rows.length,
    ...selectValidity(data, rows),
    valueOffsets: offsets,
    child: selectRows(data.children[0], Int32Array.from(items))
  })
}

/** The rows that are 0 in a column of groups, which say -1 where a row does not count. */
export const rowsThatCount = (groupOf: Int32Array): Int32Array => {
  const rows = new Int32Array(groupOf.length)
  let count = 0
  for (let row = 0; row < groupOf.length; row++) if (groupOf[row] === 0) rows[count++] = row
  return rows.subarray(0, count)
}

const selectValidity = (data: Data, rows: Int32Array) => {
  const valid = validRows(data)
  if (valid === undefined && !rows.includes(-1)) return { nullCount: 0 }
  let nullCount = 0
  const nullBitmap = new Uint8Array((rows.length + 7) >> 3)
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] >= 0 && valid?.[rows[i]] !== 0) nullBitmap[i >> 3] |= 1 << (i & 7)
    else nullCount++
  }
  return { nullCount, nullBitmap }
}
