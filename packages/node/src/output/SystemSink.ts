import type { PluginError, PreparedFile, Sink, TableSink } from "@sojourn/core"
import type { Schema as ArrowSchema } from "apache-arrow"
import * as Effect from "effect/Effect"
import { resolve } from "node:path"
import { schemeOf } from "../Stores.ts"
import type { Commit } from "./Commit.ts"
import { directoryOf } from "./Places.ts"
import { stagedName } from "./StagedName.ts"

/** Which table of which system. */
export interface SystemTarget {
  readonly plugin: TableSink<never>
  readonly options: never
  readonly uri: string
  /** What the spec calls the output. */
  readonly name: string
}

/** The directory of a system's target on a local disk, in which journals may lie; undefined for one elsewhere. */
export const directoryOfSystem = (uri: string): string | undefined =>
  schemeOf(uri) === undefined ? directoryOf(resolve(uri)) : undefined

/** A table for a system, which appears with the others of `commit`, and with those for the same target at once. */
export const systemSink = Effect.fn("systemSink")(function* (
  { name, options, plugin, uri }: SystemTarget,
  schema: ArrowSchema,
  commit: Commit
) {
  const staged = yield* plugin.stage({ uri, options, name, schema, id: stagedName() })
  const prepared: Array<PreparedFile> = []
  yield* Effect.addFinalizer(() => Effect.forEach(prepared, (one) => commit.abandon(one), { discard: true }))
  const sink: Sink = {
    write: staged.write,
    ...(staged.groups && { groups: staged.groups }),
    prepare: Effect.map(staged.prepare, (token) => {
      const one = { uri, token, sink: plugin.name }
      prepared.push(one)
      commit.add(directoryOfSystem(uri), one)
    }) satisfies Effect.Effect<void, PluginError>,
    commit: Effect.suspend(() => commit.put(prepared))
  }
  return sink
})
