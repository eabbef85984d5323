import type { PluginError, PreparedFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { open, readdir, readFile, rm } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { localStore, syncDirectory } from "./LocalStore.ts"
import { journalName, leftover } from "./StagedName.ts"

/**
 * What a run over several files is about to put in place. It is written into the directory of every file before the
 * first is renamed: from the last copy on, all files are bound to appear, if need be by the next run that writes into
 * one of these directories.
 */
export interface Journal {
  readonly version: 1
  /** All copies of it. */
  readonly copies: ReadonlyArray<string>
  readonly files: ReadonlyArray<PreparedFile>
}

/** Writes a journal, durably, in all of its places. */
export const writeJournal = async (files: ReadonlyArray<PreparedFile>): Promise<Journal> => {
  const name = journalName()
  // Where the bytes are is there already; where they are to be may still have to be made.
  const copies = [...new Set(files.map(({ token }) => dirname(token)))].map((directory) => join(directory, name))
  const journal: Journal = { version: 1, copies, files }
  for (const path of copies) {
    const handle = await open(path, "wx")
    await handle.writeFile(JSON.stringify(journal))
    await handle.sync()
    await handle.close()
    await syncDirectory(dirname(path))
  }
  return journal
}

export const removeJournal = async (copies: Journal["copies"]): Promise<void> => {
  for (const path of copies) await rm(path, { force: true })
}

/**
 * Finishes what runs have left behind in some directories: files of a whole journal are put in place; what was prepared
 * and is in none is removed if its run has ended.
 */
export const recover = (directories: ReadonlyArray<string>): Effect.Effect<void, PluginError> =>
  Effect.gen(function* () {
    for (const directory of new Set(directories)) {
      for (const name of yield* hidden(directory, "journal")) yield* finish(join(directory, name))
    }
    for (const directory of new Set(directories)) {
      for (const name of yield* hidden(directory, "tmp")) {
        if (leftover(name)?.dead === true) yield* Effect.promise(() => rm(join(directory, name), { force: true }))
      }
    }
  })

/** Names of what runs left in a directory, which need not exist. */
const hidden = (directory: string, kind: "tmp" | "journal"): Effect.Effect<ReadonlyArray<string>> =>
  Effect.promise(() => readdir(directory).catch(() => [])).pipe(
    Effect.map((names) => names.filter((name) => leftover(name)?.kind === kind).sort())
  )

const finish = Effect.fnUntraced(function* (path: string) {
  const text = yield* Effect.promise(() => readFile(path, "utf8").catch(() => undefined))
  const journal = text === undefined ? undefined : parsed(text)
  const isWhole = journal !== undefined && (yield* Effect.promise(() => areThere(journal.copies)))
  // A run that still lives does the same at the same time, which does no harm.
  if (isWhole) yield* Effect.forEach(journal.files, localStore.commit, { discard: true })
  // Cut short, or not yet in all of its places: nothing has appeared, and its files are removed as leftovers.
  else if (leftover(basename(path))?.dead !== true) return
  yield* Effect.promise(() => removeJournal(journal?.copies ?? [path]))
})

const parsed = (text: string): Journal | undefined => {
  try {
    return JSON.parse(text) as Journal
  } catch {
    return undefined
  }
}

const areThere = async (paths: ReadonlyArray<string>): Promise<boolean> => {
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8").catch(() => "")))
  return texts.every((text) => parsed(text) !== undefined)
}
