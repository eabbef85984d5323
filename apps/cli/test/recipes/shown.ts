import { join } from "node:path"
import { askDuckDb, plain, textOf } from "./support.ts"

/** A file as text, the same for the same content: of Parquet and DuckDB types and rows, of a page all but its drawings. */
export const shown = async (at: string, path: string): Promise<string> => {
  if (path.endsWith(".parquet")) return table(path, at, [], `from '${path}'`)
  if (isDatabase(path)) return database(at, path)
  if (path.endsWith(".html")) return textOf(at, path).replaceAll(/<(style|svg)\b[^]*?<\/\1>/g, "<$1/>")
  return textOf(at, path)
}

export const isDatabase = (path: string): boolean => /\.(duckdb|db)$/.test(path)

/** Tables by schema and name, but for those that tell of commits; rows, without the times of runs, in order of all of their columns. */
const database = async (at: string, path: string): Promise<string> => {
  const attach = [`attach '${join(at, path)}' as shown (read_only)`, "use shown"]
  const tables = await askDuckDb(
    at,
    ...attach,
    `select schema_name || '.' || table_name as name from duckdb_tables() where database_name = 'shown' and schema_name <> '_sojourn'
      order by all`
  )
  const texts = await Promise.all(
    tables.map(({ name }) => table(plain(name), at, attach, `select ${untimed} from ${plain(name)} order by all`))
  )
  return texts.join("")
}

const untimed = "columns(name -> name not in ('started', 'finished'))"

const table = async (name: string, at: string, before: ReadonlyArray<string>, query: string): Promise<string> => {
  const types = await askDuckDb(at, ...before, `describe ${query}`)
  const rows = await askDuckDb(at, ...before, query)
  const columns = types.map(({ column_name, column_type }) => `${plain(column_name)} ${plain(column_type)}`).join(", ")
  return [`${name}: ${columns}`, ...rows.map((row) => JSON.stringify(row)), ""].join("\n")
}
