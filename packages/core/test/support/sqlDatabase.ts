import {
  DuckDBDateValue,
  DuckDBInstance,
  DuckDBIntervalValue,
  DuckDBTimestampValue,
  type DuckDBValue
} from "@duckdb/node-api"
import { dateText, instantText } from "../../src/time/Print.ts"
import type { Plain } from "./plain.ts"

export type SqlType = "varchar" | "bigint" | "double" | "boolean"

/** Rows that belong to a case: the values that follow its number. */
export type CaseRows = ReadonlyMap<number, ReadonlyArray<ReadonlyArray<Plain>>>

/** A DuckDB in memory, in which times without a zone are UTC. */
export class SqlDatabase {
  private readonly connection: Awaited<ReturnType<DuckDBInstance["connect"]>>

  private constructor(connection: SqlDatabase["connection"]) {
    this.connection = connection
  }

  static async open(): Promise<SqlDatabase> {
    const instance = await DuckDBInstance.create(":memory:", { threads: "2" })
    const connection = await instance.connect()
    await connection.run("set TimeZone = 'UTC'")
    return new SqlDatabase(connection)
  }

  /** A new table, in place of one of that name. Integers are numbers. */
  async fill(
    name: string,
    columns: Readonly<Record<string, SqlType>>,
    rows: ReadonlyArray<ReadonlyArray<string | number | boolean | null>>
  ): Promise<void> {
    const types = Object.values(columns)
    const declared = Object.entries(columns).map(([column, type]) => `"${column}" ${type}`)
    await this.connection.run(`create or replace table ${name} (${declared.join()})`)
    const appender = await this.connection.createAppender(name)
    for (const row of rows) {
      for (const [i, value] of row.entries()) {
        if (value === null) appender.appendNull()
        else if (types[i] === "varchar") appender.appendVarchar(String(value))
        else if (types[i] === "bigint") appender.appendBigInt(BigInt(value))
        else if (types[i] === "double") appender.appendDouble(Number(value))
        else appender.appendBoolean(value === true)
      }
      appender.endRow()
    }
    appender.closeSync()
  }

  async run(sql: string): Promise<void> {
    await this.connection.run(sql)
  }

  /** What a query gives whose first column is the number of a case. */
  async byCase(sql: string): Promise<CaseRows> {
    const reader = await this.connection.runAndReadAll(sql)
    const found = new Map<number, Array<ReadonlyArray<Plain>>>()
    for (const [number, ...values] of reader.getRows()) {
      const key = Number(number)
      const rows = found.get(key)
      if (rows === undefined) found.set(key, [values.map(shown)])
      else rows.push(values.map(shown))
    }
    return found
  }

  close(): void {
    this.connection.closeSync()
  }
}

const microsPerDay = 86_400_000_000n

/** A value of DuckDB as plain rows show ours. */
const shown = (value: DuckDBValue): Plain => {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (value instanceof DuckDBTimestampValue) {
    const second = value.micros / 1_000_000n - (value.micros % 1_000_000n < 0n ? 1n : 0n)
    return instantText(Number(second), Number(value.micros - second * 1_000_000n))
  }
  if (value instanceof DuckDBDateValue) return dateText(value.days)
  if (value instanceof DuckDBIntervalValue) return Number(value.micros + BigInt(value.days) * microsPerDay)
  return value as Plain
}

/** Equal, doubles within a relative error of 1e-9. */
export const sameValue = (ours: Plain, theirs: Plain): boolean => {
  if (typeof ours !== "number" || typeof theirs !== "number") return ours === theirs
  return Math.abs(ours - theirs) <= 1e-9 * Math.max(Math.abs(ours), Math.abs(theirs))
}
