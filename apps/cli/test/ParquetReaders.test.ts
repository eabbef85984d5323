import { DuckDBInstance } from "@duckdb/node-api"
import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"

/** Where CONTRIBUTING says that the packages of packages/sinks-parquet/test/requirements.txt are installed. */
const python = fileURLToPath(new URL("../../../.venv/bin/python", import.meta.url))
const script = fileURLToPath(new URL("../../../packages/sinks-parquet/test/readers.py", import.meta.url))

interface Found {
  readonly types: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
  readonly count?: number
}

const events = [
  "user,time,page",
  ...Array.from({ length: 400 }, (_, i) => {
    const [day, hour, minute] = [1 + (i % 9), i % 24, (i * 7) % 60].map((part) => String(part).padStart(2, "0"))
    return `u${i % 23},2024-01-${day}T${hour}:${minute}:00Z,/p/${i % 4}`
  })
].join("\n")

describe.skipIf(!existsSync(python) && process.env.SOJOURN_CI !== "1")("Parquet by date, read elsewhere", () => {
  it("has the same rows and types for DuckDB, pyarrow and Spark", { timeout: 300_000 }, async () => {
    const at = directory({ "events.csv": events })
    const columns = "[user, session_start, session_duration_sec, event_count, is_open, date]"
    const spec = directory({
      "spec.yaml": `version: 1
name: days
source: { uri: ${at}/events.csv }
event: { user: user, time: time }
sessions: { gap: 30m }
outputs: { sessions: { uri: ${at}/days, format: parquet, partition: [date], columns: ${columns} } }
`
    })
    const { code, stderr } = await sojourn("run", join(spec, "spec.yaml"), "-q")
    assert.strictEqual(code, 0, stderr)

    const connection = await (await DuckDBInstance.create()).connect()
    const rows = `(select "user", epoch_us(session_start)::double as t, session_duration_sec as d, event_count::int as n, is_open,
      date::varchar as date from read_parquet('${at}/days/*/*.parquet', hive_partitioning = true, hive_types = {'date': date}))`
    const expected = (await connection.runAndReadAll(`from ${rows} order by all`)).getRowsJson()
    assert.isAbove(expected.length, 100)

    const { stdout } = await promisify(execFile)(python, [script, join(at, "days")], { maxBuffer: 2 ** 26 })
    const { pyarrow, spark } = JSON.parse(stdout) as Readonly<Record<"pyarrow" | "spark", Found>>
    assert.deepStrictEqual(pyarrow.types.slice(0, 5), ["string", "timestamp[us, tz=UTC]", "double", "int64", "bool"])
    assert.deepStrictEqual(spark.types, ["string", "timestamp", "double", "bigint", "boolean", "date"])
    assert.strictEqual(spark.count, expected.length)
    const sorted = (found: ReadonlyArray<ReadonlyArray<unknown>>) => found.map((row) => JSON.stringify(row)).sort()
    assert.deepStrictEqual(sorted(pyarrow.rows), sorted(expected))
    const dated = spark.rows.map((row) => [
      ...row.slice(0, 5),
      new Date(Number(row[5]) * 86_400_000).toISOString().slice(0, 10)
    ])
    assert.deepStrictEqual(sorted(dated), sorted(expected))
  })
})
