import { defineFileDecoder, type FileDecoder } from "@sojourn/core"
import * as Schema from "effect/Schema"
import { readFooter } from "./Footer.ts"
import { ParquetDecoding } from "./ParquetDecoding.ts"

export const ParquetOptions = Schema.Struct({})
export type ParquetOptions = typeof ParquetOptions.Type

const magic = new TextEncoder().encode("PAR1")

/**
 * Parquet files. Only the columns that are wanted are read. Text stays in the file's own dictionaries, times are taken as
 * they are, other values as text; structs, lists and maps are JSON.
 */
export const parquetDecoder: FileDecoder<ParquetOptions> = defineFileDecoder({
  name: "parquet",
  summary: "Apache Parquet, of any writer",
  options: ParquetOptions,
  extensions: ["parquet", "pq"],
  recognises: (head) => magic.every((byte, i) => head[i] === byte),
  open: async (_options, request, file) => new ParquetDecoding(request, file, await readFooter(file))
})
