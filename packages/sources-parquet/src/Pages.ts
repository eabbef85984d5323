import type { CompressionCodec, DecodedArray, Encoding, PageHeader, ParquetType } from "hyparquet"
import { compressors } from "hyparquet-compressors"
import { parquetHeader } from "hyparquet/src/column.js"
import { decompressPage } from "hyparquet/src/datapage.js"
import { deltaBinaryUnpack, deltaByteArray, deltaLengthByteArray } from "hyparquet/src/delta.js"
import { byteStreamSplit } from "hyparquet/src/encoding.js"
import { readPlain } from "hyparquet/src/plain.js"
import { type Reader, readerOf, readHybrid } from "./Hybrid.ts"
import type { Leaf } from "./FileFields.ts"

/** Some of a column's entries: a value or its absence, one a record unless the column is repeated. */
export interface DataPage {
  readonly entries: number
  /** By entry, the definition level; undefined: everywhere that of a value. */
  readonly definition: Uint8Array | undefined
  /** By entry, the repetition level; undefined: everywhere 0. */
  readonly repetition: Uint8Array | undefined
  /** The values that are there, or their places in the dictionary. */
  readonly values: DecodedArray
  readonly isCoded: boolean
}

/** The pages of a column in a row group, and how they are packed. */
export interface Chunk {
  readonly bytes: Uint8Array
  readonly codec: CompressionCodec
}

/** Unpacked, a page is no larger than this: writers cut at 1 MiB or so. */
const mostPage = 512 * 1024 * 1024
/** Of more values a byte than this a page lies. */
const mostPerByte = 1 << 20

/** A page as it stands in the file: its values are packed. */
interface PackedPage {
  readonly header: PageHeader
  readonly body: Uint8Array
}

/** The pages of a column chunk, one by one, without what is in them. Throws an `Error` that says what is wrong. */
export class PackedPages {
  private readonly bytes: Uint8Array
  private readonly reader: Reader

  constructor({ bytes }: Chunk) {
    this.bytes = bytes
    this.reader = readerOf(bytes)
  }

  get isEnd(): boolean {
    return this.reader.offset >= this.bytes.length
  }

  /** The next page; there must be one. */
  next(): PackedPage {
    const { bytes, reader } = this
    const header = parquetHeader(reader)
    const size = header.compressed_page_size
    const unpacked = header.uncompressed_page_size
    if (!(size >= 0 && unpacked >= 0)) throw new Error("a page does not begin like one: it is damaged or encrypted")
    if (size > bytes.length - reader.offset) throw new Error(`a page of ${size} bytes reaches beyond the column`)
    if (unpacked > mostPage) {
      throw new Error(`a page of ${grouped(unpacked)} bytes, unpacked, is over the cap of ${grouped(mostPage)}`)
    }
    const body = bytes.subarray(reader.offset, reader.offset + size)
    reader.offset += size
    return { header, body }
  }
}

export const unpackedPage = (bytes: Uint8Array, size: number, codec: CompressionCodec): Uint8Array =>
  decompressPage(bytes, size, codec, compressors)

/** The pages of a column chunk, one by one. Throws an `Error` that says what is wrong. */
export class Pages {
  /** The values of the dictionary page, once it has been met. */
  dictionary: DecodedArray | undefined
  private readonly packed: PackedPages
  private readonly leaf: Leaf
  private readonly codec: CompressionCodec
  private readonly rows: number
  private read = 0

  /** `rows`: those of the row group. */
  constructor(chunk: Chunk, leaf: Leaf, rows: number) {
    this.packed = new PackedPages(chunk)
    this.leaf = leaf
    this.codec = chunk.codec
    this.rows = rows
  }

  /** Undefined once all has been given. */
  next(): DataPage | undefined {
    const { leaf, packed, rows } = this
    while (leaf.repetition > 0 ? !packed.isEnd : this.read < rows) {
      if (packed.isEnd) throw new Error(`it ends after ${this.read} of ${rows} rows`)
      const { body, header } = packed.next()
      if (header.type === "DICTIONARY_PAGE") this.dictionary = this.readDictionary(body, header)
      else if (header.type === "DATA_PAGE" || header.type === "DATA_PAGE_V2") {
        const page = this.readData(body, header)
        this.read += page.entries
        if (leaf.repetition === 0 && this.read > rows) throw new Error(`it has more than its ${rows} rows`)
        return page
      }
    }
    return undefined
  }

  private readDictionary(body: Uint8Array, header: PageHeader): DecodedArray {
    const { type, type_length: width } = this.leaf.node.element
    const count = header.dictionary_page_header?.num_values ?? -1
    const page = this.unpacked(body, header.uncompressed_page_size)
    if (type === undefined || !(count >= 0 && count <= page.length * 8)) {
      throw new Error(`a dictionary says to have ${count} values`)
    }
    return plainValues(readerOf(page), type, count, width)
  }

  private readData(body: Uint8Array, header: PageHeader): DataPage {
    const first = header.data_page_header
    const entries = first?.num_values ?? header.data_page_header_v2?.num_values ?? -1
    if (!(entries >= 0 && entries <= (header.uncompressed_page_size + 1) * mostPerByte)) {
      throw new Error(`a page says to have ${entries} values`)
    }
    if (first === undefined) return this.readSecond(body, header, entries)
    const reader = readerOf(this.unpacked(body, header.uncompressed_page_size))
    const levels = (most: number, form: Encoding): Uint8Array | undefined => {
      if (most === 0) return undefined
      if (form !== "RLE") throw new Error("its levels are in a form that is not read any more")
      const end = reader.offset + 4 + reader.view.getUint32(reader.offset, true)
      reader.offset += 4
      const read = readLevels(reader, most, end, entries)
      reader.offset = end
      return read
    }
    const repetition = levels(this.leaf.repetition, first.repetition_level_encoding)
    const definition = levels(this.leaf.definition, first.definition_level_encoding)
    return this.withValues(reader, first.encoding, { entries, definition, repetition })
  }

  /** A page of the second version, whose levels are not packed. */
  private readSecond(body: Uint8Array, header: PageHeader, entries: number): DataPage {
    const { leaf } = this
    const v2 = header.data_page_header_v2
    const before = v2?.repetition_levels_byte_length ?? -1
    const levels = v2?.definition_levels_byte_length ?? -1
    if (v2 === undefined || !(before >= 0 && levels >= 0 && before + levels <= body.length)) {
      throw new Error("its levels reach beyond the page")
    }
    const read = (most: number, from: number, length: number) =>
      most > 0 && length > 0 ? readLevels(readerOf(body.subarray(from)), most, length, entries) : undefined
    const repetition = read(leaf.repetition, 0, before)
    const definition = read(leaf.definition, before, levels)
    const rest = body.subarray(before + levels)
    const size = header.uncompressed_page_size - before - levels
    // A page without values may have no bytes, which is no packed stream.
    const values = v2.is_compressed !== false && size > 0 ? this.unpacked(rest, size) : rest
    return this.withValues(readerOf(values), v2.encoding, { entries, definition, repetition })
  }

  private unpacked(bytes: Uint8Array, size: number): Uint8Array {
    return unpackedPage(bytes, size, this.codec)
  }

  private withValues(
    reader: Reader,
    encoding: Encoding,
    levels: Pick<DataPage, "entries" | "definition" | "repetition">
  ): DataPage {
    const { definition, node } = this.leaf
    const { type, type_length: length } = node.element
    const count =
      levels.definition === undefined
        ? levels.entries
        : levels.definition.reduce((sum, level) => sum + (level === definition ? 1 : 0), 0)
    if (encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY") {
      const codes = new Int32Array(count)
      if (count > 0) {
        const width = reader.view.getUint8(reader.offset++)
        if (width > 32) throw new Error(`codes of ${width} bits`)
        readHybrid(reader, width, codes, reader.view.byteLength)
      }
      return { ...levels, values: codes, isCoded: true }
    }
    if (type === undefined) throw new Error("a column without a type")
    return { ...levels, values: readValues(reader, encoding, type, count, length), isCoded: false }
  }
}

const grouped = (count: number): string => count.toLocaleString("en-US")

const readLevels = (reader: Reader, most: number, end: number, entries: number): Uint8Array | undefined => {
  if (end > reader.view.byteLength) throw new Error("its levels reach beyond the page")
  const levels = new Uint8Array(entries)
  readHybrid(reader, 32 - Math.clz32(most), levels, end)
  return levels
}

const plainValues = (reader: Reader, type: ParquetType, count: number, width: number | undefined): DecodedArray => {
  if (type !== "INT96") return readPlain(reader, type, count, width)
  // hyparquet loses the days where the nanoseconds are negative.
  const { view } = reader
  return Array.from({ length: count }, () => {
    const nanos = view.getBigUint64(reader.offset, true)
    const days = view.getInt32(reader.offset + 8, true)
    reader.offset += 12
    return (BigInt(days) << 64n) | nanos
  })
}

/** Values that are not coded, by hyparquet's decoders. */
const readValues = (
  reader: Reader,
  encoding: Encoding,
  type: ParquetType,
  count: number,
  width: number | undefined
): DecodedArray => {
  if (count === 0) return []
  const room = reader.view.byteLength - reader.offset
  switch (encoding) {
    case "PLAIN":
      // The shortest values have a bit; byte arrays say their length in 4 bytes.
      if (count > room * 8) throw new Error(`${count} values in ${room} bytes`)
      return plainValues(reader, type, count, width)
    case "RLE": {
      const bits = new Uint8Array(count)
      const end = reader.offset + 4 + reader.view.getUint32(reader.offset, true)
      reader.offset += 4
      readHybrid(reader, 1, bits, Math.min(end, reader.view.byteLength))
      return Array.from(bits, (bit) => bit === 1)
    }
    case "BYTE_STREAM_SPLIT":
      if (count > room) throw new Error(`${count} values in ${room} bytes`)
      return byteStreamSplit(reader, count, type, width)
    case "DELTA_BINARY_PACKED": {
      const values = type === "INT32" ? new Int32Array(count) : new BigInt64Array(count)
      deltaBinaryUnpack(reader, count, values)
      return values
    }
    case "DELTA_LENGTH_BYTE_ARRAY": {
      const values: Array<Uint8Array> = []
      deltaLengthByteArray(reader, count, values)
      return values
    }
    case "DELTA_BYTE_ARRAY": {
      const values: Array<Uint8Array> = []
      deltaByteArray(reader, count, values)
      return values
    }
    default:
      throw new Error(`its values are in the encoding ${encoding ?? "of an unknown number"}, which is not known`)
  }
}
