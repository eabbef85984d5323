import type { PluginError, PreparedFile, StagedFile, StoredFile, StoreReader, StoreWriter } from "@sojourn/core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { createHash } from "node:crypto"
import { createReadStream } from "node:fs"
import { open, readdir, readFile, realpath, rm, rmdir, stat } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import { fileError } from "../FileError.ts"
import { parentOf, schemeOf, storeReader, storeWriter } from "../Stores.ts"
import { localStore, stageIn, syncDirectory } from "./LocalStore.ts"

/**
 * Where outputs and journals go, on a local disk or in a store, told by the scheme of a uri. Paths of both kinds are
 * joined, listed and removed here only.
 */

const reader = (uri: string): Effect.Effect<StoreReader, PluginError> => reached(uri, () => storeReader(uri))
const writer = (uri: string): Effect.Effect<StoreWriter, PluginError> =>
  schemeOf(uri) === undefined ? Effect.succeed(localStore) : reached(uri, () => storeWriter(uri))

const reached = <A>(uri: string, run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (cause) => fileError("write", uri, cause) })

/** A path below a directory; neither has a slash at the end. */
export const below = (directory: string, path: string): string =>
  schemeOf(directory) === undefined ? join(directory, path) : `${directory}/${path}`

/** The directory that a file is in. */
export const directoryOf = (uri: string): string => (schemeOf(uri) === undefined ? dirname(uri) : parentOf(uri))

/** The one name of a directory that is there, however it was reached. */
export const realDirectory = (directory: string): Effect.Effect<string> =>
  schemeOf(directory) === undefined
    ? Effect.promise(() => realpath(directory).catch(() => resolve(directory)))
    : Effect.succeed(directory)

/** Begins a file, whose bytes are kept in `directory` until it is in place where that makes a difference. */
export const stage = (directory: string, uri: string): Effect.Effect<StagedFile, PluginError, Scope.Scope> =>
  schemeOf(uri) === undefined ? stageIn(directory, uri) : Effect.flatMap(writer(uri), (store) => store.stage(uri))

export const putInPlace = (file: PreparedFile): Effect.Effect<void, PluginError> =>
  Effect.flatMap(writer(file.uri), (store) => store.commit(file))

export const discard = (file: PreparedFile): Effect.Effect<void, PluginError> =>
  Effect.flatMap(writer(file.uri), (store) => store.discard(file))

/** The names of files that lie in a directory itself; one that does not exist has none. */
export const namesIn = (directory: string): Effect.Effect<ReadonlyArray<string>, PluginError> =>
  schemeOf(directory) === undefined
    ? Effect.promise(() => readdir(directory).catch(() => []))
    : Effect.map(listed(`${directory}/`), (files) =>
        files.map(({ uri }) => uri.slice(directory.length + 1)).filter((name) => !name.includes("/"))
      )

/** The names of hidden files of Sojourn's in a directory, of which there are few. */
export const hiddenIn = (directory: string): Effect.Effect<ReadonlyArray<string>, PluginError> =>
  schemeOf(directory) === undefined
    ? namesIn(directory)
    : Effect.map(listed(`${directory}/.sojourn-`), (files) => files.map(({ uri }) => uri.slice(directory.length + 1)))

const listed = (prefix: string): Effect.Effect<ReadonlyArray<StoredFile>, PluginError> =>
  Effect.flatMap(reader(prefix), (store) => store.list(prefix))

/** Writes a small new file, which is durable afterwards. */
export const writeText = (path: string, text: string): Effect.Effect<void, PluginError> =>
  schemeOf(path) === undefined
    ? reached(path, () => writeLocal(path, text))
    : Effect.scoped(
        Effect.gen(function* () {
          const store = yield* writer(path)
          const file = yield* store.stage(path)
          yield* file.write(new TextEncoder().encode(text))
          yield* store.commit(yield* file.prepare)
        })
      )

const writeLocal = async (path: string, text: string): Promise<void> => {
  const handle = await open(path, "wx")
  await handle.writeFile(text)
  await handle.sync()
  await handle.close()
  await syncDirectory(dirname(path))
}

/** The text of a file; undefined if there is none. */
export const readText = (path: string): Effect.Effect<string | undefined, PluginError> =>
  schemeOf(path) === undefined
    ? Effect.promise(() => readFile(path, "utf8").catch(() => undefined))
    : Effect.gen(function* () {
        const store = yield* reader(path)
        const file = yield* store.find(path)
        if (file === undefined) return undefined
        return Buffer.concat(yield* Stream.runCollect(store.read(file))).toString()
      })

/** Removes files; those that are gone are no error. */
export const remove = (paths: ReadonlyArray<string>): Effect.Effect<void, PluginError> =>
  Effect.forEach(
    paths,
    (path) =>
      schemeOf(path) === undefined
        ? Effect.promise(() => rm(path, { force: true }))
        : Effect.flatMap(writer(path), (store) => store.remove([path])),
    { discard: true }
  )

/** The same, and on a local disk the directories of partitions that are empty then. */
export const removeWithDirectories = (paths: ReadonlyArray<string>): Effect.Effect<void, PluginError> =>
  Effect.andThen(
    remove(paths),
    Effect.promise(async () => {
      for (const path of paths.filter((one) => schemeOf(one) === undefined)) {
        let directory = dirname(path)
        while (basename(directory).includes("=") && (await isRemoved(directory))) directory = dirname(directory)
      }
    })
  )

/** Removes a directory if it is empty. */
const isRemoved = (directory: string): Promise<boolean> =>
  rmdir(directory).then(
    () => true,
    () => false
  )

/** Whether files are in place below a directory, each of its size. */
export const areInPlace = (
  directory: string,
  files: ReadonlyArray<{ readonly path: string; readonly bytes: number }>
): Effect.Effect<boolean, PluginError> =>
  schemeOf(directory) === undefined
    ? Effect.promise(async () => {
        for (const { bytes, path } of files) {
          const there = await stat(join(directory, path)).catch(() => undefined)
          if (there?.size !== bytes) return false
        }
        return true
      })
    : Effect.map(listed(`${directory}/`), (found) => {
        const sizes = new Map(found.map(({ bytes, uri }) => [uri.slice(directory.length + 1), bytes]))
        return files.every(({ bytes, path }) => sizes.get(path) === bytes)
      })

/** Whether a file is in place and has just these bytes, told by their number and a SHA-256. */
export const isInPlace = (uri: string, bytes: number, sha256: string): Effect.Effect<boolean, PluginError> =>
  Effect.gen(function* () {
    const hash = createHash("sha256")
    if (schemeOf(uri) === undefined) {
      const there = yield* Effect.promise(() => stat(uri).catch(() => undefined))
      if (there?.size !== bytes) return false
      yield* reached(uri, async () => {
        for await (const chunk of createReadStream(uri) as AsyncIterable<Uint8Array>) hash.update(chunk)
      })
    } else {
      const store = yield* reader(uri)
      const file = yield* store.find(uri)
      if (file?.bytes !== bytes) return false
      yield* Stream.runForEach(store.read(file), (chunk) => Effect.sync(() => hash.update(chunk)))
    }
    return hash.digest("hex") === sha256
  })
