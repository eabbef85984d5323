import type { RandomAccess } from "@sojourn/core"
import type { ColumnChunk, RowGroup } from "hyparquet"
import type { FileField } from "./FileFields.ts"
import { chunkRange } from "./Footer.ts"

/** Two columns are read at once where no more than so many bytes lie between them. */
const gapBytes = 64 * 1024

/** Bytes that a column of a row group takes. */
export const sizeOf = (chunk: ColumnChunk | undefined): number => Number(chunk?.meta_data?.total_compressed_size ?? 0)

/** The bytes of the columns of some fields in a row group, by the column's number. */
export const readChunks = async (
  file: RandomAccess,
  group: RowGroup,
  fields: ReadonlyArray<FileField>
): Promise<ReadonlyMap<number, Uint8Array>> => {
  const columns = [...new Set(fields.flatMap(({ leaves }) => leaves.map(({ column }) => column)))]
  const ranges = columns
    .flatMap((column) => {
      const chunk = group.columns.at(column)
      return chunk === undefined ? [] : [{ column, ...chunkRange(chunk) }]
    })
    .sort((a, b) => a.start - b.start)
  const chunks = new Map<number, Uint8Array>()
  for (let from = 0; from < ranges.length;) {
    let { end } = ranges[from]
    let to = from + 1
    for (; to < ranges.length && ranges[to].start <= end + gapBytes; to++) end = Math.max(end, ranges[to].end)
    const { start } = ranges[from]
    const bytes = await file.read(start, end)
    for (const range of ranges.slice(from, to)) {
      chunks.set(range.column, bytes.subarray(range.start - start, range.end - start))
    }
    from = to
  }
  return chunks
}
