import { PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { stat } from "node:fs/promises"
import { relative, resolve } from "node:path"
import { glob } from "tinyglobby"

/** A file to be read. `path` is as it is shown; `bytes` its packed size. */
export interface InputFile {
  readonly path: string
  readonly bytes: number | undefined
}

/** Standard input or output. */
export const standardStream = "-"

/** What a directory is searched for; packed files end in a second ending. */
const readable = ["json", "jsonl", "ndjson", "csv", "tsv", "txt"].flatMap((ending) =>
  ["", ".gz", ".zst", ".zip"].map((packed) => `**/*.${ending}${packed}`)
)

/**
 * The files of a uri in one stable order: a file, a directory (all readable files below it, hidden ones left out), or
 * a glob. Ordered by path, compared by UTF-8 bytes.
 */
export const inputFiles = Effect.fn("inputFiles")(function*(uri: string) {
  if (uri === standardStream) return [{ path: "stdin", bytes: undefined }] as ReadonlyArray<InputFile>
  const found = yield* Effect.tryPromise({
    try: async () => {
      const info = await stat(uri).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined
        throw error
      })
      if (info?.isDirectory()) return sized(uri, await glob(readable, { cwd: uri, onlyFiles: true, caseSensitiveMatch: false }))
      if (info !== undefined) return [{ path: uri, bytes: info.isFile() ? info.size : undefined }]
      return /[*?{[]/.test(uri) ? sized(".", await glob(uri, { onlyFiles: true })) : []
    },
    catch: (cause) => fileError("read", uri, cause)
  })
  if (found.length > 0) return found
  return yield* new PluginError({
    plugin: "files",
    reason: "NotFound",
    message: `no such file: ${uri}`,
    hint: "paths are relative to the directory in which the command runs; a directory is searched for .json, .jsonl, .csv and their packed forms"
  })
})

const sized = async (directory: string, names: ReadonlyArray<string>): Promise<ReadonlyArray<InputFile>> => {
  const sorted = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return Promise.all(
    sorted.map(async (name) => {
      const path = relative(".", resolve(directory, name))
      return { path, bytes: (await stat(path)).size }
    })
  )
}

/** A failure of the file system as a person reads it. */
export const fileError = (what: "read" | "write", path: string, cause: unknown): PluginError => {
  if (cause instanceof PluginError) return cause
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  const known = code === undefined ? undefined : explanations[code]
  return new PluginError({
    plugin: "files",
    reason: known?.reason ?? "Internal",
    message: `cannot ${what} ${path}: ${known?.message ?? (cause instanceof Error ? cause.message : String(cause))}`,
    ...(known?.hint === undefined ? {} : { hint: known.hint }),
    cause
  })
}

const explanations: Record<string, { readonly reason: PluginError["reason"]; readonly message: string; readonly hint?: string }> = {
  ENOENT: { reason: "NotFound", message: "no such file or directory" },
  ENOTDIR: { reason: "NotFound", message: "part of the path is a file, not a directory" },
  EACCES: { reason: "Auth", message: "permission denied", hint: "check the permissions of the file and its directory" },
  EPERM: { reason: "Auth", message: "operation not permitted" },
  EISDIR: { reason: "Config", message: "it is a directory", hint: "name a file in it" },
  ENOSPC: { reason: "Transient", message: "no space left on the device" },
  EROFS: { reason: "Config", message: "the file system is read-only" },
  EMFILE: { reason: "Transient", message: "too many open files" }
}
