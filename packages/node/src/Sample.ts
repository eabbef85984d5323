import { type ColumnProfile, type EventBatch, PluginError, profileColumns, type Sample } from "@sojourn/core"
import { csvDecoder, firstRowLooksLikeData } from "@sojourn/sources-csv"
import * as Effect from "effect/Effect"
import { fileError } from "./FileError.ts"
import { type FindFiles, type InputFile, inputFiles } from "./Files.ts"
import { inputHead } from "./FileSource.ts"
import { builtInFormats, type FormatChoice } from "./Formats.ts"
import { openGroups } from "./Groups.ts"
import type { OpenFile } from "./OpenFile.ts"

/** What the beginning of some inputs looks like. */
export interface InputSample extends Sample {
  /** Records that could not be read. */
  readonly rejected: number
  /** What was decided about the first input. */
  readonly notes: ReadonlyArray<string>
  /** A CSV whose names look like values, if there is one. */
  readonly headerless: { readonly path: string; readonly firstRow: ReadonlyArray<string> } | undefined
}

/** Unpacked bytes, and files, that a sample takes at most. */
const sampleSize = 4 * 1024 * 1024
const sampledFiles = 100
/** Records of a file that is read at any place. */
const sampledRecords = 20_000
const maxRecordBytes = 16 * 1024 * 1024

/** How a sample is taken, where it is not as usual. */
export interface SampleOptions {
  readonly findFiles?: FindFiles
  /** More columns than this are an error before they are read. */
  readonly mostColumns?: number
}

/** Profiles the columns at the beginning of some inputs: of the first file, and of the next as long as they are small. */
export const sampleInputs = (
  uris: ReadonlyArray<string>,
  format: FormatChoice | null,
  { findFiles = inputFiles, mostColumns = Infinity }: SampleOptions = {}
): Effect.Effect<InputSample, PluginError> =>
  Effect.gen(function* () {
    const heads: Array<Head> = []
    let left = sampleSize
    let whole = true
    yield* Effect.addFinalizer(() => Effect.promise(() => Promise.all(heads.map(({ close }) => close()))))
    for (const uri of uris) {
      for (const file of yield* findFiles(uri)) {
        if (left === 0 || heads.length === sampledFiles) {
          whole = false
          break
        }
        const head = yield* readHead(uri, file, left, format)
        heads.push(head)
        left -= head.size
        whole &&= head.whole
      }
    }
    return yield* attempt(heads[0]?.path ?? "", () => profiled(heads, whole, mostColumns))
  }).pipe(Effect.scoped)

/** The beginning of one file. */
interface Head {
  readonly path: string
  readonly format: FormatChoice
  readonly size: number
  readonly whole: boolean
  readonly fields: ReadonlyArray<string>
  readonly notes: ReadonlyArray<string>
  /** Its records, with these fields. */
  readonly decode: (fields: ReadonlyArray<string>) => Promise<ReadonlyArray<EventBatch>>
  readonly close: () => Promise<void>
}

const attempt = <A>(path: string, run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (cause) => fileError("read", path, cause) })

const readHead = (uri: string, file: InputFile, length: number, format: FormatChoice | null) =>
  attempt(file.path, async (): Promise<Head> => {
    const { path } = file
    const head = await inputHead(builtInFormats, uri, file, format, length)
    const opened = head.file
    if (opened !== undefined) {
      return groupsHead(path, head.format, opened).catch(async (error: unknown) => {
        await opened.close()
        throw error
      })
    }
    const decode = (columns: ReadonlyArray<string>) => {
      const decoding = builtInFormats.openDecoding(head.format, path, head.bytes, requestOf(columns))
      const batches: Array<EventBatch> = [...decoding.push(head.bytes)]
      // The last record of a cut sample is cut too.
      if (head.whole) batches.push(...decoding.end())
      return { batches, fields: decoding.fields(), notes: decoding.notes() }
    }
    const { fields, notes } = decode([])
    return {
      path,
      format: head.format,
      size: head.bytes.length,
      whole: head.whole,
      fields,
      notes,
      decode: (columns) => Promise.resolve(decode(columns).batches),
      close: () => Promise.resolve()
    }
  })

/** The first records of a file that is read at any place. */
const groupsHead = async (path: string, format: FormatChoice, file: OpenFile): Promise<Head> => {
  const open = (columns: ReadonlyArray<string>) => openGroups(builtInFormats, path, format, requestOf(columns), file)
  const { fields, groups, notes } = await open([])
  const all = groups.reduce((sum, { records }) => sum + records, 0)
  return {
    path,
    format,
    size: Math.min(sampleSize, file.bytes),
    whole: groups.length < 2 && all <= sampledRecords,
    fields,
    notes,
    decode: async (columns) => {
      const decoding = await open(columns)
      return groups.length === 0 ? [] : [await decoding.read(0, 0, sampledRecords)]
    },
    close: file.close
  }
}

const requestOf = (columns: ReadonlyArray<string>) => ({
  columns: columns.map((name) => ({ name, path: name })),
  digest: false,
  maxRecordBytes
})

const profiled = async (heads: ReadonlyArray<Head>, whole: boolean, mostColumns: number): Promise<InputSample> => {
  const fields = [...new Set(heads.flatMap((head) => head.fields))]
  if (fields.length > mostColumns) throw tooManyColumns(fields.length, mostColumns)
  const batches: Array<EventBatch> = []
  for (const head of heads) batches.push(...(await head.decode(fields)))
  const columns: ReadonlyArray<ColumnProfile> = profileColumns(batches, fields)
  const headless = heads.find(
    ({ fields, format }) =>
      format.name === csvDecoder.name && format.options.header === undefined && looksHeaderless(fields)
  )
  return {
    columns,
    whole,
    records: batches.reduce((sum, { records }) => sum + records.numRows, 0),
    rejected: batches.reduce((sum, { rejects }) => sum + rejects.numRows, 0),
    notes: heads[0]?.notes ?? [],
    user: heads[0] && builtInFormats.usersOf(heads[0].format),
    headerless: headless && { path: headless.path, firstRow: headless.fields }
  }
}

/** More columns than are wanted. */
export const tooManyColumns = (columns: number, most: number): PluginError =>
  new PluginError({
    plugin: "limit.columns",
    reason: "Data",
    message: `there are ${columns.toLocaleString("en")} columns; ${most.toLocaleString("en")} are the most that are read here`,
    hint: "leave out those that are not needed, or write a spec that names the others"
  })

const looksHeaderless = (names: ReadonlyArray<string>): boolean => names.length > 0 && firstRowLooksLikeData(names)
