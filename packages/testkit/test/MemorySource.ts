import {
  defineSource,
  EventBatchBuilder,
  PluginError,
  type Source,
  type SourceBatch,
  type SystemSource
} from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** A mistake that somebody could make in a source. */
export type SourceFault =
  | "loses a record"
  | "numbers from 0"
  | "gives other rows again"
  | "has an order of its own"
  | "digests nothing"
  | "leaves something behind"
  | "throws"

export type Rows = ReadonlyArray<Readonly<Record<string, string | null>>>

/** Systems by uri, and what is being read. */
export const systems = new Map<string, { readonly rows: Rows; readonly open: Set<string>; reads: number }>()

const encoder = new TextEncoder()

/** A source that gives rows from memory in batches of two, right, or with a fault. */
export const memorySource = (fault?: SourceFault): SystemSource<object> =>
  defineSource({
    name: "memory",
    summary: "Rows in memory",
    options: Schema.Struct({}),
    extensions: ["memory"],
    open: (uri) => {
      const system = systems.get(uri)
      if (system === undefined) {
        if (fault === "throws") throw new TypeError("system is undefined")
        return Effect.fail(new PluginError({ plugin: "memory", reason: "NotFound", message: `no system ${uri}` }))
      }
      const rows = fault === "loses a record" ? system.rows.slice(1) : system.rows
      const read: Source["read"] = (request) => {
        const names = [...new Set(rows.flatMap((row) => Object.keys(row)))]
        const { columns } = request
        const inFile = names.filter((name) => columns.some(({ path }) => path === name))
        const isAgain = fault === "gives other rows again" && system.reads++ % 2 === 1
        const batch = (from: number): SourceBatch => {
          const builder = new EventBatchBuilder(request, false)
          for (const [i, row] of rows.slice(from, from + 2).entries()) {
            for (const [column, wanted] of columns.entries()) {
              const path = fault === "has an order of its own" ? (inFile[column] ?? wanted.path) : wanted.path
              const value = isAgain && path === names[0] ? "other" : (row[path] ?? null)
              if (value === null) continue
              const bytes = encoder.encode(value)
              builder.cell(column, bytes, 0, bytes.length)
            }
            for (const [name, value] of Object.entries(row)) {
              if (value === null || fault === "digests nothing") continue
              const [key, bytes] = [encoder.encode(name), encoder.encode(value)]
              builder.digest?.add(key, 0, key.length, bytes, 0, bytes.length)
            }
            builder.record(from + i + (fault === "numbers from 0" ? 0 : 1), 1, 0, 0)
          }
          return Object.assign(builder.finish(new Uint8Array(0), 0), { bytes: 0, notes: [] })
        }
        const starts = Array.from({ length: Math.ceil(rows.length / 2) }, (_, i) => i * 2)
        return Stream.fromIterable(starts).pipe(
          Stream.map(batch),
          Stream.onStart(Effect.sync(() => system.open.add("a cursor"))),
          Stream.ensuring(
            Effect.sync(() => (fault === "leaves something behind" ? undefined : system.open.delete("a cursor")))
          )
        )
      }
      return Effect.succeed([{ name: uri, bytes: undefined, read }])
    }
  })
