import { PutObjectCommand } from "@aws-sdk/client-s3"
import { assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import { type Fault, noS3Server } from "@sojourn/s3-server"
import * as Effect from "effect/Effect"
import { createServer } from "node:net"
import { reader, withServer } from "./support.ts"

describe.skipIf(noS3Server)("listing over a bad connection", () => {
  const running = withServer()
  beforeAll(async () => {
    for (let index = 0; index < 40; index++)
      await running.server.client.send(new PutObjectCommand({ Bucket: "events", Key: `list/${index}`, Body: "x" }))
  })
  beforeEach(() => running.proxy.reset())

  const faults: ReadonlyArray<readonly [string, Fault]> = [
    ["is cut after its head", { kind: "cut-answer", after: 0 }],
    ["is cut in the middle", { kind: "cut-answer", after: 2500 }],
    ["is lost", { kind: "lose-answer" }],
    ["is 500", { kind: "answer", status: 500, code: "InternalError" }],
    ["is 503", { kind: "answer", status: 503, code: "SlowDown" }]
  ]
  it.live.each(faults)("misses no file when the answer %s", ([, fault]) =>
    Effect.gen(function* () {
      const store = yield* reader(running.proxy.endpoint)
      running.proxy.inject({ on: () => true, fault, times: 2 })
      assert.strictEqual((yield* store.list("s3://events/list/")).length, 40)
      assert.strictEqual(running.proxy.requests.length, 3)
    })
  )
})

describe("an answer without a length that is cut", () => {
  /** A server that ends every answer after the same bytes, and so that nobody can tell by the connection. */
  const cutServer = (body: string) =>
    Effect.acquireRelease(
      Effect.promise(
        () =>
          new Promise<{ readonly port: number; readonly close: () => void; readonly asked: () => number }>(
            (resolve) => {
              let asked = 0
              const server = createServer((socket) => {
                socket.on("error", () => undefined)
                socket.once("data", () => {
                  asked += 1
                  socket.end(`HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n${body}`)
                })
              })
              server.listen(0, "127.0.0.1", () => {
                const address = server.address()
                const port = typeof address === "object" && address ? address.port : 0
                resolve({ port, close: () => server.close(), asked: () => asked })
              })
            }
          )
      ),
      ({ close }) => Effect.sync(close)
    )
  const list = "<?xml version='1.0'?><ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated><Contents><Key>a"

  it.live.each([
    ["its head", ""],
    ["the middle of a list", list]
  ] as const)("is no list of fewer files: after %s", ([, body]) =>
    Effect.gen(function* () {
      const server = yield* cutServer(body)
      const store = yield* reader(`http://127.0.0.1:${server.port}`, { attempts: 3 })
      const error = yield* Effect.flip(store.list("s3://events/"))
      assert.strictEqual(error.reason, "Transient")
      assert.match(error.message, /^cannot list s3:\/\/events\/: the connection to .* broke, after 3 attempts$/)
      assert.strictEqual(server.asked(), 3)
    })
  )
})
