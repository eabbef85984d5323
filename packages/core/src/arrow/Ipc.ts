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
  const own = new OwnTypes()
  const batches = Array.from(reader as Iterable<RecordBatch>, (batch) => own.batch(batch))
  return {
    schema: new Schema(
      fields.map((field) => own.field(field)),
      metadata
    ),
    batches
  }
}

/** One for all: columns that share a dictionary must have the very same type of its values. */
const utf8 = new Utf8()

/**
 * What is read has the general types of Arrow, such as a timestamp of some unit, and the rest of Sojourn asks for the
 * classes of the few types that it has.
 */
class OwnTypes {
  /** By the number that a dictionary has where it was written: another one may have it here already. */
  private readonly dictionaries = new Map<number, Dictionary<Utf8, Int32>>()

  batch({ data, numRows, schema }: RecordBatch): RecordBatch {
    const fields = schema.fields.map((field) => this.field(field))
    const children = data.children.map((child) => this.data(child))
    const type = new Struct(fields)
    return new RecordBatch(
      new Schema(fields, schema.metadata),
      makeData({ type, length: numRows, nullCount: 0, children })
    )
  }

  field({ metadata, name, nullable, type }: Field): Field {
    return new Field(name, this.type(type), nullable, metadata)
  }

  private data(data: Data): Data {
    const { children, length, nullCount, offset, type } = data
    const own = children.map((child) => this.data(child))
    return data.clone(this.type(type), offset, length, nullCount, undefined, own)
  }

  private type(type: DataType): DataType {
    if (DataType.isTimestamp(type)) return new TimestampMicrosecond(type.timezone)
    if (DataType.isDate(type)) return new DateDay()
    if (DataType.isDuration(type)) return new DurationMicrosecond()
    if (DataType.isInt(type)) return type.bitWidth === 64 ? new Int64() : new Int32()
    if (DataType.isFloat(type)) return new Float64()
    if (DataType.isBool(type)) return new Bool()
    if (DataType.isDictionary(type)) return this.dictionary(type)
    if (DataType.isList(type)) return new List(this.field(type.children[0]))
    return type
  }

  private dictionary({ id, isOrdered }: Dictionary): DataType {
    const own = this.dictionaries.get(id) ?? new Dictionary(utf8, new Int32(), undefined, isOrdered)
    this.dictionaries.set(id, own)
    return own
  }
}
