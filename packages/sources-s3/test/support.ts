import { FaultProxy, S3Server, serverCredentials } from "@sojourn/s3-server"
import { afterAll, beforeAll } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { PluginError, StoredFile, StoreReader } from "@sojourn/core"
import { connectS3, makeS3Reader, type S3Options, type S3Settings } from "../src/index.ts"

/** A server with the buckets `events` and `other`, and a faulty proxy before it, while the tests of a `describe` run. */
export const withServer = (): { readonly server: S3Server; readonly proxy: FaultProxy } => {
  const running = {} as { server: S3Server; proxy: FaultProxy }
  beforeAll(async () => {
    running.server = await S3Server.start("events", "other")
    running.proxy = await FaultProxy.start(running.server.endpoint)
  })
  afterAll(async () => {
    await running.proxy?.close()
    await running.server?.close()
  })
  return running
}

/** A reader whose pauses are short. */
export const reader = (endpoint: string, settings: S3Settings = {}, options: S3Options = {}) =>
  Effect.map(
    connectS3({ endpoint, ...options }, { credentials: serverCredentials, firstPause: "1 millis", ...settings }),
    makeS3Reader
  )

/** All bytes of a read, as one. */
export const bytesOf = (stream: Stream.Stream<Uint8Array, PluginError>): Effect.Effect<Uint8Array, PluginError> =>
  Effect.map(Stream.runCollect(stream), (chunks) => new Uint8Array(Buffer.concat(chunks)))

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

/** A file that must be there. */
export const found = (store: StoreReader, uri: string): Effect.Effect<StoredFile, PluginError> =>
  Effect.map(store.find(uri), (file) => {
    if (file === undefined) throw new Error(`${uri} is missing`)
    return file
  })
