import type { DecodeRequest, EventBatch, FileDecoding, RandomAccess, RecordGroup } from "@sojourn/core"
import type { FileMetaData, RowGroup } from "hyparquet"
import { type Cells, eventBatch } from "./Cells.ts"
import { readChunks, sizeOf } from "./Chunks.ts"
import { cleanBatch } from "./CleanBatch.ts"
import { CleanGroups } from "./CleanGroups.ts"
import { damage } from "./damage.ts"
import { type FileField, fileFields } from "./FileFields.ts"
import { FlatColumn } from "./FlatColumn.ts"
import { readNested } from "./NestedColumn.ts"
import type { Chunk } from "./Pages.ts"

/** A Parquet file being decoded, row group by row group. */
export class ParquetDecoding implements FileDecoding {
  readonly fields: ReadonlyArray<string>
  readonly groups: ReadonlyArray<RecordGroup>
  readonly notes: ReadonlyArray<string>
  private readonly request: DecodeRequest
  private readonly file: RandomAccess
  private readonly rowGroups: FileMetaData["row_groups"]
  /** Fields that are read: the wanted ones, and whole records if these get a digest. */
  private readonly wanted: ReadonlyArray<FileField>
  /** Fields that are not known, where they are to be told. */
  private readonly unknown: ReadonlyArray<string> | undefined
  private readonly flat = new Map<FileField, FlatColumn>()
  /** Reads most groups, if there are kernels. */
  private readonly clean: CleanGroups | undefined

  constructor(request: DecodeRequest, file: RandomAccess, footer: FileMetaData) {
    const fields = fileFields(footer)
    const isWanted = new Set(request.columns.map(({ path }) => path))
    this.request = request
    this.file = file
    this.unknown =
      request.known &&
      fields.flatMap(({ node, path }) => (node.path.length > 1 || request.known?.has(path) === true ? [] : [path]))
    this.rowGroups = footer.row_groups.filter((group) => group.num_rows > 0n)
    this.fields = fields.map(({ path }) => path)
    this.wanted = fields.filter(({ node, path }) => isWanted.has(path) || (request.digest && node.path.length === 1))
    this.clean = CleanGroups.of(request, this.wanted)
    const columns = this.wanted.flatMap(({ leaves }) => leaves.map(({ column }) => column))
    const groups = this.rowGroups.length
    this.notes = [`Parquet, ${groups.toLocaleString("en-US")} row group${groups === 1 ? "" : "s"}`]
    this.groups = this.rowGroups.map((group) => ({
      records: Number(group.num_rows),
      bytes: columns.reduce((sum, column) => sum + sizeOf(group.columns[column]), 0)
    }))
  }

  async read(index: number, before: number, most = Infinity): Promise<EventBatch> {
    const group = this.rowGroups[index]
    const chunks = await readChunks(this.file, group, this.wanted)
    return (
      (most === Infinity ? this.readClean(group, chunks, before) : undefined) ??
      this.readPlain(group, chunks, before, most)
    )
  }

  private readClean(group: RowGroup, chunks: Chunks, before: number): EventBatch | undefined {
    const { clean, request, wanted } = this
    const held = clean?.read(Number(group.num_rows), before, ({ column }) => packedChunk(group, chunks, column))
    if (clean === undefined || held === undefined) return undefined
    return cleanBatch(request, held, wanted, clean.time, () => this.readPlain(group, chunks, before, Infinity))
  }

  private readPlain(group: RowGroup, chunks: Chunks, before: number, most: number): EventBatch {
    const cells = this.wanted.map((field) => this.readField(field, group, chunks, most))
    return eventBatch(this.request, cells, Math.min(Number(group.num_rows), most), before, this.unknown)
  }

  private readField(field: FileField, group: RowGroup, chunks: Chunks, most: number): Cells {
    const { leaves, path } = field
    const rows = Number(group.num_rows)
    try {
      const packed = leaves.map(({ column }): Chunk => {
        const chunk = packedChunk(group, chunks, column)
        if (chunk === undefined) throw new Error("the row group lacks it")
        return chunk
      })
      const [leaf] = leaves
      if (leaves.length !== 1 || leaf.node !== field.node || leaf.repetition > 0) {
        return {
          path,
          json: true,
          lasts: false,
          micros: undefined,
          local: false,
          ...readNested(field, packed, rows, most)
        }
      }
      const column = this.flatColumn(field)
      const local = column.time?.isUtc === false
      return { path, json: column.json, lasts: column.lasts, local, ...column.read(packed[0], rows, most) }
    } catch (cause) {
      throw new Error(`column ${path} cannot be read: ${damage(cause)}`, { cause })
    }
  }

  private flatColumn(field: FileField): FlatColumn {
    let column = this.flat.get(field)
    if (column === undefined) {
      const isTime = this.request.columns.some(({ isTime, path }) => path === field.path && isTime === true)
      column = new FlatColumn(field.leaves[0], isTime)
      this.flat.set(field, column)
    }
    return column
  }
}

/** By the column's number. */
type Chunks = ReadonlyMap<number, Uint8Array>

const packedChunk = (group: RowGroup, chunks: Chunks, column: number): Chunk | undefined => {
  const bytes = chunks.get(column)
  const codec = group.columns[column]?.meta_data?.codec
  return bytes === undefined || codec === undefined ? undefined : { bytes, codec }
}
