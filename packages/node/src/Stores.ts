import { PluginError, type StoredFile, type StoreReader, type StoreWriter } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { OpenFile } from "./OpenFile.ts"

/**
 * Where files are that do not lie on a local disk, by the scheme of their uris. A store is loaded when it is first
 * used, and stays open as long as the process: it holds nothing but idle connections.
 */
const schemes: Readonly<Record<string, Scheme>> = {
  s3: {
    reader: async () => (await import("@sojourn/sources-s3")).s3ReadStore.open(s3Options()),
    writer: async () => (await import("@sojourn/sinks-s3")).s3WriteStore.open(s3Options())
  }
}

interface Scheme {
  readonly reader: () => Promise<Effect.Effect<StoreReader, PluginError, Scope.Scope>>
  readonly writer: () => Promise<Effect.Effect<StoreWriter, PluginError, Scope.Scope>>
}

/** Servers that are not AWS seldom have a host name for each bucket. */
const s3Options = () => ({
  path_style: (process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL) !== undefined
})

/** The scheme of a uri in a store; undefined for a local path. */
export const schemeOf = (uri: string): string | undefined => /^([a-z][a-z0-9+.-]*):\/\//i.exec(uri)?.[1].toLowerCase()

/** The part of a uri before its last slash. */
export const parentOf = (uri: string): string => uri.slice(0, uri.lastIndexOf("/"))

const readers = new Map<string, Promise<StoreReader>>()
const writers = new Map<string, Promise<StoreWriter>>()

/** What reads the store of a uri. Fails with a {@link PluginError}. */
export const storeReader = (uri: string): Promise<StoreReader> => known(readers, uri, ({ reader }) => reader())

/** What writes to the store of a uri. Fails with a {@link PluginError}. */
export const storeWriter = (uri: string): Promise<StoreWriter> => known(writers, uri, ({ writer }) => writer())

const known = <A>(
  stores: Map<string, Promise<A>>,
  uri: string,
  load: (scheme: Scheme) => Promise<Effect.Effect<A, PluginError, Scope.Scope>>
): Promise<A> => {
  const name = schemeOf(uri) ?? ""
  if (!Object.hasOwn(schemes, name)) return Promise.reject(unknownScheme(uri, name))
  const store = stores.get(name) ?? opened(load(schemes[name]))
  stores.set(name, store)
  return store
}

const opened = async <A>(loading: Promise<Effect.Effect<A, PluginError, Scope.Scope>>): Promise<A> => {
  const open = await loading
  return Effect.runPromise(Effect.flatMap(Scope.make(), (scope) => open.pipe(Scope.provide(scope))))
}

const unknownScheme = (uri: string, name: string): PluginError =>
  new PluginError({
    plugin: "files",
    reason: "Config",
    message: `${uri} cannot be reached: there is no store for ${name}://`,
    hint: `expected a path, or a uri that begins with ${Object.keys(schemes).join("://, ")}://`
  })

/** The bytes of a stored file in order. */
export const storedChunks = async function* (file: StoredFile): AsyncGenerator<Uint8Array> {
  yield* Stream.toAsyncIterable((await storeReader(file.uri)).read(file))
}

/** The first bytes of a stored file. */
export const storedHead = async (file: StoredFile, length: number): Promise<Uint8Array> =>
  bytesOf(await storeReader(file.uri), file, 0, Math.min(length, file.bytes))

/** A stored file, to be read at any place. */
export const openStoredFile = async (file: StoredFile): Promise<OpenFile> => {
  const reader = await storeReader(file.uri)
  return { bytes: file.bytes, read: (from, to) => bytesOf(reader, file, from, to), close: () => Promise.resolve() }
}

const bytesOf = async (reader: StoreReader, file: StoredFile, from: number, to: number): Promise<Uint8Array> => {
  if (from === to) return new Uint8Array(0)
  const chunks = await Effect.runPromise(Stream.runCollect(reader.read(file, from, to)))
  return chunks.length === 1 ? chunks[0] : new Uint8Array(Buffer.concat(chunks))
}
