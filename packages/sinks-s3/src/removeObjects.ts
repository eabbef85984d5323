import { DeleteObjectsCommand } from "@aws-sdk/client-s3"
import type { PluginError } from "@sojourn/core"
import { answerCut, explain, parseS3Uri, type S3Connection, S3Failure, type S3Uri } from "@sojourn/sources-s3"
import * as Effect from "effect/Effect"

/** The most keys that one request takes. */
const keysAtOnce = 1000

/** Removes objects; those that are gone are no failure. */
export const removeObjects = (
  connection: S3Connection,
  uris: ReadonlyArray<string>
): Effect.Effect<void, PluginError> =>
  Effect.gen(function* () {
    const buckets = new Map<string, Array<string>>()
    for (const uri of uris) {
      const { bucket, key } = yield* parseS3Uri(uri)
      const keys = buckets.get(bucket)
      if (keys) keys.push(key)
      else buckets.set(bucket, [key])
    }
    for (const [bucket, keys] of buckets)
      for (let start = 0; start < keys.length; start += keysAtOnce)
        yield* removeKeys(connection, bucket, keys.slice(start, start + keysAtOnce))
  })

const removeKeys = (connection: S3Connection, bucket: string, keys: ReadonlyArray<string>) => {
  let at: S3Uri = { bucket, key: keys[0] }
  return connection
    .request(async (client, options) => {
      const Delete = { Objects: keys.map((Key) => ({ Key })) }
      const { Deleted, Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }), options)
      if (Deleted === undefined && Errors.length === 0) throw answerCut()
      const refused = Errors.find(({ Code }) => Code !== "NoSuchKey")
      if (refused === undefined) return
      const { Code = "Unknown", Key = "", Message = "" } = refused
      at = { bucket, key: Key }
      throw new S3Failure({ code: Code, status: Code === "AccessDenied" ? 403 : 200, said: Message })
    })
    .pipe(Effect.mapError((failure) => explain(failure, "remove", at, connection)))
}
