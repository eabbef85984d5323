import type { DuckDBConnection } from "@duckdb/node-api"
import { PluginError } from "@sojourn/core"
import { existsSync } from "node:fs"
import { literal, quoted } from "@sojourn/sources-duckdb"
import { fullName, type TargetTable } from "./TargetTable.ts"

/** A prepared table: its rows lie in a Parquet file. */
export interface PreparedTable extends TargetTable {
  /** Known again by it when it is committed a second time. */
  readonly id: string
  readonly file: string
}

/** Puts prepared tables in place in one transaction; those that are, by their ids, are left out. */
export const commitTables = async (
  connection: DuckDBConnection,
  path: string,
  tables: ReadonlyArray<PreparedTable>
): Promise<void> => {
  await connection.run("begin transaction")
  try {
    await connection.run("create schema if not exists _sojourn")
    await connection.run("create table if not exists _sojourn.commits (id varchar primary key)")
    for (const table of tables) {
      const known = await connection.runAndReadAll(`select 1 from _sojourn.commits where id = ${literal(table.id)}`)
      if (known.getRows().length > 0) continue
      if (!existsSync(table.file)) throw lost(path, table)
      if (table.schema !== undefined) await connection.run(`create schema if not exists ${quoted(table.schema)}`)
      for (const statement of statements(table)) await connection.run(statement)
      await connection.run(`insert into _sojourn.commits values (${literal(table.id)})`)
    }
    await connection.run("commit")
  } catch (error) {
    await connection.run("rollback").catch(() => undefined)
    throw error
  }
}

const statements = (table: PreparedTable): ReadonlyArray<string> => {
  const name = fullName(table)
  const rows = `read_parquet(${literal(table.file)})`
  if (table.mode === "overwrite") return [`create or replace table ${name} as select * from ${rows}`]
  const same = table.key.map((column) => `old.${quoted(column)} is not distinct from new.${quoted(column)}`)
  return [
    `create table if not exists ${name} as select * from ${rows} limit 0`,
    ...(table.mode === "upsert" ? [`delete from ${name} as old using ${rows} as new where ${same.join(" and ")}`] : []),
    `insert into ${name} by name select * from ${rows}`
  ]
}

const lost = (path: string, { file, table }: PreparedTable): PluginError =>
  new PluginError({
    plugin: "duckdb",
    reason: "Data",
    message: `the rows for the table ${table} of ${path} are gone: ${file} was removed before they were in place`,
    hint: "run again what wrote them"
  })
