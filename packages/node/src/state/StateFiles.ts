import type { PluginError, PreparedFile, StagedFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { open, readdir, rm } from "node:fs/promises"
import { join } from "node:path"
import { fileError } from "../FileError.ts"
import type { Commit } from "../output/Commit.ts"
import { stage } from "../output/Places.ts"
import { damaged, isOfState, type Segment } from "./StateFile.ts"

/** The files of a state: never changed, but replaced by others, together with the outputs of a run. */
export class StateFiles {
  readonly directory: string
  private readonly commit: Commit
  private readonly scope: Scope.Scope
  private readonly prepared: Array<PreparedFile> = []
  private readonly name: string
  /** Where what is no event goes. */
  private side: { readonly staged: StagedFile; bytes: number } | undefined
  /** Stays for ever, for people. */
  private logged: StagedFile | undefined

  /** `run`: the number of this run, in the names of its files. */
  constructor(directory: string, run: number, commit: Commit, scope: Scope.Scope) {
    this.directory = directory
    this.commit = commit
    this.scope = scope
    this.name = `rejects-${run}.arrows`
  }

  /** Keeps bytes for later runs. */
  write(bytes: Uint8Array): Effect.Effect<Segment, PluginError> {
    return Effect.gen({ self: this }, function* () {
      const side = (this.side ??= { staged: yield* this.stage(this.name), bytes: 0 })
      const offset = side.bytes
      side.bytes += bytes.length
      yield* side.staged.write(bytes)
      return { file: this.name, offset, length: bytes.length }
    })
  }

  /** Adds to the one file of that name. */
  log(name: string, bytes: Uint8Array): Effect.Effect<void, PluginError> {
    return Effect.gen({ self: this }, function* () {
      const staged = (this.logged ??= yield* this.stage(name))
      yield* staged.write(bytes)
    })
  }

  /** A new file from its chunks. */
  add(name: string, chunks: Iterable<Uint8Array>): Effect.Effect<void, PluginError> {
    return Effect.gen({ self: this }, function* () {
      const staged = yield* this.stage(name)
      for (const chunk of chunks) yield* staged.write(chunk)
      yield* this.prepare(staged)
    })
  }

  /** After the last bytes were kept. */
  get prepareKept(): Effect.Effect<void, PluginError> {
    const written = [this.side?.staged, this.logged].filter((staged) => staged !== undefined)
    return Effect.forEach(written, (staged) => this.prepare(staged), { discard: true })
  }

  /** Puts the new files in place, with everything else of the commit. */
  get put(): Effect.Effect<void, PluginError> {
    return Effect.suspend(() => this.commit.put(this.prepared))
  }

  /** Removes files of former runs that are not among these; what cannot be removed now is, by a later run. */
  removeAllBut(used: ReadonlySet<string>): Effect.Effect<void> {
    return Effect.promise(async () => {
      const names = await readdir(this.directory).catch(() => [])
      const unused = names.filter((name) => isOfState(name) && !used.has(name))
      await Promise.all(unused.map((name) => rm(join(this.directory, name), { force: true }).catch(() => undefined)))
    })
  }

  private stage(name: string): Effect.Effect<StagedFile, PluginError> {
    return stage(this.directory, join(this.directory, name)).pipe(Scope.provide(this.scope))
  }

  private prepare(staged: StagedFile): Effect.Effect<void, PluginError> {
    return Effect.gen({ self: this }, function* () {
      const file = yield* staged.prepare
      yield* Scope.addFinalizer(this.scope, this.commit.abandon(file))
      this.prepared.push(file)
      this.commit.add(this.directory, file)
    })
  }
}

/** Bytes that a run has kept in a state. */
export const readSegment = (
  directory: string,
  { file, length, offset }: Segment
): Effect.Effect<Uint8Array, PluginError> => {
  const path = join(directory, file)
  return Effect.tryPromise({
    try: async () => {
      const bytes = new Uint8Array(length)
      const handle = await open(path)
      try {
        for (let filled = 0; filled < length;) {
          const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled)
          if (bytesRead === 0) throw damaged(path, "it is shorter than it was")
          filled += bytesRead
        }
      } finally {
        await handle.close()
      }
      return bytes
    },
    catch: (cause) => fileError("read", path, cause)
  })
}
