import {
  adoptBatch,
  type Decoder,
  type DecodeRequest,
  type Decoding,
  type EventBatch,
  type FileDecoder,
  type FileDecoding,
  PluginError,
  unknown
} from "@sojourn/core"
import type { FormatPlugin } from "./Formats.ts"

/**
 * A plugin that is not built in comes with its own copies of the core and of Apache Arrow, whose classes are not those of
 * this process. What it gives is turned into ours, and it gets no kernels, whose memory is laid out by this version.
 */
export const ourOwn = (plugin: FormatPlugin): FormatPlugin => {
  if (plugin.kind === "decoder") return foreignDecoder(plugin)
  return plugin.kind === "file-decoder" ? foreignFileDecoder(plugin) : plugin
}

const foreignDecoder = (plugin: Decoder<never>): Decoder<never> => ({
  ...plugin,
  open: (options, request) =>
    told(plugin.name, () => foreignDecoding(plugin.name, request, plugin.open(options, plain(request))))
})

const foreignDecoding = (name: string, request: DecodeRequest, decoding: Decoding): Decoding => {
  const own = (batch: EventBatch) => adopted(name, request, batch)
  const batches = (run: () => ReadonlyArray<EventBatch>) => told(name, () => run().map(own))
  const { settle } = decoding
  return {
    push: (chunk) => batches(() => decoding.push(chunk)),
    end: () => batches(() => decoding.end()),
    notes: () => decoding.notes(),
    fields: () => decoding.fields(),
    ...(settle === undefined
      ? {}
      : {
          settle: () =>
            told(name, () => {
              const settled = settle.call(decoding)
              return { ...settled, batches: settled.batches.map(own) }
            })
        })
  }
}

const foreignFileDecoder = (plugin: FileDecoder<never>): FileDecoder<never> => ({
  ...plugin,
  open: async (options, request, file) => {
    const decoding: FileDecoding = await plugin.open(options, plain(request), file)
    return { ...decoding, read: async (...given) => adopted(plugin.name, request, await decoding.read(...given)) }
  }
})

const plain = ({ holds: _, table: __, ...request }: DecodeRequest): DecodeRequest => request

const adopted = (name: string, { known }: DecodeRequest, batch: EventBatch): EventBatch => {
  if (known !== undefined && !batch.records.schema.names.includes(unknown)) {
    throw new PluginError({
      plugin: name,
      reason: "Config",
      message: `the plugin ${name} does not tell unknown fields, which event.strict needs`,
      hint: "it has to be made with a newer @sojourn/core"
    })
  }
  const { asText, raw, rawOffset } = batch
  return {
    records: adoptBatch(batch.records),
    rejects: adoptBatch(batch.rejects),
    raw,
    rawOffset,
    ...(asText === undefined ? {} : { asText })
  }
}

/** Errors of another copy of the core are not of our class, and anything else is the plugin's defect. */
const told = <A>(name: string, run: () => A): A => {
  try {
    return run()
  } catch (cause) {
    if (isPluginError(cause)) {
      const { hint, message, plugin, reason } = cause
      throw new PluginError({ plugin, reason, message, ...(hint === undefined ? {} : { hint }), cause })
    }
    throw new PluginError({
      plugin: name,
      reason: "Internal",
      message: `the plugin ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "this is a defect of the plugin: report it to those who made it",
      cause
    })
  }
}

const isPluginError = (value: unknown): value is PluginError =>
  typeof value === "object" && value !== null && "_tag" in value && value._tag === "PluginError"
