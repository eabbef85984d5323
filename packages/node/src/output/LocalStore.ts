import type { PluginError, PreparedFile, StagedFile, StoreWriter } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { writeSync } from "node:fs"
import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises"
import { dirname, join, relative } from "node:path"
import { fileError } from "../FileError.ts"
import { stagedName } from "./StagedName.ts"

/**
 * Local files that appear whole or not at all: written beside their target under another name, made durable with fsync,
 * and renamed at commit. A prepared file's token is the path where its bytes are.
 */
export const localStore: StoreWriter = {
  stage: (uri) => stageIn(dirname(uri), uri),
  commit: (file) => attempt(file.uri, () => putInPlace(file)),
  discard: ({ token, uri }) => attempt(uri, () => rm(token, { force: true })),
  remove: (uris) => Effect.forEach(uris, (uri) => attempt(uri, () => rm(uri, { force: true })), { discard: true })
}

/** Stages a file in its own directory or in one above it, on the same file system. */
export const stageIn = Effect.fn("stage")(function* (directory: string, uri: string) {
  const staged = yield* Effect.acquireRelease(
    attempt(uri, () => openStaged(directory, uri)),
    (staged) => Effect.promise(() => abandon(staged))
  )
  // While more is written, what was written goes to the disk: at the end there is little left to wait for.
  let unsynced = 0
  let syncing = Promise.resolve()
  let isSyncing = false
  const file: StagedFile = {
    write: (bytes) =>
      Effect.try({
        try: () => {
          writeAll(staged.handle.fd, bytes)
          unsynced += bytes.length
          if (unsynced < syncEvery || isSyncing) return
          unsynced = 0
          isSyncing = true
          // The system tells an error only once, and whoever prepares the file has to know it.
          syncing = syncing.then(() => staged.handle.datasync()).finally(() => (isSyncing = false))
          syncing.catch(() => undefined)
        },
        catch: (cause) => fileError("write", uri, cause)
      }),
    prepare: attempt(uri, async () => {
      await syncing
      await staged.handle.sync()
      await staged.handle.close()
      staged.open = false
      return { uri: staged.target, token: staged.path }
    })
  }
  return file
})

/** In this thread: a turn of its own for every piece would take as long as the copying does. */
const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done)
}

const attempt = <A>(uri: string, run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (cause): PluginError => fileError("write", uri, cause) })

const syncEvery = 16 * 1024 * 1024

interface Staged {
  readonly target: string
  readonly path: string
  readonly handle: FileHandle
  /** Not prepared yet. */
  open: boolean
}

const openStaged = async (directory: string, uri: string): Promise<Staged> => {
  const former = await stat(uri).catch(() => undefined)
  if (former?.isDirectory()) throw fileError("write", uri, { code: "EISDIR" })
  // Where a symbolic link points is replaced, not the link.
  const linked = former === undefined ? undefined : await realpath(uri)
  // Beside what the link points to, as a rename cannot leave a file system.
  const named = linked !== undefined && directory === dirname(uri) ? dirname(linked) : directory
  await mkdir(named, { recursive: true })
  // Whole paths: the run that finishes what this one leaves may be started elsewhere.
  const place = await realpath(named)
  const target = linked ?? join(place, relative(directory, uri))
  const path = join(place, stagedName())
  const handle = await open(path, "wx")
  if (former !== undefined) await handle.chmod(former.mode & 0o777)
  return { target, path, handle, open: true }
}

const abandon = async ({ handle, open, path }: Staged): Promise<void> => {
  if (!open) return
  await handle.close()
  await rm(path, { force: true })
}

const putInPlace = async ({ token, uri }: PreparedFile): Promise<void> => {
  await mkdir(dirname(uri), { recursive: true })
  await rename(token, uri).catch((error: NodeJS.ErrnoException) => {
    // It is in place already: another run has finished what this one began.
    if (error.code !== "ENOENT") throw error
  })
  await syncDirectory(dirname(uri))
}

/** A rename is durable once its directory is; file systems that cannot sync a directory do not need it. */
export const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, "r").catch(() => undefined)
  await directory?.sync().catch(() => undefined)
  await directory?.close()
}
