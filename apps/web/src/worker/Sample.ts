import { type EventBatch, lastOrdinal, profileColumns, type Sample } from "@sojourn/core"
import { csvDecoder, firstRowLooksLikeData } from "@sojourn/sources-csv"
import { Told } from "../engine/Engine.ts"
import type { NamedFile } from "../engine/NamedFile.ts"
import { headOf } from "./Bytes.ts"
import { type FormatChoice, formatOf, isFileFormat, openDecoding, openFileDecoding, usersOf } from "./Formats.ts"

/** What the beginning of some inputs looks like. */
export interface InputSample extends Sample {
  readonly format: FormatChoice
  readonly notes: ReadonlyArray<string>
  /** The inputs that were looked at, and the records of each, if not all, that were. */
  readonly files: ReadonlyArray<NamedFile>
  readonly limit: number | undefined
}

/** Unpacked bytes, and files, that a sample takes at most: as the command does. */
const sampleSize = 4 * 1024 * 1024
const sampledFiles = 100
/** Records of a file that is read at any place. */
const sampledRecords = 20_000
const maxRecordBytes = 16 * 1024 * 1024

interface Head {
  readonly file: NamedFile
  readonly format: FormatChoice
  readonly size: number
  readonly whole: boolean
  readonly fields: ReadonlyArray<string>
  readonly notes: ReadonlyArray<string>
  readonly decode: (fields: ReadonlyArray<string>) => Promise<ReadonlyArray<EventBatch>>
}

/** Profiles the columns at the beginning of some inputs: of the first file, and of the next as long as they are small. */
export const sampleInputs = async (
  files: ReadonlyArray<NamedFile>,
  format: FormatChoice | null
): Promise<InputSample> => {
  if (files.length === 0) return noSample
  const heads: Array<Head> = []
  let left = sampleSize
  let whole = true
  for (const file of files) {
    if (left <= 0 || heads.length === sampledFiles) {
      whole = false
      break
    }
    const head = await readHead(file, format, left)
    heads.push(head)
    left -= head.size
    whole &&= head.whole
  }
  const [first] = heads
  const fields = [...new Set(heads.flatMap((head) => head.fields))]
  checkHeader(heads)
  const batches: Array<EventBatch> = []
  for (const head of heads) batches.push(...(await head.decode(fields)))
  return {
    columns: profileColumns(batches, fields),
    records: batches.reduce((sum, { records }) => sum + records.numRows, 0),
    whole,
    user: usersOf(first.format),
    format: first.format,
    notes: first.notes,
    files: heads.map(({ file }) => file),
    limit: whole ? undefined : Math.max(1, ...batches.map(lastOrdinal))
  }
}

/** Of a run that read no files. */
const noSample: InputSample = {
  columns: [],
  records: 0,
  whole: true,
  user: undefined,
  format: { name: "json", options: {} },
  notes: [],
  files: [],
  limit: undefined
}

const readHead = async (file: NamedFile, given: FormatChoice | null, length: number): Promise<Head> => {
  const { bytes, whole } = await headOf(file, length)
  const format = formatOf(given, file.name, bytes)
  if (isFileFormat(format)) return groupsHead(file, format)
  const decode = (columns: ReadonlyArray<string>) => {
    const decoding = openDecoding(format, requestOf(columns))
    const batches: Array<EventBatch> = [...decoding.push(bytes)]
    // The last record of a cut sample is cut too.
    if (whole) batches.push(...decoding.end())
    return { batches, fields: decoding.fields(), notes: decoding.notes() }
  }
  const { fields, notes } = decode([])
  return {
    file,
    format,
    size: bytes.length,
    whole,
    fields,
    notes,
    decode: (columns) => Promise.resolve(decode(columns).batches)
  }
}

/** The first records of a file that is read at any place. */
const groupsHead = async (file: NamedFile, format: FormatChoice): Promise<Head> => {
  const open = (columns: ReadonlyArray<string>) => openFileDecoding(format, file, requestOf(columns))
  const { fields, groups, notes } = await open([])
  const all = groups.reduce((sum, { records }) => sum + records, 0)
  return {
    file,
    format,
    size: Math.min(sampleSize, file.blob.size),
    whole: groups.length < 2 && all <= sampledRecords,
    fields,
    notes,
    decode: async (columns) => (groups.length === 0 ? [] : [await (await open(columns)).read(0, 0, sampledRecords)])
  }
}

const requestOf = (columns: ReadonlyArray<string>) => ({
  columns: columns.map((name) => ({ name, path: name })),
  digest: false,
  maxRecordBytes
})

const checkHeader = (heads: ReadonlyArray<Head>) => {
  const headless = heads.find(
    ({ fields, format }) =>
      format.name === csvDecoder.name &&
      format.options.header === undefined &&
      fields.length > 0 &&
      firstRowLooksLikeData(fields)
  )
  if (headless === undefined) return
  throw new Told({
    message: `the first row of ${headless.file.name} looks like data, not like names: ${headless.fields.slice(0, 6).join(", ")}`,
    hint: "say what it is: choose the format CSV, and whether its first row has the names"
  })
}
