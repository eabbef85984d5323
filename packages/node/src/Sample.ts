import { type ColumnProfile, type EventBatch, type PluginError, profileColumns, type Sample } from "@sojourn/core"
import { csvDecoder, firstRowLooksLikeData } from "@sojourn/sources-csv"
import * as Effect from "effect/Effect"
import { fileError } from "./FileError.ts"
import { type InputFile, inputFiles } from "./Files.ts"
import { sampleBytes } from "./FileSource.ts"
import { type FormatChoice, formatOfInput, openDecoding, usersOfFormat } from "./Formats.ts"

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
const maxRecordBytes = 16 * 1024 * 1024

/** Profiles the columns at the beginning of some inputs: of the first file, and of the next as long as they are small. */
export const sampleInputs = (
  uris: ReadonlyArray<string>,
  format: FormatChoice | null
): Effect.Effect<InputSample, PluginError> =>
  Effect.gen(function* () {
    const heads: Array<Head> = []
    let left = sampleSize
    let whole = true
    for (const uri of uris) {
      for (const file of yield* inputFiles(uri)) {
        if (left === 0 || heads.length === sampledFiles) {
          whole = false
          break
        }
        const head = yield* readHead(uri, file, left, format)
        heads.push(head)
        left -= head.bytes.length
        whole &&= head.whole
      }
    }
    return profiled(heads, whole)
  })

/** The beginning of one file. */
interface Head {
  readonly path: string
  readonly bytes: Uint8Array
  readonly whole: boolean
  readonly format: FormatChoice
}

const readHead = (uri: string, file: InputFile, length: number, format: FormatChoice | null) =>
  Effect.tryPromise({
    try: async (): Promise<Head> => {
      const { bytes, whole } = await sampleBytes(uri, file, length)
      return { path: file.path, bytes, whole, format: formatOfInput(format, file.path, bytes) }
    },
    catch: (cause) => fileError("read", file.path, cause)
  })

const profiled = (heads: ReadonlyArray<Head>, whole: boolean): InputSample => {
  const firsts = heads.map((head) => decode(head, []))
  const fields = [...new Set(firsts.flatMap(({ fields }) => fields))]
  const batches = heads.flatMap((head) => decode(head, fields).batches)
  const columns: ReadonlyArray<ColumnProfile> = profileColumns(batches, fields)
  const at = heads.findIndex(
    ({ format }, i) =>
      format.name === csvDecoder.name && format.options.header === undefined && looksHeaderless(firsts[i].fields)
  )
  return {
    columns,
    whole,
    records: batches.reduce((sum, { records }) => sum + records.numRows, 0),
    rejected: batches.reduce((sum, { rejects }) => sum + rejects.numRows, 0),
    notes: firsts[0]?.notes ?? [],
    user: heads[0] && usersOfFormat(heads[0].format),
    headerless: at < 0 ? undefined : { path: heads[at].path, firstRow: firsts[at].fields }
  }
}

const decode = ({ bytes, format, path, whole }: Head, columns: ReadonlyArray<string>) => {
  const wanted = columns.map((name) => ({ name, path: name }))
  const decoding = openDecoding(format, path, bytes, { columns: wanted, digest: false, maxRecordBytes })
  const batches: Array<EventBatch> = [...decoding.push(bytes)]
  // The last record of a cut sample is cut too.
  if (whole) batches.push(...decoding.end())
  return { batches, fields: decoding.fields(), notes: decoding.notes() }
}

const looksHeaderless = (names: ReadonlyArray<string>): boolean => names.length > 0 && firstRowLooksLikeData(names)
