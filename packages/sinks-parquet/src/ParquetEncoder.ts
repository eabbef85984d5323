import { defineEncoder, type Encoder } from "@sojourn/core"
import * as Schema from "effect/Schema"
import { loadWriter, writeGroup } from "./GroupWriter.ts"
import { ParquetEncoding } from "./ParquetEncoding.ts"

export const ParquetEncoderOptions = Schema.Struct({
  compression: Schema.optionalKey(
    Schema.Literals(["snappy", "zstd", "none"]).annotate({
      description: "How pages are packed: snappy (the default) is the fastest, zstd the smallest."
    })
  ),
  row_group: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000_000 })).annotate({
      description: "Rows of a row group, which readers share among threads; default 122880."
    })
  )
})
export type ParquetEncoderOptions = typeof ParquetEncoderOptions.Type

const defaultCompression = "snappy"
/** Rows of a group unless told otherwise: what DuckDB, which reads a group a thread, writes itself. */
const defaultRows = 122_880

/**
 * Parquet with dictionaries and statistics. Every row group but the last has the same number of rows, whatever the
 * batches, so that the same rows are the same bytes.
 */
export const parquetEncoder: Encoder<ParquetEncoderOptions> = defineEncoder({
  name: "parquet",
  summary: "Parquet, packed with snappy or zstd",
  options: ParquetEncoderOptions,
  extensions: ["parquet", "pq"],
  load: loadWriter,
  pack: ({ compression = defaultCompression }, group) => writeGroup(compression, group),
  open: ({ compression = defaultCompression, row_group: rows = defaultRows }, schema) =>
    new ParquetEncoding(schema, compression, rows)
})
