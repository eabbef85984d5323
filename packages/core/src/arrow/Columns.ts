import type { Texts } from "@sojourn/kernels"
import {
  Bool,
  type Data,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  FixedSizeBinary,
  Float64,
  Int32,
  Int64,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  type Vector
} from "apache-arrow"
import { dataOf, noNulls, type Nulls } from "./dataOf.ts"
import { Interner } from "./Interner.ts"

/**
 * Arrow columns made from raw buffers, and raw buffers taken back out of Arrow columns.
 *
 * Text is always dictionary-encoded: `Int32` codes into a `Utf8` dictionary, so that work on text is done once per
 * distinct value. Inside Sojourn a null slot of a text column holds the code -1 as well as a cleared validity bit, so
 * that loops look at codes alone; {@link textView} brings columns from elsewhere into that shape.
 */

export type Text = Dictionary<Utf8, Int32>

/** Canonical extension type of Arrow: the text is a JSON value as written. */
const jsonMetadata = new Map([["ARROW:extension:name", "arrow.json"]])

/** Whether a text column holds JSON tokens. */
export const isJson = (field: Field): boolean => field.metadata.get("ARROW:extension:name") === "arrow.json"

/** A named column; `json` marks text whose values are JSON tokens. */
export interface NamedColumn {
  readonly name: string
  readonly data: Data
  readonly json?: boolean
  /** Where the dictionary of a text column goes on growing. */
  readonly texts?: Texts
}

/** Columns of one length as a record batch. */
export const recordBatch = (columns: ReadonlyArray<NamedColumn>, length: number): RecordBatch => {
  const schema = new Schema(
    columns.map(({ name, data, json }) => new Field(name, data.type, true, json ? jsonMetadata : undefined))
  )
  const type = new Struct(schema.fields)
  return new RecordBatch(schema, dataOf(type, length, noNulls, { children: columns.map((column) => column.data) }))
}

/** Text from codes (-1 is null) and the dictionary they point into. `nulls`: what of the codes is null, where it is known. */
export const textColumn = (codes: Int32Array, dictionary: Vector<Utf8>, nulls: Nulls = nullsOf(codes)): Data<Text> =>
  dataOf(new Dictionary(new Utf8(), new Int32()), codes.length, nulls, { values: codes, dictionary })

/** What of `codes` is null, which is -1. */
export const nullsOf = (codes: Int32Array): Nulls => {
  let nullCount = 0
  for (let i = 0; i < codes.length; i++) nullCount += codes[i] >>> 31
  if (nullCount === 0) return noNulls
  const nullBitmap = new Uint8Array((codes.length + 7) >> 3)
  for (let i = 0; i < codes.length; i++) nullBitmap[i >> 3] |= (1 - (codes[i] >>> 31)) << (i & 7)
  return { nullCount, nullBitmap }
}

/** Text given once per row, such as ids: no dictionary. `offsets` has one more element than there are rows. */
export const utf8Column = (offsets: Int32Array, bytes: Uint8Array): Data<Utf8> =>
  dataOf(new Utf8(), offsets.length - 1, noNulls, { offsets, values: bytes })

export const int64Column = (values: BigInt64Array, isValid?: (row: number) => boolean): Data<Int64> =>
  fixedWidth(new Int64(), values, isValid)

/** int64 microseconds since 1970-01-01T00:00:00Z. */
export const timestampColumn = (
  values: BigInt64Array,
  isValid?: (row: number) => boolean
): Data<TimestampMicrosecond> => fixedWidth(new TimestampMicrosecond("UTC"), values, isValid)

export const doubleColumn = (values: Float64Array, isValid?: (row: number) => boolean): Data<Float64> =>
  fixedWidth(new Float64(), values, isValid)

/** Days since 1970-01-01. */
export const dateColumn = (values: Int32Array, isValid?: (row: number) => boolean): Data<DateDay> =>
  fixedWidth(new DateDay(), values, isValid)

export const boolColumn = (length: number, isTrue: (row: number) => boolean): Data<Bool> =>
  dataOf(new Bool(), length, noNulls, { values: bits(length, isTrue) })

/** `width` bytes a row. */
export const binaryColumn = (bytes: Uint8Array, width: number): Data<FixedSizeBinary> =>
  dataOf(new FixedSizeBinary(width), bytes.length / width, noNulls, { values: bytes })

const fixedWidth = <T extends DataType>(
  type: T,
  values: BigInt64Array | Float64Array | Int32Array,
  isValid: ((row: number) => boolean) | undefined
): Data<T> => dataOf(type, values.length, isValid ? validity(values.length, isValid) : noNulls, { values })

const bits = (length: number, isSet: (row: number) => boolean): Uint8Array => {
  const bitmap = new Uint8Array((length + 7) >> 3)
  for (let i = 0; i < length; i++) if (isSet(i)) bitmap[i >> 3] |= 1 << (i & 7)
  return bitmap
}

const validity = (length: number, isValid: (row: number) => boolean): Nulls => {
  let nullCount = 0
  for (let i = 0; i < length; i++) if (!isValid(i)) nullCount++
  return { nullCount, nullBitmap: nullCount === 0 ? null : bits(length, isValid) }
}

/** A text column seen as buffers: `codes[row]` is -1 or points into `offsets`, which points into `bytes`. */
export interface TextView {
  readonly codes: Int32Array
  /** Number of values in the dictionary. */
  readonly size: number
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
  /** The dictionary itself, to be shared by columns made from this one. */
  readonly dictionary: Vector<Utf8>
  /** Values are JSON tokens as written. */
  readonly json: boolean
}

/** The data of a column, by name; a missing column is a defect of the caller. */
export const columnData = (batch: RecordBatch, name: string): Data => {
  const index = batch.schema.fields.findIndex((field) => field.name === name)
  if (index < 0) throw new Error(`no column ${name} among ${batch.schema.names.join(", ")}`)
  return batch.data.children[index]
}

/** Some columns of a batch, in the order given. */
export const pickColumns = (batch: RecordBatch, names: ReadonlyArray<string>): RecordBatch =>
  recordBatch(
    names.map((name) => ({ name, data: columnData(batch, name), json: isJsonColumn(batch, name) })),
    batch.numRows
  )

const isJsonColumn = ({ schema }: RecordBatch, name: string): boolean => {
  const field = schema.fields.find((candidate) => candidate.name === name)
  return field !== undefined && isJson(field)
}

/** Text of either kind: dictionary-encoded or plain. */
export const isText = (type: DataType): boolean => type instanceof Dictionary || type instanceof Utf8

/** Reads a text column of either kind (dictionary or plain) as {@link TextView}. */
export const textView = (batch: RecordBatch, name: string): TextView => {
  const data = columnData(batch, name)
  const json = isJsonColumn(batch, name)
  if (!(data.type instanceof Dictionary)) return plainTextView(data as Data<Utf8>, json)
  const dictionary = data.dictionary as Vector<Utf8>
  const values = dictionary.data[0]
  // What came from another thread is filled up to whole words.
  const codes = (data.values as Int32Array).subarray(0, data.length)
  return {
    codes: data.nullCount === 0 ? codes : withNullCodes(codes, data),
    size: dictionary.length,
    offsets: values?.valueOffsets ?? new Int32Array(1),
    bytes: values?.values ?? new Uint8Array(0),
    dictionary,
    json
  }
}

/** Null slots hold -1 already where Sojourn made the column; elsewhere they may hold anything. */
const withNullCodes = (codes: Int32Array, data: Data): Int32Array => {
  const { nullBitmap, offset } = data
  if (nullBitmap === undefined || nullBitmap === null || nullBitmap.length === 0) return codes
  let isMarked = true
  for (let i = 0; isMarked && i < codes.length; i++) {
    const at = offset + i
    isMarked = codes[i] < 0 || ((nullBitmap[at >> 3] >> (at & 7)) & 1) === 1
  }
  if (isMarked) return codes
  const valid = validRows(data)
  return codes.map((code, i) => (valid?.[i] === 0 ? -1 : code))
}

/**
 * By row 1 where there is a value and 0 where there is none, of the rows `from` to `to` (excluded); undefined where no row of
 * the column is null.
 */
export const validRows = (
  { length, nullBitmap, nullCount, offset }: Data,
  from = 0,
  to = length
): Uint8Array | undefined => {
  if (nullCount === 0 || nullBitmap === undefined || nullBitmap === null || nullBitmap.length === 0) return undefined
  const valid = new Uint8Array(to - from).fill(1)
  for (let i = 0; i < valid.length;) {
    const at = offset + from + i
    // Most bytes say that all of their rows have a value.
    if ((at & 7) === 0 && nullBitmap[at >> 3] === 0xff) i += 8
    else valid[i++] = (nullBitmap[at >> 3] >> (at & 7)) & 1
  }
  return valid
}

const plainTextView = (data: Data<Utf8>, json: boolean): TextView => {
  const interner = new Interner()
  const valid = validRows(data)
  const codes = new Int32Array(data.length)
  for (let i = 0; i < data.length; i++) {
    codes[i] = valid?.[i] !== 0 ? interner.intern(data.values, data.valueOffsets[i], data.valueOffsets[i + 1]) : -1
  }
  const dictionary = interner.toVector()
  return { codes, size: interner.size, offsets: interner.offsets, bytes: interner.bytes, dictionary, json }
}

/** A column of int64 (or timestamps) as pairs of Int32: low word at `2 * row`, high word after it. */
export const int64Lanes = (batch: RecordBatch, name: string): Int32Array => lanes(columnData(batch, name).values)

/** The same memory as pairs of Int32 (every platform that runs JavaScript today is little-endian). */
export const lanes = (values: BigInt64Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, values.length * 2)
