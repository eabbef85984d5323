import { type Encoding, pickColumns, PluginError, type PreparedFile, selectBatch, type Sink } from "@sojourn/core"
import type { RecordBatch, Schema } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { Commit } from "./Commit.ts"
import { encoded } from "./FileSink.ts"
import { partitionPaths } from "./PartitionPaths.ts"
import { below, directoryOf, namesIn, stage } from "./Places.ts"

/** How a table is divided. */
export interface Partitions {
  /** The directory that holds the partitions. */
  readonly uri: string
  /** Columns whose values name the directories, and which are not in the files. */
  readonly columns: ReadonlyArray<string>
  /** Of the files, without the dot. */
  readonly extension: string
  readonly encoding: (schema: Schema) => Encoding
}

/** Files being written at a time; each is open and holds rows. */
const mostPartitions = 4000

/**
 * A table as one file a partition, `date=2025-11-16/part-0.parquet`, which all appear with the others of `commit`. Partitions
 * of which there are no rows stay as they are.
 */
export const partitionSink = Effect.fn("partitionSink")(function* (
  { columns, encoding, extension, uri }: Partitions,
  schema: Schema,
  commit: Commit
) {
  const scope = yield* Effect.scope
  const kept = schema.names.map(String).filter((name) => !columns.includes(name))
  const paths = partitionPaths(columns)
  const parts = new Map<string, Part>()
  const prepared: Array<PreparedFile> = []
  yield* Effect.addFinalizer(() => Effect.forEach(prepared, (one) => commit.abandon(one), { discard: true }))

  const partAt = Effect.fnUntraced(function* (path: string, rows: RecordBatch) {
    const known = parts.get(path)
    if (known !== undefined) return known
    if (parts.size === mostPartitions) return yield* tooMany(uri, columns)
    const file = yield* stage(uri, below(uri, `${path}/part-0.${extension}`)).pipe(Scope.provide(scope))
    const part = { file, encoding: encoding(rows.schema) }
    yield* file.write(yield* encoded(uri, () => part.encoding.begin()))
    parts.set(path, part)
    return part
  })

  const sink: Sink = {
    write: Effect.fnUntraced(function* (batch) {
      for (const [path, rows] of paths(batch)) {
        const chosen = selectBatch(pickColumns(batch, kept), rows)
        const part = yield* partAt(path, chosen)
        yield* part.file.write(yield* encoded(uri, () => part.encoding.encode(chosen)))
      }
    }),
    prepare: Effect.gen(function* () {
      for (const [path, { encoding, file }] of parts) {
        yield* alone(below(uri, path), `part-0.${extension}`)
        yield* file.write(yield* encoded(uri, () => encoding.end()))
        const one = yield* file.prepare
        prepared.push(one)
        commit.add(uri, one)
      }
    }),
    commit: Effect.suspend(() => commit.put(prepared))
  }
  return sink
})

interface Part {
  readonly file: Effect.Success<ReturnType<typeof stage>>
  readonly encoding: Encoding
}

/** What else lies in a partition would be read along with what is written there, and its rows come twice. */
const alone = Effect.fnUntraced(function* (directory: string, name: string) {
  const names = yield* namesIn(directory)
  const other = names.find((found) => found !== name && !/^[._]/.test(found))
  if (other === undefined) return
  return yield* new PluginError({
    plugin: "files",
    reason: "Conflict",
    message: `cannot write ${below(directory, name)}: ${other} lies beside it, which Sojourn does not replace, and both would be read`,
    hint: `remove it, or write to another directory than ${directoryOf(directory)}`
  })
})

const tooMany = (uri: string, columns: ReadonlyArray<string>): PluginError =>
  new PluginError({
    plugin: "files",
    reason: "Config",
    message: `cannot write ${uri}: more than ${mostPartitions.toLocaleString("en")} partitions by ${columns.join(", ")}`,
    hint: "divide by columns with fewer values, such as a date"
  })
