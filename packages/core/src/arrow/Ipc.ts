import {
  Bool,
  type Data,
  DataType,
  DateDay,
  Dictionary,
  DurationMicrosecond,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  RecordBatch,
  RecordBatchReader,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8
} from "apache-arrow"

/** A batch as an Arrow IPC stream, which other threads, files and programs can read. */
export const packBatch = (batch: RecordBatch): Uint8Array => {
  const writer = new BatchWriter()
  writer.write(batch)
  writer.finish()
  return writer.take()
}

/**
 * Writes batches of one schema as one Arrow IPC stream. Joins what is written itself: Apache Arrow merges neighbouring
 * chunks that lie in the same memory and, where they overlap, as with a column that stands in a batch twice, loses bytes.
 */
export class BatchWriter extends RecordBatchStreamWriter {
  private chunks: Array<Uint8Array> = []

  /** What was written since the last time. */
  take(): Uint8Array {
    const bytes = new Uint8Array(this.chunks.reduce((sum, { length }) => sum + length, 0))
    let at = 0
    for (const chunk of this.chunks) {
      bytes.set(chunk, at)
      at += chunk.length
    }
    this.chunks = []
    return bytes
  }

  protected override _write({ buffer, byteLength, byteOffset }: ArrayBufferView): this {
    this.chunks.push(new Uint8Array(buffer, byteOffset, byteLength))
    this._position += byteLength
    return this
  }
}

/** The batch of {@link packBatch}. */
export const unpackBatch = (bytes: Uint8Array): RecordBatch => {
  const [batch] = unpackBatches(bytes).batches
  if (batch === undefined) throw new Error("the stream holds no batch")
  return batch
}

/** The batches of an Arrow IPC stream, and what all of them have. */
export const unpackBatches = (
  bytes: Uint8Array
): { readonly schema: Schema; readonly batches: ReadonlyArray<RecordBatch> } => {
  const reader = RecordBatchReader.from(bytes).open()
  // At its end the reader forgets it.
  const { fields, metadata } = reader.schema
  const batches = Array.from(reader as Iterable<RecordBatch>, ownBatch)
  return { schema: new Schema(fields.map(ownField), metadata), batches }
}

const ownBatch = ({ data, numRows, schema }: RecordBatch): RecordBatch => {
  const fields = schema.fields.map(ownField)
  const children = data.children.map((child) => ownData(child))
  const type = new Struct(fields)
  return new RecordBatch(
    new Schema(fields, schema.metadata),
    makeData({ type, length: numRows, nullCount: 0, children })
  )
}

/** One for all: columns that share a dictionary must have the very same type of its values. */
const utf8 = new Utf8()

/**
 * What is read has the general types of Arrow, such as a timestamp of some unit, and the rest of Sojourn asks for the
 * classes of the few types that it has.
 */
const ownType = (type: DataType): DataType => {
  if (DataType.isTimestamp(type)) return new TimestampMicrosecond(type.timezone)
  if (DataType.isDate(type)) return new DateDay()
  if (DataType.isDuration(type)) return new DurationMicrosecond()
  if (DataType.isInt(type)) return type.bitWidth === 64 ? new Int64() : new Int32()
  if (DataType.isFloat(type)) return new Float64()
  if (DataType.isBool(type)) return new Bool()
  if (DataType.isDictionary(type)) return new Dictionary(utf8, new Int32(), type.id, type.isOrdered)
  if (DataType.isList(type)) return new List(ownField(type.children[0]))
  return type
}

const ownField = ({ metadata, name, nullable, type }: Field): Field =>
  new Field(name, ownType(type), nullable, metadata)

const ownData = (data: Data): Data => {
  const { children, length, nullCount, offset, type } = data
  return data.clone(ownType(type), offset, length, nullCount, undefined, children.map(ownData))
}
