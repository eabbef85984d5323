import type { RandomAccess } from "@sojourn/core"
import { type ColumnChunk, type FileMetaData, parquetMetadata } from "hyparquet"
import { damage } from "./damage.ts"

/** Read at first: most footers are smaller. */
const firstRead = 64 * 1024
/** Magic and length at the end. */
const trailer = 8
const mostFooter = 256 * 1024 * 1024
const mostRows = 2 ** 31 - 1

/** The directory of a file, with every place and size in it checked, so that nothing is read or reserved by a wrong one. */
export const readFooter = async (file: RandomAccess): Promise<FileMetaData> => {
  if (file.bytes < trailer + 4) throw new Error(`a Parquet file has at least 12 bytes, this has ${file.bytes}`)
  let bytes = await file.read(Math.max(0, file.bytes - firstRead), file.bytes)
  const magic = String.fromCharCode(...bytes.subarray(-4))
  if (magic === "PARE") throw new Error("its footer is encrypted, and there is no key")
  if (magic !== "PAR1") throw new Error("it does not end like a Parquet file: it was cut short, or is something else")
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - trailer, true)
  if (length > Math.min(file.bytes - trailer - 4, mostFooter)) {
    throw new Error(`its footer says to be ${length.toLocaleString("en-US")} bytes long, which cannot be`)
  }
  if (length + trailer > bytes.length) bytes = await file.read(file.bytes - trailer - length, file.bytes)
  const footer = parsed(bytes)
  for (const [i, group] of footer.row_groups.entries()) {
    if (!(group.num_rows >= 0n && group.num_rows <= mostRows))
      throw new Error(`row group ${i + 1} has an impossible size`)
    // Of a group without rows nothing is read, and what is said of it may be anything.
    if (group.num_rows > 0n) for (const chunk of group.columns) checkChunk(chunk, file.bytes - trailer - length)
  }
  return footer
}

const parsed = (bytes: Uint8Array): FileMetaData => {
  try {
    return parquetMetadata(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer, {
      geoparquet: false
    })
  } catch (cause) {
    throw new Error(`its footer cannot be read: ${damage(cause)}`, { cause })
  }
}

/** Where a column's pages of a row group stand. */
export const chunkRange = ({ meta_data: data }: ColumnChunk): { readonly start: number; readonly end: number } => {
  if (data === undefined) throw new Error("a column is encrypted, and there is no key")
  const dictionary = Number(data.dictionary_page_offset ?? 0)
  const first = Number(data.data_page_offset)
  // Some writers leave a zero where there is no dictionary.
  const start = dictionary > 0 && dictionary < first ? dictionary : first
  return { start, end: start + Number(data.total_compressed_size) }
}

const checkChunk = (chunk: ColumnChunk, end: number): void => {
  if (chunk.file_path !== undefined && chunk.file_path !== "") throw new Error("a column is kept in another file")
  // A column that is encrypted is told when it is wanted.
  if (chunk.meta_data === undefined) return
  const range = chunkRange(chunk)
  if (!(range.start >= 4 && range.end >= range.start && range.end <= end)) {
    const name = chunk.meta_data.path_in_schema.join(".")
    throw new Error(`column ${name} is said to stand at bytes ${range.start} to ${range.end}, outside the data`)
  }
}
