import { defineWriteStore, type StoreWriter, type WriteStore } from "@sojourn/core"
import { connectS3, explain, parseS3Uri, type S3Connection, S3Options } from "@sojourn/sources-s3"
import * as Effect from "effect/Effect"
import { commitObject } from "./commitObject.ts"
import { abortUpload } from "./MultipartUpload.ts"
import { removeObjects } from "./removeObjects.ts"
import { parseToken } from "./S3Token.ts"
import { stageObject } from "./StagedObject.ts"

/** The writing half of S3 over a connection. */
export const makeS3Writer = (connection: S3Connection): StoreWriter => ({
  stage: (uri) => Effect.flatMap(parseS3Uri(uri), (at) => stageObject(connection, at)),
  commit: (file) =>
    Effect.gen(function* () {
      const at = yield* parseS3Uri(file.uri)
      yield* commitObject(connection, at, yield* parseToken(file))
    }),
  discard: (file) =>
    Effect.gen(function* () {
      const at = yield* parseS3Uri(file.uri)
      const { content } = yield* parseToken(file)
      if (content.kind === "parts")
        yield* Effect.mapError(abortUpload(connection, at, content.upload), (failure) =>
          explain(failure, "discard", at, connection)
        )
    }),
  remove: (uris) => removeObjects(connection, uris)
})

/** Files in S3: `s3://bucket/key`. */
export const s3WriteStore: WriteStore<S3Options> = defineWriteStore({
  name: "s3",
  summary: "Files in S3, or on a server that speaks its language, written whole or not at all",
  scheme: "s3",
  options: S3Options,
  open: (options) => Effect.map(connectS3(options), makeS3Writer)
})
