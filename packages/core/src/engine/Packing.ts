import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { PluginError } from "../plugin/PluginError.ts"
import type { RowGroup, RowGroups } from "../plugin/Sink.ts"
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

/** The groups of one output, packed by threads, and written in their order. */
export class PackedGroups {
  private readonly groups: RowGroups
  private readonly pack: Packs
  private readonly room: PackingRoom
  private last: GroupsWritten | undefined

  constructor(groups: RowGroups, pack: Packs, room: PackingRoom) {
    this.groups = groups
    this.pack = pack
    this.room = room
  }

  add(rows: RecordBatch): Effect.Effect<void, PluginError | RunFailure> {
    return Effect.flatMap(this.groups.add(rows), (full) => this.begin(full))
  }

  /** Begins with the groups that are not full. */
  get rest(): Effect.Effect<void, PluginError | RunFailure> {
    return Effect.flatMap(this.groups.rest, (groups) => this.begin(groups))
  }

  /** Ends when all groups that have begun are written. */
  get written(): Effect.Effect<void, PluginError | RunFailure> {
    return Effect.suspend(() => (this.last === undefined ? Effect.void : Fiber.join(this.last)))
  }

  private begin(groups: ReadonlyArray<RowGroup>): Effect.Effect<void, PluginError | RunFailure> {
    return Effect.forEach(
      groups,
      Effect.fnUntraced({ self: this }, function* (group) {
        const ended = this.last?.pollUnsafe()
        if (ended?._tag === "Failure") yield* ended
        this.last = yield* this.room.begin(group, this.pack, this.last)
      }),
      { discard: true }
    )
  }
}

/** Ends when a group and those before it are written. */
type GroupsWritten = Fiber.Fiber<void, PluginError | RunFailure>
