import type { PluginError, PreparedFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import type { Formats } from "../Formats.ts"
import { below, directoryOf, hiddenIn, readText, remove, removeWithDirectories, writeText } from "./Places.ts"
import { putAll } from "./putAll.ts"
import { journalName, leftover } from "./StagedName.ts"

/**
 * What a run over several files is about to put in place. It is written into the directory of every output before the
 * first appears: from the last copy on, all files are bound to appear, if need be by the next run that writes into one of
 * these directories.
 */
export interface Journal {
  readonly version: 1
  /** All copies of it. */
  readonly copies: ReadonlyArray<string>
  readonly files: ReadonlyArray<PreparedFile>
  /** Files that go when these are in place. */
  readonly outdated: ReadonlyArray<string>
}

/** Writes a journal, durably, into all of its places. */
export const writeJournal = Effect.fnUntraced(function* (
  directories: ReadonlySet<string>,
  files: ReadonlyArray<PreparedFile>,
  outdated: ReadonlyArray<string>
) {
  const name = journalName()
  const copies = [...directories].map((directory) => below(directory, name))
  const journal: Journal = { version: 1, copies, files, outdated }
  for (const path of copies) yield* writeText(path, JSON.stringify(journal))
  return journal
})

/** After all files are in place: removes what is outdated, and then the journal. */
export const complete = ({ copies, outdated }: Journal): Effect.Effect<void, PluginError> =>
  Effect.andThen(removeWithDirectories(outdated), remove(copies))

/**
 * Finishes what runs have left behind in some directories: files of a whole journal are put in place; what was prepared
 * and is in none is removed if its run has ended.
 */
export const recover = (formats: Formats, directories: ReadonlyArray<string>): Effect.Effect<void, PluginError> =>
  Effect.gen(function* () {
    const places = [...new Set(directories)]
    for (const path of yield* hidden(places, "journal")) yield* finish(formats, path)
    yield* remove((yield* hidden(places, "tmp")).filter(isDead))
  })

/** What runs left in directories, which need not exist. */
const hidden = (directories: ReadonlyArray<string>, kind: "tmp" | "journal") =>
  Effect.forEach(directories, (directory) =>
    Effect.map(hiddenIn(directory), (names) =>
      names
        .filter((name) => leftover(name)?.kind === kind)
        .sort()
        .map((name) => below(directory, name))
    )
  ).pipe(Effect.map((paths) => paths.flat()))

const isDead = (path: string): boolean => leftover(path.slice(directoryOf(path).length + 1))?.dead === true

const finish = Effect.fnUntraced(function* (formats: Formats, path: string) {
  const text = yield* readText(path)
  const journal = text === undefined ? undefined : parsed(text)
  // A run that still lives does the same at the same time, which does no harm.
  if (journal !== undefined && (yield* isWhole(journal))) {
    yield* putAll(formats, journal.files)
    return yield* complete(journal)
  }
  // Cut short, or not yet in all of its places: nothing has appeared, and its files are removed as leftovers.
  if (!isDead(path)) return
  yield* remove(journal?.copies ?? [path])
})

const parsed = (text: string): Journal | undefined => {
  try {
    return JSON.parse(text) as Journal
  } catch {
    return undefined
  }
}

const isWhole = ({ copies }: Journal): Effect.Effect<boolean, PluginError> =>
  Effect.map(Effect.forEach(copies, readText), (texts) =>
    texts.every((text) => text !== undefined && parsed(text) !== undefined)
  )
