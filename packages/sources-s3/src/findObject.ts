import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3"
import type { PluginError, StoredFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { explain } from "./explain.ts"
import type { S3Connection } from "./S3Connection.ts"
import type { S3Failure } from "./S3Failure.ts"
import { parseS3Uri, type S3Uri, versionOf } from "./S3Uri.ts"

/** What is said of an object without its bytes. */
export interface S3Head {
  readonly bytes: number
  readonly version: string
  readonly metadata: Readonly<Record<string, string>>
}

/**
 * The head of an object, undefined if there is none. The answer to HEAD has no body, so it cannot tell a missing bucket
 * from a missing object, nor why something was refused: when it fails, a request for the first byte asks why. In a bucket
 * that is known, a missing object is just that.
 */
export const headObject = (connection: S3Connection, at: S3Uri): Effect.Effect<S3Head | undefined, S3Failure> => {
  const place = { Bucket: at.bucket, Key: at.key }
  const head = connection.request((client, options) => client.send(new HeadObjectCommand(place), options))
  const firstByte = connection.request(async (client, options) => {
    const { Body } = await client.send(new GetObjectCommand({ ...place, Range: "bytes=0-0" }), options)
    await Body?.transformToByteArray()
  })
  return head.pipe(
    Effect.map(({ ContentLength = 0, ETag = "", Metadata = {} }) => ({
      bytes: ContentLength,
      version: versionOf(ETag),
      metadata: Metadata
    })),
    // An object that appeared in between is found the next time.
    Effect.catchIf(
      ({ passing, status }) => !passing && status !== 0 && !(status === 404 && connection.buckets.has(at.bucket)),
      (failure) => Effect.andThen(firstByte, Effect.fail(failure))
    ),
    Effect.catchIf(
      ({ code }) => code === "NoSuchKey" || code === "NotFound",
      () => {
        connection.buckets.add(at.bucket)
        return Effect.undefined
      }
    )
  )
}

export const findObject = (connection: S3Connection, uri: string): Effect.Effect<StoredFile | undefined, PluginError> =>
  Effect.gen(function* () {
    const at = yield* parseS3Uri(uri)
    const head = yield* Effect.mapError(headObject(connection, at), (failure) =>
      explain(failure, "find", at, connection)
    )
    return head && { uri, bytes: head.bytes, version: head.version }
  })
