import { PluginError, type PreparedFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import type { Formats } from "../Formats.ts"
import { complete, type Journal, writeJournal } from "./Journal.ts"
import { realDirectory } from "./Places.ts"
import { countSteps, discardOne, putAll } from "./putAll.ts"

/**
 * The commit of one run: all that was prepared appears, or nothing does, also if the process ends in between. A run may have
 * several turns, one after the other.
 */
export class Commit {
  private readonly formats: Formats
  private readonly waiting = new Set<PreparedFile>()
  private readonly directories = new Set<string>()
  private readonly outdated: Array<string> = []
  private journal: Journal | undefined

  constructor(formats: Formats) {
    this.formats = formats
  }

  /**
   * A file, or table, that is to appear with the others. `directory`: of its output, where the next run looks for journals;
   * undefined if it has none.
   */
  add(directory: string | undefined, file: PreparedFile): void {
    if (directory !== undefined) this.directories.add(directory)
    this.waiting.add(file)
  }

  /** A file that is to go when the others are in place. `directory`: of its output. */
  addOutdated(directory: string, uri: string): void {
    this.directories.add(directory)
    this.outdated.push(uri)
  }

  /** Puts files in place, and with a table the others for its target. The first call decides for all that were added. */
  put(files: ReadonlyArray<PreparedFile>): Effect.Effect<void, PluginError> {
    return Effect.gen({ self: this }, function* () {
      const waiting = [...this.waiting]
      // What appears in one step needs none; what is removed is removed by it.
      if (this.journal === undefined && (countSteps(waiting) > 1 || this.outdated.length > 0)) {
        const directories = yield* Effect.forEach(this.directories, realDirectory)
        this.journal = yield* writeJournal(new Set(directories), waiting, this.outdated)
      }
      const { formats, journal } = this
      const due = waiting.filter((one) => files.includes(one) || files.some((file) => isForSame(one, file)))
      const all = putAll(formats, due)
      yield* journal === undefined ? all : Effect.mapError(all, toBeFinished)
      for (const one of due) this.waiting.delete(one)
      if (this.waiting.size > 0) return
      if (journal !== undefined) yield* complete(journal)
      // What is added from now on is another turn.
      this.journal = undefined
      this.directories.clear()
      this.outdated.length = 0
    })
  }

  /** Removes what has not appeared, unless it is bound to: then the next run puts it in place. */
  abandon(file: PreparedFile): Effect.Effect<void> {
    if (this.journal !== undefined || !this.waiting.delete(file)) return Effect.void
    return Effect.ignore(discardOne(this.formats, file))
  }
}

const isForSame = (one: PreparedFile, other: PreparedFile): boolean =>
  one.sink !== undefined && one.sink === other.sink && one.uri === other.uri

const toBeFinished = ({ cause, hint, message, plugin, reason }: PluginError): PluginError =>
  new PluginError({
    plugin,
    reason,
    message,
    hint: `${hint === undefined ? "" : `${hint}; then `}run it again: all outputs are complete, and the next run puts them in place`,
    cause
  })
