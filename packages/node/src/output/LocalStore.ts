import type { PluginError, PreparedFile, StagedFile, StoreWriter } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises"
import { dirname, join, relative } from "node:path"
import { fileError } from "../FileError.ts"
import { writeAll } from "../writeAll.ts"
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
  const written = new Written(staged.handle)
  const file: StagedFile = {
    write: (bytes) => Effect.try({ try: () => written.add(bytes), catch: (cause) => fileError("write", uri, cause) }),
    prepare: attempt(uri, async () => {
      await written.synced
      await staged.handle.sync()
      await staged.handle.close()
      staged.open = false
      return { uri: staged.target, token: staged.path }
    })
  }
  return file
})

const attempt = <A>(uri: string, run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (cause): PluginError => fileError("write", uri, cause) })

interface Staged {
  readonly target: string
  readonly path: string
  readonly handle: FileHandle
  /** Not prepared yet. */
  open: boolean
}

/** Bytes after which what was written goes to the disk, while more is written: at the end there is little left to wait for. */
const syncEvery = 16 * 1024 * 1024

/** A file that is written from its beginning on. */
class Written {
  /** What the system says of an error, once, is for who prepares the file. */
  synced: Promise<void> = Promise.resolve()
  private readonly handle: FileHandle
  private isSyncing = false
  private unsynced = 0

  constructor(handle: FileHandle) {
    this.handle = handle
  }

  /** In this thread: to wait for another would take as long as the copying does. */
  add(bytes: Uint8Array): void {
    writeAll(this.handle.fd, bytes)
    this.unsynced += bytes.length
    if (this.unsynced < syncEvery || this.isSyncing) return
    this.unsynced = 0
    this.isSyncing = true
    this.synced = this.synced.then(() => this.handle.datasync()).finally(() => (this.isSyncing = false))
    // Told by `synced`.
    this.synced.catch(() => undefined)
  }
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
