import {
  type ColumnProfile,
  type EventBatch,
  profileColumns,
  type Sample
} from "@sojourn/core"
import { firstRowLooksLikeData } from "@sojourn/sources-csv"
import * as Effect from "effect/Effect"
import { fileError, type InputFile, inputFiles } from "./Files.ts"
import { sampleBytes } from "./FileSource.ts"
import { type FormatChoice, openDecoding } from "./Formats.ts"

/** What the beginning of some inputs looks like. */
export interface InputSample extends Sample {
  /** Records in the sample, and those of them that could not be read. */
  readonly records: number
  readonly rejected: number
  readonly notes: ReadonlyArray<string>
  readonly bytes: number
}

/** Unpacked bytes that a sample takes from the first file. */
const sampleSize = 4 * 1024 * 1024
const maxRecordBytes = 16 * 1024 * 1024

/** Profiles the beginning of the first file of some inputs. */
export const sampleInputs = Effect.fn("sampleInputs")(function*(uris: ReadonlyArray<string>, format: FormatChoice | null) {
  const files = yield* inputFiles(uris[0])
  return yield* Effect.tryPromise({
    try: () => sampleFile(uris[0], files[0], format, files.length + uris.length > 2),
    catch: (cause) => fileError("read", files[0].path, cause)
  })
})

const sampleFile = async (uri: string, file: InputFile, format: FormatChoice | null, more: boolean): Promise<InputSample> => {
  const { bytes, whole } = await sampleBytes(file, uri, sampleSize)
  const decode = (columns: ReadonlyArray<string>) => {
    const wanted = columns.map((path) => ({ name: path, path }))
    const decoding = openDecoding(format, file.path, bytes, { columns: wanted, digest: false, maxRecordBytes })
    const batches: Array<EventBatch> = [...decoding.push(bytes)]
    // The last record of a cut sample is cut too.
    if (whole) batches.push(...decoding.end())
    return { batches, decoding }
  }
  const fields = decode([]).decoding.fields()
  const { batches, decoding } = decode(fields)
  const columns: ReadonlyArray<ColumnProfile> = profileColumns(batches, fields)
  return {
    columns,
    whole: whole && !more,
    records: batches.reduce((sum, { records }) => sum + records.numRows, 0),
    rejected: batches.reduce((sum, { rejects }) => sum + rejects.numRows, 0),
    notes: decoding.notes(),
    bytes: bytes.length
  }
}

/** Whether the names of a sample's columns look like values: a CSV without a header. */
export const looksHeaderless = (sample: InputSample): boolean =>
  sample.columns.length > 0 && firstRowLooksLikeData(sample.columns.map(({ path }) => path))
