import { type Decoder, type DecodeRequest, type Decoding, type Encoder, type Encoding, PluginError } from "@sojourn/core"
import { csvEncoder } from "@sojourn/sinks-csv"
import { jsonEncoder } from "@sojourn/sinks-json"
import { csvDecoder } from "@sojourn/sources-csv"
import { jsonDecoder } from "@sojourn/sources-json"
import type { Schema as ArrowSchema } from "apache-arrow"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

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
  if (plugin === undefined) return `no format "${format.name}" to ${kind}; expected ${plugins.map(({ name }) => name).join(" or ")}`
  const decoded = Schema.decodeUnknownResult(plugin.options, parseOptions)(format.options)
  return Result.isFailure(decoded) ? `options of ${format.name}: ${decoded.failure.message.replaceAll("\n", " ")}` : undefined
}

/** Decodes an input in the given format, or the one its name and first bytes tell. */
export const openDecoding = (
  format: FormatChoice | null,
  name: string,
  head: Uint8Array,
  request: DecodeRequest
): Decoding => {
  const chosen = format ?? { name: recognised(name, head), options: name.endsWith(".tsv") ? { delimiter: "\t" } : {} }
  const decoder = decoders.find((candidate) => candidate.name === chosen.name)
  if (decoder === undefined) throw unusable("read", chosen)
  return decoder.open(checkedOptions("read", decoder, chosen), request)
}

/** The ending of a file's name, without that of a packed form, in lower case. */
const ending = (name: string): string => /\.([^./\\]+?)(?:\.(?:gz|zst|zip))?$/i.exec(name)?.[1].toLowerCase() ?? ""

const recognised = (name: string, head: Uint8Array): string => {
  if (head[0] === 0x50 && head[1] === 0x41 && head[2] === 0x52 && head[3] === 0x31) {
    throw new PluginError({
      plugin: "formats",
      reason: "Unsupported",
      message: `${name} is a Parquet file, which this version does not read`,
      hint: "convert it to CSV or JSON lines"
    })
  }
  const known = ending(name)
  if (csvDecoder.extensions.includes(known) && known !== "txt") return csvDecoder.name
  if (jsonDecoder.extensions.includes(known)) return jsonDecoder.name
  const first = head.find((byte) => byte > 0x20 && byte < 0x80)
  return first === 0x7b || first === 0x5b ? jsonDecoder.name : csvDecoder.name
}

/** Encodes a table in the given format, or the one that the file's ending tells. */
export const openEncoding = (format: FormatChoice | null, uri: string, schema: ArrowSchema): Encoding => {
  const chosen = format ?? formatOfEnding(uri)
  const encoder = encoders.find((candidate) => candidate.name === chosen.name)
  if (encoder === undefined) throw unusable("write", chosen)
  return encoder.open(checkedOptions("write", encoder, chosen), schema)
}

/** The format of an output by its ending; standard output is CSV. Throws {@link PluginError}. */
export const formatOfEnding = (uri: string): FormatChoice => {
  const known = uri === "-" ? "csv" : ending(uri)
  if (known === "json") return { name: jsonEncoder.name, options: { layout: "array" } }
  if (known === "tsv") return { name: csvEncoder.name, options: { delimiter: "\t" } }
  const encoder = encoders.find(({ extensions }) => extensions.includes(known))
  if (encoder !== undefined && !/\.(gz|zst|zip)$/i.test(uri)) return { name: encoder.name, options: {} }
  throw new PluginError({
    plugin: "formats",
    reason: "Config",
    message: `cannot tell the format of ${uri} from its ending`,
    hint: "use .csv, .tsv, .json, .jsonl or .ndjson"
  })
}

const checkedOptions = (kind: "read" | "write", plugin: Decoder<never> | Encoder<never>, chosen: FormatChoice): never => {
  const decoded = Schema.decodeUnknownResult(plugin.options, parseOptions)(chosen.options)
  if (Result.isFailure(decoded)) throw unusable(kind, chosen)
  return decoded.success
}

const unusable = (kind: "read" | "write", format: FormatChoice): PluginError =>
  new PluginError({ plugin: "formats", reason: "Config", message: formatProblem(kind, format) ?? `cannot ${kind} ${format.name}` })
