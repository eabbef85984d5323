import {
  adoptBatch,
  type Decoder,
  type DecodeRequest,
  type Decoding,
  type EventBatch,
  type FileDecoder,
  type FileDecoding,
  PluginError
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
    told(plugin.name, () => foreignDecoding(plugin.name, plugin.open(options, plain(request))))
})

const foreignDecoding = (name: string, decoding: Decoding): Decoding => {
  const batches = (run: () => ReadonlyArray<EventBatch>) => told(name, () => run().map(adopted))
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
              return { ...settled, batches: settled.batches.map(adopted) }
            })
        })
  }
}

const foreignFileDecoder = (plugin: FileDecoder<never>): FileDecoder<never> => ({
  ...plugin,
  open: async (options, request, file) => {
    const decoding: FileDecoding = await plugin.open(options, plain(request), file)
    return { ...decoding, read: async (...given) => adopted(await decoding.read(...given)) }
  }
})

const plain = ({ holds: _, table: __, ...request }: DecodeRequest): DecodeRequest => request

const adopted = (batch: EventBatch): EventBatch => {
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
