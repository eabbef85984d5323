import { PutObjectCommand } from "@aws-sdk/client-s3"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { noS3Server } from "@sojourn/s3-server"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { S3Options, s3ReadStore } from "../src/index.ts"
import { bytesOf, found, noise, reader, withServer } from "./support.ts"

/** In the order of their UTF-8 bytes, which is not the one of JavaScript. */
const keys = [
  "raw/date=2024-07-10/a.json",
  "raw/date=2024-07-10/b c.json",
  "raw/date=2024-07-11/a+b=ü%20.json",
  "raw/date=2024-07-11/\u{ffee}.json",
  "raw/date=2024-07-11/\u{1f600}.json",
  "raw2/c.json"
]

describe.skipIf(noS3Server)("a store that is read", () => {
  const running = withServer()
  const content = noise(300_000)
  const put = (Key: string, Body: Uint8Array | string, Bucket = "events") =>
    running.server.client.send(new PutObjectCommand({ Bucket, Key, Body, ContentLength: Buffer.byteLength(Body) }))

  beforeAll(async () => {
    for (const key of keys) await put(key, key)
    await put("raw/folder/", "")
    await put("empty", "")
    await put("noise", content)
  })

  it.live("lists what begins with a prefix, in the order of UTF-8, and no folders", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.server.endpoint)
      const files = yield* store.list("s3://events/raw")
      assert.deepStrictEqual(
        files.map(({ uri }) => uri),
        keys.map((key) => `s3://events/${key}`)
      )
      for (const { bytes, uri, version } of files) {
        assert.strictEqual(bytes, Buffer.byteLength(uri.slice("s3://events/".length)))
        assert.isNotEmpty(version)
      }
      assert.strictEqual((yield* store.list("s3://events/raw/date=2024-07-11/")).length, 3)
      assert.deepStrictEqual(yield* store.list("s3://events/nothing"), [])
      assert.deepStrictEqual(yield* store.list("s3://other"), [])
    })
  )

  it.live("lists more than one page", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 1203 }, (_, index) => `many/${String(index).padStart(5, "0")}`)
      for (let at = 0; at < names.length; at += 50)
        yield* Effect.promise(() => Promise.all(names.slice(at, at + 50).map((name) => put(name, "x", "other"))))
      const store = yield* reader(running.server.endpoint)
      const files = yield* store.list("s3://other/many/")
      assert.deepStrictEqual(
        files.map(({ uri }) => uri.slice("s3://other/".length)),
        names
      )
    })
  )

  it.live("finds a file as it is listed, and undefined where none is", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.server.endpoint)
      for (const file of yield* store.list("s3://events/")) assert.deepStrictEqual(yield* store.find(file.uri), file)
      assert.isUndefined(yield* store.find("s3://events/absent"))
      const error = yield* Effect.flip(store.find("s3://no-such-bucket-here/a"))
      assert.strictEqual(error.reason, "NotFound")
      assert.strictEqual(
        error.message,
        "cannot find s3://no-such-bucket-here/a: there is no bucket no-such-bucket-here"
      )
    })
  )

  it.live("reads whole files, ranges and nothing", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.server.endpoint)
      for (const key of keys) {
        const bytes = yield* bytesOf(store.read(yield* found(store, `s3://events/${key}`)))
        assert.strictEqual(Buffer.from(bytes).toString(), key)
      }
      const file = yield* found(store, "s3://events/noise")
      for (const [from, to] of [
        [0, undefined],
        [0, 1],
        [299_999, undefined],
        [1000, 250_000],
        [7, 7],
        [299_000, 999_999],
        [300_000, undefined]
      ] as const)
        assert.deepStrictEqual(yield* bytesOf(store.read(file, from, to)), content.slice(from, to))
      assert.strictEqual((yield* bytesOf(store.read(yield* found(store, "s3://events/empty")))).length, 0)
    })
  )

  it.live("reads no file that was replaced or deleted after it was listed", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.server.endpoint)
      yield* Effect.promise(() => put("changing", "before"))
      const file = yield* found(store, "s3://events/changing")
      yield* Effect.promise(() => put("changing", "after!"))
      const replaced = yield* Effect.flip(bytesOf(store.read(file)))
      assert.strictEqual(replaced.reason, "Conflict")
      assert.match(replaced.message, /^cannot read s3:\/\/events\/changing: it was replaced by another version after/)
      const deleted = yield* Effect.flip(bytesOf(store.read({ ...file, uri: "s3://events/deleted" })))
      assert.strictEqual(deleted.reason, "NotFound")
      assert.match(deleted.message, /it was deleted after it was listed$/)
    })
  )

  it.live("fails if there is no such bucket, and says so", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.server.endpoint)
      const error = yield* Effect.flip(store.list("s3://no-such-bucket-here/raw/"))
      assert.strictEqual(error.reason, "NotFound")
      assert.strictEqual(
        error.message,
        "cannot list s3://no-such-bucket-here/raw/: there is no bucket no-such-bucket-here"
      )
    })
  )
})

describe("s3ReadStore", () => {
  it.live("opens without a request", () => s3ReadStore.open({ endpoint: "http://127.0.0.1:1", region: "nowhere-1" }))

  it.live.each(["no-address", "ftp://host", "https://user:secret@host", "https://host/path"])(
    "takes no endpoint %s",
    (endpoint) =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Schema.decodeEffect(S3Options)({ endpoint }))
        assert.match(error.message, /an address such as https:/)
      })
  )
})
