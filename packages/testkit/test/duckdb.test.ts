import { DuckDBInstance } from "@duckdb/node-api"
import { duckdbSink } from "@sojourn/sinks-duckdb"
import { duckdbSource } from "@sojourn/sources-duckdb"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type SampleRow, testSink, testSource } from "../src/index.ts"
import type { SinkTarget } from "../src/SinkRules.ts"

const query = async (path: string, sql: string) => {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  await connection.run("set timezone = 'UTC'")
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const target = async (): Promise<SinkTarget> => {
  const at = await mkdtemp(join(tmpdir(), "sojourn-duckdb-"))
  const uri = join(at, "w.duckdb")
  const read = async (table: string): Promise<ReadonlyArray<SampleRow> | undefined> => {
    const [{ there }] = await query(
      uri,
      `select count(*) > 0 as there from duckdb_tables() where table_name = '${table}'`
    )
    if (there !== true) return undefined
    const time = "strftime(time, '%Y-%m-%dT%H:%M:%S.%fZ') as time"
    return (await query(uri, `select * replace (${time}) from ${table}`)) as unknown as ReadonlyArray<SampleRow>
  }
  return {
    uri,
    read,
    leftovers: async () => (await readdir(at)).filter((name) => name !== "w.duckdb"),
    close: () => rm(at, { recursive: true })
  }
}

testSink(duckdbSink, {
  options: {},
  target,
  optionTests: {
    right: [{}, { table: "silver.events" }, { mode: "append" }, { mode: "upsert", key: ["id"] }],
    wrong: [{ table: "a.b.c" }, { mode: "merge" }, { mode: "upsert" }, { key: ["id"] }]
  }
})

testSource(duckdbSource, {
  fixtures: [
    {
      name: "rows with nulls and nested values",
      options: { query: "from raw order by place" },
      open: async () => {
        const at = await mkdtemp(join(tmpdir(), "sojourn-duckdb-"))
        const uri = join(at, "raw.duckdb")
        await query(
          uri,
          `create table raw as from (values (3, null, {'a': 1}), (1, 'é', {'a': 2}), (2, '', null), (4, '', null)) as t(place, name, more)`
        )
        return {
          uri,
          leftovers: async () => (await readdir(at)).filter((name) => name !== "raw.duckdb"),
          close: () => rm(at, { recursive: true })
        }
      },
      missing: "nowhere/raw.duckdb",
      records: [
        { place: "1", name: "é", "more.a": "2" },
        { place: "2", name: "", "more.a": null },
        { place: "3", name: null, "more.a": "1" },
        { place: "4", name: "", "more.a": null }
      ]
    }
  ],
  options: { right: [{ query: "from raw" }], wrong: [{}, { query: "" }] }
})
