import { selectBatch } from "@sojourn/core"
import { builtInFormats, type FormatChoice } from "@sojourn/node"
import type { RecordBatch, Schema } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { join } from "node:path"
import { arrowStream } from "./arrowStream.ts"
import type { OpenResults } from "./readPage.ts"
import type { StoredTable } from "./Results.ts"
import { readSelection, type SelectionRequest } from "./selection.ts"
import { readBlocks } from "./TableFile.ts"

export type DownloadFormat = "csv" | "jsonl" | "parquet" | "arrow"

export interface DownloadRequest extends SelectionRequest {
  readonly format?: DownloadFormat
  /** CSV: whether texts that a spreadsheet would take for formulas are marked; they are unless asked otherwise. */
  readonly spreadsheet?: "safe" | "exact"
}

export const mediaTypes: Readonly<Record<DownloadFormat, string>> = {
  csv: "text/csv; charset=utf-8; header=present",
  jsonl: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
  arrow: "application/vnd.apache.arrow.stream"
}

/** A table as a file, encoded block by block while it is sent. */
export const downloadTable = Effect.fn("downloadTable")(function* (
  results: OpenResults,
  table: StoredTable,
  request: DownloadRequest
) {
  const { pick, rows } = yield* readSelection(table, request, results.timezone)
  const open = yield* opener(request)
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    let encoding: ReturnType<typeof open> | undefined
    for await (const { batch } of readBlocks(join(results.directory, table.file), table.blocks)) {
      const wanted = pick(rows === undefined ? batch : selectBatch(batch, rows(batch)))
      if (encoding === undefined) {
        encoding = open(wanted.schema)
        yield encoding.begin()
      }
      yield encoding.encode(wanted)
    }
    if (encoding !== undefined) yield encoding.end()
  }
  return Stream.fromAsyncIterable(bytes(), (cause) => cause).pipe(Stream.filter(({ length }) => length > 0))
})

interface Encoding {
  readonly begin: () => Uint8Array
  readonly encode: (batch: RecordBatch) => Uint8Array
  readonly end: () => Uint8Array
}

const opener = Effect.fnUntraced(function* ({ format = "csv", spreadsheet = "safe" }: DownloadRequest) {
  if (format === "arrow") return (): Encoding => arrowStream()
  const choice = formatOf(format, spreadsheet)
  yield* Effect.promise(() => builtInFormats.loadEncoding(choice, ""))
  return (schema: Schema): Encoding => builtInFormats.openEncoding(choice, "", schema)
})

const formatOf = (format: Exclude<DownloadFormat, "arrow">, spreadsheet: "safe" | "exact"): FormatChoice => {
  if (format === "csv") return { name: "csv", options: { spreadsheet } }
  return format === "jsonl" ? { name: "json", options: { layout: "lines" } } : { name: "parquet", options: {} }
}
