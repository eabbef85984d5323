import { assert } from "@effect/vitest"
import { DuckDBInstance, type Json } from "@duckdb/node-api"
import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { start } from "../support/command.ts"
import { directory } from "../support/directory.ts"

export const asOf = "2024-07-10T10:00:00Z"

/** A new directory with the sample of a recipe. */
export const withSample = async (recipe: string, rows: number): Promise<string> => {
  const at = directory()
  const words = ["sample", recipe, "--rows", String(rows), "--out", at, "--as-of", asOf]
  const { code, stderr } = await start(words).ended
  assert.strictEqual(code, 0, stderr)
  return at
}

/** Runs a recipe in a directory. */
export const runIn = (at: string, words: string, env: NodeJS.ProcessEnv = {}) =>
  start(["run", ...words.split(" ").filter((word) => word !== ""), "--as-of", asOf], { cwd: at, env }).ended

/** Every file below a directory but those below `besides`, as paths in order. */
export const filesBelow = (at: string, besides: ReadonlyArray<string>): ReadonlyArray<string> =>
  readdirSync(at, { recursive: true })
    .map(String)
    .filter((path) => statSync(join(at, path)).isFile() && !besides.includes(path))
    .sort()

export const digestOf = (at: string, path: string): string =>
  createHash("sha256")
    .update(readFileSync(join(at, path)))
    .digest("hex")

export const textOf = (at: string, path: string): string =>
  existsSync(join(at, path)) ? readFileSync(join(at, path), "utf8") : ""

/** What queries give, over files below a directory, as JSON would have it; the last one is asked. */
export const askDuckDb = async (
  at: string,
  ...queries: ReadonlyArray<string>
): Promise<ReadonlyArray<Record<string, Json>>> => {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" })
  const connection = await instance.connect()
  try {
    await connection.run(`set file_search_path = '${at}'`)
    await connection.run("set TimeZone = 'UTC'")
    for (const query of queries.slice(0, -1)) await connection.run(query)
    const reader = await connection.runAndReadAll(queries[queries.length - 1])
    return reader.getRowObjectsJson()
  } finally {
    connection.closeSync()
    // Else files that were attached stay locked.
    instance.closeSync()
  }
}

/** A text as it is, anything else as JSON. */
export const plain = (value: Json | undefined): string => (typeof value === "string" ? value : JSON.stringify(value))

/** Rows are equal, doubles within 1e-9 of each other; integers of 64 bits come from DuckDB as texts. */
export const assertRows = (
  ours: ReadonlyArray<Readonly<Record<string, unknown>>>,
  theirs: ReadonlyArray<Readonly<Record<string, Json>>>
): void => {
  assert.strictEqual(ours.length, theirs.length, "rows")
  for (const [i, row] of ours.entries()) {
    assert.deepStrictEqual(Object.keys(row), Object.keys(theirs[i]), `columns of row ${i}`)
    for (const [name, value] of Object.entries(row)) {
      const other = theirs[i][name]
      if (typeof value !== "number") assert.deepStrictEqual(value, other, `${name} of row ${i}`)
      else assert.approximately(value, Number(other), 1e-9 * Math.max(1, Math.abs(value)), `${name} of row ${i}`)
    }
  }
}
