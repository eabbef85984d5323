import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Makes a directory that is there until the program ends, which an interrupt ends, too. */
export function temporaryDirectory(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `sojourn-${name}-`))
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }))
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1))
  return directory
}
