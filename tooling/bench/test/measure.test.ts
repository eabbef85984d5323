import { assert, describe, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { measure } from "../src/measure.ts"

const busy = "const block = Buffer.alloc(2e8, 1); const end = Date.now() + 400; while (Date.now() < end) block[0] += 1"
const hasProc = existsSync("/proc/self/status")

describe("measure", () => {
  it.skipIf(!hasProc)("tells the time, the CPU and the peak memory of a program", async () => {
    const { cpuSeconds, highestMegabytes, treeMegabytes, wallSeconds } = await measure([process.execPath, "-e", busy])
    assert.isAbove(wallSeconds, 0.4)
    assert.isAbove(cpuSeconds, 0.2)
    assert.isBelow(cpuSeconds, wallSeconds * 2)
    for (const peak of [treeMegabytes, highestMegabytes]) {
      assert.isAbove(peak, 200)
      assert.isBelow(peak, 400)
    }
  })

  it.skipIf(!hasProc)("counts what a program starts", async () => {
    const parent = `const block = Buffer.alloc(2e8, 1)
      require("node:child_process").spawnSync(process.execPath, ["-e", process.argv[1]])
      block[0] += 1`
    const { cpuSeconds, highestMegabytes, treeMegabytes } = await measure([process.execPath, "-e", parent, busy])
    assert.isAbove(cpuSeconds, 0.2)
    assert.isBelow(highestMegabytes, 400)
    assert.isAbove(treeMegabytes, 400)
    assert.isBelow(treeMegabytes, 800)
  })

  it("throws if the program fails", async () => {
    const error = await measure([process.execPath, "-e", "process.exit(3)"]).then(
      () => undefined,
      (error: Error) => error
    )
    assert.match(error?.message ?? "", /process\.exit\(3\) failed \(exit code 3\)$/)
  })

  it("throws if there is no such program", async () => {
    const error = await measure(["./no-such-program"]).then(
      () => undefined,
      (error: Error) => error
    )
    assert.include(error?.message, "ENOENT")
  })
})
