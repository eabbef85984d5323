import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { PluginError } from "../plugin/PluginError.ts"
import type { RowGroup } from "../plugin/Sink.ts"
import type { RunFailure } from "./RunFailure.ts"

type Packs = (rows: Uint8Array) => Effect.Effect<Uint8Array, PluginError | RunFailure>

/** Groups of rows of several outputs that threads pack, while more are made. */
export class PackingRoom {
  /** Groups are large: so many are in memory. */
  private readonly room: Semaphore.Semaphore
  private readonly scope: Scope.Scope

  constructor(most: number, scope: Scope.Scope) {
    this.room = Semaphore.makeUnsafe(most)
    this.scope = scope
  }

  /** Begins to pack a group, when there is room for it, and to write it after the groups of `before`. */
  begin(group: RowGroup, pack: Packs, before: GroupsWritten | undefined): Effect.Effect<GroupsWritten> {
    const work = pack(group.rows).pipe(
      Effect.tap(() => (before === undefined ? Effect.void : Fiber.join(before))),
      Effect.flatMap(group.write),
      Effect.ensuring(this.room.release(1))
    )
    return this.room.take(1).pipe(Effect.andThen(Effect.forkIn(work, this.scope)))
  }
}

/** Ends when a group and those before it are written. */
export type GroupsWritten = Fiber.Fiber<void, PluginError | RunFailure>
