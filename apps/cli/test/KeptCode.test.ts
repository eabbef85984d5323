import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { start } from "./support/command.ts"

const lines = (count: number): string =>
  Array.from({ length: count }, (_, i) => {
    const time = new Date(1.7e12 + i * 1000).toISOString()
    return `{"user_id":"u${i % 97}","event_time":"${time}","event_type":"click"}\n`
  }).join("")

describe("compiled code that is kept between runs", () => {
  it("is kept by the first run, of the command and of its threads, and changes nothing but the time", async () => {
    // So much that a thread is worth its start.
    const at = directory({ "in.jsonl": lines(270_000) })
    const cache = join(at, "cache")
    const env = { NODE_COMPILE_CACHE: cache }
    const run = async () => {
      const { code, stderr } = await start(["sessions", "in.jsonl", "--out", "out.csv", "-q"], { cwd: at, env }).ended
      assert.strictEqual(stderr, "")
      assert.strictEqual(code, 0)
      return readFileSync(join(at, "out.csv"), "utf8")
    }
    // In a directory for each set of flags of the engine, as Node has it.
    const kept = () =>
      globSync("*/sojourn-*", { cwd: cache })
        .toSorted()
        .map((name) => join(cache, name))
    const first = await run()
    const files = kept()
    for (const what of [/\/sojourn-main\.cjs-.*-sessions$/, /\/sojourn-threadMain\.cjs-.*-thread$/]) {
      assert.strictEqual(files.filter((path) => what.test(path)).length, 1, what.source)
    }
    const times = () => kept().map((path) => statSync(path).mtimeMs)
    const before = times()
    assert.strictEqual(await run(), first)
    assert.deepStrictEqual(times(), before)
    for (const damage of [
      (path: string) => truncateSync(path, 1000),
      (path: string) => truncateSync(path, 0),
      (path: string) => writeFileSync(path, readFileSync(path).reverse())
    ]) {
      for (const path of files) damage(path)
      assert.strictEqual(await run(), first)
    }
  })

  it("is not needed: where nothing can be kept, the command runs as ever", async () => {
    const at = directory({ "in.jsonl": lines(10), cache: "a file" })
    const { code, stderr } = await start(["sessions", "in.jsonl", "-q"], {
      cwd: at,
      env: { NODE_COMPILE_CACHE: join(at, "cache") }
    }).ended
    assert.strictEqual(stderr, "")
    assert.strictEqual(code, 0)
  })
})
