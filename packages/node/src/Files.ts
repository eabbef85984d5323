import { PluginError, type StoredFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { readdir, realpath, stat } from "node:fs/promises"
import { isAbsolute, join } from "node:path"
import { glob } from "tinyglobby"
import { fileError } from "./FileError.ts"
import { isGlob, readable } from "./InputNames.ts"
import { storedFiles } from "./StoredFiles.ts"
import { schemeOf } from "./Stores.ts"

/** A file to be read. */
export interface InputFile {
  /** As it is shown, and where it lies (save for standard input) unless `at` says where. */
  readonly path: string
  /** Where it lies, if it is shown under another name. */
  readonly at?: string
  /** If it is packed, reading fails after so many unpacked bytes. */
  readonly mostUnpacked?: number
  /** Its packed size; undefined if it is no regular file: then it can be read only once. */
  readonly bytes: number | undefined
  /** Of a file in a store. */
  readonly stored?: StoredFile
}

/** Finds the files of a uri, as {@link inputFiles} does. */
export type FindFiles = (uri: string) => Effect.Effect<ReadonlyArray<InputFile>, PluginError>

/** Where a local file lies. */
export const placeOf = ({ at, path }: InputFile): string => at ?? path

/** Whether a uri means standard input. */
export const isStandardInput = (uri: string): boolean => uri === "-" || uri === "/dev/stdin" || uri === "/dev/fd/0"

/** Whether a uri means standard output. */
export const isStandardOutput = (uri: string): boolean => uri === "-" || uri === "/dev/stdout" || uri === "/dev/fd/1"

/**
 * The files of a uri in one stable order: a file, a directory (all readable files below it, hidden ones left out), or
 * a glob of files and directories, on a local disk or in a store. Ordered by path, compared by UTF-8 bytes. An empty directory has none.
 */
export const inputFiles: FindFiles = (uri) =>
  Effect.tryPromise({
    try: async () => {
      if (isStandardInput(uri)) return [{ path: "stdin", bytes: undefined }]
      if (schemeOf(uri) !== undefined) return storedFiles(uri)
      const info = await stat(uri).catch(missing)
      if (info?.isDirectory()) return filesBelow(uri)
      if (info !== undefined) return [{ path: uri, bytes: info.isFile() ? info.size : undefined }]
      return isGlob.test(uri) ? matching(uri) : notFound(uri)
    },
    catch: (cause) => fileError("read", uri, cause)
  })

/** {@link inputFiles}, but none where one of these directories is not there: what was divided into it had no rows. */
export const filesOfDivided =
  (directories: ReadonlyArray<string>): FindFiles =>
  (uri) =>
    inputFiles(uri).pipe(
      Effect.catch((error) =>
        error.reason === "NotFound" && directories.includes(uri) ? Effect.succeed([]) : Effect.fail(error)
      )
    )

const missing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error
}

const notFound = (uri: string): never => {
  throw new PluginError({
    plugin: "files",
    reason: "NotFound",
    message: isGlob.test(uri) ? `no file matches ${uri}` : `no such file: ${uri}`,
    hint: "paths are relative to the directory in which the command runs"
  })
}

const matching = async (pattern: string): Promise<ReadonlyArray<InputFile>> => {
  const paths = await glob(pattern, { absolute: isAbsolute(pattern), onlyFiles: false, expandDirectories: false })
  const found = await Promise.all(
    paths.map(async (path) => ((await stat(path)).isDirectory() ? readableBelow(path) : [join(path)]))
  )
  return found.length === 0 ? notFound(pattern) : sized(found.flat())
}

const filesBelow = async (directory: string): Promise<ReadonlyArray<InputFile>> => {
  const others: Array<string> = []
  const found = await readableBelow(directory, others)
  if (found.length > 0 || others.length === 0) return sized(found)
  throw new PluginError({
    plugin: "files",
    reason: "NotFound",
    message: `${directory} has no file to read: none of its ${others.length.toLocaleString("en")} files, such as ${others[0]}, ends in .json, .jsonl, .ndjson, .csv, .tsv, .txt or .parquet`,
    hint: "a file of another name is read when it is named itself"
  })
}

/** Paths of the readable files below a directory; those that are not readable go to `others`. */
const readableBelow = async (
  directory: string,
  others: Array<string> = [],
  above: ReadonlyArray<string> = []
): Promise<ReadonlyArray<string>> => {
  const named = (path: string) => (cause: unknown) => {
    throw fileError("read", path, cause)
  }
  const real = await realpath(directory)
  if (above.includes(real)) return []
  const found: Array<string> = []
  for (const name of await readdir(directory).catch(named(directory))) {
    if (name.startsWith(".")) continue
    const path = join(directory, name)
    const info = await stat(path).catch(named(path))
    if (info.isDirectory()) found.push(...(await readableBelow(path, others, [...above, real])))
    else (readable.test(name) ? found : others).push(path)
  }
  return found
}

const sized = (paths: ReadonlyArray<string>): Promise<ReadonlyArray<InputFile>> =>
  Promise.all(
    [...new Set(paths)]
      .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      .map(async (path) => {
        const info = await stat(path)
        return { path, bytes: info.isFile() ? info.size : undefined }
      })
  )
