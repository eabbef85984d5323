import { PutObjectCommand } from "@aws-sdk/client-s3"
import { assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import type { PluginError, StoreReader } from "@sojourn/core"
import { type Fault, noS3Server, type ProxiedRequest, serverCredentials } from "@sojourn/s3-server"
import * as Effect from "effect/Effect"
import { inspect } from "node:util"
import { bytesOf, reader, withServer } from "./support.ts"

type Answer = Fault & { readonly kind: "answer" }
const answer = (status: number, code: string, more: Partial<Answer> = {}): Answer => ({
  kind: "answer",
  status,
  code,
  ...more
})

/** What is said, whatever is tried: of a place, after `cannot read s3://events/a: `. */
const problems: ReadonlyArray<readonly [Answer, PluginError["reason"], string, RegExp]> = [
  [answer(403, "AccessDenied"), "Auth", "access to bucket events was denied", /^Needed: s3:/],
  [
    answer(403, "AccessDenied", { said: "User: arn:aws:iam::1:user/x is not authorized to perform: s3:GetObject" }),
    "Auth",
    "access to bucket events was denied (User: arn:aws:iam::1:user/x is not authorized to perform: s3:GetObject)",
    /^Needed: s3:/
  ],
  [answer(400, "ExpiredToken"), "Auth", "the session token has expired", /aws sso login/],
  [answer(403, "InvalidAccessKeyId"), "Auth", "the server does not know this access key", /AWS_ACCESS_KEY_ID/],
  [
    answer(403, "SignatureDoesNotMatch"),
    "Auth",
    "the secret key does not belong to the access key",
    /AWS_SECRET_ACCESS_KEY/
  ],
  [
    answer(301, "PermanentRedirect", { headers: { "x-amz-bucket-region": "eu-west-1" } }),
    "Config",
    "bucket events is in the region eu-west-1, not in us-east-1",
    /^Set region: eu-west-1/
  ],
  [
    answer(400, "AuthorizationHeaderMalformed", { inside: "<Region>eu-west-1</Region>" }),
    "Config",
    "bucket events is in the region eu-west-1, not in us-east-1",
    /^Set region: eu-west-1/
  ],
  [answer(403, "InvalidObjectState"), "NotFound", "it is in an archive (Glacier)", /restore-object/],
  [answer(404, "NoSuchBucket"), "NotFound", "there is no bucket events", /Check its name/],
  [
    answer(418, "Teapot", { said: "short and stout" }),
    "Config",
    "the server answered 418 Teapot: short and stout",
    /^$/
  ]
]

const attempts = 2

describe.skipIf(noS3Server)("what is said of a failure", () => {
  const running = withServer()
  const region = "us-east-1"
  beforeAll(async () => {
    await running.server.client.send(new PutObjectCommand({ Bucket: "events", Key: "a", Body: "abc" }))
  })
  beforeEach(() => running.proxy.reset())

  const tries: ReadonlyArray<readonly [string, (store: StoreReader) => Effect.Effect<unknown, PluginError>]> = [
    ["list", (store) => store.list("s3://events/a")],
    ["find", (store) => store.find("s3://events/a")],
    ["read", (store) => bytesOf(store.read({ uri: "s3://events/a", bytes: 3, version: "" }))]
  ]
  for (const [doing, attempt] of tries)
    it.live.each(problems)(`${doing}: %j`, ([fault, reason, what, hint]) =>
      Effect.gen(function* () {
        const store = yield* reader(running.proxy.endpoint, {}, { region })
        running.proxy.inject({ on: () => true, fault, times: 99 })
        const error = yield* Effect.flip(attempt(store))
        assert.strictEqual(error.message, `cannot ${doing} s3://events/a: ${what}`)
        assert.strictEqual(error.reason, reason)
        assert.match(error.hint ?? "", hint)
        // HEAD tells nothing, so it takes a second request.
        assert.isAtMost(running.proxy.requests.length, doing === "find" ? 2 : 1)
      })
    )

  it.live.each([
    [answer(503, "SlowDown"), "RateLimited", `asks for fewer requests, after ${attempts} attempts`],
    [answer(500, "InternalError"), "Transient", `failed (500 InternalError), after ${attempts} attempts`],
    [answer(502, "BadGateway"), "Transient", `failed (502 BadGateway), after ${attempts} attempts`]
  ] as const)("what passes, but does not: %j", ([fault, reason, what]) =>
    Effect.gen(function* () {
      const store = yield* reader(running.proxy.endpoint, { attempts })
      running.proxy.inject({ on: () => true, fault, times: 99 })
      const error = yield* Effect.flip(store.list("s3://events/a"))
      assert.strictEqual(error.message, `cannot list s3://events/a: ${running.proxy.endpoint} ${what}`)
      assert.strictEqual(error.reason, reason)
      assert.strictEqual(running.proxy.requests.length, attempts)
    })
  )

  it.live("a wrong secret key is recognised by the real server", () =>
    Effect.gen(function* () {
      const credentials = { ...serverCredentials, secretAccessKey: "not-the-secret-key" }
      const store = yield* reader(running.server.endpoint, { credentials })
      const error = yield* Effect.flip(store.list("s3://events/a"))
      assert.strictEqual(error.message, "cannot list s3://events/a: the secret key does not belong to the access key")
    })
  )

  it.live("no secret is in an error, however it is printed", () =>
    Effect.gen(function* () {
      const credentials = { ...serverCredentials, sessionToken: "a-session-token-that-is-secret" }
      const store = yield* reader(running.proxy.endpoint, { credentials, attempts: 1 })
      for (const [fault] of [...problems, [answer(500, "InternalError")] as const])
        for (const [, attempt] of tries) {
          running.proxy.reset()
          running.proxy.inject({ on: ({ method }: ProxiedRequest) => method !== "PUT", fault, times: 9 })
          const error = yield* Effect.flip(attempt(store))
          const printed = `${inspect(error, { depth: 12, showHidden: true })} ${JSON.stringify(error)}`
          for (const secret of Object.values(credentials)) assert.notInclude(printed, secret)
          assert.notInclude(printed, "Signature=")
        }
    })
  )
})

describe("what is said of a server that does not answer", () => {
  it.live("nothing listens there", () =>
    Effect.gen(function* () {
      const store = yield* reader("http://127.0.0.1:1", { attempts })
      const error = yield* Effect.flip(store.list("s3://events/a"))
      assert.strictEqual(
        error.message,
        "cannot list s3://events/a: http://127.0.0.1:1 cannot be reached (ECONNREFUSED), after 2 attempts"
      )
      assert.strictEqual(error.reason, "Transient")
      assert.strictEqual(error.hint, "Check the endpoint, and that the server runs.")
    })
  )

  it.live("its name is not known", () =>
    Effect.gen(function* () {
      const store = yield* reader("http://no-such-host.invalid", { attempts })
      const error = yield* Effect.flip(store.list("s3://events/a"))
      assert.match(
        error.message,
        /^cannot list s3:\/\/events\/a: (the host of )?http:\/\/no-such-host.invalid (is not known|cannot be reached \(EAI_AGAIN\), after 2 attempts)$/
      )
    })
  )
})
