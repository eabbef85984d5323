import { PluginError, type StoredFile } from "@sojourn/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { explain } from "./explain.ts"
import { ObjectBody } from "./ObjectBody.ts"
import type { S3Connection } from "./S3Connection.ts"
import { bodyCut, type S3Failure } from "./S3Failure.ts"
import { parseS3Uri, type S3Uri } from "./S3Uri.ts"

/** So many bytes more, and the attempts count anew: a long read survives many cuts, a hopeless one ends. */
const progressBytes = 65_536

/** Bytes `from` to `to` (excluded) of an object as it was listed. A read that is cut goes on at the byte where it was. */
export const readObject = (
  connection: S3Connection,
  file: StoredFile,
  from = 0,
  to = file.bytes
): Stream.Stream<Uint8Array, PluginError> => {
  const end = Math.min(to, file.bytes)
  // An empty file is asked for, to see that it still is one.
  if (from >= end && file.bytes > 0) return Stream.empty
  return Stream.suspend(() => {
    let body: ObjectBody | undefined
    let next = from
    let failures = 0
    // Where a list tells no versions, that of the first answer counts for the further ones.
    let { version } = file
    let counted = from
    let ended = false

    const chunk = (at: S3Uri): Effect.Effect<Uint8Array | undefined, S3Failure> =>
      Effect.gen(function* () {
        body ??= yield* ObjectBody.open(connection, at, version, next, end)
        version = body.version
        const bytes = yield* body.next
        if (bytes === undefined && next < end) return yield* bodyCut(next - from, end - from)
        return bytes
      })

    const retried = (at: S3Uri): Effect.Effect<Uint8Array | undefined, S3Failure> =>
      chunk(at).pipe(
        Effect.tapError(() =>
          Effect.sync(() => {
            body?.close()
            body = undefined
            if (next - counted >= progressBytes) {
              counted = next
              failures = 0
            }
            failures += 1
          })
        ),
        Effect.catchIf(
          ({ passing }) => passing && failures < connection.attempts,
          () =>
            Effect.andThen(
              connection.pause(failures),
              Effect.suspend(() => retried(at))
            )
        )
      )

    const pull = Effect.gen(function* () {
      if (ended) return yield* Cause.done()
      const at = yield* parseS3Uri(file.uri)
      const bytes = yield* Effect.mapError(retried(at), (failure) => readProblem(failure, at, connection))
      // Never more than was asked for.
      const wanted = bytes?.subarray(0, end - next)
      next += wanted?.length ?? 0
      ended = next >= end
      return wanted === undefined || wanted.length === 0 ? yield* Cause.done() : ([wanted] as const)
    })
    return Stream.fromPull(Effect.succeed(pull)).pipe(Stream.ensuring(Effect.sync(() => body?.close())))
  })
}

const readProblem = (failure: S3Failure, at: S3Uri, connection: S3Connection): PluginError => {
  const gone = failure.code === "NoSuchKey"
  if (!gone && !failure.refused) return explain(failure, "read", at, connection)
  return new PluginError({
    plugin: "s3",
    reason: gone ? "NotFound" : "Conflict",
    message: `cannot read s3://${at.bucket}/${at.key}: it was ${gone ? "deleted" : "replaced by another version"} after it was listed`,
    hint: "Run again when nothing writes there any more."
  })
}
