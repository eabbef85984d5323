import { Gather, packBatch, unpackBatch } from "@sojourn/core"
import { DataType, type RecordBatch, type Schema } from "apache-arrow"
import { open, type FileHandle } from "node:fs/promises"

/** Where some rows of a table lie in its file. */
export interface Block {
  readonly offset: number
  readonly bytes: number
  readonly rows: number
}

/** Rows of a block that is put together from small batches: a range of users may be small. */
const blockRows = 65_536
/** From so many rows on a batch is a block of its own. */
const enoughRows = 8192

/**
 * Writes a table as Arrow IPC streams of one batch each, one after the other, so that any of them can be read alone. A
 * block has dictionaries of its own, no larger than it is itself.
 */
export class TableWriter {
  rows = 0
  private readonly blocks: Array<Block> = []
  private readonly handle: FileHandle
  private readonly schema: Schema
  private gather: Gather
  private gathered = 0
  private offset = 0

  constructor(handle: FileHandle, schema: Schema) {
    this.handle = handle
    this.schema = schema
    this.gather = new Gather(schema)
  }

  async write(batch: RecordBatch): Promise<void> {
    this.rows += batch.numRows
    if (batch.numRows >= enoughRows && isCompact(batch)) {
      if (this.gathered > 0) await this.flush()
      await this.put(batch)
      return
    }
    this.gather.append(batch)
    this.gathered += batch.numRows
    if (this.gathered >= blockRows) await this.flush()
  }

  /** Writes what is left and makes all of it durable. A table without rows has one block without rows, for its types. */
  async finish(): Promise<ReadonlyArray<Block>> {
    if (this.gathered > 0 || this.blocks.length === 0) await this.flush()
    await this.handle.sync()
    return this.blocks
  }

  private async flush(): Promise<void> {
    const batch = this.gather.finish()
    this.gather = new Gather(this.schema)
    this.gathered = 0
    await this.put(batch)
  }

  private async put(batch: RecordBatch): Promise<void> {
    const bytes = packBatch(batch)
    await this.handle.writeFile(bytes)
    this.blocks.push({ offset: this.offset, bytes: bytes.length, rows: batch.numRows })
    this.offset += bytes.length
  }
}

/**
 * Whether all texts of a batch are in dictionaries, as those of every other block are, and none of these has many more
 * texts than the batch has rows.
 */
const isCompact = ({ data, numRows }: RecordBatch): boolean =>
  data.children.every(({ dictionary, type }) =>
    dictionary === undefined ? !DataType.isUtf8(type) : dictionary.length <= 2 * numRows
  )

/** Some rows of a table, with the place of the first of them in it. */
export interface TableBlock {
  readonly start: number
  readonly batch: RecordBatch
}

/** Reads a table block by block: those that are wanted, by the place of their first row and that after their last one. */
export const readBlocks = async function* (
  path: string,
  blocks: ReadonlyArray<Block>,
  isWanted: (start: number, end: number) => boolean = () => true
): AsyncGenerator<TableBlock> {
  const handle = await open(path, "r")
  try {
    let start = 0
    for (const { bytes, offset, rows } of blocks) {
      if (isWanted(start, start + rows)) yield { start, batch: unpackBatch(await readAt(handle, offset, bytes)) }
      start += rows
    }
  } finally {
    await handle.close()
  }
}

const readAt = async (handle: FileHandle, offset: number, length: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length)
  for (let filled = 0; filled < length;) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled)
    if (bytesRead === 0) throw new Error("a table is shorter than its directory says")
    filled += bytesRead
  }
  return bytes
}
