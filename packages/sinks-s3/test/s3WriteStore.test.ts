import { PutObjectCommand } from "@aws-sdk/client-s3"
import { assert, describe, it } from "@effect/vitest"
import { noS3Server } from "@sojourn/s3-server"
import * as Effect from "effect/Effect"
import { inPlace, noise, pending, prepare, withServer, writer } from "./support.ts"

const small = noise(1000)
const large = noise(20_000_000)
const middle = noise(100_000)
const sizes: ReadonlyArray<readonly [string, Uint8Array]> = [
  ["an empty file", new Uint8Array()],
  ["a small file", small],
  ["a file of one part", middle],
  ["a file of exactly one full part", noise(8 << 20)],
  ["a file of several parts", large]
]

describe.skipIf(noS3Server)("a store that is written", () => {
  const running = withServer()

  it.live.each(sizes)("shows nothing of %s before its commit, and all of it then", ([name, content]) =>
    Effect.gen(function* () {
      const store = yield* writer(running.server.endpoint)
      const key = `new/${name}.parquet`
      const file = yield* prepare(store, `s3://out/${key}`, content)
      assert.isUndefined(yield* inPlace(running.server, key))
      yield* store.commit(file)
      assert.deepStrictEqual(yield* inPlace(running.server, key), content)
      assert.strictEqual(yield* pending(running.server, key), 0)
    })
  )

  it.live.each(sizes)("replaces what is there by %s at its commit, and keeps it until then", ([name, content]) =>
    Effect.gen(function* () {
      const store = yield* writer(running.server.endpoint)
      const key = `replaced/${name}`
      for (const before of [small, middle]) {
        yield* store.commit(yield* prepare(store, `s3://out/${key}`, before))
        const file = yield* prepare(store, `s3://out/${key}`, content)
        assert.deepStrictEqual(yield* inPlace(running.server, key), before)
        yield* store.commit(file)
        assert.deepStrictEqual(yield* inPlace(running.server, key), content)
      }
    })
  )

  it.live.each(sizes)("commits %s twice, also in another process, without harm", ([name, content]) =>
    Effect.gen(function* () {
      const uri = `s3://out/twice/${name}`
      const file = yield* Effect.flatMap(writer(running.server.endpoint), (store) => prepare(store, uri, content))
      const copy = JSON.parse(JSON.stringify(file))
      for (const prepared of [file, copy, copy]) {
        const store = yield* writer(running.server.endpoint)
        yield* store.commit(prepared)
        assert.deepStrictEqual(yield* inPlace(running.server, `twice/${name}`), content)
      }
      // In place already: no error, and no harm.
      const store = yield* writer(running.server.endpoint)
      yield* store.discard(file)
      assert.deepStrictEqual(yield* inPlace(running.server, `twice/${name}`), content)
    })
  )

  it.live.each(sizes)("removes %s that is discarded, also twice", ([name, content]) =>
    Effect.gen(function* () {
      const store = yield* writer(running.server.endpoint)
      const key = `discarded/${name}`
      const file = yield* prepare(store, `s3://out/${key}`, content)
      yield* store.discard(file)
      yield* store.discard(file)
      assert.isUndefined(yield* inPlace(running.server, key))
      assert.strictEqual(yield* pending(running.server, key), 0)
    })
  )

  it.live("aborts what is not prepared when its scope closes", () =>
    Effect.gen(function* () {
      const store = yield* writer(running.server.endpoint)
      const staged = Effect.gen(function* () {
        const { write } = yield* store.stage("s3://out/abandoned")
        yield* write(large)
        assert.strictEqual(yield* pending(running.server, "abandoned"), 1)
      })
      yield* Effect.scoped(staged)
      assert.strictEqual(yield* pending(running.server, "abandoned"), 0)
      assert.isUndefined(yield* inPlace(running.server, "abandoned"))
    })
  )

  it.live.each([
    ["a small file", small],
    ["a large file", large]
  ] as const)("puts %s in place of nothing that came after it was begun", ([name, content]) =>
    Effect.gen(function* () {
      const store = yield* writer(running.server.endpoint)
      const key = `contended/${name}`
      const [ours, theirs] = [
        yield* prepare(store, `s3://out/${key}`, content),
        yield* prepare(store, `s3://out/${key}`, middle)
      ]
      yield* store.commit(theirs)
      const error = yield* Effect.flip(store.commit(ours))
      assert.strictEqual(error.reason, "Conflict")
      assert.match(
        error.message,
        /^cannot write s3:\/\/out\/contended\/.*: (its upload is gone, and )?there was nothing when it was begun, and now something else is in place$/
      )
      assert.deepStrictEqual(yield* inPlace(running.server, key), middle)
      yield* store.discard(ours)
      assert.strictEqual(yield* pending(running.server, key), 0)
      // The same where there was something.
      const [again, first] = [
        yield* prepare(store, `s3://out/${key}`, content),
        yield* prepare(store, `s3://out/${key}`, small)
      ]
      yield* store.commit(first)
      assert.strictEqual((yield* Effect.flip(store.commit(again))).reason, "Conflict")
      assert.deepStrictEqual(yield* inPlace(running.server, key), small)
    })
  )

  it.live("takes few requests for many small files", () =>
    Effect.gen(function* () {
      const store = yield* writer(running.proxy.endpoint)
      for (let index = 0; index < 10; index++)
        yield* store.commit(yield* prepare(store, `s3://out/many/${index}`, small))
      // One to see what is there and one to put each; one more to see that there is a bucket.
      assert.strictEqual(running.proxy.requests.length, 21)
    })
  )

  it.live("says that there is no bucket before anything is written", () =>
    Effect.gen(function* () {
      const store = yield* writer(running.server.endpoint)
      const error = yield* Effect.flip(Effect.scoped(store.stage("s3://no-such-bucket-here/a")))
      assert.strictEqual(error.reason, "NotFound")
      assert.strictEqual(
        error.message,
        "cannot write s3://no-such-bucket-here/a: there is no bucket no-such-bucket-here"
      )
    })
  )

  it.live("knows a file again by its id, not by its bytes", () =>
    Effect.gen(function* () {
      const store = yield* writer(running.server.endpoint)
      const file = yield* prepare(store, "s3://out/same", small)
      yield* Effect.promise(() =>
        running.server.client.send(new PutObjectCommand({ Bucket: "out", Key: "same", Body: small }))
      )
      assert.strictEqual((yield* Effect.flip(store.commit(file))).reason, "Conflict")
    })
  )

  it.live("removes files, over a thousand at once, and those that are gone", () =>
    Effect.gen(function* () {
      const store = yield* writer(running.proxy.endpoint)
      const kept = yield* prepare(store, "s3://out/kept", small)
      yield* store.commit(kept)
      const odd = "s3://out/removed/a+b=ü%20 &<>'\".json"
      yield* store.commit(yield* prepare(store, odd, small))
      running.proxy.reset()
      yield* store.remove([odd, ...Array.from({ length: 1500 }, (_, index) => `s3://out/removed/${index}`)])
      assert.strictEqual(running.proxy.requests.length, 2)
      assert.isUndefined(yield* inPlace(running.server, odd.slice("s3://out/".length)))
      assert.deepStrictEqual(yield* inPlace(running.server, "kept"), small)
      yield* store.remove([])
    })
  )

  it.live("says that a token is not its own", () =>
    Effect.gen(function* () {
      const store = yield* writer(running.server.endpoint)
      const error = yield* Effect.flip(store.commit({ uri: "s3://out/a", token: "{}" }))
      assert.strictEqual(error.reason, "Data")
      assert.match(error.message, /^s3:\/\/out\/a cannot be put in place: what is known of it/)
    })
  )
})
