import { PluginError, type PreparedFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { complete, type Journal, writeJournal } from "./Journal.ts"
import { discard, putInPlace } from "./Places.ts"

/** Files put in place at a time: in a store each takes a while. */
const atOnce = 8

/** The commit of one run: all prepared files appear, or none does, also if the process ends in between. */
export class Commit {
  private readonly waiting = new Set<PreparedFile>()
  private readonly directories = new Set<string>()
  private readonly outdated: Array<string> = []
  private journal: Journal | undefined

  /** A file that is to appear with the others. `directory`: of its output, where the next run looks for journals. */
  add(directory: string, file: PreparedFile): void {
    this.directories.add(directory)
    this.waiting.add(file)
  }

  /** A file that is to go when the others are in place. `directory`: of its output. */
  addOutdated(directory: string, uri: string): void {
    this.directories.add(directory)
    this.outdated.push(uri)
  }

  /** Puts files in place. The first call decides for all that were added. */
  put(files: ReadonlyArray<PreparedFile>): Effect.Effect<void, PluginError> {
    return Effect.gen({ self: this }, function* () {
      // A single file appears at once without one.
      if (this.journal === undefined && this.waiting.size + this.outdated.length > 1) {
        this.journal = yield* writeJournal(this.directories, [...this.waiting], this.outdated)
      }
      const { journal } = this
      const put = (file: PreparedFile) =>
        Effect.tap(putInPlace(file), () => Effect.sync(() => this.waiting.delete(file)))
      const all = Effect.forEach(files, put, { concurrency: atOnce, discard: true })
      yield* journal === undefined ? all : Effect.mapError(all, toBeFinished)
      if (journal !== undefined && this.waiting.size === 0) yield* complete(journal)
    })
  }

  /** Removes a file that has not appeared, unless it is bound to: then the next run puts it in place. */
  abandon(file: PreparedFile): Effect.Effect<void> {
    if (this.journal !== undefined || !this.waiting.delete(file)) return Effect.void
    return Effect.ignore(discard(file))
  }
}

const toBeFinished = ({ cause, hint, message, plugin, reason }: PluginError): PluginError =>
  new PluginError({
    plugin,
    reason,
    message,
    hint: `${hint === undefined ? "" : `${hint}; then `}run it again: all outputs are complete, and the next run puts them in place`,
    cause
  })
