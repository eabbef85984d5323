import type { DecodeRequest } from "@sojourn/core"
import {
  type HeldRecords,
  ParquetColumns,
  type ParquetKind,
  type ParquetPage,
  type RecordTable
} from "@sojourn/kernels"
import type { CompressionCodec, PageHeader } from "hyparquet"
import type { FileField, Leaf } from "./FileFields.ts"
import { isText, type LeafTime, leafText } from "./LeafText.ts"
import { type Chunk, PackedPages, unpackedPage } from "./Pages.ts"

/** A column that is wanted, as far as the file has it. */
export interface CleanColumn {
  readonly leaf: Leaf
  readonly kind: ParquetKind
  readonly time: LeafTime | undefined
}

/** Larger groups would take too much of the memory of the kernels: bytes of a row, roughly, and of all of them. */
const rowBytes = 64
const mostBytes = 256 * 1024 * 1024

/**
 * Reads row groups by the kernels: columns of text and of one time, plain or by dictionary, in which nothing is wrong. What
 * else there may be is read and explained by the plain way.
 */
export class CleanGroups {
  private readonly columns: ReadonlyArray<CleanColumn | undefined>
  private readonly reader: ParquetColumns

  /** Undefined for columns that can only be read the plain way. */
  static of({ columns, digest, holds, known, table }: DecodeRequest, fields: ReadonlyArray<FileField>) {
    if (table === undefined || holds !== true || digest || known !== undefined) return undefined
    const clean = columns.map(({ isTime, path }) => {
      const field = fields.find((one) => one.path === path)
      return field && cleanColumn(field, isTime === true)
    })
    return clean.includes(null) ? undefined : new CleanGroups(table(false), clean as CleanGroups["columns"])
  }

  private constructor(table: RecordTable, columns: ReadonlyArray<CleanColumn | undefined>) {
    this.columns = columns
    this.reader = new ParquetColumns(table)
  }

  /** What the times of the records say of their zone, of which they have only one. */
  get time(): LeafTime | undefined {
    return this.columns.find((column) => column?.time !== undefined)?.time
  }

  /** The records of a group of so many rows; undefined if something is unusual about it. */
  read(rows: number, before: number, chunkOf: (leaf: Leaf) => Chunk | undefined): HeldRecords | undefined {
    const { columns, reader } = this
    if (rows * rowBytes > mostBytes || !reader.begin(rows)) return undefined
    for (const [i, column] of columns.entries()) {
      const chunk = column && chunkOf(column.leaf)
      if (column === undefined) reader.unset(i, rows)
      else if (chunk === undefined || !this.readColumn(i, column, chunk, rows)) return undefined
    }
    return reader.hold(rows, before)
  }

  private readColumn(column: number, { kind, leaf }: CleanColumn, chunk: Chunk, rows: number): boolean {
    const { reader } = this
    const pages = new PackedPages(chunk)
    let hasDictionary = false
    let row = 0
    try {
      while (row < rows) {
        if (pages.isEnd) return false
        const { body, header } = pages.next()
        if (header.type === "DICTIONARY_PAGE") {
          const bytes = unpackedPage(body, header.uncompressed_page_size, chunk.codec)
          const count = header.dictionary_page_header?.num_values ?? -1
          if (!(count >= 0 && reader.dictionary(column, kind, bytes, count))) return false
          hasDictionary = true
        } else if (header.type === "DATA_PAGE" || header.type === "DATA_PAGE_V2") {
          const page = dataPage(body, header, chunk.codec, leaf)
          if (page === undefined || (page.isCoded && !hasDictionary) || page.entries > rows - row) return false
          if (!reader.page(column, kind, row, page)) return false
          row += page.entries
        }
      }
      return true
    } catch {
      // The plain way says what is wrong.
      return false
    }
  }
}

/** Null: it has to be read the plain way. */
const cleanColumn = ({ leaves: [leaf, ...others], node }: FileField, isTime: boolean): CleanColumn | null => {
  if (others.length > 0 || leaf.node !== node || leaf.repetition > 0) return null
  const { time } = leafText(node.element)
  if (!isTime) return isText(node.element) ? { leaf, kind: "text", time: undefined } : null
  return time === undefined ? null : { leaf, kind: time.unit, time }
}

/** Undefined: it is of a form that is read the plain way. */
const dataPage = (
  body: Uint8Array,
  header: PageHeader,
  codec: CompressionCodec,
  { definition: most }: Leaf
): ParquetPage | undefined => {
  const { data_page_header: first, data_page_header_v2: second, uncompressed_page_size: size } = header
  const entries = first?.num_values ?? second?.num_values ?? -1
  const encoding = first?.encoding ?? second?.encoding
  const isCoded = encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY"
  if (entries < 0 || (!isCoded && encoding !== "PLAIN")) return undefined
  if (first !== undefined) {
    const bytes = unpackedPage(body, size, codec)
    if (most === 0) return { bytes, entries, levels: undefined, start: 0, isCoded }
    if (first.definition_level_encoding !== "RLE" || bytes.length < 4) return undefined
    const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
    return end > bytes.length ? undefined : { bytes, entries, levels: { most, start: 4, end }, start: end, isCoded }
  }
  // Of the second version, whose levels are not packed.
  const levels = second?.definition_levels_byte_length ?? -1
  if (second === undefined || !(levels >= 0 && levels <= body.length) || second.repetition_levels_byte_length !== 0) {
    return undefined
  }
  const rest = body.subarray(levels)
  const values = second.is_compressed !== false && size > levels ? unpackedPage(rest, size - levels, codec) : rest
  const bytes = new Uint8Array(levels + values.length)
  bytes.set(body.subarray(0, levels))
  bytes.set(values, levels)
  const hasLevels = most > 0 && levels > 0
  return { bytes, entries, levels: hasLevels ? { most, start: 0, end: levels } : undefined, start: levels, isCoded }
}
