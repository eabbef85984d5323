import { PluginError, type PreparedFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { fileError } from "../FileError.ts"
import { type Journal, removeJournal, writeJournal } from "./Journal.ts"
import { localStore } from "./LocalStore.ts"

/** The commit of one run: all prepared files appear, or none does, also if the process ends in between. */
export class Commit {
  private readonly waiting = new Set<PreparedFile>()
  private journal: Journal | undefined

  /** A file that is to appear with the others. */
  add(file: PreparedFile): void {
    this.waiting.add(file)
  }

  /** Puts files in place. The first call decides for all that were added. */
  put(files: ReadonlyArray<PreparedFile>): Effect.Effect<void, PluginError> {
    return Effect.gen({ self: this }, function* () {
      // A single file appears at once without one.
      if (this.journal === undefined && this.waiting.size > 1) this.journal = yield* this.decided()
      const { journal } = this
      for (const file of files) {
        yield* journal === undefined
          ? localStore.commit(file)
          : localStore.commit(file).pipe(Effect.mapError(toBeFinished))
        this.waiting.delete(file)
      }
      if (journal !== undefined && this.waiting.size === 0) yield* Effect.promise(() => removeJournal(journal.copies))
    })
  }

  /** Removes a file that has not appeared, unless it is bound to: then the next run puts it in place. */
  abandon(file: PreparedFile): Effect.Effect<void> {
    if (this.journal !== undefined || !this.waiting.delete(file)) return Effect.void
    return Effect.ignore(localStore.discard(file))
  }

  private decided(): Effect.Effect<Journal, PluginError> {
    const files = [...this.waiting]
    return Effect.tryPromise({
      try: () => writeJournal(files),
      catch: (cause) => fileError("write", files[0].uri, cause)
    })
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
