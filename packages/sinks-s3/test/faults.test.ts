import { assert, describe, it } from "@effect/vitest"
import { type Fault, noS3Server, type ProxiedRequest } from "@sojourn/s3-server"
import * as Effect from "effect/Effect"
import { inPlace, noise, pending, prepare, withServer, writer } from "./support.ts"

const small = noise(1000)
const large = noise(9_000_000)

const begins = ({ method, query }: ProxiedRequest) => method === "POST" && query.has("uploads")
const parts = ({ method, query }: ProxiedRequest) => method === "PUT" && query.has("partNumber")
const aborts = ({ method, query }: ProxiedRequest) => method === "DELETE" && query.has("uploadId")
const completes = ({ method, query }: ProxiedRequest) => method === "POST" && query.has("uploadId")
const puts = ({ method, query }: ProxiedRequest) => method === "PUT" && !query.has("partNumber")

const passing: ReadonlyArray<readonly [string, Fault]> = [
  ["cut in the middle of the body", { kind: "cut-request", after: 100 }],
  ["lost, but done", { kind: "lose-answer" }],
  ["cut in the middle of the answer", { kind: "cut-answer", after: 0 }],
  ["answered by 500", { kind: "answer", status: 500, code: "InternalError" }],
  ["answered by 503", { kind: "answer", status: 503, code: "SlowDown" }],
  ["answered by a conflict with another request", { kind: "answer", status: 409, code: "OperationAborted" }]
]

describe.skipIf(noS3Server)("writing over a bad connection", () => {
  const running = withServer()

  const steps = [
    ["begins an upload", begins, large, 1],
    ["sends a part", parts, large, 2],
    ["completes an upload", completes, large, 1],
    ["puts a small file", puts, small, 1]
  ] as const
  for (const [step, on, content, usual] of steps)
    it.live.each(passing)(`writes the same bytes when the request that ${step} is %s`, ([name, fault]) =>
      Effect.gen(function* () {
        const store = yield* writer(running.proxy.endpoint)
        const key = `${step}/${name}`
        running.proxy.inject({ on, fault, times: 2 })
        const file = yield* prepare(store, `s3://out/${key}`, content)
        assert.isUndefined(yield* inPlace(running.server, key))
        yield* store.commit(file)
        assert.deepStrictEqual(yield* inPlace(running.server, key), content)
        const requests = running.proxy.requests.filter(on).length
        assert.isAtLeast(requests, usual + (fault.kind === "lose-answer" && usual === 1 ? 1 : 0))
        assert.isAtMost(requests, usual + 2)
      })
    )

  it.live("gives up after its attempts, aborts, and leaves nothing", () =>
    Effect.gen(function* () {
      const store = yield* writer(running.proxy.endpoint, { attempts: 3 })
      running.proxy.inject({ on: parts, fault: { kind: "cut-request", after: 100_000 }, times: 99 })
      const error = yield* Effect.flip(prepare(store, "s3://out/given-up", large))
      assert.strictEqual(error.reason, "Transient")
      assert.match(
        error.message,
        /^cannot write s3:\/\/out\/given-up: the connection to http:\S+ broke( \(\w+\))?, after 3/
      )
      assert.isAtMost(running.proxy.requests.filter(parts).length, 9)
      assert.strictEqual(running.proxy.requests.filter(aborts).length, 1)
      assert.strictEqual(yield* pending(running.server, "given-up"), 0)
      assert.isUndefined(yield* inPlace(running.server, "given-up"))
    })
  )

  it.live.each([
    ["AccessDenied", 403, "access to bucket out was denied"],
    ["ExpiredToken", 400, "the session token has expired"]
  ] as const)("does not try again after %s, aborts, and leaves nothing", ([code, status, what]) =>
    Effect.gen(function* () {
      const store = yield* writer(running.proxy.endpoint)
      running.proxy.inject({ on: parts, fault: { kind: "answer", status, code }, times: 99 })
      const error = yield* Effect.flip(prepare(store, `s3://out/${code}`, large))
      assert.strictEqual(error.reason, "Auth")
      assert.strictEqual(error.message, `cannot write s3://out/${code}: ${what}`)
      assert.isAtMost(running.proxy.requests.filter(parts).length, 3)
      assert.strictEqual(running.proxy.requests.filter(aborts).length, 1)
      assert.strictEqual(yield* pending(running.server, code), 0)
    })
  )

  it.live.each([
    ["a small file", small],
    ["a large file", large]
  ] as const)("commits %s at a server that knows no conditions", ([name, content]) =>
    Effect.gen(function* () {
      const store = yield* writer(running.proxy.endpoint)
      const conditional = ({ headers }: ProxiedRequest) => "if-none-match" in headers || "if-match" in headers
      running.proxy.inject({
        on: conditional,
        fault: { kind: "answer", status: 501, code: "NotImplemented" },
        times: 99
      })
      const key = `unconditional/${name}`
      for (const bytes of [content, content.toReversed()]) {
        const file = yield* prepare(store, `s3://out/${key}`, bytes)
        yield* store.commit(file)
        yield* store.commit(file)
        assert.deepStrictEqual(yield* inPlace(running.server, key), bytes)
      }
      const [ours, theirs] = [
        yield* prepare(store, `s3://out/${key}`, content),
        yield* prepare(store, `s3://out/${key}`, noise(500))
      ]
      yield* store.commit(theirs)
      assert.strictEqual((yield* Effect.flip(store.commit(ours))).reason, "Conflict")
    })
  )

  it.live("says when an upload was aborted by someone else", () =>
    Effect.gen(function* () {
      const store = yield* writer(running.proxy.endpoint)
      const file = yield* prepare(store, "s3://out/aborted", large)
      yield* store.discard(file)
      const error = yield* Effect.flip(store.commit(file))
      assert.strictEqual(error.reason, "Conflict")
      assert.strictEqual(
        error.message,
        "cannot write s3://out/aborted: its upload is gone, and there was nothing when it was begun, and now nothing is in place"
      )
    })
  )
})
