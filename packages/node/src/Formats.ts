import {
  type Decoder,
  type DecodeRequest,
  type Decoding,
  type Encoder,
  type Encoding,
  PluginError
} from "@sojourn/core"
import { csvEncoder } from "@sojourn/sinks-csv"
import { jsonEncoder } from "@sojourn/sinks-json"
import { csvDecoder } from "@sojourn/sources-csv"
import { jsonDecoder } from "@sojourn/sources-json"
import type { Schema as ArrowSchema } from "apache-arrow"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { isStandardOutput } from "./Files.ts"

/** A format as a plan names it. */
export interface FormatChoice {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}

const decoders: ReadonlyArray<Decoder<never>> = [jsonDecoder, csvDecoder] as never
const encoders: ReadonlyArray<Encoder<never>> = [csvEncoder, jsonEncoder] as never

const parseOptions = { errors: "all", onExcessProperty: "error", reportInput: true } as const

/** Why a format cannot be used to read or write; `undefined` when it can. */
export const formatProblem = (kind: "read" | "write", format: FormatChoice): string | undefined => {
  const plugins = kind === "read" ? decoders : encoders
  const plugin = plugins.find(({ name }) => name === format.name)
  if (plugin === undefined)
    return `no format "${format.name}" to ${kind}; expected ${plugins.map(({ name }) => name).join(" or ")}`
  const decoded = Schema.decodeUnknownResult(plugin.options, parseOptions)(format.options)
  return Result.isFailure(decoded)
    ? `options of ${format.name}: ${decoded.failure.message.replaceAll("\n", " ")}`
    : undefined
}

/** Why an output cannot be written as its format or ending says; `undefined` when it can. */
export const outputProblem = (
  format: FormatChoice | null,
  uri: string
): { readonly message: string; readonly hint?: string } | undefined => {
  if (format !== null) {
    const message = formatProblem("write", format)
    return message === undefined ? undefined : { message }
  }
  try {
    formatOfEnding(uri)
    return undefined
  } catch (error) {
    if (error instanceof PluginError) return error
    throw error
  }
}

/** Decodes an input in the given format, or the one its name and first bytes tell. Throws {@link PluginError}. */
export const openDecoding = (
  format: FormatChoice | null,
  name: string,
  head: Uint8Array,
  request: DecodeRequest
): Decoding => {
  const chosen = formatOfInput(format, name, head)
  const decoder = decoders.find((candidate) => candidate.name === chosen.name)
  if (decoder === undefined) throw unusable("read", chosen)
  return decoder.open(checkedOptions("read", decoder, chosen), request)
}

/** The format of an input: as given, else by the ending of its name, else by its first bytes. */
export const formatOfInput = (format: FormatChoice | null, name: string, head: Uint8Array): FormatChoice => {
  if (format !== null) return format
  const known = ending(name)
  if (known === "tsv") return { name: csvDecoder.name, options: { delimiter: "\t" } }
  if (startsWith(head, "PAR1")) throw unreadable(`${name} is a Parquet file`, "convert it to CSV or JSON lines")
  if (csvDecoder.extensions.includes(known) && known !== "txt") return { name: csvDecoder.name, options: {} }
  if (jsonDecoder.extensions.includes(known)) return { name: jsonDecoder.name, options: {} }
  if (head.includes(0) && !isUtf16(head)) {
    throw unreadable(
      `${name} is neither JSON nor CSV: it is no text`,
      "if it is, say which: --format json or --format csv"
    )
  }
  const first = head.find((byte) => byte > 0x20 && byte < 0x80)
  return { name: first === 0x7b || first === 0x5b ? jsonDecoder.name : csvDecoder.name, options: {} }
}

/** The ending of a file's name, without that of a packed form, in lower case. */
const ending = (name: string): string => /\.([^./\\]+?)(?:\.(?:gz|zst|zip))?$/i.exec(name)?.[1].toLowerCase() ?? ""

const startsWith = (head: Uint8Array, text: string): boolean =>
  head.length >= text.length && [...text].every((character, i) => head[i] === character.charCodeAt(0))

/** By its byte order mark. */
const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)

const unreadable = (what: string, hint: string): PluginError =>
  new PluginError({ plugin: "formats", reason: "Unsupported", message: `${what}, which cannot be read`, hint })

/** Encodes a table in the given format, or the one that the file's ending tells. */
export const openEncoding = (format: FormatChoice | null, uri: string, schema: ArrowSchema): Encoding => {
  const chosen = format ?? formatOfEnding(uri)
  const encoder = encoders.find((candidate) => candidate.name === chosen.name)
  if (encoder === undefined) throw unusable("write", chosen)
  return encoder.open(checkedOptions("write", encoder, chosen), schema)
}

/** The format of an output by its ending; standard output and other devices get CSV. Throws {@link PluginError}. */
export const formatOfEnding = (uri: string): FormatChoice => {
  const known = isStandardOutput(uri) || uri.startsWith("/dev/") ? "csv" : ending(uri)
  if (/\.(gz|zst|zip)$/i.test(uri)) throw unwritable(`cannot write ${uri}: outputs are not packed`)
  if (known === "json") return { name: jsonEncoder.name, options: { layout: "array" } }
  if (known === "tsv") return { name: csvEncoder.name, options: { delimiter: "\t" } }
  const encoder = encoders.find(({ extensions }) => extensions.includes(known))
  if (encoder !== undefined) return { name: encoder.name, options: {} }
  throw unwritable(`cannot tell the format of ${uri} from its ending`)
}

const unwritable = (message: string): PluginError =>
  new PluginError({ plugin: "formats", reason: "Config", message, hint: "use .csv, .tsv, .json, .jsonl or .ndjson" })

const checkedOptions = (
  kind: "read" | "write",
  plugin: Decoder<never> | Encoder<never>,
  chosen: FormatChoice
): never => {
  const decoded = Schema.decodeUnknownResult(plugin.options, parseOptions)(chosen.options)
  if (Result.isFailure(decoded)) throw unusable(kind, chosen)
  return decoded.success
}

const unusable = (kind: "read" | "write", format: FormatChoice): PluginError =>
  new PluginError({
    plugin: "formats",
    reason: "Config",
    message: formatProblem(kind, format) ?? `cannot ${kind} ${format.name}`
  })
