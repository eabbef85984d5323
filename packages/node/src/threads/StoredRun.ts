import {
  placedRun,
  PluginError,
  type Run,
  readSpilled,
  type RunPiece,
  type RunReader,
  spillRun,
  wholeRun
} from "@sojourn/core"
import { closeSync, openSync, readSync } from "node:fs"
import { join } from "node:path"
import { fileError } from "../FileError.ts"
import { writeAll } from "../writeAll.ts"

/** A run where every thread can read it: in shared memory, or in a file. Plain data. */
export type StoredRun =
  | { readonly kind: "memory"; readonly run: Run }
  | {
      readonly kind: "file"
      readonly path: string
      readonly pieces: ReadonlyArray<StoredPiece>
      /** Of a run that a state keeps: the parts of this run by the ids under which they are kept. */
      readonly parts?: ReadonlyArray<readonly [id: number, part: number]>
    }

/** Events in a run. */
export const rowsOf = (stored: StoredRun): number =>
  stored.kind === "memory" ? stored.run.rows : stored.pieces.reduce((sum, { rows }) => sum + rows, 0)

/** A piece of a run in a file, as an Arrow IPC stream. */
export interface StoredPiece extends RunPiece {
  readonly offset: number
  readonly length: number
}

/** Writes a run into a new file of a directory. Throws {@link PluginError}. */
export const storeRun = (directory: string, name: string, user: string, run: Run): StoredRun => {
  const path = join(directory, name)
  return orUnusable(path, "write", () => {
    const file = openSync(path, "wx", 0o600)
    try {
      const pieces: Array<StoredPiece> = []
      let offset = 0
      for (const { bytes, lastUser, rows } of spillRun(user, run)) {
        writeAll(file, bytes)
        pieces.push({ rows, lastUser, offset, length: bytes.length })
        offset += bytes.length
      }
      return { kind: "file", path, pieces }
    } finally {
      closeSync(file)
    }
  })
}

/**
 * Reads stored runs; the piece read last is kept, since ranges of users follow one another. Opening and reading throw
 * {@link PluginError}.
 */
export const openRun = (user: string, stored: StoredRun): RunReader => {
  if (stored.kind === "memory") return wholeRun(stored.run)
  const { path, pieces } = stored
  const parts = stored.parts && new Map(stored.parts)
  // Who only wants to know the pieces opens nothing.
  let file: number | undefined
  let kept: { readonly piece: number; readonly run: Run } | undefined
  return {
    pieces,
    read: (piece) => {
      if (kept?.piece === piece) return kept.run
      const { length, offset } = pieces[piece]
      const bytes = new Uint8Array(length)
      orUnusable(path, "read", () => {
        file ??= openSync(path, "r")
        for (let done = 0; done < length;) {
          const count = readSync(file, bytes, done, length - done, offset + done)
          if (count === 0) throw new Error("it is shorter than it was")
          done += count
        }
      })
      const run = readSpilled(user, bytes)
      kept = { piece, run: parts === undefined ? run : placedRun(run, parts) }
      return kept.run
    }
  }
}

/** Does something with a file for events; what goes wrong names the file, and where else it could be. */
const orUnusable = <A>(path: string, what: "read" | "write", run: () => A): A => {
  try {
    return run()
  } catch (cause) {
    const { message, plugin, reason } = fileError(what, path, cause)
    const hint = "events beyond --memory go to temporary files: raise it, or set TMPDIR to a directory with more room"
    throw new PluginError({ plugin, reason, message, hint, cause })
  }
}
