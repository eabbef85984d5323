import { type DecodeRequest, defineSource, type RandomAccess, type SourceBatch, type SystemSource } from "@sojourn/core"
import { parquetDecoder } from "@sojourn/sources-parquet"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type FileHandle, mkdtemp, open, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { fileProblem, literal, withDatabase } from "./Database.ts"

export const DuckDBSourceOptions = Schema.Struct({
  query: Schema.NonEmptyString.annotate({
    description:
      "What is read: a query such as select * from events order by id. Its rows are the records, in its order."
  })
})
export type DuckDBSourceOptions = typeof DuckDBSourceOptions.Type

/**
 * The rows of a query to a DuckDB file, which is opened for reading only. They are written to a temporary Parquet file
 * first, so that nothing of them has to be in memory, and values are texts as those of Parquet are.
 */
export const duckdbSource: SystemSource<DuckDBSourceOptions> = defineSource({
  name: "duckdb",
  summary: "The rows of a query to a DuckDB file",
  options: DuckDBSourceOptions,
  extensions: ["duckdb", "ddb"],
  open: (uri, { query }) =>
    Effect.succeed([
      {
        name: uri,
        bytes: undefined,
        read: (request) => Stream.fromAsyncIterable(rows(uri, query, request), fileProblem("read", uri))
      }
    ])
})

/** Rows of a group, which is what is in memory at a time. */
const groupRows = 122_880

const rows = async function* (uri: string, query: string, request: DecodeRequest): AsyncGenerator<SourceBatch> {
  const directory = await mkdtemp(join(tmpdir(), "sojourn-"))
  try {
    const file = join(directory, "rows.parquet")
    // A query that ends in a semicolon, or in a comment, would not stand in brackets.
    const copy = `copy (${query.trim().replace(/;$/, "")}\n) to ${literal(file)} (format parquet, compression uncompressed, row_group_size ${groupRows})`
    await Effect.runPromise(withDatabase("read", resolve(uri), (connection) => connection.run(copy)))
    const handle = await open(file, "r")
    try {
      const decoding = await parquetDecoder.open({}, request, await accessTo(handle))
      let before = 0
      for (const [i, { bytes, records }] of decoding.groups.entries()) {
        yield Object.assign(await decoding.read(i, before), { bytes, notes: ["rows of a query"] })
        before += records
      }
    } finally {
      await handle.close()
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

const accessTo = async (handle: FileHandle): Promise<RandomAccess> => ({
  bytes: (await handle.stat()).size,
  read: async (from, to) => {
    const bytes = new Uint8Array(to - from)
    for (let filled = 0; filled < bytes.length;) {
      const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled)
      if (bytesRead === 0) throw new Error("it became shorter while it was read")
      filled += bytesRead
    }
    return bytes
  }
})
