import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { dirname } from "node:path"

describe("src/wasm.ts", () => {
  it("is what assembly/ gives", () => {
    const { status, stderr } = spawnSync(process.execPath, ["compile.mjs", "--check"], {
      cwd: dirname(import.meta.dirname)
    })
    assert.strictEqual(status, 0, stderr.toString())
  })
})
