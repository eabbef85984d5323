import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { readTree } from "../src/ProcessTree.ts"

/** Holds 100 MB, starts another like it so many times below, and says so; all end with their standard input. */
const holder = `
  const block = Buffer.alloc(1e8, 1)
  const below = Number(process.argv[1])
  process.stdin.resume()
  if (below === 0) console.log("ready", block.length)
  else require("node:child_process").spawn(process.execPath, ["-e", process.env.HOLDER, String(below - 1)],
    { stdio: "inherit" })`

/** Hands the process to `read` once all below it hold their memory. */
async function withHolders<A>(below: number, read: (pid: number) => A): Promise<A> {
  const child = spawn(process.execPath, ["-e", holder, String(below)], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, HOLDER: holder }
  })
  await once(child.stdout, "data")
  const answer = read(child.pid ?? 0)
  const ended = once(child, "exit")
  child.stdin.end()
  await ended
  return answer
}

describe.skipIf(!existsSync("/proc/self/status"))("readTree", () => {
  it("adds up what a process and its descendants hold, and tells the largest", async () => {
    const alone = await withHolders(0, readTree)
    const three = await withHolders(2, readTree)
    assert.isAbove(alone?.resident ?? 0, 100)
    assert.isBelow(alone?.resident ?? 0, 200)
    assert.isAbove(three?.resident ?? 0, 300)
    assert.isBelow(three?.resident ?? 0, 600)
    assert.isAbove(three?.highest ?? 0, 100)
    assert.isBelow(three?.highest ?? 0, 200)
  })

  it("knows nothing of a process that has ended", async () => {
    const child = spawn(process.execPath, ["--version"], { stdio: "ignore" })
    await once(child, "exit")
    assert.isUndefined(readTree(child.pid ?? 0))
  })
})
