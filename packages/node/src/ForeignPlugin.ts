import {
  adoptBatch,
  type Decoder,
  type DecodeRequest,
  type Decoding,
  emptyBatch,
  type Encoder,
  type EventBatch,
  type FileDecoder,
  type FileDecoding,
  PluginError,
  type Source,
  type SourceBatch,
  type StagedTable,
  type SystemSource,
  type TableSink,
  unknown
} from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { FormatPlugin } from "./Formats.ts"

/**
 * A plugin that is not built in comes with its own copies of the core, of Effect and of Apache Arrow, whose classes are not
 * those of this process. What it gives is turned into ours, and it gets no kernels, whose memory is laid out by this version.
 */
export const ourOwn = (plugin: FormatPlugin): FormatPlugin => {
  switch (plugin.kind) {
    case "decoder":
      return foreignDecoder(plugin)
    case "file-decoder":
      return foreignFileDecoder(plugin)
    case "encoder":
      return foreignEncoder(plugin)
    case "source":
      return foreignSource(plugin)
    case "sink":
      return foreignSink(plugin)
  }
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

const foreignEncoder = (plugin: Encoder<never>): Encoder<never> => ({
  ...plugin,
  open: (options, schema) =>
    told(plugin.name, () => {
      const encoding = plugin.open(options, plugin.adopt(emptyBatch(schema)).schema)
      return {
        begin: () => told(plugin.name, () => encoding.begin()),
        encode: (batch) => told(plugin.name, () => encoding.encode(plugin.adopt(batch))),
        ...(encoding.stateless === undefined ? {} : { stateless: encoding.stateless }),
        end: () => told(plugin.name, () => encoding.end())
      }
    })
})

const foreignSource = (plugin: SystemSource<never>): SystemSource<never> => {
  const { name: plugged, promised } = plugin
  const read =
    (source: Awaited<ReturnType<typeof promised.open>>["sources"][number]): Source["read"] =>
    (request) =>
      Stream.fromAsyncIterable<SourceBatch, PluginError>(source.read(plain(request)), (cause) =>
        toldError(plugged, cause)
      ).pipe(
        Stream.map((batch): SourceBatch =>
          Object.assign(adopted(plugged, request, batch), { bytes: batch.bytes, notes: batch.notes })
        )
      )
  const open: SystemSource<never>["open"] = (uri, options) =>
    Effect.acquireRelease(
      promise(plugged, () => promised.open(uri, options)),
      ({ close }) => Effect.promise(close)
    ).pipe(
      Effect.map(({ sources }) =>
        sources.map((source) => ({ name: source.name, bytes: source.bytes, read: read(source) }))
      )
    )
  return { ...plugin, open }
}

const foreignSink = (plugin: TableSink<never>): TableSink<never> => {
  const { name, promised } = plugin
  const stage: TableSink<never>["stage"] = ({ schema, ...target }) =>
    Effect.acquireRelease(
      promise(name, () => promised.stage(target, emptyBatch(schema))),
      ({ close }) => Effect.promise(close)
    ).pipe(
      Effect.map((table): StagedTable => ({
        write: (batch) => promise(name, () => table.write(batch)),
        prepare: promise(name, () => table.prepare())
      }))
    )
  return {
    ...plugin,
    stage,
    commit: (uri, tokens) => promise(name, () => promised.commit(uri, tokens)),
    discard: (uri, tokens) => promise(name, () => promised.discard(uri, tokens))
  }
}

/** Something of a plugin that is not to be left half done. */
const promise = <A>(name: string, run: () => Promise<A>): Effect.Effect<A, PluginError> =>
  Effect.uninterruptible(Effect.tryPromise({ try: run, catch: (cause) => toldError(name, cause) }))

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
    throw toldError(name, cause)
  }
}

const toldError = (name: string, cause: unknown): PluginError => {
  if (isPluginError(cause)) {
    const { hint, message, plugin, reason } = cause
    return new PluginError({ plugin, reason, message, ...(hint === undefined ? {} : { hint }), cause })
  }
  return new PluginError({
    plugin: name,
    reason: "Internal",
    message: `the plugin ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: "this is a defect of the plugin: report it to those who made it",
    cause
  })
}

const isPluginError = (value: unknown): value is PluginError =>
  typeof value === "object" && value !== null && "_tag" in value && value._tag === "PluginError"
