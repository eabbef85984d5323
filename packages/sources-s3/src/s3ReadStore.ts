import { defineReadStore, type ReadStore, type StoreReader } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { findObject } from "./findObject.ts"
import { listObjects } from "./listObjects.ts"
import { readObject } from "./readObject.ts"
import { connectS3, type S3Connection } from "./S3Connection.ts"
import { S3Options } from "./S3Options.ts"

/** The reading half of S3 over a connection. */
export const makeS3Reader = (connection: S3Connection): StoreReader => ({
  list: (prefix) => listObjects(connection, prefix),
  find: (uri) => findObject(connection, uri),
  read: (file, from, to) => readObject(connection, file, from, to)
})

/** Files in S3: `s3://bucket/key`. */
export const s3ReadStore: ReadStore<S3Options> = defineReadStore({
  name: "s3",
  summary: "Files in S3, or on a server that speaks its language",
  scheme: "s3",
  options: S3Options,
  open: (options) => Effect.map(connectS3(options), makeS3Reader)
})
