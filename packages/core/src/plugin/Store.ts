import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { PluginError } from "./PluginError.ts"
import { type PluginOptions, pluginOptions } from "./PluginOptions.ts"

/** A file of a store, as it was when it was listed. */
export interface StoredFile {
  /** Where it is, in full: `s3://bucket/a/b.json`. */
  readonly uri: string
  /** Its size. */
  readonly bytes: number
  /** Other content has another version: an ETag. Only to be compared. */
  readonly version: string
}

/**
 * The reading half of a place that holds files. The engine retries what fails with `Transient` or `RateLimited` after a
 * store's own attempts are used up; nothing else is tried again.
 */
export interface StoreReader {
  /**
   * The files whose uri begins with `prefix`, ordered by the UTF-8 bytes of their uris; none is no error. Fails with
   * `NotFound` if there is no such bucket, `Auth` if it may not be read.
   */
  readonly list: (prefix: string) => Effect.Effect<ReadonlyArray<StoredFile>, PluginError>
  /** One file; undefined if there is none. */
  readonly find: (uri: string) => Effect.Effect<StoredFile | undefined, PluginError>
  /**
   * Bytes `from` to `to` (excluded; default: all) of a file, in chunks. A broken connection is taken up where it broke.
   * Fails with `Conflict` if the file is no longer of the version that was listed: never a mixture of two.
   */
  readonly read: (file: StoredFile, from?: number, to?: number) => Stream.Stream<Uint8Array, PluginError>
}

/** What is complete and durable under a name of its own, and not yet in place. Data: it is kept in journals. */
export interface PreparedFile {
  /** Where it is to appear. */
  readonly uri: string
  /** What the store needs to commit or to discard it; no secret. */
  readonly token: string
  /** The sink that commits it, if it is a table for a system and no file. */
  readonly sink?: string
}

/** A file being written. */
export interface StagedFile {
  /** Adds bytes, of any number. They must not change afterwards. */
  readonly write: (bytes: Uint8Array) => Effect.Effect<void, PluginError>
  /** After the last byte: makes it durable, and still invisible. */
  readonly prepare: Effect.Effect<PreparedFile, PluginError>
}

/** The writing half of a store. A file appears at {@link StoreWriter.commit}, whole, or never. */
export interface StoreWriter {
  /** Begins a file. What is not prepared when the scope closes is removed; so is what a process left that died, later. */
  readonly stage: (uri: string) => Effect.Effect<StagedFile, PluginError, Scope.Scope>
  /** Puts a prepared file in place of what is there, at once. Doing it again, after a crash in between, is no error. */
  readonly commit: (file: PreparedFile) => Effect.Effect<void, PluginError>
  /** Removes a prepared file; one that is gone or in place already is no error. */
  readonly discard: (file: PreparedFile) => Effect.Effect<void, PluginError>
  /** Removes files that are in place; those that are gone are no error. */
  readonly remove: (uris: ReadonlyArray<string>) => Effect.Effect<void, PluginError>
}

interface Common<Options> extends PluginOptions<Options> {
  readonly name: string
  readonly summary: string
  /** What its uris begin with, before `://`. */
  readonly scheme: string
  readonly options: Schema.Codec<Options, unknown>
}

/** A plugin that reads files of a scheme. */
export interface ReadStore<Options> extends Common<Options> {
  readonly kind: "read-store"
  /** Connects lazily: no request is made before a file is asked for. */
  readonly open: (options: Options) => Effect.Effect<StoreReader, PluginError, Scope.Scope>
}

/** A plugin that writes files of a scheme. */
export interface WriteStore<Options> extends Common<Options> {
  readonly kind: "write-store"
  readonly open: (options: Options) => Effect.Effect<StoreWriter, PluginError, Scope.Scope>
}

/** A store as a value, with its options' type inferred. */
export const defineReadStore = <Options>(
  store: Omit<ReadStore<Options>, "kind" | keyof PluginOptions<Options>>
): ReadStore<Options> => ({
  kind: "read-store",
  ...store,
  ...pluginOptions(store.options)
})
export const defineWriteStore = <Options>(
  store: Omit<WriteStore<Options>, "kind" | keyof PluginOptions<Options>>
): WriteStore<Options> => ({
  kind: "write-store",
  ...store,
  ...pluginOptions(store.options)
})
