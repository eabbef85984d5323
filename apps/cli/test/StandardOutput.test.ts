import { assert, describe, it } from "@effect/vitest"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { buildIfStale, start } from "./support/command.ts"
import { sojourn } from "./support/inProcess.ts"

const rows = (count: number) =>
  ["user,time", ...Array.from({ length: count }, (_, i) => `user number ${i},2024-01-01T10:00:00Z`)].join("\n")

describe("an output on standard output", () => {
  it("leaves nothing on the stream, however often it is written in one process", async () => {
    const at = directory({ "a.csv": rows(3) })
    const listeners = () => process.stdout.eventNames().map((name) => [name, process.stdout.listenerCount(name)])
    const before = listeners()
    for (let i = 0; i < 12; i++) {
      const { code, stderr, stdout } = await sojourn("sessions", join(at, "a.csv"), "--out", "-", "-q")
      assert.deepStrictEqual([code, stderr, stdout.split("\n").length], [0, "", 5])
    }
    assert.deepStrictEqual(listeners(), before)
  })

  it("is whole where it is read slowly, and no error where it is not read to its end", async () => {
    buildIfStale()
    const at = directory({ "a.csv": rows(60_000) })
    const slow = start(["sessions", "a.csv", "--user", "user", "--out", "-", "-q"], { cwd: at })
    slow.child.stdout?.pause()
    setTimeout(() => slow.child.stdout?.resume(), 700)
    const { code, stderr, stdout } = await slow.ended
    assert.strictEqual(code, 0, stderr)
    assert.lengthOf(stdout.split("\n"), 60_002)
    const cut = start(["sessions", "a.csv", "--user", "user", "--out", "-", "-q"], { cwd: at })
    cut.child.stdout?.once("data", () => cut.child.stdout?.destroy())
    const ended = await cut.ended
    assert.deepStrictEqual([ended.code, ended.stderr], [0, ""])
  })
})
