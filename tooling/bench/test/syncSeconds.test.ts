import { assert, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { syncSeconds } from "../src/syncSeconds.ts"
import { withFiles } from "./withFiles.ts"

it("syncSeconds takes some time and leaves no file", () => {
  for (const bytes of [0, 3_000_000]) {
    const { exists, seconds } = withFiles([""], ([path]) => ({
      seconds: syncSeconds(path, bytes),
      exists: existsSync(path)
    }))
    assert.isAbove(seconds, 0)
    assert.isFalse(exists)
  }
})
