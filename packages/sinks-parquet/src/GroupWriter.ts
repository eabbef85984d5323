import { unpackBatch } from "@sojourn/core"
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

/** A Parquet file of one row group, which comes as an Arrow IPC stream. */
export const writeGroup = (compression: Compression, group: Uint8Array): Uint8Array => {
  if (loaded === undefined) throw new Error("the Parquet writer has not been loaded")
  const table = loaded.Table.fromIPCStream(group)
  return loaded.writeParquet(table, properties(loaded, compression, unpackBatch(group)))
}

/** Made anew for each file: writing one takes them. */
const properties = (
  { Compression, EnabledStatistics, WriterPropertiesBuilder }: Wasm,
  compression: Compression,
  { data, numRows: rows, schema }: RecordBatch
): ParquetWasm.WriterProperties => {
  const codecs = { zstd: Compression.ZSTD, snappy: Compression.SNAPPY, none: Compression.UNCOMPRESSED }
  let builder = new WriterPropertiesBuilder()
    .setCreatedBy("Sojourn")
    .setCompression(codecs[compression])
    .setDictionaryEnabled(true)
    .setStatisticsEnabled(EnabledStatistics.Chunk)
    .setMaxRowGroupSize(Math.max(1, rows))
  for (const [i, { name }] of schema.fields.entries()) {
    if (!isRepetitive(data.children[i])) builder = builder.setColumnDictionaryEnabled(name, false)
  }
  return builder.build()
}
