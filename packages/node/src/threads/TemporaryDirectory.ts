import { PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileError } from "../FileError.ts"

const prefix = "sojourn-run-"

/**
 * A directory for what does not fit into memory, removed with the scope. What a process left that was killed is removed
 * by the next one.
 */
export const temporaryDirectory = Effect.acquireRelease(
  Effect.tryPromise({
    try: async () => {
      await removeOrphans()
      return mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`))
    },
    catch: (cause) => {
      const { message, plugin, reason } = fileError("write", `temporary files in ${tmpdir()}`, cause)
      return new PluginError({ plugin, reason, message, hint: "set TMPDIR to a directory that can be written", cause })
    }
  }),
  (directory) => Effect.promise(() => rm(directory, { recursive: true, force: true }))
)

const removeOrphans = async (): Promise<void> => {
  for (const name of await readdir(tmpdir())) {
    const owner = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : NaN
    if (Number.isNaN(owner) || isRunning(owner)) continue
    // Another process may be doing the same, or it may be another user's.
    await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)
  }
}

const isRunning = (process_: number): boolean => {
  try {
    process.kill(process_, 0)
    return true
  } catch (error) {
    // It is there, but another user's.
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}
