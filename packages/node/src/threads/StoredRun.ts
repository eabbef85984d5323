import { type Run, readSpilled, type RunPiece, type RunReader, spillRun, wholeRun } from "@sojourn/core"
import { closeSync, openSync, readSync, writeSync } from "node:fs"
import { join } from "node:path"

/** A run where every thread can read it: in shared memory, or in a file. Plain data. */
export type StoredRun =
  | { readonly kind: "memory"; readonly run: Run }
  | { readonly kind: "file"; readonly path: string; readonly pieces: ReadonlyArray<StoredPiece> }

/** A piece of a run in a file, as an Arrow IPC stream. */
interface StoredPiece extends RunPiece {
  readonly offset: number
  readonly length: number
}

/** Writes a run into a new file of a directory. */
export const storeRun = (directory: string, name: string, user: string, run: Run): StoredRun => {
  const path = join(directory, name)
  const file = openSync(path, "wx", 0o600)
  try {
    const pieces: Array<StoredPiece> = []
    let offset = 0
    for (const { bytes, lastUser, rows } of spillRun(user, run)) {
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done)
      pieces.push({ rows, lastUser, offset, length: bytes.length })
      offset += bytes.length
    }
    return { kind: "file", path, pieces }
  } finally {
    closeSync(file)
  }
}

/** Reads stored runs; the piece read last is kept, since ranges of users follow one another. */
export const openRun = (user: string, stored: StoredRun): RunReader => {
  if (stored.kind === "memory") return wholeRun(stored.run)
  const file = openSync(stored.path, "r")
  let kept: { readonly piece: number; readonly run: Run } | undefined
  return {
    pieces: stored.pieces,
    read: (piece) => {
      if (kept?.piece === piece) return kept.run
      const { length, offset } = stored.pieces[piece]
      const bytes = new Uint8Array(length)
      for (let done = 0; done < length;) {
        const count = readSync(file, bytes, done, length - done, offset + done)
        if (count === 0) throw new Error(`${stored.path} is shorter than it was`)
        done += count
      }
      kept = { piece, run: readSpilled(user, bytes) }
      return kept.run
    }
  }
}
