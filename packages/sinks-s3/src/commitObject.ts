import { CompleteMultipartUploadCommand, PutObjectCommand } from "@aws-sdk/client-s3"
import { PluginError } from "@sojourn/core"
import {
  answerCut,
  etagOf,
  explain,
  headObject,
  printS3Uri,
  type S3Connection,
  type S3Failure,
  type S3Request,
  type S3Uri
} from "@sojourn/sources-s3"
import * as Effect from "effect/Effect"
import { idName, type S3Token } from "./S3Token.ts"

/**
 * Puts a prepared file in place of what was there when it was begun, in one request. It was done already if the object
 * in place has the file's id: by an earlier commit, or by an attempt whose answer was lost.
 */
export const commitObject = (connection: S3Connection, at: S3Uri, token: S3Token): Effect.Effect<void, PluginError> => {
  const condition = token.replaces === null ? { IfNoneMatch: "*" } : { IfMatch: etagOf(token.replaces) }
  const problem = (failure: S3Failure) => explain(failure, "write", at, connection)
  const settle = (failure: S3Failure): Effect.Effect<void, PluginError> =>
    Effect.gen(function* () {
      // 404: the upload is completed or aborted, or what was to be replaced is gone.
      const settled = failure.refused || failure.code === "NoSuchUpload" || failure.code === "NoSuchKey"
      const unconditional = failure.status === 501 || failure.code === "NotImplemented"
      if (!settled && !unconditional) return yield* problem(failure)
      const head = yield* Effect.mapError(headObject(connection, at), problem)
      if (head?.metadata[idName] === token.id) return
      if (settled || (head?.version ?? null) !== token.replaces)
        return yield* conflict(at, token, failure, head !== undefined)
      // A server that knows no conditions: looking first is the next best.
      yield* Effect.mapError(connection.request(putRequest(at, token, {})), problem)
    })
  return connection.request(putRequest(at, token, condition)).pipe(Effect.asVoid, Effect.catch(settle))
}

type Condition = { readonly IfNoneMatch?: string; readonly IfMatch?: string }

const putRequest = ({ bucket, key }: S3Uri, { content, id }: S3Token, condition: Condition) => {
  const place = { Bucket: bucket, Key: key, ...condition }
  const request: S3Request<void> = async (client, options) => {
    if (content.kind === "bytes") {
      const { bytes } = content
      // Of an empty body the SDK does not know the length.
      const body = { Body: bytes, ContentLength: bytes.length, Metadata: { [idName]: id } }
      await client.send(new PutObjectCommand({ ...place, ...body }), options)
      return
    }
    const Parts = content.etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }))
    const complete = { ...place, UploadId: content.upload, MultipartUpload: { Parts } }
    const { ETag } = await client.send(new CompleteMultipartUploadCommand(complete), options)
    // The answer may begin long before the work is done.
    if (ETag === undefined) throw answerCut()
  }
  return request
}

const conflict = (at: S3Uri, { replaces }: S3Token, { code, refused }: S3Failure, occupied: boolean): PluginError => {
  const before = replaces === null ? "there was nothing" : `there was version ${replaces}`
  const now = occupied ? "now something else is in place" : "now nothing is in place"
  const gone = !refused && code === "NoSuchUpload" ? "its upload is gone, and " : ""
  return new PluginError({
    plugin: "s3",
    reason: "Conflict",
    message: `cannot write ${printS3Uri(at)}: ${gone}${before} when it was begun, and ${now}`,
    hint: "Another run writes there, too, or the upload was aborted. See to it that only one does, and run again."
  })
}
