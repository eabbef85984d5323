import { assert, describe, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { measure, measureWithProc } from "../src/measure.ts"

const busy = "const block = Buffer.alloc(2e8, 1); const end = Date.now() + 400; while (Date.now() < end) block[0] += 1"

const ways = existsSync("/proc/self/status") ? { measure, measureWithProc } : { measure }

describe.each(Object.entries(ways))("%s", (_, measureIt) => {
  it("tells the time, the CPU and the peak memory of a program", async () => {
    const { cpuSeconds, peakMegabytes, wallSeconds } = await measureIt([process.execPath, "-e", busy])
    assert.isAbove(wallSeconds, 0.4)
    assert.isAbove(cpuSeconds, 0.2)
    assert.isBelow(cpuSeconds, wallSeconds * 2)
    assert.isAbove(peakMegabytes, 200)
    assert.isBelow(peakMegabytes, 400)
  })

  it("throws if the program fails", async () => {
    const error = await measureIt([process.execPath, "-e", "process.exit(3)"]).then(
      () => undefined,
      (error: Error) => error
    )
    assert.match(error?.message ?? "", /process\.exit\(3\) failed \(exit code 3\)$/)
  })
})
