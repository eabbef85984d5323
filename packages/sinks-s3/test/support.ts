import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  NoSuchKey
} from "@aws-sdk/client-s3"
import { afterAll, afterEach, beforeAll } from "@effect/vitest"
import type { PluginError, PreparedFile, StoreWriter } from "@sojourn/core"
import { FaultProxy, S3Server, serverCredentials } from "@sojourn/s3-server"
import { connectS3, type S3Settings } from "@sojourn/sources-s3"
import * as Effect from "effect/Effect"
import { makeS3Writer } from "../src/index.ts"

/** A server with the bucket `out`, and a faulty proxy before it, while the tests of a `describe` run. */
export const withServer = (): { readonly server: S3Server; readonly proxy: FaultProxy } => {
  const running = {} as { server: S3Server; proxy: FaultProxy }
  beforeAll(async () => {
    running.server = await S3Server.start("out")
    running.proxy = await FaultProxy.start(running.server.endpoint)
  })
  // The server keeps everything in memory.
  afterEach(async () => {
    running.proxy.reset()
    const { Contents = [] } = await running.server.client.send(new ListObjectsV2Command({ Bucket: "out" }))
    for (const { Key } of Contents) await running.server.client.send(new DeleteObjectCommand({ Bucket: "out", Key }))
  })
  afterAll(async () => {
    await running.proxy?.close()
    await running.server?.close()
  })
  return running
}

/** A writer whose pauses are short. */
export const writer = (endpoint: string, settings: S3Settings = {}) =>
  Effect.map(
    connectS3({ endpoint }, { credentials: serverCredentials, firstPause: "1 millis", ...settings }),
    makeS3Writer
  )

/** Writes a file up to where it is prepared, in pieces of an odd size. */
export const prepare = (
  store: StoreWriter,
  uri: string,
  content: Uint8Array,
  pieceBytes = 1_000_003
): Effect.Effect<PreparedFile, PluginError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const staged = yield* store.stage(uri)
      for (let at = 0; at < content.length; at += pieceBytes) yield* staged.write(content.subarray(at, at + pieceBytes))
      return yield* staged.prepare
    })
  )

/** What is in place at a key of the bucket `out`, past what is tested; undefined if nothing is. */
export const inPlace = (server: S3Server, key: string): Effect.Effect<Uint8Array | undefined> =>
  Effect.promise(async () => {
    try {
      const { Body } = await server.client.send(new GetObjectCommand({ Bucket: "out", Key: key }))
      return await Body?.transformToByteArray()
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined
      throw error
    }
  })

/** The uploads of a key of the bucket `out` that are neither completed nor aborted. */
export const pending = (server: S3Server, key: string): Effect.Effect<number> =>
  Effect.promise(async () => {
    const { Uploads = [] } = await server.client.send(new ListMultipartUploadsCommand({ Bucket: "out" }))
    return Uploads.filter(({ Key }) => Key === key).length
  })

/** Bytes without a pattern that a wrong offset would hide in. */
export const noise = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  let state = 1
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    bytes[at] = state >>> 24
  }
  return bytes
}
