import { PutObjectCommand } from "@aws-sdk/client-s3"
import { assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import { type Fault, noS3Server, type ProxiedRequest } from "@sojourn/s3-server"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { etagOf } from "../src/index.ts"
import { bytesOf, found, noise, reader, withServer } from "./support.ts"

const content = noise(2_000_000)
const reads = ({ method }: ProxiedRequest) => method === "GET"

describe.skipIf(noS3Server)("reading over a bad connection", () => {
  const running = withServer()
  beforeAll(async () => {
    await running.server.client.send(new PutObjectCommand({ Bucket: "events", Key: "noise", Body: content }))
  })
  beforeEach(() => running.proxy.reset())

  const passing: ReadonlyArray<readonly [string, Fault]> = [
    ["cut in the middle", { kind: "cut-answer", after: 700_001 }],
    ["cut before the first byte", { kind: "cut-answer", after: 0 }],
    ["lost", { kind: "lose-answer" }],
    ["cut before it is sent", { kind: "cut-request", after: 0 }],
    ["answered by 500", { kind: "answer", status: 500, code: "InternalError" }],
    ["answered by 503", { kind: "answer", status: 503, code: "SlowDown" }]
  ]
  it.live.each(passing)("gives the same bytes when a request is %s", ([, fault]) =>
    Effect.gen(function* () {
      const store = yield* reader(running.proxy.endpoint)
      const file = yield* found(store, "s3://events/noise")
      running.proxy.inject({ on: reads, fault })
      assert.deepStrictEqual(yield* bytesOf(store.read(file)), content)
      assert.strictEqual(running.proxy.requests.filter(reads).length, 2)
    })
  )

  it.live("asks for the bytes after the cut, of the version that was listed", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.proxy.endpoint)
      const file = yield* found(store, "s3://events/noise")
      running.proxy.inject({ on: reads, fault: { kind: "cut-answer", after: 500_000 } })
      assert.deepStrictEqual(yield* bytesOf(store.read(file, 1000, 1_900_000)), content.slice(1000, 1_900_000))
      const [first, second] = running.proxy.requests.filter(reads).map(({ headers }) => headers)
      assert.strictEqual(first.range, "bytes=1000-1899999")
      const [, from] = /^bytes=(\d+)-1899999$/.exec(String(second.range)) ?? []
      assert.isAbove(Number(from), 1000)
      assert.isAtMost(Number(from), 501_000)
      assert.deepStrictEqual([first["if-match"], second["if-match"]], [etagOf(file.version), etagOf(file.version)])
    })
  )

  it.live("survives more cuts than it has attempts, as long as bytes come", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.proxy.endpoint, { attempts: 3 })
      const file = yield* found(store, "s3://events/noise")
      running.proxy.inject({ on: reads, fault: { kind: "cut-answer", after: 200_000 }, times: 100 })
      assert.deepStrictEqual(yield* bytesOf(store.read(file)), content)
      assert.isAtMost(running.proxy.requests.filter(reads).length, 11)
    })
  )

  it.live("ends after its attempts when no bytes come, and says what was tried", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.proxy.endpoint, { attempts: 4 })
      const file = yield* found(store, "s3://events/noise")
      running.proxy.inject({ on: reads, fault: { kind: "cut-answer", after: 0 }, times: 100 })
      const error = yield* Effect.flip(bytesOf(store.read(file)))
      assert.strictEqual(error.reason, "Transient")
      assert.match(
        error.message,
        /^cannot read s3:\/\/events\/noise: the connection to http:\/\/127\S+ broke( \(\w+\))?, after 4 attempts$/
      )
      assert.strictEqual(running.proxy.requests.filter(reads).length, 4)
    })
  )

  it.live("never mixes two versions: a file that is replaced while it is read is an error", () =>
    Effect.gen(function* () {
      const put = (Body: Uint8Array) =>
        Effect.promise(() =>
          running.server.client.send(new PutObjectCommand({ Bucket: "events", Key: "replaced", Body }))
        )
      yield* put(content)
      const store = yield* reader(running.proxy.endpoint)
      const file = yield* found(store, "s3://events/replaced")
      running.proxy.inject({ on: reads, fault: { kind: "cut-answer", after: 1_000_000 } })
      let replaced = false
      const error = yield* store.read(file).pipe(
        Stream.tap(() => {
          if (replaced) return Effect.void
          replaced = true
          return put(content.toReversed())
        }),
        bytesOf,
        Effect.flip
      )
      assert.strictEqual(error.reason, "Conflict")
      assert.strictEqual(running.proxy.requests.filter(reads).length, 2)
    })
  )

  it.live("tries nothing again that is forbidden", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.proxy.endpoint)
      const file = yield* found(store, "s3://events/noise")
      running.proxy.inject({ on: reads, fault: { kind: "answer", status: 403, code: "AccessDenied" }, times: 9 })
      const error = yield* Effect.flip(bytesOf(store.read(file)))
      assert.strictEqual(error.reason, "Auth")
      assert.strictEqual(running.proxy.requests.filter(reads).length, 1)
    })
  )

  it.live("takes up anew a connection on which nothing comes any more", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.proxy.endpoint, { silence: "300 millis" })
      const file = yield* found(store, "s3://events/noise")
      running.proxy.inject({ on: reads, fault: { kind: "stall-answer", after: 500_000 } })
      assert.deepStrictEqual(yield* bytesOf(store.read(file)), content)
      assert.strictEqual(running.proxy.requests.filter(reads).length, 2)
    })
  )

  it.live("loses nothing when the reader takes longer than a connection may be silent", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.server.endpoint, { silence: "50 millis" })
      const file = yield* found(store, "s3://events/noise")
      let pauses = 3
      const slow = Stream.tap(store.read(file), () => (pauses-- > 0 ? Effect.sleep("200 millis") : Effect.void))
      assert.deepStrictEqual(yield* bytesOf(slow), content)
    })
  )

  it.live("can be interrupted while nothing comes", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.proxy.endpoint)
      const file = yield* found(store, "s3://events/noise")
      running.proxy.inject({ on: reads, fault: { kind: "stall-answer", after: 500_000 } })
      const ended = yield* Effect.timeoutOption(bytesOf(store.read(file)), "300 millis")
      assert.strictEqual(ended._tag, "None")
    })
  )

  it.live("asks for no more when the reader has enough", () =>
    Effect.gen(function* () {
      const store = yield* reader(running.proxy.endpoint)
      const file = yield* found(store, "s3://events/noise")
      const [first] = yield* Stream.runCollect(Stream.take(store.read(file), 1))
      assert.deepStrictEqual(first.slice(), content.slice(0, first.length))
      assert.strictEqual(running.proxy.requests.filter(reads).length, 1)
    })
  )
})
