import { type DecodeRequest, defineSource, type RandomAccess, type SourceBatch, type SystemSource } from "@sojourn/core"
import { parquetDecoder } from "@sojourn/sources-parquet"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type FileHandle, mkdtemp, open, rm, stat } from "node:fs/promises"
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
  open: Effect.fn("open")(function* (uri, { query }) {
    const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: fileProblem("read", uri) })
    const directory = yield* Effect.acquireRelease(
      attempt(() => mkdtemp(join(tmpdir(), "sojourn-"))),
      (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
    )
    const path = join(directory, "rows.parquet")
    // A query that ends in a semicolon, or in a comment, would not stand in brackets.
    const copy = `copy (${query.trim().replace(/;$/, "")}\n) to ${literal(path)} (format parquet, compression uncompressed, row_group_size ${groupRows})`
    yield* withDatabase("read", resolve(uri), (connection) => connection.run(copy))
    return [
      {
        name: uri,
        bytes: (yield* attempt(() => stat(path))).size,
        read: (request) => Stream.fromAsyncIterable(rows(path, request), fileProblem("read", uri)),
        notes: ["rows of a query"],
        copy: { path, format: { name: parquetDecoder.name, options: {} } }
      }
    ]
  })
})

/** Rows of a group, which is what is in memory at a time. */
const groupRows = 122_880

const rows = async function* (path: string, request: DecodeRequest): AsyncGenerator<SourceBatch> {
  const handle = await open(path, "r")
  try {
    const decoding = await parquetDecoder.open({}, request, await accessTo(handle))
    let before = 0
    for (const [i, { bytes, records }] of decoding.groups.entries()) {
      yield Object.assign(await decoding.read(i, before), { bytes, notes: decoding.notes })
      before += records
    }
  } finally {
    await handle.close()
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
