import { DuckDBInstance } from "@duckdb/node-api"
import { assert, describe, it } from "@effect/vitest"
import { textView } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { onTestFinished, vi } from "vitest"
import { duckdbSource } from "../src/index.ts"

/** A database with one table of so many rows. */
const database = async (count: number) => {
  const at = mkdtempSync(join(tmpdir(), "sojourn-duckdb-"))
  onTestFinished(() => rmSync(at, { recursive: true, force: true }))
  const path = join(at, "raw.duckdb")
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  await connection.run("set timezone = 'UTC'")
  await connection.run(`create table raw as select i as id, 'u' || i % 7 as user,
    timestamptz '2024-01-01 00:00:00+00' + to_seconds(i) as time, {'a': i} as more from range(${count}) t(i)`)
  connection.closeSync()
  instance.closeSync()
  return path
}

const read = async (path: string, query: string, columns: ReadonlyArray<string>) => {
  const request = { columns: columns.map((name) => ({ name, path: name })), digest: false, maxRecordBytes: 1e6 }
  const batches = await Effect.gen(function* () {
    const [source] = yield* duckdbSource.open(path, { query })
    return yield* Stream.runCollect(source.read(request))
  }).pipe(Effect.scoped, Effect.runPromise)
  return batches.map(({ records }) =>
    columns.map((name) => {
      const { codes, dictionary } = textView(records, name)
      return Array.from(codes, (code) => (code < 0 ? null : String(dictionary.get(code))))
    })
  )
}

describe("duckdbSource", () => {
  it("gives the rows in the order of the query, in batches, and removes what it kept", async () => {
    const count = 300_000
    const path = await database(count)
    vi.stubEnv("TMPDIR", dirname(path))
    const batches = await read(path, "from raw order by id desc", ["id", "user", "time", "more.a"])
    assert.isAbove(batches.length, 1)
    const [ids, users, times, more] = [0, 1, 2, 3].map((i) => batches.flatMap((columns) => columns[i]))
    assert.deepStrictEqual(
      ids,
      Array.from({ length: count }, (_, i) => String(count - 1 - i))
    )
    assert.strictEqual(users[0], `u${(count - 1) % 7}`)
    assert.strictEqual(times.at(-1), "2024-01-01T00:00:00Z")
    assert.deepStrictEqual(more, ids)
    assert.deepStrictEqual(readdirSync(dirname(path)), ["raw.duckdb"])
    vi.unstubAllEnvs()
  })

  it("gives nothing for a query without rows", async () => {
    assert.deepStrictEqual(await read(await database(3), "from raw where false", ["id"]), [])
  })
})
