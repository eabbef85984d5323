import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Hands the paths of files with these contents to `use`; they are gone afterwards. */
export function withFiles<A>(contents: ReadonlyArray<string>, use: (paths: ReadonlyArray<string>) => A): A {
  const directory = mkdtempSync(join(tmpdir(), "sojourn-test-"))
  try {
    const paths = contents.map((content, number) => {
      const path = join(directory, `${number}.csv`)
      writeFileSync(path, content)
      return path
    })
    return use(paths)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
