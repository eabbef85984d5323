import {
  type Encoding,
  type NamedFiles,
  namedFiles,
  partitionPaths,
  pickColumns,
  PluginError,
  type PreparedFile,
  type RowGroups,
  rowGroupsOf,
  selectBatch,
  type Sink
} from "@sojourn/core"
import type { RecordBatch, Schema } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { createHash, type Hash } from "node:crypto"
import type { Commit } from "./Commit.ts"
import { encoded } from "./FileSink.ts"
import { below, directoryOf, discard, isInPlace, namesIn, stage } from "./Places.ts"

/** How a table is divided. */
export interface Partitions {
  /** The directory that holds the partitions; with a `*`, the files themselves. */
  readonly uri: string
  /** Columns whose values name the directories or files, and which are not in the files. */
  readonly columns: ReadonlyArray<string>
  /** Of the files, without the dot. */
  readonly extension: string
  readonly encoding: (schema: Schema) => Encoding
  /** Whether encodings have groups. */
  readonly isGrouped: boolean
  /** With a state: the files of the run before, which are left as they are or go where that is the same. */
  readonly former: FormerFiles | undefined
}

/** A file of an output that is divided, by its path below the directory. */
export interface FormerFile {
  readonly path: string
  /** Its size. */
  readonly bytes: number
}

/** The files of outputs that are divided, by their directories. */
export interface FormerFiles {
  /** As the last run has left them, and whether this run leaves them as they are. */
  readonly of: (directory: string) => ReadonlyArray<FormerFile & { readonly stays: boolean }>
  /** Told which there are from now on. */
  readonly are: (directory: string, files: ReadonlyArray<FormerFile>) => void
}

/** Files being written at a time; each is open and holds rows. */
const mostPartitions = 4000

/**
 * A table as one file a partition, `date=2025-11-16/part-0.parquet`, which all appear with the others of `commit`. Partitions
 * of which there are no rows stay as they are. With a `*` in the uri files have the value in its place; such files as have no
 * rows any more are removed.
 */
export const partitionSink = Effect.fn("partitionSink")(function* (
  { columns, encoding, extension, former, isGrouped, uri }: Partitions,
  schema: Schema,
  commit: Commit
) {
  const scope = yield* Effect.scope
  const named = namedFiles(uri)
  const directory = named?.directory ?? uri
  const nameOf = (path: string) => (named === undefined ? `${path}/part-0.${extension}` : nameIn(named, path))
  const kept = schema.names.map(String).filter((name) => !columns.includes(name))
  const paths = partitionPaths(columns)
  const parts = new Map<string, Part>()
  const prepared: Array<PreparedFile> = []
  yield* Effect.addFinalizer(() => Effect.forEach(prepared, (one) => commit.abandon(one), { discard: true }))

  const partAt = Effect.fnUntraced(function* (path: string, rows: RecordBatch) {
    const known = parts.get(path)
    if (known !== undefined) return known
    if (parts.size === mostPartitions) return yield* tooMany(uri, columns)
    const file = yield* stage(directory, below(directory, nameOf(path))).pipe(Scope.provide(scope))
    const own = encoding(rows.schema)
    const groups = rowGroupsOf(
      own,
      (make) => encoded(uri, make),
      (bytes) => write(part, bytes)
    )
    const part: Part = { file, encoding: own, groups, hash: createHash("sha256"), bytes: 0 }
    yield* add(part, () => own.begin())
    parts.set(path, part)
    return part
  })

  const write = Effect.fnUntraced(function* (part: Part, bytes: Uint8Array) {
    part.bytes += bytes.length
    if (former !== undefined) part.hash.update(bytes)
    yield* part.file.write(bytes)
  })
  const add = (part: Part, encode: () => Uint8Array) =>
    Effect.flatMap(encoded(uri, encode), (bytes) => write(part, bytes))

  /** Does something with the rows of each partition. */
  const divided = Effect.fnUntraced(function* <A>(
    batch: RecordBatch,
    take: (part: Part, rows: RecordBatch) => Effect.Effect<A, PluginError>
  ) {
    const taken: Array<A> = []
    for (const [path, rows] of paths(batch)) {
      const chosen = selectBatch(pickColumns(batch, kept), rows)
      taken.push(yield* take(yield* partAt(path, chosen), chosen))
    }
    return taken
  })
  const sink: Sink = {
    write: (batch) => Effect.asVoid(divided(batch, (part, rows) => add(part, () => part.encoding.encode(rows)))),
    ...(isGrouped && {
      groups: {
        add: (batch) =>
          Effect.map(
            divided(batch, ({ groups }, rows) => groups?.add(rows) ?? Effect.succeed([])),
            (all) => all.flat()
          ),
        rest: Effect.suspend(() =>
          Effect.map(
            Effect.forEach(parts.values(), ({ groups }) => groups?.rest ?? Effect.succeed([])),
            (all) => all.flat()
          )
        )
      }
    }),
    prepare: Effect.gen(function* () {
      const files = new Map<string, FormerFile>()
      for (const [path, part] of parts) {
        const name = nameOf(path)
        if (named === undefined) yield* alone(below(uri, path), `part-0.${extension}`)
        yield* add(part, () => part.encoding.end())
        const one = yield* part.file.prepare
        files.set(name, { path: name, bytes: part.bytes })
        if (former !== undefined && (yield* isInPlace(below(uri, name), part.bytes, part.hash.digest("hex")))) {
          yield* discard(one)
          continue
        }
        prepared.push(one)
        commit.add(directory, one)
      }
      if (named !== undefined) {
        const outdated = (yield* namesIn(directory)).filter((name) => isOneOf(named, name) && !files.has(name))
        for (const name of outdated) commit.addOutdated(directory, below(directory, name))
      }
      if (former === undefined) return
      for (const { bytes, path, stays } of former.of(uri)) {
        if (stays) files.set(path, { path, bytes })
        else if (!files.has(path)) commit.addOutdated(uri, below(uri, path))
      }
      former.are(uri, [...files.values()])
    }),
    commit: Effect.suspend(() => commit.put(prepared))
  }
  return sink
})

/** The name of the file of a partition such as `file=monday`. */
const nameIn = ({ after, before }: NamedFiles, path: string): string => {
  const value = path.slice(path.indexOf("=") + 1)
  // Hidden files, and `..`, would be something else.
  return `${before}${before === "" ? value.replace(/^\./, "%2E") : value}${after}`
}

const isOneOf = ({ after, before }: NamedFiles, name: string): boolean =>
  name.length >= before.length + after.length &&
  name.startsWith(before) &&
  name.endsWith(after) &&
  (before !== "" || !name.startsWith("."))

interface Part {
  readonly file: Effect.Success<ReturnType<typeof stage>>
  readonly encoding: Encoding
  readonly groups: RowGroups | undefined
  readonly hash: Hash
  bytes: number
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
