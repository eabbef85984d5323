import {
  type DecodeRequest,
  defineSource,
  EventBatchBuilder,
  overCap,
  PluginError,
  type SourceBatch
} from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { readFile } from "node:fs/promises"

/** What a spec says besides the name: `format: { name: example, table: events }`. */
export const ExampleOptions = Schema.Struct({
  table: Schema.NonEmptyString.annotate({ description: "The table whose rows are read." })
})
export type ExampleOptions = typeof ExampleOptions.Type

type Row = Readonly<Record<string, string | null>>

/** Rows of a batch. */
const batchRows = 1000

const encoder = new TextEncoder()

/** The rows of a table of an example file. Put a database, or a service, in its place. */
export const exampleSource = defineSource<ExampleOptions>({
  name: "example",
  summary: "Rows of a table of an example file",
  options: ExampleOptions,
  // Only told where a spec has no format: rows can be read only if the table is named.
  extensions: ["example"],
  open: (uri, { table }) =>
    Effect.map(rowsOf(uri, table), (rows) => [
      {
        name: uri,
        // Of how much there is to read nothing is known, so progress has no end.
        bytes: undefined,
        read: (request) =>
          Stream.fromIterable(Array.from({ length: Math.ceil(rows.length / batchRows) }, (_, i) => i * batchRows)).pipe(
            Stream.map((from) => batchOf(rows, from, request))
          )
      }
    ])
})

const rowsOf = (uri: string, table: string): Effect.Effect<ReadonlyArray<Row>, PluginError> =>
  Effect.tryPromise({
    try: async () => {
      const { tables } = JSON.parse(await readFile(uri, "utf8")) as {
        readonly tables: Readonly<Record<string, ReadonlyArray<Row>>>
      }
      if (table in tables) return tables[table]
      throw new Error(`it has no table ${table}; expected ${Object.keys(tables).join(", ")}`)
    },
    catch: (cause) =>
      new PluginError({
        plugin: "example",
        reason: "NotFound",
        message: `cannot read ${uri}: ${cause instanceof Error ? cause.message : String(cause)}`,
        hint: "name a file of tables, and one of them",
        cause
      })
  })

/** Some rows as a batch: columns of text, in which only what is wanted is kept. */
const batchOf = (rows: ReadonlyArray<Row>, from: number, request: DecodeRequest): SourceBatch => {
  // Values are texts as they are; in JSON they would be tokens.
  const builder = new EventBatchBuilder(request, false)
  const kept: Array<Row> = []
  for (const [i, row] of rows.slice(from, from + batchRows).entries()) {
    const fields = Object.entries(row).flatMap(([name, value]) =>
      value === null ? [] : [{ name, key: encoder.encode(name), value: encoder.encode(value) }]
    )
    // Records are counted from 1. A place in lines and bytes there is not.
    const event = from + i + 1
    const length = fields.reduce((sum, { value }) => sum + value.length, 0)
    if (length > request.maxRecordBytes) {
      const reason = overCap(length, request.maxRecordBytes)
      builder.reject({ event, line: 1, offset: 0, length: 0 }, "record.size", reason, null, null)
      continue
    }
    for (const [column, { path }] of request.columns.entries()) {
      const field = fields.find(({ name }) => name === path)
      if (field !== undefined) builder.cell(column, field.value, 0, field.value.length)
    }
    // Equal records are told by it, so all fields count, wanted or not.
    for (const { key, value } of fields) builder.digest?.add(key, 0, key.length, value, 0, value.length)
    builder.record(event, 1, 0, 0)
    kept.push(row)
  }
  // Rows have no bytes of their own: of one that a rule rejects later, this is kept.
  const asText = (record: number) => JSON.stringify(kept[record])
  return Object.assign(builder.finish(new Uint8Array(0), 0), { asText, bytes: 0, notes: ["rows of a table"] })
}
