import { type Encoding, PluginError, type Sink } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { createReadStream } from "node:fs"
import { type FileHandle, mkdir, mkdtemp, open, rename, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, dirname, join } from "node:path"
import { pipeline } from "node:stream/promises"
import { fileError, standardStream } from "./Files.ts"

/**
 * A file that appears whole or not at all: written beside its target under another name, made durable with fsync, and
 * renamed at commit. Standard output gets its bytes at commit, from a temporary file. Closing the scope removes what
 * was not committed.
 */
export const fileSink = Effect.fn("fileSink")(function*(uri: string, encoding: Encoding) {
  const attempt = <A>(run: () => Promise<A>) =>
    Effect.tryPromise({ try: run, catch: (cause): PluginError => fileError("write", uri, cause) })
  const staged = yield* Effect.acquireRelease(
    attempt(() => (uri === standardStream ? stageElsewhere() : stageBeside(uri))),
    (stage) => Effect.promise(() => discard(stage))
  )
  yield* attempt(() => staged.handle.writeFile(encoding.begin()))
  const sink: Sink = {
    write: (batch) => attempt(() => staged.handle.writeFile(encoding.encode(batch))),
    prepare: attempt(async () => {
      await staged.handle.writeFile(encoding.end())
      await staged.handle.sync()
      await staged.handle.close()
      staged.open = false
    }),
    commit: attempt(async () => {
      if (uri === standardStream) await pipeline(createReadStream(staged.path), process.stdout, { end: false })
      else {
        await rename(staged.path, uri)
        await syncDirectory(dirname(uri))
      }
    })
  }
  return sink
})

interface Stage {
  /** Where the bytes are until the commit, and what is removed unless it has been renamed. */
  readonly path: string
  readonly remove: string
  readonly handle: FileHandle
  open: boolean
}

const stageBeside = async (uri: string): Promise<Stage> => {
  await mkdir(dirname(uri), { recursive: true })
  const path = join(dirname(uri), `.${basename(uri)}.${process.pid}-${Math.random().toString(36).slice(2, 8)}.tmp`)
  return { path, remove: path, handle: await open(path, "wx"), open: true }
}

const stageElsewhere = async (): Promise<Stage> => {
  const directory = await mkdtemp(join(tmpdir(), "sojourn-"))
  const path = join(directory, "stdout")
  return { path, remove: directory, handle: await open(path, "wx"), open: true }
}

const discard = async (stage: Stage): Promise<void> => {
  if (stage.open) await stage.handle.close()
  await rm(stage.remove, { recursive: true, force: true })
}

/** A rename is durable once its directory is; file systems that cannot sync a directory do not need it. */
const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, "r").catch(() => undefined)
  await directory?.sync().catch(() => undefined)
  await directory?.close()
}
