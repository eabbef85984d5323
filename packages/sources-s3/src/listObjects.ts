import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3"
import type { PluginError, StoredFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { explain } from "./explain.ts"
import { keyOrder } from "./keyOrder.ts"
import type { S3Connection } from "./S3Connection.ts"
import { answerCut } from "./S3Failure.ts"
import { parseS3Prefix, printS3Uri, versionOf } from "./S3Uri.ts"

/** The objects whose keys begin as said. An empty object whose key ends with `/` stands for a folder, and is no file. */
export const listObjects = (
  connection: S3Connection,
  prefix: string
): Effect.Effect<ReadonlyArray<StoredFile>, PluginError> =>
  Effect.gen(function* () {
    const { bucket, key } = yield* parseS3Prefix(prefix)
    const files: Array<StoredFile> = []
    let next: string | undefined
    do {
      const page: ListObjectsV2CommandOutput = yield* connection
        .request(async (client, options) => {
          const page = await client.send(
            // In XML not every key could be told as it is.
            new ListObjectsV2Command({ Bucket: bucket, Prefix: key, ContinuationToken: next, EncodingType: "url" }),
            options
          )
          // A list that was cut must not look like one of few files.
          if (page.IsTruncated === undefined) throw answerCut()
          return page
        })
        .pipe(Effect.mapError((failure) => explain(failure, "list", { bucket, key }, connection)))
      const keyOf = page.EncodingType === "url" ? decodeKey : String
      for (const { ETag = "", Key = "", Size = 0 } of page.Contents ?? []) {
        const uri = printS3Uri({ bucket, key: keyOf(Key) })
        if (Size > 0 || !uri.endsWith("/")) files.push({ uri, bytes: Size, version: versionOf(ETag) })
      }
      next = page.IsTruncated === true ? page.NextContinuationToken : undefined
    } while (next !== undefined)
    // Servers other than AWS have orders of their own.
    return files.sort((a, b) => keyOrder(a.uri, b.uri))
  })

const decodeKey = (key: string) => decodeURIComponent(key.replaceAll("+", "%20"))
