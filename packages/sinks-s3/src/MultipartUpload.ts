import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand
} from "@aws-sdk/client-s3"
import { answerCut, type S3Connection, type S3Failure, type S3Uri } from "@sojourn/sources-s3"
import * as Effect from "effect/Effect"
import { idName } from "./S3Token.ts"

/** Uploads of the same file that are older than the newest one by so much were left behind. */
const leftBehindMs = 7 * 24 * 60 * 60 * 1000

/** An upload of one file in parts: nothing of it is to be seen until it is completed. */
export interface MultipartUpload {
  readonly id: string
  /** Uploads a part and gives its ETag. Parts are numbered from 1. */
  readonly put: (number: number, bytes: Uint8Array) => Effect.Effect<string, S3Failure>
}

export const beginUpload = (
  connection: S3Connection,
  at: S3Uri,
  commitId: string
): Effect.Effect<MultipartUpload, S3Failure> => {
  const place = { Bucket: at.bucket, Key: at.key }
  return Effect.gen(function* () {
    const UploadId = yield* connection.request(async (client, options) => {
      const create = new CreateMultipartUploadCommand({ ...place, Metadata: { [idName]: commitId } })
      const { UploadId } = await client.send(create, options)
      if (UploadId === undefined) throw answerCut()
      return UploadId
    })
    return {
      id: UploadId,
      put: (PartNumber: number, Body: Uint8Array) =>
        connection
          .request((client, options) =>
            client.send(new UploadPartCommand({ ...place, UploadId, PartNumber, Body }), options)
          )
          .pipe(Effect.map(({ ETag = "" }) => ETag))
    }
  })
}

/** Removes an upload and its parts. One that is completed, or gone, is no failure. */
export const abortUpload = (
  connection: S3Connection,
  { bucket, key }: S3Uri,
  UploadId: string
): Effect.Effect<void, S3Failure> =>
  connection
    .request((client, options) =>
      client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId }), options)
    )
    .pipe(
      Effect.asVoid,
      Effect.catchIf(
        ({ code, status }) => status === 404 && code !== "NoSuchBucket",
        () => Effect.void
      )
    )

/**
 * Removes what processes that died left of the same file. Ages are taken from the server, relative to the upload that
 * was just begun: some servers tell no true times, but the same one for all. Failing is no harm.
 */
export const sweepUploads = (connection: S3Connection, at: S3Uri, newest: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { Uploads = [] } = yield* connection.once((client, options) =>
      client.send(new ListMultipartUploadsCommand({ Bucket: at.bucket, Prefix: at.key }), options)
    )
    const began = Uploads.find(({ UploadId }) => UploadId === newest)?.Initiated?.getTime() ?? 0
    for (const { Initiated, Key, UploadId } of Uploads)
      if (Key === at.key && UploadId !== undefined && Initiated && began - Initiated.getTime() > leftBehindMs)
        yield* abortUpload(connection, at, UploadId)
  }).pipe(Effect.ignore)
