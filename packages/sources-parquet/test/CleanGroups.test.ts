import { DuckDBInstance } from "@duckdb/node-api"
import { assert, describe, it } from "@effect/vitest"
import { type DecodeRequest, type EventBatch, kernelTable, makeKernels, textView } from "@sojourn/core"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { parquetDecoder } from "../src/index.ts"
import { accessTo } from "./decode.ts"

// Whatever is read with the kernels is what is read without them: records, places, texts for the quarantine, errors.

const corpus = fileURLToPath(new URL("../../../../shared/corpora/parquet-testing", import.meta.url))
const kernels = makeKernels() ?? assert.fail("no WebAssembly with SIMD")
const decoder = new TextDecoder()

/** Tables of one column: a text or a time. They are never given back. */
const newTables = () =>
  [false, true].map((isTime) => kernelTable(kernels, { columns: [{ name: "x", path: "x", isTime }], digest: false }))
type Tables = ReturnType<typeof newTables>

/** What is to be seen of the records of a batch. */
const seen = ({ asText, records }: Pick<EventBatch, "asText" | "records">) => {
  const { bytes, codes, offsets } = textView(records, "x")
  return {
    texts: Array.from(codes, (code) =>
      code < 0 ? null : decoder.decode(bytes.subarray(offsets[code], offsets[code + 1]))
    ),
    // Of a null the number says nothing.
    numbers: records.schema.names.slice(1).map((name, i) => {
      const values = records.data.children[i + 1].values as BigInt64Array
      return [name, Array.from(values, (value, row) => (codes[row] < 0 ? 0n : value))]
    }),
    raw: Array.from(codes, (_, row) => asText?.(row))
  }
}

interface Read {
  readonly error: string | undefined
  readonly batches: ReadonlyArray<unknown>
  /** Row groups that the kernels have read. */
  readonly held: number
}

const read = async (bytes: Uint8Array, path: string, isTime: boolean, tables: Tables | undefined): Promise<Read> => {
  const batches: Array<unknown> = []
  let held = 0
  try {
    const request: DecodeRequest = {
      columns: [{ name: "x", path, isTime }],
      digest: false,
      maxRecordBytes: 1 << 24,
      ...(tables && { table: tables[Number(isTime)], holds: true })
    }
    const decoding = await parquetDecoder.open({}, request, accessTo(bytes))
    let before = 5
    for (const [group, { records }] of decoding.groups.entries()) {
      const batch = await decoding.read(group, before)
      before += records
      if (batch.held === undefined) {
        batches.push([seen(batch), batch.rejects.numRows])
        continue
      }
      held++
      const { held: rows, some } = batch.held
      assert.strictEqual(rows.rows, records)
      assert.strictEqual(rows.lastEvent, before)
      const all = seen(some(Int32Array.from({ length: records }, (_, row) => row)))
      const third = some(Int32Array.from({ length: Math.floor(records / 3) }, (_, i) => 3 * i))
      assert.deepStrictEqual(
        seen(third).texts,
        all.texts.filter((_, row) => row % 3 === 0 && row + 2 < records)
      )
      assert.deepStrictEqual(seen(batch), all)
      rows.release()
      assert.deepStrictEqual(seen(third).texts.length, Math.floor(records / 3))
      batches.push([all, batch.rejects.numRows])
    }
  } catch (error) {
    return { error: (error as Error).message, batches, held }
  }
  return { error: undefined, batches, held }
}

/** Reads a field both ways: the number of row groups that the kernels took. */
const checkField = async (
  bytes: Uint8Array,
  path: string,
  isTime: boolean,
  tables = newTables(),
  name = ""
): Promise<number> => {
  const plain = await read(bytes, path, isTime, undefined)
  const { batches, error, held } = await read(bytes, path, isTime, tables)
  assert.deepStrictEqual({ error, batches }, { error: plain.error, batches: plain.batches }, `${name}, ${path}`)
  return held
}

/** The same of every field, as a time and not. */
const check = async (bytes: Uint8Array, name: string): Promise<number> => {
  const none = { columns: [], digest: false, maxRecordBytes: 1 }
  const { fields } = await parquetDecoder
    .open({}, none, accessTo(bytes))
    .catch(() => ({ fields: [] as ReadonlyArray<string> }))
  let taken = 0
  for (const path of fields) {
    for (const isTime of [false, true]) taken += await checkField(bytes, path, isTime, newTables(), name)
  }
  return taken
}

/** A file that DuckDB writes of a query. */
const parquet = async (query: string, options: string): Promise<Uint8Array> => {
  const directory = mkdtempSync(join(tmpdir(), "sojourn-parquet-"))
  try {
    const connection = await (await DuckDBInstance.create()).connect()
    const path = join(directory, "a.parquet")
    await connection.run(`copy (${query}) to '${path}' (format parquet${options})`)
    return readFileSync(path)
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Of each kind that the kernels take, with nulls and without, of few values and of many. */
const columns = [
  "'u' || range % 7 as few",
  "if(range % 5 = 0, null, 'é' || range % 1000) as some",
  "md5(range::varchar) as many",
  "if(hash(range) % 3 = 0, null, repeat('x', (hash(range) % 40)::int)) as lengths",
  "null::varchar as nothing",
  "if(range % 11 = 0, null, timestamp '2024-01-01' + to_microseconds((hash(range) % 100000000000)::bigint)) as local",
  "timestamptz '1969-12-31 23:59:59.999999Z' + to_seconds(range % 4) as utc",
  "(timestamp '1960-01-01' + to_milliseconds(range))::timestamp_ms as millis",
  "make_timestamp_ns(range * 1001 - 999999) as nanos"
].join(", ")

/** Of a file that is to be damaged. */
const damaged =
  "'u' || range % 3 as few, if(range % 5 = 0, null, 'é' || range) as some, if(range % 4 = 0, null, timestamp '2024-01-01' + to_minutes(range)) as local"

describe("with the kernels, the same comes of", () => {
  it.skipIf(!existsSync(corpus))("every file of the corpus", async () => {
    let taken = 0
    for (const folder of ["data", "bad_data"]) {
      for (const name of readdirSync(`${corpus}/${folder}`).filter((one) => one.endsWith(".parquet"))) {
        taken += await check(readFileSync(`${corpus}/${folder}/${name}`), name)
      }
    }
    assert.isAbove(taken, 80)
  })

  it.each(["uncompressed", "snappy", "gzip", "zstd"])("pages of both versions, packed with %s", async (compression) => {
    for (const version of ["v1", "v2"]) {
      for (const dictionary of [1, 100_000_000]) {
        const options = `, compression ${compression}, parquet_version ${version}, row_group_size 2048, string_dictionary_page_size_limit ${dictionary}`
        const bytes = await parquet(`select ${columns} from range(5000)`, options)
        const taken = await check(bytes, options)
        // Nine columns in three groups; of one nearly every text is new. The second version has other encodings, too.
        assert.isAtLeast(taken, version === "v1" ? 25 : 3, options)
      }
    }
  })

  it("a file with any byte changed", async () => {
    const tables = newTables()
    for (const options of ["", ", compression uncompressed"]) {
      const bytes = await parquet(`select ${damaged} from range(12)`, options)
      let taken = 0
      for (let at = 0; at < bytes.length; at++) {
        for (const byte of [bytes[at] ^ 1, bytes[at] ^ 0x80]) {
          const changed = bytes.with(at, byte)
          for (const [path, isTime] of [
            ["few", false],
            ["some", false],
            ["local", true]
          ] as const) {
            taken += await checkField(changed, path, isTime, tables, `${options} at ${at}`)
          }
        }
      }
      assert.isAbove(taken, bytes.length)
    }
  })

  it("text that is no UTF-8, and times outside the years that have a text", async () => {
    const texts = await parquet("select unnest(['aaaa', 'b?b?', 'cccc']) as x", ", compression uncompressed")
    const broken = texts.with(Buffer.from(texts).indexOf("b?b?") + 1, 0xff)
    assert.strictEqual(await check(broken, "no UTF-8"), 0)
    assert.strictEqual(await check(texts, "UTF-8"), 1)
    const times = "select unnest([make_timestamptz(300000000000000000), make_timestamptz(0)]) as x"
    assert.strictEqual(await check(await parquet(times, ""), "years"), 0)
  })
})
