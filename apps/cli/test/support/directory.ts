import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { onTestFinished } from "vitest"

/** A new directory with some files, removed after the test. */
export const directory = (files: Readonly<Record<string, string | Uint8Array>> = {}): string => {
  const path = mkdtempSync(join(tmpdir(), "sojourn-test-"))
  // Of thousands of files, such as installed packages, it takes a while.
  onTestFinished(() => rmSync(path, { recursive: true, force: true }), 120_000)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  return path
}
