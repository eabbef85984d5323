import { assert, describe, it } from "@effect/vitest"
import { execFile } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { parquetEncoder } from "../src/index.ts"
import { randomRows, tableOf } from "./table.ts"

/** Where CONTRIBUTING says that the packages of `requirements.txt` are installed. */
const python = fileURLToPath(new URL("../../../.venv/bin/python", import.meta.url))
const script = fileURLToPath(new URL("readers.py", import.meta.url))

interface Found {
  readonly types: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<unknown>>
  readonly count?: number
}

describe.skipIf(!existsSync(python) && process.env.SOJOURN_CI !== "1")("Parquet out, read elsewhere", () => {
  it("has the same types and values for pyarrow and Spark", { timeout: 120_000 }, async () => {
    await parquetEncoder.load?.()
    // Values of every type, int64 that a double holds: JSON between two programs has no others.
    const rows = randomRows(300, 4).map(({ count, ...row }) => ({ ...row, count: count && count % 1000n }))
    const table = tableOf(rows)
    const directory = mkdtempSync(join(tmpdir(), "parquet-"))
    try {
      const path = join(directory, "table.parquet")
      const encoding = parquetEncoder.open({ compression: "zstd", row_group: 100 }, table.schema)
      writeFileSync(path, Buffer.concat([encoding.begin(), encoding.encode(table), encoding.end()]))
      const { stdout } = await promisify(execFile)(python, [script, path], { maxBuffer: 2 ** 26 })
      const { pyarrow, spark } = JSON.parse(stdout) as Readonly<Record<"pyarrow" | "spark", Found>>
      assert.deepStrictEqual(
        pyarrow.types.map((type) => type.replace(/<\w+: /, "<")),
        [
          "string",
          "string",
          "int64",
          "double",
          "timestamp[us, tz=UTC]",
          "date32[day]",
          "bool",
          "list<string>",
          "double"
        ]
      )
      assert.deepStrictEqual(spark.types, [
        "string",
        "string",
        "bigint",
        "double",
        "timestamp",
        "date",
        "boolean",
        "array<string>",
        "double"
      ])
      assert.strictEqual(spark.count, rows.length)
      const expected = rows.map(({ count, day, id, open, pages, score, span, time, user }) => [
        user,
        id,
        count === null ? null : Number(count),
        score,
        time === null ? null : Number(time),
        day,
        open,
        pages,
        span === null ? null : Number(span) / 1e6
      ])
      assert.deepStrictEqual(pyarrow.rows, expected)
      assert.deepStrictEqual(spark.rows, expected)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })
})
