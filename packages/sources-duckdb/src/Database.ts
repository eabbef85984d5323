import { PluginError } from "@sojourn/core"
import type { DuckDBConnection } from "@duckdb/node-api"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"

/** The module is large and native: it is loaded when a database is first opened, and need not be installed before. */
const load = async () => {
  try {
    return await import("@duckdb/node-api")
  } catch (cause) {
    throw new PluginError({
      plugin: "duckdb",
      reason: "Config",
      message: "DuckDB is not installed",
      hint: "npm install @duckdb/node-api",
      cause
    })
  }
}

/** DuckDB locks a file against other processes, not against a second opening by the same one, which would spoil it. */
const turn = Semaphore.makeUnsafe(1)

/**
 * Opens a database file, uses it, and closes it, one at a time; once begun it is not interrupted. `what` is done is said
 * where it fails: `cannot write w.duckdb: …`. The path `:memory:` is a new database in memory.
 */
export const withDatabase = <A>(
  what: "read" | "write",
  path: string,
  use: (connection: DuckDBConnection) => Promise<A>
): Effect.Effect<A, PluginError> => turn.withPermit(Effect.uninterruptible(opened(what, path, use)))

const opened = <A>(what: "read" | "write", path: string, use: (connection: DuckDBConnection) => Promise<A>) =>
  Effect.tryPromise({
    try: async () => {
      const { DuckDBInstance } = await load()
      const instance = await DuckDBInstance.create(path, what === "read" ? { access_mode: "READ_ONLY" } : {})
      try {
        const connection = await instance.connect()
        try {
          // Times are shown and compared in UTC.
          await connection.run("set timezone = 'UTC'")
          return await use(connection)
        } finally {
          connection.closeSync()
        }
      } finally {
        instance.closeSync()
      }
    },
    catch: (cause) => databaseError(what, path, cause)
  })

const databaseError = (what: "read" | "write", path: string, cause: unknown): PluginError => {
  if (cause instanceof PluginError) return cause
  const [line] = (cause instanceof Error ? cause.message : String(cause)).split("\n")
  const known = problems.find(({ pattern }) => pattern.test(line))
  return new PluginError({
    plugin: "duckdb",
    reason: known?.reason ?? "Config",
    message: `cannot ${what} ${path}: ${known?.message ?? line}`,
    ...(known === undefined ? {} : { hint: known.hint }),
    cause
  })
}

const problems: ReadonlyArray<{
  readonly pattern: RegExp
  readonly reason: PluginError["reason"]
  readonly message: string
  readonly hint: string
}> = [
  {
    pattern: /could not set lock|conflicting lock/i,
    reason: "Conflict",
    message: "another program has it open",
    hint: "close it there: a DuckDB file can be written by one program at a time"
  },
  {
    pattern: /not a valid DuckDB database|does not look like|magic bytes/i,
    reason: "Data",
    message: "it is no DuckDB database",
    hint: "name another file, or one that is not there yet"
  },
  {
    pattern: /database does not exist|no such file|cannot open file/i,
    reason: "NotFound",
    message: "no such file or directory",
    hint: "paths are relative to the directory in which the command runs"
  }
]

/** What went wrong beside the database itself, such as with the file in which rows are kept. */
export const fileProblem =
  (what: "read" | "write", uri: string) =>
  (cause: unknown): PluginError =>
    cause instanceof PluginError
      ? cause
      : new PluginError({
          plugin: "duckdb",
          reason: "Internal",
          message: `cannot ${what} ${uri}: ${cause instanceof Error ? cause.message : String(cause)}`,
          cause
        })

/** A name as SQL writes it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A text as SQL writes it. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`
