import type { DuckDBConnection } from "@duckdb/node-api"
import { PluginError } from "@sojourn/core"
import { DataType, type Schema } from "apache-arrow"
import { literal, quoted } from "@sojourn/sources-duckdb"
import type { DuckDBSinkOptions } from "./DuckDBOptions.ts"

/** Where rows go, as it stands in the token of a prepared table. */
export interface TargetTable {
  /** Undefined: the one that is looked into by itself. */
  readonly schema: string | undefined
  readonly table: string
  readonly mode: NonNullable<DuckDBSinkOptions["mode"]>
  readonly key: ReadonlyArray<string>
}

export const targetTable = (name: string, options: DuckDBSinkOptions): TargetTable => {
  const { mode = "overwrite", table = name } = options
  const key = options.key ?? []
  const [first, second] = table.split(".")
  return second === undefined
    ? { schema: undefined, table: first, mode, key }
    : { schema: first, table: second, mode, key }
}

/** As a person, and SQL, would write it. */
export const fullName = ({ schema, table }: TargetTable): string =>
  schema === undefined ? quoted(table) : `${quoted(schema)}.${quoted(table)}`

/** Fails unless rows with these columns can be put into a table that is there, by its mode. */
export const checkTarget = async (
  connection: DuckDBConnection,
  path: string,
  target: TargetTable,
  columns: ReadonlyMap<string, string>
): Promise<void> => {
  const missing = target.key.find((name) => !columns.has(name))
  if (missing !== undefined) {
    throw mismatch(
      path,
      target,
      `the key column "${missing}" is none of the output's`,
      "choose columns that are written"
    )
  }
  if (target.mode === "overwrite") return
  const there = await tableColumns(connection, target)
  if (there === undefined) return
  for (const [name, type] of columns) {
    const other = there.get(name)
    if (other === type) continue
    const what = other === undefined ? `it has no column "${name}"` : `its column "${name}" is ${other}, not ${type}`
    throw mismatch(path, target, what, `choose the columns that it has, or change it, or use mode: overwrite`)
  }
}

const mismatch = (path: string, { table }: TargetTable, what: string, hint: string): PluginError =>
  new PluginError({
    plugin: "duckdb",
    reason: "Config",
    message: `cannot write the table ${table} of ${path}: ${what}`,
    hint
  })

/** The columns of a table with their types; undefined if there is none. */
const tableColumns = async (
  connection: DuckDBConnection,
  { schema, table }: TargetTable
): Promise<ReadonlyMap<string, string> | undefined> => {
  const found = await connection.runAndReadAll(
    `select column_name, data_type from duckdb_columns() where database_name = current_database()
      and schema_name = ${schema === undefined ? "current_schema()" : literal(schema)} and table_name = ${literal(table)}`
  )
  const rows = found.getRows()
  return rows.length === 0 ? undefined : new Map(rows.map(([name, type]) => [String(name), String(type)]))
}

/** The types that the columns of a table of ours have in DuckDB. */
export const duckdbTypes = ({ fields }: Schema): ReadonlyMap<string, string> =>
  new Map(fields.map(({ name, type }) => [name, duckdbType(type)]))

const duckdbType = (type: DataType): string => {
  if (DataType.isInt(type)) return type.bitWidth === 64 ? "BIGINT" : "INTEGER"
  if (DataType.isFloat(type) || DataType.isDuration(type)) return "DOUBLE"
  if (DataType.isTimestamp(type)) return "TIMESTAMP WITH TIME ZONE"
  if (DataType.isDate(type)) return "DATE"
  if (DataType.isBool(type)) return "BOOLEAN"
  return DataType.isList(type) ? "VARCHAR[]" : "VARCHAR"
}
