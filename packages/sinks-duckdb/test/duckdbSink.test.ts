import { DuckDBInstance } from "@duckdb/node-api"
import { assert, describe, it } from "@effect/vitest"
import { type RecordBatch, tableFromArrays } from "apache-arrow"
import * as Effect from "effect/Effect"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"
import { type DuckDBSinkOptions, duckdbSink } from "../src/index.ts"

const directory = () => {
  const path = mkdtempSync(join(tmpdir(), "sojourn-duckdb-"))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const rows = async (path: string, sql: string) => {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  const found = (await connection.runAndReadAll(sql)).getRowsJson()
  connection.closeSync()
  instance.closeSync()
  return found
}

const batch = (from: number, to: number): RecordBatch =>
  tableFromArrays({
    id: Int32Array.from({ length: to - from }, (_, i) => from + i),
    name: Array.from({ length: to - from }, (_, i) => `n${from + i}`)
  }).batches[0]

const { schema } = batch(0, 1)

/** Stages a table and gives its token. */
const prepared = (uri: string, id: string, options: DuckDBSinkOptions, ...batches: ReadonlyArray<RecordBatch>) =>
  Effect.gen(function* () {
    const table = yield* duckdbSink.stage({ uri, options, name: "t", schema, id })
    for (const one of batches) yield* table.write(one)
    return yield* table.prepare
  }).pipe(Effect.scoped, Effect.runPromise)

describe("duckdbSink", () => {
  it("shows rows at the commit, once, however often it is done", async () => {
    const at = directory()
    const uri = join(at, "w.duckdb")
    const options = { mode: "append" } as const
    const token = await prepared(uri, "a", options, batch(0, 3), batch(3, 5))
    assert.deepStrictEqual(readdirSync(at), ["a"])
    for (let i = 0; i < 3; i++) await Effect.runPromise(duckdbSink.commit(uri, [token]))
    assert.deepStrictEqual(await rows(uri, "from t"), [
      [0, "n0"],
      [1, "n1"],
      [2, "n2"],
      [3, "n3"],
      [4, "n4"]
    ])
    assert.deepStrictEqual(readdirSync(at), ["w.duckdb"])
  })

  it("puts all tables of a commit in place, or none", async () => {
    const at = directory()
    const uri = join(at, "w.duckdb")
    const one = await prepared(uri, "a", { table: "one" }, batch(0, 3))
    const other = await prepared(uri, "b", { table: "s.other" }, batch(0, 2))
    rmSync(join(at, "b"))
    const error = await Effect.runPromise(Effect.flip(duckdbSink.commit(uri, [one, other])))
    assert.strictEqual(
      error.message,
      `the rows for the table other of ${uri} are gone: ${join(at, "b")} was removed before they were in place`
    )
    assert.deepStrictEqual(await rows(uri, "select count(*) from duckdb_tables()"), [["0"]])
    await Effect.runPromise(duckdbSink.commit(uri, [one]))
    assert.deepStrictEqual(await rows(uri, "select count(*) from one"), [["3"]])
  })

  it("leaves nothing behind of a table that is discarded, or not prepared", async () => {
    const at = directory()
    const uri = join(at, "w.duckdb")
    const token = await prepared(uri, "a", {}, batch(0, 3))
    for (let i = 0; i < 2; i++) await Effect.runPromise(duckdbSink.discard(uri, [token]))
    await Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const table = yield* duckdbSink.stage({ uri, options: {}, name: "t", schema, id: "b" })
          yield* table.write(batch(0, 3))
        })
      )
    )
    assert.deepStrictEqual(readdirSync(at), [])
  })

  it("makes an empty table of no rows", async () => {
    const uri = join(directory(), "deeper/w.duckdb")
    await Effect.runPromise(duckdbSink.commit(uri, [await prepared(uri, "a", {})]))
    assert.deepStrictEqual(
      await rows(uri, "select column_name, data_type from duckdb_columns() where table_name = 't'"),
      [
        ["id", "INTEGER"],
        ["name", "VARCHAR"]
      ]
    )
  })
})
