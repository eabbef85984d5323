import { assert } from "@effect/vitest"
import { globSync, statSync } from "node:fs"
import { join } from "node:path"
import { start } from "./command.ts"

/** Of a spec, or of one of its steps. */
interface Told {
  readonly outputs: ReadonlyArray<{ readonly table: string; readonly uri: string; readonly rows: number }>
}

/** Runs a spec in a directory: the outputs that have no rows there, which should be none. */
export const emptyOutputs = async (
  at: string,
  path: string,
  flags: ReadonlyArray<string> = []
): Promise<ReadonlyArray<string>> => {
  const env = { USER_KEY: "secret", OUT_DIRECTORY: "out" }
  const { code, stderr, stdout } = await start(["run", path, "--summary", "json", ...flags], { cwd: at, env }).ended
  assert.strictEqual(code, 0, stderr)
  const told = JSON.parse(stdout) as Told | ReadonlyArray<Told>
  const outputs = [told].flat().flatMap((one) => one.outputs)
  assert.isNotEmpty(outputs)
  return outputs
    .filter(({ rows, uri }) => {
      // An output that is divided is a directory.
      const files = globSync([uri, `${uri}/**`], { cwd: at, withFileTypes: true }).filter((entry) => entry.isFile())
      const bytes = files.map(({ name, parentPath }) => statSync(join(parentPath, name)).size)
      return rows === 0 || bytes.length === 0 || bytes.includes(0)
    })
    .map(({ table }) => table)
}
