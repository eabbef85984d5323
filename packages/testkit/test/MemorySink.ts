import { defineSink, packBatch, PluginError, type TableSink, unpackBatch } from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type SampleRow, sampleRows } from "../src/index.ts"
import type { SinkTarget } from "../src/SinkRules.ts"

/** A mistake that somebody could make in a sink. */
export type SinkFault =
  | "loses nulls"
  | "makes no empty table"
  | "loses what is packed"
  | "keeps the batch"
  | "shows rows at once"
  | "appends"
  | "appends again"
  | "commits half"
  | "commits one by one"
  | "keeps what is discarded"
  | "shares what is staged"
  | "throws"

type Rows = ReadonlyArray<SampleRow>

/** Databases by uri: tables, and what is prepared. */
interface Database {
  readonly tables: Map<string, Rows>
  readonly staged: Map<string, { readonly table: string; rows: Rows }>
}
const databases = new Map<string, Database>()

const Options = Schema.Struct({
  table: Schema.optionalKey(Schema.String.annotate({ description: "The table" }))
})

/** The rows of a batch, which are known again by their ids, and by their other columns whether they are still the same. */
const rowsOf = (batch: RecordBatch): Rows => {
  const ids = batch.getChild("id") as unknown as Iterable<string>
  const numbers = [...(batch.getChild("number") as unknown as Iterable<bigint | null>)]
  return [...ids].map((id, i) => {
    const [row] = sampleRows(Number(id.slice(1)), Number(id.slice(1)) + 1)
    return { ...row, number: numbers[i]?.toString() ?? null }
  })
}

/** A sink that keeps tables in memory, right, or with a fault. */
export const memorySink = (fault?: SinkFault): TableSink<typeof Options.Type> =>
  defineSink({
    name: "memory",
    summary: "Tables in memory",
    options: Options,
    extensions: ["memory"],
    place: ({ table }, name) => `table ${table ?? name}`,
    packer: { load: () => Promise.resolve(), pack: (rows) => rows.slice() },
    stage: Effect.fn("stage")(function* ({ id, name, uri }) {
      const database = databases.get(uri)
      if (database === undefined) {
        if (fault === "throws") throw new TypeError("database is undefined")
        return yield* new PluginError({ plugin: "memory", reason: "NotFound", message: `no database ${uri}` })
      }
      const key = fault === "shares what is staged" ? name : id
      let isPrepared = false
      const batches: Array<RecordBatch> = []
      const table = { table: name, rows: [] as Rows }
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          if (!database.staged.has(key)) database.staged.set(key, table)
        }),
        () => Effect.sync(() => (isPrepared ? undefined : database.staged.delete(key)))
      )
      const add = (batch: RecordBatch) => {
        batches.push(batch)
        const staged = database.staged.get(key) ?? table
        const rows = rowsOf(batch)
        staged.rows = [
          ...staged.rows,
          ...(fault === "loses nulls" ? rows.map((row) => ({ ...row, double: row.double ?? 0 })) : rows)
        ]
        if (fault === "shows rows at once") database.tables.set(name, staged.rows)
      }
      const group = (batch: RecordBatch) => ({
        rows: packBatch(batch),
        write: (packed: Uint8Array) =>
          Effect.sync(() => {
            if (fault !== "loses what is packed") add(unpackBatch(packed))
          })
      })
      return {
        write: (batch) => Effect.sync(() => add(batch)),
        groups: { add: (batch) => Effect.sync(() => [group(batch)]), rest: Effect.succeed([]) },
        prepare: Effect.sync(() => {
          isPrepared = true
          if (fault === "keeps the batch")
            database.staged.set(key, {
              table: name,
              get rows() {
                return batches.flatMap(rowsOf)
              }
            })
          return key
        })
      }
    }),
    commit: (uri, tokens) =>
      Effect.gen(function* () {
        const { staged, tables } = databases.get(uri) ?? { staged: new Map(), tables: new Map() }
        const done = (token: string) => (fault === "appends again" ? false : tables.has(`done ${token}`))
        const missing = tokens.find((token) => !staged.has(token) && !done(token))
        if (missing !== undefined && fault !== "commits one by one") {
          return yield* new PluginError({ plugin: "memory", reason: "Data", message: `${missing} is gone from ${uri}` })
        }
        yield* Effect.yieldNow
        for (const token of tokens) {
          const table = staged.get(token)
          if (table === undefined && missing !== undefined)
            return yield* new PluginError({ plugin: "memory", reason: "Data", message: `${token} is gone from ${uri}` })
          if (table === undefined || done(token)) continue
          const before = fault === "appends" || fault === "appends again" ? (tables.get(table.table) ?? []) : []
          if (fault === "makes no empty table" && table.rows.length === 0) continue
          if (fault === "commits half") tables.set(`done ${token}`, [])
          if (fault === "commits half") yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
          tables.set(table.table, [...before, ...table.rows])
          tables.set(`done ${token}`, [])
          if (fault !== "appends again") staged.delete(token)
        }
      }),
    discard: (uri, tokens) =>
      Effect.sync(() => {
        if (fault === "keeps what is discarded") return
        for (const token of tokens) databases.get(uri)?.staged.delete(token)
      })
  })

let made = 0

/** A database of {@link memorySink}. */
export const memoryTarget = (): Promise<SinkTarget> => {
  const uri = `${made++}.memory`
  const database: Database = { tables: new Map(), staged: new Map() }
  databases.set(uri, database)
  return Promise.resolve({
    uri,
    read: (table) => Promise.resolve(database.tables.get(table)),
    leftovers: () => Promise.resolve([...database.staged.keys()]),
    close: () => Promise.resolve(void databases.delete(uri))
  })
}
