import { PluginError, type StoredFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import picomatch from "picomatch"
import type { InputFile } from "./Files.ts"
import { isGlob, readable } from "./InputNames.ts"
import { storeReader } from "./Stores.ts"

/**
 * The files of a uri in a store, as `inputFiles` has them: a file, a "directory" (what begins with the uri and a slash) or
 * a glob of files and directories. Fails with a {@link PluginError}.
 */
export const storedFiles = async (uri: string): Promise<ReadonlyArray<InputFile>> => {
  const reader = await storeReader(uri)
  const list = (prefix: string) => Effect.runPromise(reader.list(prefix))
  const glob = uri.search(isGlob)
  if (glob >= 0) {
    const matches = matcher(uri)
    const found = (await list(uri.slice(0, glob))).filter(matches)
    return found.length === 0 ? notFound(`no file matches ${uri}`) : found.map(asInput)
  }
  const file = uri.endsWith("/") ? undefined : await Effect.runPromise(reader.find(uri))
  if (file !== undefined) return [asInput(file)]
  const directory = uri.endsWith("/") ? uri : `${uri}/`
  const below = await list(directory)
  if (below.length === 0) return notFound(`no such file, and none below ${directory}`)
  const found = below.filter((file) => isReadable(file.uri.slice(directory.length)))
  if (found.length > 0) return found.map(asInput)
  return notFound(
    `${directory} has no file to read: none of its ${below.length.toLocaleString("en")} files, such as ${below[0].uri}, ends in .json, .jsonl, .ndjson, .csv, .tsv, .txt or .parquet`
  )
}

const asInput = (stored: StoredFile): InputFile => ({ path: stored.uri, bytes: stored.bytes, stored })

/** A path below a directory that is read with it: of a known ending, and no part of it hidden. */
const isReadable = (path: string): boolean =>
  readable.test(path) && !path.split("/").some((part) => part.startsWith("."))

/** Whether a pattern means a file: by its own name, or by that of a directory that it lies in. */
const matcher = (pattern: string) => {
  const matches = picomatch(withoutScheme(pattern))
  return ({ uri }: StoredFile): boolean => {
    const path = withoutScheme(uri)
    if (path.endsWith("/")) return false
    if (matches(path)) return true
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      if (matches(path.slice(0, at))) return isReadable(path.slice(at + 1))
    }
    return false
  }
}

/** `//` means something else in patterns. */
const withoutScheme = (uri: string): string => uri.slice(uri.indexOf("://") + 3)

const notFound = (message: string): never => {
  throw new PluginError({
    plugin: "files",
    reason: "NotFound",
    message,
    hint: "keys are compared letter by letter, and a pattern matches them as it would match paths"
  })
}
