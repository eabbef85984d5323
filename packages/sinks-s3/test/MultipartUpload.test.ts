import { AbortMultipartUploadCommand, S3Client } from "@aws-sdk/client-s3"
import { assert, describe, it } from "@effect/vitest"
import { type S3Connection, s3Failure } from "@sojourn/sources-s3"
import * as Effect from "effect/Effect"
import { sweepUploads } from "../src/MultipartUpload.ts"

const at = { bucket: "out", key: "a" }
const daysAgo = (days: number) => new Date(Date.UTC(2024, 5, 30) - days * 86_400_000)

/** A connection to a server with the given uploads, and the uploads that were aborted. */
const stub = (uploads: ReadonlyArray<readonly [id: string, key: string, began: Date]>) => {
  const aborted: Array<unknown> = []
  const client = new S3Client({ region: "us-east-1" })
  client.send = ((command: unknown) => {
    if (command instanceof AbortMultipartUploadCommand) {
      aborted.push(command.input.UploadId)
      return Promise.resolve({})
    }
    return Promise.resolve({ Uploads: uploads.map(([UploadId, Key, Initiated]) => ({ UploadId, Key, Initiated })) })
  }) as S3Client["send"]
  const once: S3Connection["once"] = (request) =>
    Effect.tryPromise({ try: (abortSignal) => request(client, { abortSignal }), catch: s3Failure })
  return {
    aborted,
    connection: { options: {}, attempts: 1, once, request: once, buckets: new Set<string>(), pause: () => Effect.void }
  }
}

describe("sweepUploads", () => {
  it.effect("aborts what was left behind of the same file over seven days ago, and nothing else", () =>
    Effect.gen(function* () {
      const { aborted, connection } = stub([
        ["old", "a", daysAgo(8)],
        ["recent", "a", daysAgo(6)],
        ["of another file", "a.json", daysAgo(30)],
        ["new", "a", daysAgo(0)]
      ])
      yield* sweepUploads(connection, at, "new")
      assert.deepStrictEqual(aborted, ["old"])
    })
  )

  it.effect("aborts nothing at a server that tells no true times, or does not list the new upload", () =>
    Effect.gen(function* () {
      const same = new Date(0)
      const lying = stub([
        ["other", "a", same],
        ["new", "a", same]
      ])
      yield* sweepUploads(lying.connection, at, "new")
      const forgetful = stub([["other", "a", daysAgo(8)]])
      yield* sweepUploads(forgetful.connection, at, "new")
      assert.deepStrictEqual([...lying.aborted, ...forgetful.aborted], [])
    })
  )
})
