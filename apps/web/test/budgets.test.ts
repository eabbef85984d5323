import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { Site } from "./support/Site.ts"

const kibibyte = 1024

describe("what the page loads", () => {
  let site: Site | undefined
  let built = ""
  beforeAll(async () => {
    built = mkdtempSync(join(tmpdir(), "sojourn-site-"))
    site = await Site.open(built)
  }, 120_000)
  afterAll(() => {
    site?.close()
    rmSync(built, { recursive: true, force: true })
  })

  /** Compressed size of a script with all that it imports at once. */
  const sizeOf = (name: RegExp): number => {
    const all = site ?? assert.fail("the page was not built")
    const found = all.files().find((file) => name.test(file)) ?? assert.fail(`no ${name}`)
    const scripts = new Set([found])
    for (const script of scripts) {
      const text = new TextDecoder().decode(all.read(script))
      for (const [, imported] of text.matchAll(/(?:from|import)\s*["'`]\.\/([^"'`]+\.js)["'`]/g)) scripts.add(imported)
    }
    return [...scripts].reduce((sum, script) => sum + gzipSync(all.read(script), { level: 9 }).length, 0)
  }

  it("is under 60 KiB of script at first, the charts among it", () => {
    assert.isBelow(sizeOf(/^index-.*\.js$/) + sizeOf(/^uPlot.*\.js$/), 60 * kibibyte)
  })

  it("is under 300 KiB for the worker", () => {
    const worker = sizeOf(/^worker-.*\.js$/)
    assert.isBelow(worker, 300 * kibibyte)
    // So much is not overlooked: the engine is in it.
    assert.isAbove(worker, 150 * kibibyte)
  })
})
