import { type Encoding, type PluginError, type Sink } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { createReadStream, createWriteStream } from "node:fs"
import { type FileHandle, mkdir, mkdtemp, open, realpath, rename, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { pipeline } from "node:stream/promises"
import { fileError } from "./FileError.ts"
import { isStandardOutput } from "./Files.ts"

/**
 * A file that appears whole or not at all: written beside its target under another name, made durable with fsync, and
 * renamed at commit. Standard output, a pipe or a device gets its bytes at commit, from a temporary file. Closing the
 * scope removes what was not committed.
 */
export const fileSink = Effect.fn("fileSink")(function* (uri: string, encoding: Encoding) {
  const attempt = <A>(run: () => Promise<A>) =>
    Effect.tryPromise({ try: run, catch: (cause): PluginError => fileError("write", uri, cause) })
  const staged = yield* Effect.acquireRelease(
    attempt(() => stage(uri)),
    (staged) => Effect.promise(() => discard(staged))
  )
  yield* attempt(() => staged.handle.writeFile(encoding.begin()))
  const sink: Sink = {
    write: (batch) => attempt(() => staged.handle.writeFile(encoding.encode(batch))),
    ...(encoding.stateless === true ? { writeEncoded: (bytes) => attempt(() => staged.handle.writeFile(bytes)) } : {}),
    prepare: attempt(async () => {
      await staged.handle.writeFile(encoding.end())
      await staged.handle.sync()
      await staged.handle.close()
      staged.open = false
    }),
    commit: attempt(() => (staged.target === undefined ? pour(staged.path, uri) : replace(staged.path, staged.target)))
  }
  return sink
})

interface Stage {
  /** The regular file to be replaced; undefined where bytes can only be poured. */
  readonly target: string | undefined
  /** Where the bytes are until the commit, and what is removed unless it has been renamed. */
  readonly path: string
  readonly remove: string
  readonly handle: FileHandle
  open: boolean
}

const stage = async (uri: string): Promise<Stage> => {
  const former = isStandardOutput(uri) ? undefined : await stat(uri).catch(() => undefined)
  if (former?.isDirectory()) throw fileError("write", uri, { code: "EISDIR" })
  if (isStandardOutput(uri) || (former !== undefined && !former.isFile())) {
    const directory = await mkdtemp(join(tmpdir(), "sojourn-"))
    const path = join(directory, "output")
    return { target: undefined, path, remove: directory, handle: await open(path, "wx", 0o600), open: true }
  }
  await mkdir(dirname(uri), { recursive: true })
  // Where a symbolic link points is replaced, not the link.
  const target = former === undefined ? uri : await realpath(uri)
  const path = join(dirname(target), `.sojourn-${process.pid}-${Math.random().toString(36).slice(2, 8)}.tmp`)
  const handle = await open(path, "wx")
  if (former !== undefined) await handle.chmod(former.mode & 0o777)
  return { target, path, remove: path, handle, open: true }
}

const discard = async (stage: Stage): Promise<void> => {
  if (stage.open) await stage.handle.close()
  await rm(stage.remove, { recursive: true, force: true })
}

const replace = async (path: string, target: string): Promise<void> => {
  await rename(path, target)
  await syncDirectory(dirname(target))
}

/** A rename is durable once its directory is; file systems that cannot sync a directory do not need it. */
const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, "r").catch(() => undefined)
  await directory?.sync().catch(() => undefined)
  await directory?.close()
}

const pour = async (path: string, uri: string): Promise<void> => {
  const bytes = createReadStream(path)
  const poured = isStandardOutput(uri)
    ? pipeline(bytes, process.stdout, { end: false })
    : pipeline(bytes, createWriteStream(uri))
  await poured.catch((error: NodeJS.ErrnoException) => {
    // A reader that has seen enough, such as `head`, closes the pipe: nothing is wrong.
    if (error.code !== "EPIPE") throw error
  })
}
