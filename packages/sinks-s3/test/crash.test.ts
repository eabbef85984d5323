import { assert, describe, it } from "@effect/vitest"
import type { PreparedFile } from "@sojourn/core"
import { type Fault, noS3Server } from "@sojourn/s3-server"
import * as Effect from "effect/Effect"
import { inPlace, noise, pending, prepare, withServer, writer } from "./support.ts"

const before = noise(70_000)

/**
 * A process that loses its connection for good at one of its requests is, for the server, one that died there: with or
 * without the request having been done. Then another process does what a journal asks for.
 */
describe.skipIf(noS3Server)("a writer that dies at any of its requests", () => {
  const running = withServer()

  const cases = [
    ["a small file", noise(1000)],
    ["a file in parts", noise(9_000_000)]
  ] as const
  for (const [name, content] of cases)
    for (const done of [false, true])
      it.live(`leaves what was there or all of ${name}, ${done ? "after" : "before"} the request is done`, () =>
        Effect.gen(function* () {
          const key = `crash/${name}`
          const uri = `s3://out/${key}`
          let survived = false
          let deaths = 0
          for (; !survived; deaths++) {
            const other = yield* writer(running.server.endpoint)
            yield* other.commit(yield* prepare(other, uri, before))
            // What those left that died before their journals knew of it: invisible, and swept away a week later.
            const left = yield* pending(running.server, key)

            running.proxy.reset()
            let passed = 0
            const gone: Fault = { kind: "cut-request", after: 0 }
            if (done) {
              running.proxy.inject({ on: () => passed++ === deaths, fault: { kind: "lose-answer" } })
              running.proxy.inject({ on: () => passed > deaths, fault: gone, times: 1000 })
            } else running.proxy.inject({ on: () => passed++ >= deaths, fault: gone, times: 1000 })
            let journal: PreparedFile | undefined
            const dying = Effect.gen(function* () {
              const store = yield* writer(running.proxy.endpoint, { attempts: 1 })
              journal = yield* prepare(store, uri, content)
              yield* store.commit(journal)
            })
            survived = (yield* Effect.exit(Effect.scoped(dying)))._tag === "Success"

            const found = yield* inPlace(running.server, key)
            assert.isTrue(found !== undefined && [before, content].some((whole) => Buffer.compare(whole, found) === 0))
            if (journal === undefined) {
              assert.deepStrictEqual(found, before)
              continue
            }
            // The next run completes it, and does so again if it, too, dies before its journal says so.
            for (let again = 0; again < 2; again++) {
              const next = yield* writer(running.server.endpoint)
              yield* next.commit(journal)
              assert.deepStrictEqual(yield* inPlace(running.server, key), content)
            }
            assert.strictEqual(yield* pending(running.server, key), left)
          }
          // Head and put; or head, create, look for what was left behind, two parts, complete.
          assert.isAtLeast(deaths, content.length > 100_000 ? 6 : 2)
        })
      )
})
