import { defineSink, PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { existsSync } from "node:fs"
import { readFile, rm } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"
import { readExample, replaceExample, type Row, writeDurably } from "./ExampleFile.ts"
import { rowsOf } from "./rowsOf.ts"

/** What a spec may say besides the name: `format: { name: example, table: visits }`. */
export const ExampleOptions = Schema.Struct({
  table: Schema.optionalKey(
    Schema.NonEmptyString.annotate({ description: "The table; named as the output is unless told otherwise." })
  )
})
export type ExampleOptions = typeof ExampleOptions.Type

/** A prepared table, as its token says it: another process may commit it. */
interface Prepared {
  readonly id: string
  readonly table: string
  /** Where its rows are kept. */
  readonly file: string
}

/**
 * Tables of a file. Until the commit rows lie in a hidden file beside it, called by the id that the run gives: if the run
 * dies, the next one finds it by its name and removes it.
 */
export const exampleSink = defineSink<ExampleOptions>({
  name: "example",
  summary: "Tables of an example file",
  options: ExampleOptions,
  // Outputs that end so are written by this sink without being told.
  extensions: ["example"],
  place: ({ table }, name) => `table ${table ?? name}`,

  stage: ({ id, name, options, uri }) =>
    Effect.sync(() => {
      const prepared: Prepared = { id, table: options.table ?? name, file: join(dirname(resolve(uri)), id) }
      const rows: Array<Row> = []
      return {
        // Here is where a system that takes many rows would be given some.
        write: (batch) => Effect.sync(() => void rows.push(...rowsOf(batch))),
        prepare: Effect.map(
          attempt(uri, () => writeDurably(prepared.file, JSON.stringify(rows))),
          () => JSON.stringify(prepared)
        )
      }
    }),

  commit: (uri, tokens) =>
    Effect.uninterruptible(
      attempt(uri, async () => {
        const prepared = tokens.map(parsed)
        const { commits, tables } = await readExample(uri)
        const made: Record<string, ReadonlyArray<Row>> = { ...tables }
        // What was committed before a crash is left out.
        const due = prepared.filter(({ id }) => !commits.includes(id))
        for (const { file, table } of due) {
          if (!existsSync(file)) throw gone(uri, table)
          made[table] = JSON.parse(await readFile(file, "utf8")) as ReadonlyArray<Row>
        }
        // All tables of a run appear in this one step.
        if (due.length > 0)
          await replaceExample(uri, { tables: made, commits: [...commits, ...due.map(({ id }) => id)] })
        for (const { file } of prepared) await rm(file, { force: true })
      })
    ),

  discard: (uri, tokens) =>
    attempt(uri, async () => {
      for (const { file } of tokens.map(parsed)) await rm(file, { force: true })
    })
})

const parsed = (token: string): Prepared => JSON.parse(token) as Prepared

const gone = (uri: string, table: string): PluginError =>
  new PluginError({
    plugin: "example",
    reason: "Data",
    message: `cannot write ${uri}: the rows for the table ${table} are gone`,
    hint: "run again what wrote them"
  })

/** Every failure says what, where, and what to do. */
const attempt = <A>(uri: string, run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      cause instanceof PluginError
        ? cause
        : new PluginError({
            plugin: "example",
            reason: "Config",
            message: `cannot write ${uri}: ${cause instanceof Error ? cause.message : String(cause)}`,
            hint: "is its directory there?",
            cause
          })
  })
