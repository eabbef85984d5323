import {
  type Decoder,
  type DecodeRequest,
  type Decoding,
  type Encoder,
  type Encoding,
  type FileDecoder,
  type FileDecoding,
  type GroupPacker,
  oneOf,
  type OptionProblem,
  pathFields,
  type PieceOptions,
  PluginError,
  type RandomAccess,
  type SystemSource,
  type TableSink
} from "@sojourn/core"
import { csvEncoder } from "@sojourn/sinks-csv"
import { jsonEncoder } from "@sojourn/sinks-json"
import { duckdbSink } from "@sojourn/sinks-duckdb"
import { parquetEncoder } from "@sojourn/sinks-parquet"
import { accessLogDecoder } from "@sojourn/sources-access-log"
import { csvDecoder } from "@sojourn/sources-csv"
import { duckdbSource } from "@sojourn/sources-duckdb"
import { jsonDecoder } from "@sojourn/sources-json"
import { parquetDecoder } from "@sojourn/sources-parquet"
import type { Schema as ArrowSchema } from "apache-arrow"
import * as Result from "effect/Result"
import { isStandardOutput } from "./Files.ts"
import { withPathFields, withPathFieldsOfFile } from "./PathFields.ts"

/** A format as a plan names it. */
export interface FormatChoice {
  readonly name: string
  readonly options: Readonly<Record<string, unknown>>
}

/** What reads or writes a format, or a system that a spec names as one. */
export type FormatPlugin = Decoder<never> | FileDecoder<never> | Encoder<never> | SystemSource<never> | TableSink<never>

/** The plugins of the formats that every spec knows. */
export const builtInPlugins = [
  jsonDecoder,
  csvDecoder,
  accessLogDecoder,
  parquetDecoder,
  duckdbSource,
  csvEncoder,
  jsonEncoder,
  parquetEncoder,
  duckdbSink
] as unknown as ReadonlyArray<FormatPlugin>

/** What is wrong with a format: there is none of its name, or its options do not fit. */
export type FormatProblem = { readonly name: string } | { readonly options: ReadonlyArray<OptionProblem> }

/** The formats of one run: those that are built in, and those of the plugins that its spec names. */
export class Formats {
  private readonly decoders: ReadonlyArray<Decoder<never>>
  private readonly fileDecoders: ReadonlyArray<FileDecoder<never>>
  private readonly encoders: ReadonlyArray<Encoder<never>>
  private readonly sources: ReadonlyArray<SystemSource<never>>
  private readonly sinks: ReadonlyArray<TableSink<never>>
  /** Those of plugins are asked first: somebody named them. */
  private readonly named: ReadonlyArray<FormatPlugin>

  constructor(named: ReadonlyArray<FormatPlugin>, builtIn = builtInPlugins) {
    const plugins = [...builtIn, ...named]
    this.named = named
    this.decoders = plugins.filter((plugin) => plugin.kind === "decoder")
    this.fileDecoders = plugins.filter((plugin) => plugin.kind === "file-decoder")
    this.encoders = plugins.filter((plugin) => plugin.kind === "encoder")
    this.sources = plugins.filter((plugin) => plugin.kind === "source")
    this.sinks = plugins.filter((plugin) => plugin.kind === "sink")
  }

  /** Why a format cannot be used to read or write; `undefined` when it can. */
  problem(kind: "read" | "write", format: FormatChoice): FormatProblem | undefined {
    const checked = this.usable(kind, format)
    return Result.isFailure(checked) ? checked.failure : undefined
  }

  /** The system that is read in such a format; undefined if it is one of files. */
  sourceOf(format: FormatChoice | null): { readonly plugin: SystemSource<never>; readonly options: never } | undefined {
    const plugin = this.sources.find(({ name }) => name === format?.name)
    if (plugin === undefined || format === null) return undefined
    return { plugin, options: this.opened("read", format).options }
  }

  /** The system that is written in such a format, or the one that the uri's ending tells; undefined if it is one of files. */
  sinkOf(
    format: FormatChoice | null,
    uri: string
  ): { readonly plugin: TableSink<never>; readonly options: never } | undefined {
    const plugin = this.sinks.find(({ extensions, name }) =>
      format === null ? extensions.includes(ending(uri)) : name === format.name
    )
    if (plugin === undefined) return undefined
    return { plugin, options: this.opened("write", format ?? { name: plugin.name, options: {} }).options }
  }

  /** The sink of a system that a journal names. */
  sinkNamed(name: string): TableSink<never> {
    const plugin = this.sinks.find((sink) => sink.name === name)
    if (plugin !== undefined) return plugin
    throw new PluginError({
      plugin: "formats",
      reason: "Config",
      message: `a run before this one is to be finished, and what wrote for it is missing: ${name}`,
      hint: "run the spec again that wrote there: it names its plugin"
    })
  }

  /** Decodes an input in the given format, or the one its name and first bytes tell. Throws {@link PluginError}. */
  openDecoding(format: FormatChoice | null, name: string, head: Uint8Array, request: DecodeRequest): Decoding {
    const { options, plugin } = this.opened("read", this.ofInput(format, name, head))
    return withPathFields(pathFields(name), request, (own) => (plugin as Decoder<never>).open(options, own))
  }

  /** Whether files of a format are read at any place, as {@link openFileDecoding} does, and not from their beginning on. */
  isFileFormat({ name }: FormatChoice): boolean {
    return this.fileDecoders.some((decoder) => decoder.name === name)
  }

  /** Reads the directory of a file of such a format. Throws what the decoder throws. */
  openFileDecoding(
    format: FormatChoice,
    name: string,
    request: DecodeRequest,
    file: RandomAccess
  ): Promise<FileDecoding> {
    const { options, plugin } = this.opened("read", format)
    const open = (own: DecodeRequest) => (plugin as FileDecoder<never>).open(options, own, file)
    return withPathFieldsOfFile(pathFields(name), request, open)
  }

  /**
   * The formats of the first piece and of those after it of an input that begins with `head`; undefined if it cannot be
   * read in pieces.
   */
  ofPieces(format: FormatChoice | null, name: string, head: Uint8Array): PieceOptions<FormatChoice> | undefined {
    const { options, plugin } = this.opened("read", this.ofInput(format, name, head))
    const pieces = plugin.kind === "decoder" ? plugin.pieces?.(options, head) : undefined
    return (
      pieces && {
        first: { name: plugin.name, options: pieces.first },
        rest: { name: plugin.name, options: pieces.rest }
      }
    )
  }

  /** The format of an input: as given, else by the ending of its name, else by its first bytes. */
  ofInput(format: FormatChoice | null, name: string, head: Uint8Array): FormatChoice {
    if (format !== null) return format
    const known = ending(name)
    const own = this.named.find((plugin) => isReader(plugin) && isOf(plugin, known, head))
    if (own !== undefined) return { name: own.name, options: {} }
    const system = this.sources.find(({ extensions }) => extensions.includes(known))
    if (system !== undefined) {
      throw new PluginError({
        plugin: "formats",
        reason: "Config",
        message: `${name} is a database, and it is not said what is to be read there`,
        hint: `a spec says it: format: { name: ${system.name}, … }`
      })
    }
    if (known === "tsv") return { name: csvDecoder.name, options: { delimiter: "\t" } }
    const directory = this.fileDecoders.find((plugin) => isOf(plugin, known, head))
    if (directory !== undefined) return { name: directory.name, options: {} }
    if (csvDecoder.extensions.includes(known) && known !== "txt") return { name: csvDecoder.name, options: {} }
    if (jsonDecoder.extensions.includes(known)) return { name: jsonDecoder.name, options: {} }
    if (head.includes(0) && !isUtf16(head)) {
      throw unreadable(
        `${name} is neither JSON nor CSV nor an access log: it is no text`,
        "if it is, say which: --format json, --format csv or --format access-log"
      )
    }
    const recognised = this.decoders.find(({ recognises }) => recognises?.(head) === true)
    if (recognised !== undefined) return { name: recognised.name, options: {} }
    const first = head.find((byte) => byte > 0x20 && byte < 0x80)
    return { name: first === 0x7b || first === 0x5b ? jsonDecoder.name : csvDecoder.name, options: {} }
  }

  /** The fields that tell users apart in a format that has fields of its own. */
  usersOf({ name }: FormatChoice): ReadonlyArray<string> | undefined {
    return this.decoders.find((decoder) => decoder.name === name)?.user
  }

  /** What packs groups of rows of an output, and is loaded before; undefined where there are no groups. */
  packerOf(format: FormatChoice | null, uri: string): GroupPacker | undefined {
    const system = this.sinkOf(format, uri)
    if (system !== undefined) return system.plugin.packer
    const { options, plugin } = this.opened("write", this.ofOutput(format, uri))
    const { load, pack } = plugin as Encoder<never>
    return pack && { load: async () => load?.(), pack: (group) => pack(options, group) }
  }

  /** Loads what encodes a table in the given format, or the one that the file's ending tells: before `openEncoding`. */
  async loadEncoding(format: FormatChoice | null, uri: string): Promise<void> {
    await (this.opened("write", this.ofOutput(format, uri)).plugin as Encoder<never>).load?.()
  }

  /** Encodes a table in such a format. Throws {@link PluginError}. */
  openEncoding(format: FormatChoice | null, uri: string, schema: ArrowSchema): Encoding {
    const { options, plugin } = this.opened("write", this.ofOutput(format, uri))
    return (plugin as Encoder<never>).open(options, schema)
  }

  /** The ending of the files of such a format. */
  extensionOf(format: FormatChoice | null, uri: string): string {
    const { name, options } = this.ofOutput(format, uri)
    if (name === jsonEncoder.name && options.layout === "array") return "json"
    return this.opened("write", { name, options }).plugin.extensions[0]
  }

  /** The format of an output by its ending; standard output and other devices get CSV. */
  ofEnding(uri: string): Result.Result<FormatChoice, PluginError> {
    const known = isStandardOutput(uri) || uri.startsWith("/dev/") ? "csv" : ending(uri)
    if (/\.(gz|zst|zip)$/i.test(uri)) return this.unwritable(`cannot write ${uri}: outputs are not packed`)
    if (known === "json") return Result.succeed({ name: jsonEncoder.name, options: { layout: "array" } })
    if (known === "tsv") return Result.succeed({ name: csvEncoder.name, options: { delimiter: "\t" } })
    const encoder = this.encoders.find(({ extensions }) => extensions.includes(known))
    const own = encoder ?? this.sinks.find(({ extensions }) => extensions.includes(known))
    if (own !== undefined) return Result.succeed({ name: own.name, options: {} })
    return this.unwritable(`cannot tell the format of ${uri} from its ending`)
  }

  private ofOutput(format: FormatChoice | null, uri: string): FormatChoice {
    return format ?? Result.getOrThrow(this.ofEnding(uri))
  }

  /** The plugin of a format, with its options read. */
  private usable(
    kind: "read" | "write",
    format: FormatChoice
  ): Result.Result<{ readonly plugin: FormatPlugin; readonly options: never }, FormatProblem> {
    const plugins: ReadonlyArray<FormatPlugin> =
      kind === "read" ? [...this.decoders, ...this.fileDecoders, ...this.sources] : [...this.encoders, ...this.sinks]
    const plugin = plugins.find(({ name }) => name === format.name)
    if (plugin === undefined) {
      const names = plugins.map(({ name }) => name)
      return Result.fail({ name: `no format "${format.name}" to ${kind}; expected ${oneOf(names)}` })
    }
    const read: ReturnType<FormatPlugin["readOptions"]> = plugin.readOptions(format.options)
    return "problems" in read
      ? Result.fail({ options: read.problems })
      : Result.succeed({ plugin, options: read.options })
  }

  private opened(kind: "read" | "write", format: FormatChoice) {
    const checked = this.usable(kind, format)
    if (Result.isSuccess(checked)) return checked.success
    const { failure } = checked
    const message = "name" in failure ? failure.name : `the options of the format ${format.name} do not fit`
    throw new PluginError({ plugin: "formats", reason: "Config", message })
  }

  private unwritable(message: string): Result.Result<never, PluginError> {
    const endings = [...this.encoders, ...this.sinks].flatMap(({ extensions }) =>
      extensions.map((known) => `.${known}`)
    )
    const hint = `use ${oneOf(endings)}`
    return Result.fail(new PluginError({ plugin: "formats", reason: "Config", message, hint }))
  }
}

/** The formats that are built in. */
export const builtInFormats = new Formats([])

/** Those of them that are formats of files: what is read and written with them is in files, and nowhere else. */
export const fileFormats = new Formats(
  [],
  builtInPlugins.filter(({ kind }) => kind === "decoder" || kind === "file-decoder" || kind === "encoder")
)

const isReader = (plugin: FormatPlugin): plugin is Decoder<never> | FileDecoder<never> =>
  plugin.kind === "decoder" || plugin.kind === "file-decoder"

const isOf = ({ extensions, recognises }: Decoder<never> | FileDecoder<never>, known: string, head: Uint8Array) =>
  recognises?.(head) === true || extensions.includes(known)

/** The ending of a file's name, without that of a packed form, in lower case. */
const ending = (name: string): string => /\.([^./\\]+?)(?:\.(?:gz|zst|zip))?$/i.exec(name)?.[1].toLowerCase() ?? ""

/** By its byte order mark. */
const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)

const unreadable = (what: string, hint: string): PluginError =>
  new PluginError({ plugin: "formats", reason: "Unsupported", message: `${what}, which cannot be read`, hint })
