import { PluginError } from "@sojourn/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { constants } from "node:fs"
import { access, mkdir, open, readFile, rename, rm } from "node:fs/promises"
import { dirname, join, resolve } from "node:path"

/**
 * Where the server keeps everything: `uploads/ID`, `runs/ID`, `datasets/NAME`. Of one server at a time. Names of files
 * are ids and numbers, never what a user has chosen; names of datasets are checked by the API.
 */
export class DataDirectory extends Context.Service<
  DataDirectory,
  {
    readonly uploads: string
    readonly runs: string
    readonly datasets: string
    /** Fails if nothing can be written. */
    readonly check: Effect.Effect<void, PluginError>
  }
>()("@sojourn/http/DataDirectory") {
  static readonly layer = (path: string): Layer.Layer<DataDirectory, PluginError> =>
    Layer.effect(
      DataDirectory,
      Effect.gen(function* () {
        const root = resolve(path)
        const [uploads, runs, datasets] = ["uploads", "runs", "datasets"].map((name) => join(root, name))
        yield* attempt(root, async () => {
          for (const directory of [uploads, runs, datasets]) await mkdir(directory, { recursive: true })
        })
        yield* Effect.acquireRelease(lock(root), (file) => Effect.promise(() => rm(file, { force: true })))
        const check = attempt(root, () => access(runs, constants.W_OK | constants.X_OK))
        return DataDirectory.of({ uploads, runs, datasets, check })
      })
    )
}

const attempt = <A>(path: string, run: () => Promise<A>) =>
  Effect.tryPromise({
    try: run,
    catch: (cause) =>
      new PluginError({
        plugin: "server",
        reason: "Config",
        message: `cannot use ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
        hint: "name a directory that can be written: --data DIR"
      })
  })

/** A file with the id of the process that has the directory; that of a process that is gone is taken over. */
const lock = Effect.fn("lock")(function* (root: string) {
  const file = join(root, "lock")
  const take = attempt(file, async () => {
    const handle = await open(file, "wx").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error
    })
    await handle?.writeFile(String(process.pid))
    await handle?.close()
    return handle !== undefined
  })
  if (yield* take) return file
  const owner = Number(yield* attempt(file, () => readFile(file, "utf8")))
  if (owner !== process.pid && isRunning(owner)) {
    return yield* new PluginError({
      plugin: "server",
      reason: "Conflict",
      message: `${root} is in use by another server, process ${owner}`,
      hint: "stop it, or name another directory: --data DIR"
    })
  }
  yield* attempt(file, () => rm(file, { force: true }))
  yield* take
  return file
})

const isRunning = (owner: number): boolean => {
  try {
    return owner > 0 && process.kill(owner, 0)
  } catch (error) {
    // It is there, but another user's.
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

/** Puts a file in place of what is there, whole and durable, or not at all. */
export const replaceFile = async (path: string, content: string): Promise<void> => {
  const staged = `${path}.new`
  const handle = await open(staged, "w")
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(staged, path)
  await syncDirectory(dirname(path))
}

/** Makes what was created, renamed or removed in a directory durable. */
export const syncDirectory = async (path: string): Promise<void> => {
  const handle = await open(path, "r")
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
