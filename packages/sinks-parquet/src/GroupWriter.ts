import { packBatch } from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import type * as ParquetWasm from "parquet-wasm"
import { isRepetitive } from "./isRepetitive.ts"

export type Compression = "zstd" | "snappy" | "none"

type Wasm = typeof ParquetWasm

let loaded: Wasm | undefined

/** Loads the writer, 5 MB of WebAssembly, which is too much for everyone who writes something else. */
export const loadWriter = async (): Promise<void> => {
  if (loaded !== undefined) return
  const wasm = await import("parquet-wasm")
  // What a browser gets has to fetch its WebAssembly; what Node gets has read it already, and no such function.
  const { default: start } = wasm as { readonly default: unknown }
  if (typeof start === "function") await (start as () => Promise<unknown>)()
  loaded = wasm
}

/** Writes batches as Parquet files of one row group each. */
export class GroupWriter {
  private readonly wasm: Wasm
  private readonly compression: Compression

  constructor(compression: Compression) {
    if (loaded === undefined) throw new Error("the Parquet writer has not been loaded")
    this.wasm = loaded
    this.compression = compression
  }

  write(batch: RecordBatch): Uint8Array {
    const { Table, writeParquet } = this.wasm
    const table = Table.fromIPCStream(packBatch(batch))
    return writeParquet(table, this.properties(batch))
  }

  /** Made anew for each file: writing one takes them. */
  private properties({ data, numRows: rows, schema }: RecordBatch): ParquetWasm.WriterProperties {
    const { Compression, EnabledStatistics, WriterPropertiesBuilder } = this.wasm
    const codecs = { zstd: Compression.ZSTD, snappy: Compression.SNAPPY, none: Compression.UNCOMPRESSED }
    let builder = new WriterPropertiesBuilder()
      .setCreatedBy("Sojourn")
      .setCompression(codecs[this.compression])
      .setDictionaryEnabled(true)
      .setStatisticsEnabled(EnabledStatistics.Chunk)
      .setMaxRowGroupSize(Math.max(1, rows))
    for (const [i, { name }] of schema.fields.entries()) {
      if (!isRepetitive(data.children[i])) builder = builder.setColumnDictionaryEnabled(name, false)
    }
    return builder.build()
  }
}
