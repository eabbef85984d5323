import { Connections, type Encoding, namedFiles, reportForm, type ReportTables, type Source } from "@sojourn/core"
import type { Schema as ArrowSchema } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { stat } from "node:fs/promises"
import { fileError } from "./FileError.ts"
import { type FindFiles, inputFiles, isStandardOutput } from "./Files.ts"
import { fileSource } from "./FileSource.ts"
import type { Formats } from "./Formats.ts"
import { Commit } from "./output/Commit.ts"
import { Documents } from "./output/DocumentSink.ts"
import { fileSink } from "./output/FileSink.ts"
import { type FormerFiles, partitionSink } from "./output/PartitionSink.ts"
import { streamSink } from "./output/StreamSink.ts"
import { systemSink } from "./output/SystemSink.ts"
import { schemeOf } from "./Stores.ts"

/** What the connections of a run may have besides its formats. */
export interface Around {
  /** The commit of the run, if there is more to it than its outputs. */
  readonly commit?: Commit
  /** What a state knows of outputs that are divided. */
  readonly former?: FormerFiles | undefined
  /** Finds the files of an input; as they lie on disk or in a store unless told otherwise. */
  readonly findFiles?: FindFiles
}

/** Sources and sinks over files, systems and the standard streams, with these formats: for one run. */
export const layer = (
  formats: Formats,
  { commit = new Commit(formats), findFiles = inputFiles, former }: Around = {}
): Layer.Layer<Connections> =>
  Layer.sync(Connections, () => {
    const documents = new Documents()
    return Connections.of({
      sources: ({ format, uri }) => {
        const system = formats.sourceOf(format)
        return system === undefined
          ? Effect.map(findFiles(uri), (files) => files.map((file) => fileSource(formats, uri, file, format)))
          : Effect.map(system.plugin.open(uri, system.options), (sources) =>
              sources.map((source) => ({ ...source, ...copyOf(formats, uri, source) }))
            )
      },
      report: Effect.fnUntraced(function* (report, uri) {
        const { renderReport } = yield* attempt(uri, () => import("@sojourn/sinks-report"))
        const none = new Uint8Array(0)
        let tables: ReportTables = new Map()
        const encoding: Encoding = {
          begin: () => none,
          encode: () => none,
          end: () => renderReport(report, tables, reportForm(uri) ?? "html")
        }
        const sink = yield* (yield* isStream(uri)) ? streamSink(uri, encoding) : fileSink(uri, encoding, commit)
        const write = (given: ReportTables) => Effect.sync(() => void (tables = given))
        return { write, prepare: sink.prepare, commit: sink.commit }
      }),
      sink: Effect.fnUntraced(function* ({ format, member, output, partition, uri }, schema) {
        const system = member === null ? formats.sinkOf(format, uri) : undefined
        if (system !== undefined) return yield* systemSink({ ...system, uri, name: output }, schema, commit)
        yield* attempt(uri, () => formats.loadEncoding(format, uri))
        const encoding = (schema: ArrowSchema) => formats.openEncoding(format, uri, schema)
        if (partition.length > 0) {
          const extension = formats.extensionOf(format, uri)
          const isNamed = namedFiles(uri) !== undefined
          const isGrouped = formats.packerOf(format, uri) !== undefined
          const divided = {
            uri,
            columns: partition,
            extension,
            encoding,
            isGrouped,
            former: isNamed ? undefined : former
          }
          return yield* partitionSink(divided, schema, commit)
        }
        const opened = yield* attempt(uri, () => Promise.resolve(encoding(schema)))
        const stream = yield* isStream(uri)
        const openFile = (encoding: Encoding) => (stream ? streamSink(uri, encoding) : fileSink(uri, encoding, commit))
        return yield* member === null ? openFile(opened) : documents.sink({ member, output, uri }, opened, openFile)
      })
    })
  })

/** Where there is a copy of a source, that as a file, under the source's name. */
const copyOf = (formats: Formats, uri: string, { bytes, copy, name: path }: Source) =>
  copy && fileSource(formats, uri, { path, at: copy.path, bytes }, copy.format)

const attempt = <A>(uri: string, run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (cause) => fileError("write", uri, cause) })

/** Standard output, a pipe or a device: what cannot be replaced. */
const isStream = (uri: string): Effect.Effect<boolean> =>
  Effect.promise(async () => {
    if (isStandardOutput(uri)) return true
    if (schemeOf(uri) !== undefined) return false
    const there = await stat(uri).catch(() => undefined)
    return there !== undefined && !there.isFile() && !there.isDirectory()
  })
