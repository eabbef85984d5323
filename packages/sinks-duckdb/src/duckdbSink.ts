import { defineSink, PluginError, rowGroupsOf, type TableSink } from "@sojourn/core"
import { loadWriter, parquetEncoder, writeGroup } from "@sojourn/sinks-parquet"
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import { mkdir, open, rm } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import { commitTables, type PreparedTable } from "./commitTables.ts"
import { fileProblem, literal, quoted, withDatabase } from "@sojourn/sources-duckdb"
import { DuckDBSinkOptions } from "./DuckDBOptions.ts"
import { checkTarget, duckdbTypes, targetTable } from "./TargetTable.ts"

/**
 * Tables of a DuckDB file. Rows are kept in a Parquet file beside it until the commit, which takes them over in one
 * transaction with those of the other tables of a run.
 */
export const duckdbSink: TableSink<DuckDBSinkOptions> = defineSink({
  name: "duckdb",
  summary: "Tables of a DuckDB file, written in one transaction",
  options: DuckDBSinkOptions,
  extensions: ["duckdb", "ddb"],
  packer: { load: loadWriter, pack: (group) => writeGroup("none", group) },
  place: ({ table }, name) => `table ${table ?? name}`,

  stage: Effect.fn("stage")(function* ({ id, name, options, schema, uri }) {
    const path = resolve(uri)
    const target = targetTable(name, options)
    yield* attempt(uri, () => mkdir(dirname(path), { recursive: true }))
    // One that is not there is made at the commit.
    const there = existsSync(path) ? path : ":memory:"
    yield* withDatabase("write", there, (connection) => checkTarget(connection, uri, target, duckdbTypes(schema)))
    yield* attempt(uri, loadWriter)
    // Read once, and soon.
    const encoding = parquetEncoder.open({ compression: "none" }, schema)
    const file = join(dirname(path), id)
    let isPrepared = false
    const handle = yield* Effect.acquireRelease(
      attempt(uri, () => open(file, "wx")),
      (handle) =>
        Effect.promise(async () => {
          if (isPrepared) return
          await handle.close()
          await rm(file, { force: true })
        })
    )
    yield* attempt(uri, () => handle.writeFile(encoding.begin()))
    const groups = rowGroupsOf(
      encoding,
      (make) => attempt(uri, async () => make()),
      (bytes) => attempt(uri, () => handle.writeFile(bytes))
    )
    return {
      write: (batch) => attempt(uri, () => handle.writeFile(encoding.encode(batch))),
      ...(groups && { groups }),
      prepare: Effect.gen(function* () {
        yield* attempt(uri, async () => {
          await handle.writeFile(encoding.end())
          await handle.sync()
        })
        const prepared: PreparedTable = { ...target, id, file }
        if (target.mode === "upsert") yield* checkKeys(uri, prepared)
        yield* attempt(uri, () => handle.close())
        isPrepared = true
        return JSON.stringify(prepared)
      })
    }
  }),

  commit: (uri, tokens) =>
    Effect.gen(function* () {
      const tables = tokens.map((token) => JSON.parse(token) as PreparedTable)
      yield* withDatabase("write", resolve(uri), (connection) => commitTables(connection, uri, tables))
      yield* removed(uri, tables)
    }),

  discard: (uri, tokens) =>
    removed(
      uri,
      tokens.map((token) => JSON.parse(token) as PreparedTable)
    )
})

const removed = (uri: string, tables: ReadonlyArray<PreparedTable>) =>
  Effect.forEach(tables, ({ file }) => attempt(uri, () => rm(file, { force: true })), { discard: true })

/** Of two rows with one key one would be lost. */
const checkKeys = (uri: string, { file, key, table }: PreparedTable) =>
  withDatabase("write", ":memory:", async (connection) => {
    const columns = key.map(quoted).join(", ")
    const found = await connection.runAndReadAll(
      `select ${columns} from read_parquet(${literal(file)}) group by ${columns} having count(*) > 1 limit 1`
    )
    const [row] = found.getRowsJson()
    if (row === undefined) return
    throw new PluginError({
      plugin: "duckdb",
      reason: "Config",
      message: `cannot write the table ${table} of ${uri}: two rows have the same key ${key.map((name, i) => `${name} = ${JSON.stringify(row[i])}`).join(", ")}`,
      hint: "name columns as key that tell all rows apart"
    })
  })

const attempt = <A>(uri: string, run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: fileProblem("write", uri) })
