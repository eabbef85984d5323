import { type Encoding, type PluginError, type PreparedFile, rowGroupsOf, type Sink } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { fileError } from "../FileError.ts"
import { schemeOf } from "../Stores.ts"
import type { Commit } from "./Commit.ts"
import { directoryOf, stage } from "./Places.ts"

/** A table as one file, which appears with the others of `commit`. Closing the scope removes what was not committed. */
export const fileSink = Effect.fn("fileSink")(function* (uri: string, encoding: Encoding, commit: Commit) {
  const directory = directoryOf(uri)
  const file = yield* stage(directory, uri)
  // A store sends bytes when it has enough of them.
  const isLocal = schemeOf(uri) === undefined
  const write = (encode: () => Uint8Array) => encoded(uri, encode).pipe(Effect.flatMap(file.write))
  const groups = rowGroupsOf(encoding, (make) => encoded(uri, make), file.write)
  yield* write(() => encoding.begin())
  const prepared: Array<PreparedFile> = []
  yield* Effect.addFinalizer(() => Effect.forEach(prepared, (one) => commit.abandon(one), { discard: true }))
  const sink: Sink = {
    write: (batch) => write(() => encoding.encode(batch)),
    ...(groups && { groups }),
    ...(encoding.stateless === true ? { writeEncoded: (bytes) => file.write(isLocal ? bytes : bytes.slice()) } : {}),
    prepare: write(() => encoding.end()).pipe(
      Effect.andThen(file.prepare),
      Effect.map((one) => {
        prepared.push(one)
        // Where a symbolic link points, another directory is written into.
        commit.add(directoryOf(one.uri), one)
      })
    ),
    commit: Effect.suspend(() => commit.put(prepared))
  }
  return sink
})

/** What an encoding makes of something; its failures are those of writing. */
export const encoded = <A>(uri: string, encode: () => A): Effect.Effect<A, PluginError> =>
  Effect.try({ try: encode, catch: (cause) => fileError("write", uri, cause) })
