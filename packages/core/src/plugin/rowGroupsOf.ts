import * as Effect from "effect/Effect"
import type { Encoding } from "./Encoder.ts"
import type { PluginError } from "./PluginError.ts"
import type { RowGroups } from "./Sink.ts"

/**
 * The groups of an encoding's rows, if it has some, for a sink that writes bytes so. `encode` tells what encoding something
 * fails with.
 */
export const rowGroupsOf = (
  { groups }: Encoding,
  encode: <A>(make: () => A) => Effect.Effect<A, PluginError>,
  write: (bytes: Uint8Array) => Effect.Effect<void, PluginError>
): RowGroups | undefined => {
  if (groups === undefined) return undefined
  const written = (rows: ReadonlyArray<Uint8Array>) =>
    rows.map((group) => ({
      rows: group,
      write: (packed: Uint8Array) =>
        Effect.flatMap(
          encode(() => groups.place(packed)),
          write
        )
    }))
  return {
    add: (batch) =>
      Effect.map(
        encode(() => groups.add(batch)),
        written
      ),
    rest: Effect.map(
      Effect.suspend(() => encode(() => groups.rest())),
      written
    )
  }
}
