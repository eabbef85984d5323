import {
  Bool,
  type Data,
  DataType,
  DateDay,
  Dictionary,
  DurationMicrosecond,
  Field,
  FixedSizeBinary,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
  Vector
} from "apache-arrow"

/**
 * A batch that was made with another copy of Apache Arrow, as that of a plugin is, as one of this copy: classes are told
 * apart by it everywhere else. Buffers are shared. Of the types that decoders and tables make; throws for others.
 */
export const adoptBatch = (batch: RecordBatch): RecordBatch => {
  const fields = batch.schema.fields.map(
    ({ metadata, name, nullable, type }) => new Field(name, adoptType(name, type), nullable, new Map(metadata))
  )
  const children = batch.data.children.map((data, i) => adoptData(data, fields[i].type))
  const type = new Struct(fields)
  return new RecordBatch(new Schema(fields), makeData({ type, length: batch.numRows, nullCount: 0, children }))
}

/** A batch of a schema without rows. */
export const emptyBatch = (schema: Schema): RecordBatch => {
  const children = schema.fields.map(({ type }) => makeData({ type, length: 0 } as never))
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: 0, nullCount: 0, children }))
}

/** One for all: columns that share a dictionary must have the very same type of its values. */
const utf8 = new Utf8()

const adoptType = (name: string, type: DataType): DataType => {
  if (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary)) return new Dictionary(utf8, new Int32())
  if (DataType.isUtf8(type)) return utf8
  if (DataType.isTimestamp(type)) return new TimestampMicrosecond(type.timezone)
  if (DataType.isInt(type)) return type.bitWidth === 64 ? new Int64() : new Int32()
  if (DataType.isFixedSizeBinary(type)) return new FixedSizeBinary(type.byteWidth)
  if (DataType.isFloat(type)) return new Float64()
  if (DataType.isBool(type)) return new Bool()
  if (DataType.isDate(type)) return new DateDay()
  if (DataType.isDuration(type)) return new DurationMicrosecond()
  if (DataType.isList(type)) return new List(new Field("item", adoptType(name, type.valueType), true))
  throw new TypeError(`column ${name} has a type that no table has: ${type.typeId}`)
}

const adoptData = (data: Data, type: DataType): Data => {
  const { length, nullBitmap, nullCount, offset, valueOffsets, values } = data
  const bits = nullCount > 0 ? { nullBitmap } : {}
  if (DataType.isDictionary(type)) {
    const dictionary = new Vector((data.dictionary?.data ?? []).map((part) => adoptData(part, utf8)))
    return makeData({ type, length, nullCount, ...bits, offset, data: values as Int32Array, dictionary } as never)
  }
  if (DataType.isList(type)) {
    // A list without rows may have no child.
    const [found] = data.children as ReadonlyArray<Data | undefined>
    const child =
      found === undefined ? makeData({ type: type.valueType, length: 0 } as never) : adoptData(found, type.valueType)
    return makeData({ type, length, nullCount, ...bits, offset, valueOffsets, child })
  }
  if (DataType.isUtf8(type))
    return makeData({ type, length, nullCount, ...bits, offset, valueOffsets, data: values as Uint8Array })
  return makeData({ type, length, nullCount, ...bits, offset, data: values } as never)
}
