import {
  type Decoder,
  type Decoding,
  type DecodeRequest,
  type Encoder,
  type FileDecoder,
  type FileDecoding,
  PluginError
} from "@sojourn/core"
import { csvEncoder } from "@sojourn/sinks-csv"
import { jsonEncoder } from "@sojourn/sinks-json"
import { accessLogDecoder } from "@sojourn/sources-access-log"
import { csvDecoder } from "@sojourn/sources-csv"
import { jsonDecoder } from "@sojourn/sources-json"
import { type DownloadFormat, Told } from "../engine/Engine.ts"
import type { NamedFile } from "../engine/NamedFile.ts"
import { bytesOf } from "./StoredBytes.ts"

/** A format as a plan names it. */
export interface FormatChoice {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}

const decoders = [jsonDecoder, csvDecoder, accessLogDecoder] as unknown as ReadonlyArray<Decoder<never>>

const parquet = "parquet"

/** The format of an input: as given, else by the ending of its name, else by its first bytes. */
export const formatOf = (given: FormatChoice | null, name: string, head: Uint8Array): FormatChoice => {
  if (given !== null) return given
  const ending = /\.([^./\\]+?)(?:\.(?:gz|zst|zip))?$/i.exec(name)?.[1].toLowerCase() ?? ""
  const by = (name: string, options = {}): FormatChoice => ({ name, options })
  if (ending === "tsv") return by(csvDecoder.name, { delimiter: "\t" })
  if (isParquet(head) || ending === parquet || ending === "pq") return by(parquet)
  if (csvDecoder.extensions.includes(ending) && ending !== "txt") return by(csvDecoder.name)
  if (jsonDecoder.extensions.includes(ending)) return by(jsonDecoder.name)
  if (head.includes(0) && !isUtf16(head)) {
    throw new PluginError({
      plugin: "formats",
      reason: "Unsupported",
      message: `${name} is neither JSON nor CSV nor an access log nor Parquet: it is no text`,
      hint: "if it is, choose the format"
    })
  }
  const recognised = decoders.find(({ recognises }) => recognises?.(head) === true)
  if (recognised !== undefined) return by(recognised.name)
  const first = head.find((byte) => byte > 0x20 && byte < 0x80)
  return by(first === 0x7b || first === 0x5b ? jsonDecoder.name : csvDecoder.name)
}

const isParquet = (head: Uint8Array) => head[0] === 0x50 && head[1] === 0x41 && head[2] === 0x52 && head[3] === 0x31

const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)

export const isFileFormat = ({ name }: FormatChoice): boolean => name === parquet

/** Decodes an input. Throws {@link PluginError}. */
export const openDecoding = ({ name, options }: FormatChoice, request: DecodeRequest): Decoding => {
  const decoder = decoders.find((decoder) => decoder.name === name)
  if (decoder === undefined) throw unusable(`there is no format "${name}" here`)
  return decoder.open(readOptions(decoder, options), request)
}

/** Reads the directory of a Parquet file; the code for it is loaded when it is needed. Throws {@link PluginError}. */
export const openFileDecoding = async (
  format: FormatChoice,
  file: NamedFile,
  request: DecodeRequest
): Promise<FileDecoding> => {
  const { parquetDecoder } = await import("@sojourn/sources-parquet")
  const decoder = parquetDecoder as unknown as FileDecoder<never>
  const blob = bytesOf(file)
  const decoding = await toldOf(file, format, () =>
    decoder.open(readOptions(decoder, format.options), request, {
      bytes: blob.size,
      read: async (from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer())
    })
  )
  const { fields, groups, notes } = decoding
  return { fields, groups, notes, read: (...which) => toldOf(file, format, () => decoding.read(...which)) }
}

/** What a decoder says of a file, with the file's name. */
const toldOf = async <A>({ name }: NamedFile, format: FormatChoice, run: () => Promise<A>): Promise<A> => {
  try {
    return await run()
  } catch (cause) {
    if (cause instanceof PluginError || cause instanceof DOMException || cause instanceof Told) throw cause
    throw new PluginError({
      plugin: format.name,
      reason: "Data",
      message: `cannot read ${name} as ${format.name}: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "the file is damaged, or something else than its name says",
      cause
    })
  }
}

/** The fields that tell users apart in a format that has fields of its own. */
export const usersOf = ({ name }: FormatChoice): ReadonlyArray<string> | undefined =>
  decoders.find((decoder) => decoder.name === name)?.user

/** What a download is encoded by, ready to be opened. */
export const encoderOf = async (format: DownloadFormat) => {
  if (format === "csv") return (schema: Schema) => csvEncoder.open({ spreadsheet: "safe" }, schema)
  if (format === "jsonl") return (schema: Schema) => jsonEncoder.open({}, schema)
  const { parquetEncoder } = await import("@sojourn/sinks-parquet")
  await parquetEncoder.load?.()
  return (schema: Schema) => parquetEncoder.open({}, schema)
}

type Schema = Parameters<Encoder<unknown>["open"]>[1]

const readOptions = (decoder: Decoder<never> | FileDecoder<never>, options: unknown): never => {
  const read: ReturnType<Decoder<never>["readOptions"]> = decoder.readOptions(options)
  if ("problems" in read) throw unusable(read.problems.map(({ message }) => message).join("; "))
  return read.options
}

const unusable = (message: string) => new PluginError({ plugin: "formats", reason: "Config", message })
