import { recordBatch, TextBuilder } from "@sojourn/core"
import { DuckDBInstance } from "@duckdb/node-api"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { FixedSizeBinary, makeData, type RecordBatch } from "apache-arrow"
import { parquetMetadata } from "hyparquet"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parquetEncoder, type ParquetEncoderOptions } from "../src/index.ts"
import { random, randomRows, type Row, tableOf } from "./table.ts"

beforeAll(() => parquetEncoder.load?.())

const file = (batches: ReadonlyArray<RecordBatch>, options: ParquetEncoderOptions = {}): Uint8Array => {
  const encoding = parquetEncoder.open(options, batches[0].schema)
  // What an encoding has given is not to change later.
  const parts = [encoding.begin(), ...batches.map((batch) => encoding.encode(batch)), encoding.end()]
  return Buffer.concat(parts)
}

/** The batch in pieces of random sizes, none among them. */
const pieces = (batch: RecordBatch, seed: number): ReadonlyArray<RecordBatch> => {
  const next = random(seed)
  const all = [batch.slice(0, 0)]
  for (let at = 0; at < batch.numRows;) {
    const to = Math.min(batch.numRows, at + Math.floor(next() * 9))
    all.push(batch.slice(at, to))
    at = to
  }
  return all
}

const duckdb = async (bytes: Uint8Array, query: string) => {
  const directory = mkdtempSync(join(tmpdir(), "parquet-"))
  try {
    const path = join(directory, "table.parquet")
    writeFileSync(path, bytes)
    const connection = await (await DuckDBInstance.create()).connect()
    return (await connection.runAndReadAll(query.replaceAll("FILE", `'${path}'`))).getRowsJson()
  } finally {
    rmSync(directory, { recursive: true })
  }
}

const columns = `"user", id, "count"::varchar, score, epoch_us("time")::varchar, epoch("day") / 86400, "open", pages, span`

const expected = (rows: ReadonlyArray<Row>) =>
  rows.map(({ count, day, id, open, pages, score, span, time, user }) => [
    user,
    id,
    count === null ? null : String(count),
    score,
    time === null ? null : String(time),
    day,
    open,
    pages,
    span === null ? null : Number(span) / 1e6
  ])

describe("Parquet out", () => {
  for (const compression of ["snappy", "zstd", "none"] as const) {
    it(`is read back by DuckDB, every value of every type: ${compression}`, async () => {
      for (const seed of [1, 2, 3]) {
        const rows = randomRows(200, seed)
        const bytes = file(pieces(tableOf(rows), seed), { compression, row_group: 64 })
        assert.deepStrictEqual(await duckdb(bytes, `select ${columns} from FILE`), expected(rows) as never)
      }
    })
  }

  it("is the same bytes however the rows come", () => {
    for (const rows of [1, 63, 64, 65, 200, 256]) {
      const table = tableOf(randomRows(rows, rows))
      const whole = file([table], { row_group: 64 })
      for (const seed of [1, 2, 3]) assert.deepStrictEqual(file(pieces(table, seed), { row_group: 64 }), whole)
    }
  })

  it("has row groups of the same number of rows, but for the last", () => {
    const bytes = file(pieces(tableOf(randomRows(250, 7)), 1), { row_group: 100 })
    const { num_rows: rows, row_groups: groups } = parquetMetadata(Uint8Array.from(bytes).buffer)
    assert.strictEqual(rows, 250n)
    assert.deepStrictEqual(
      groups.map((group) => group.num_rows),
      [100n, 100n, 50n]
    )
  })

  it("takes memory that is used again after each batch", async () => {
    const rows = randomRows(30, 5)
    const encoding = parquetEncoder.open({ row_group: 20 }, tableOf(rows).schema)
    const parts = [encoding.begin()]
    for (let at = 0; at < rows.length; at += 10) {
      const batch = tableOf(rows.slice(at, at + 10))
      parts.push(encoding.encode(batch))
      for (const { values } of batch.data.children) {
        if (values !== undefined) new Uint8Array(values.buffer, values.byteOffset, values.byteLength).fill(0)
      }
    }
    parts.push(encoding.end())
    const found = await duckdb(Buffer.concat(parts), `select ${columns} from FILE`)
    assert.deepStrictEqual(found, expected(rows) as never)
  })

  it("has statistics to the microsecond, dictionaries, and a reader skips groups by them", async () => {
    const start = 1_700_000_000_000_001n
    const rows = randomRows(300, 9).map((row, i) => ({ ...row, user: `u${i % 3}`, time: start + BigInt(i) }))
    const bytes = file([tableOf(rows)], { row_group: 100 })
    const found = await duckdb(
      bytes,
      `select epoch_us(stats_min_value::timestamptz)::varchar, epoch_us(stats_max_value::timestamptz)::varchar,
         stats_null_count::varchar from parquet_metadata(FILE) where path_in_schema = 'time' order by row_group_id`
    )
    assert.deepStrictEqual(
      found,
      [0n, 100n, 200n].map((at) => [String(start + at), String(start + at + 99n), "0"]) as never
    )
    for (const at of [0n, 99n, 100n, 299n]) {
      const query = `select id from FILE where "time" = make_timestamptz(${start + at})`
      assert.deepStrictEqual(await duckdb(bytes, query), [[rows[Number(at)].id]] as never)
    }
    const [[dictionaries]] = await duckdb(
      bytes,
      `select count(*)::int from parquet_metadata(FILE) where path_in_schema = 'user' and dictionary_page_offset > 0`
    )
    assert.strictEqual(dictionaries, 3)
  })

  it("of a table without rows has its columns", async () => {
    const bytes = file([tableOf([])])
    assert.deepStrictEqual(await duckdb(bytes, `select ${columns} from FILE`), [])
    const types = await duckdb(bytes, `select column_type from (describe select * from FILE)`)
    assert.deepStrictEqual(types.flat() as ReadonlyArray<string>, [
      "VARCHAR",
      "VARCHAR",
      "BIGINT",
      "DOUBLE",
      "TIMESTAMP WITH TIME ZONE",
      "DATE",
      "BOOLEAN",
      "VARCHAR[]",
      "DOUBLE"
    ])
  })

  it("ends a group early where its text grows too large", async () => {
    const texts = new TextBuilder()
    const rows = 400
    for (let row = 0; row < rows; row++) texts.setText(row, String(row % 2).repeat(2 ** 20))
    const batch = recordBatch([{ name: "text", data: texts.take(rows) }], rows)
    const bytes = file([batch])
    assert.deepStrictEqual(
      parquetMetadata(Uint8Array.from(bytes).buffer).row_groups.map((group) => group.num_rows),
      [320n, 80n]
    )
    assert.deepStrictEqual(
      await duckdb(bytes, `select sum(length(text))::double, count(distinct text)::int from FILE`),
      [[rows * 2 ** 20, 2]]
    )
  })

  it("refuses a column of a type that it has no form for, before anything is written", () => {
    const data = makeData({ type: new FixedSizeBinary(4), length: 1, data: new Uint8Array(4) })
    const { schema } = recordBatch([{ name: "code", data }], 1)
    assert.throws(
      () => parquetEncoder.open({}, schema),
      /column code of type FixedSizeBinary\[4\] cannot be written as parquet/
    )
  })
})
