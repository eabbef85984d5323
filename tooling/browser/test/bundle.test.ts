import { assert, describe, it } from "@effect/vitest"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { bundleForBrowser } from "./support/bundleForBrowser.ts"

describe("bundleForBrowser", () => {
  it("makes one script of the worker, the engine, the formats and the kernels", async () => {
    const { imports, modules } = await bundleForBrowser(resolve(import.meta.dirname, "../src/worker.ts"))
    assert.deepStrictEqual(imports, [])
    const packages = modules.flatMap((path) => /\/packages\/([^/]+)\/src\//.exec(path)?.slice(1) ?? [])
    assert.sameMembers([...new Set(packages)], ["core", "kernels", "sinks-csv", "sources-csv", "sources-json"])
  })

  it.each(['import "node:fs"', 'import { readFileSync } from "fs"', 'export const load = () => import("node:zlib")'])(
    "fails if %s is among what is imported",
    async (statement) => {
      const directory = mkdtempSync(join(tmpdir(), "sojourn-bundle-"))
      try {
        const entry = join(directory, "entry.js")
        writeFileSync(join(directory, "inner.js"), `${statement}\nexport const inner = 1\n`)
        writeFileSync(entry, 'export { inner } from "./inner.js"\n')
        const error = await bundleForBrowser(entry).then(
          () => assert.fail("it was bundled"),
          (error: Error) => error
        )
        assert.match(error.message, /inner\.js imports (node:)?(fs|zlib), which no browser has/)
      } finally {
        rmSync(directory, { recursive: true })
      }
    }
  )
})
