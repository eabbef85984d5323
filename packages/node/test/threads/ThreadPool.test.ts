import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { threadPool, type ThreadPool } from "../../src/threads/ThreadPool.ts"
import { directory } from "../support/directory.ts"
import { type Left, memory, runEffect, runFiles, type Setting } from "./runFiles.ts"

const spec = (event: string, more = "") => `version: 1
name: pool
source: { uri: $AT/*.jsonl }
event: { ${event}, time: at }
${more}
sessions: { gap: 30m }
outputs: { sessions: { uri: $AT/out/s.csv }, rejects: { uri: $AT/out/r.csv }, events: { uri: $AT/out/e.csv } }
`

const line = (i: number) =>
  JSON.stringify({
    user: i % 31 === 0 ? null : `u${i % 97}`,
    kind: `k${i % 5}`,
    at: new Date(1_720_000_000_000 + (i % 4001) * 60_000).toISOString()
  })

const files = () => {
  const at = directory()
  for (const name of ["a", "b", "c"]) {
    writeFileSync(join(at, `${name}.jsonl`), Array.from({ length: 3000 }, (_, i) => line(i)).join("\n"))
  }
  return at
}

const withPool = <A>(use: (pool: ThreadPool) => Promise<A>): Promise<A> =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(threadPool, (pool) => Effect.promise(() => use(pool)))))

describe("threads that several runs have one after another", () => {
  it("do each of them as threads of its own would, also after others, and in little memory", async () => {
    const at = files()
    const runs: ReadonlyArray<readonly [string, Setting]> = [
      [spec("user: user"), {}],
      [spec("user: kind, type: user", "dedupe: none"), {}],
      [spec("user: user"), { crew: { eventBytes: memory.none } }],
      [spec("user: user", "order: [kind]").replace("time: at", "time: at, columns: { kind: kind }"), {}],
      [spec("user: user"), {}]
    ]
    const expected: Array<Left> = []
    for (const [text] of runs) expected.push(await runFiles(at, text, {}))
    await withPool(async (pool) => {
      for (const [i, [text, { crew }]] of runs.entries()) {
        const left = await runFiles(at, text, { crew: { threads: 2, pieceBytes: 20_000, ...crew, pool } })
        assert.deepStrictEqual(left, expected[i], `run ${i}`)
        // Threads whose events were in files have these open; others are there for the next run.
        assert.strictEqual(pool.ready, crew?.eventBytes === memory.none ? 0 : 2, `run ${i}`)
      }
    })
  })

  it("do the next run when one has failed, and end with the pool", async () => {
    const at = files()
    const failing = spec("user: user, columns: { n: n, k: k }").replace(
      "gap: 30m",
      "gap: 30m, columns: { sum: sum(n::int64) }"
    )
    const large = Array.from({ length: 3000 }, (_, i) =>
      JSON.stringify({ k: i, user: `u${i % 7}`, at: "2024-07-10T10:00:00Z", n: "9223372036854775807" })
    )
    const failed = directory({ "a.jsonl": large.join("\n") })
    let last: ThreadPool | undefined
    await withPool(async (pool) => {
      last = pool
      const crew = { threads: 2, pieceBytes: 20_000, pool }
      const exit = await Effect.runPromiseExit(runEffect(failed, failing, { crew }))
      assert.isTrue(Exit.isFailure(exit))
      assert.deepStrictEqual(
        await runFiles(at, spec("user: user"), { crew }),
        await runFiles(at, spec("user: user"), {})
      )
      assert.strictEqual(pool.ready, 2)
    })
    assert.strictEqual(last?.ready, 0)
  })
})
