import { DuckDBInstance } from "@duckdb/node-api"
import { assert, describe, it } from "@effect/vitest"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { decode } from "./decode.ts"

/** A file that DuckDB writes of a query. */
const parquet = async (query: string, options = ""): Promise<Uint8Array> => {
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

const least = -(2n ** 63n)

describe("values as text", () => {
  for (const [type, literal, text] of [
    ["varchar", "'é'", "é"],
    ["varchar", "''", ""],
    ["boolean", "true", "true"],
    ["tinyint", "-128", "-128"],
    ["utinyint", "255", "255"],
    ["integer", "-2147483648", "-2147483648"],
    ["uinteger", "4294967295", "4294967295"],
    ["bigint", "9223372036854775807", "9223372036854775807"],
    ["ubigint", "18446744073709551615", "18446744073709551615"],
    ["decimal(9,2)", "-0.05", "-0.05"],
    ["decimal(18,0)", "12", "12"],
    ["decimal(38,10)", "1.5", "1.5000000000"],
    ["float", "0.1", "0.1"],
    ["double", "0.1", "0.1"],
    ["double", "'-Infinity'", "-Infinity"],
    ["date", "'2024-02-29'", "2024-02-29"],
    ["time", "'10:00:00.5'", "10:00:00.500"],
    ["timestamp", "'2024-01-01 10:00:00.000001'", "2024-01-01T10:00:00.000001"],
    ["timestamp_s", "'2024-01-01 10:00:00'", "2024-01-01T10:00:00"],
    ["timestamp_ms", "'1969-12-31 23:59:59.999'", "1969-12-31T23:59:59.999"],
    ["timestamp_ns", "'2024-01-01 10:00:00.123456789'", "2024-01-01T10:00:00.123456"],
    ["timestamp_ns", "'1969-12-31 23:59:59.999999999'", "1969-12-31T23:59:59.999999"],
    ["timestamptz", "'2024-01-01 10:00:00+02'", "2024-01-01T08:00:00Z"],
    ["uuid", "'01234567-89ab-cdef-0123-456789abcdef'", "01234567-89ab-cdef-0123-456789abcdef"],
    ["blob", "'\\x00\\xFF'", "00ff"],
    ["int[]", "[1,null]", "[1,null]"],
    ["varchar[][]", "[['a'],[]]", '[["a"],[]]'],
    ["struct(a int, b varchar)", "{'a':1,'b':'\"'}", '{"a":1,"b":"\\""}'],
    ["map(varchar, double)", "map{'k':1.5}", '{"k":1.5}'],
    ["map(int, varchar)", "map{7:'x'}", '{"7":"x"}'],
    ["struct(a int)[]", "[{'a':1}]", '[{"a":1}]']
  ] as const) {
    it(`${type} ${literal} is ${text}, and null is null`, async () => {
      const bytes = await parquet(`select unnest([(${literal})::${type}, null, (${literal})::${type}]) as x`)
      const { columns } = await decode(bytes, { columns: ["x"] })
      assert.deepStrictEqual(columns.x, [text, null, text])
    })
  }
})

describe("times", () => {
  it("in UTC are given as numbers, too; a time without a zone is not, for the spec says what it means", async () => {
    const bytes = await parquet(
      "select unnest(['1969-12-31 23:59:59.999999+00'::timestamptz, null]) as utc, '2024-01-01 10:00:00'::timestamp as wall"
    )
    const { columns, micros } = await decode(bytes, { times: ["utc", "wall"] })
    assert.deepStrictEqual(columns.utc, ["1969-12-31T23:59:59.999999Z", null])
    assert.deepStrictEqual(micros.utc, [-1n, 0n])
    assert.deepStrictEqual(micros.wall, [])
  })

  it("outside the years 0001 to 9999 are left as the number of the file", async () => {
    const bytes = await parquet("select make_timestamptz(300000000000000000) as at")
    const { columns, micros } = await decode(bytes, { times: ["at"] })
    assert.deepStrictEqual(columns.at, ["300000000000000000"])
    assert.deepStrictEqual(micros.at, [least])
  })
})

describe("fields", () => {
  it("are those of structs, too, by path, however deep", async () => {
    const bytes = await parquet(
      "select unnest([{'a':{'b':'x','c':1},'d':[1]}, null, {'a':null,'d':null}]) as s, 'y' as \"t.u\""
    )
    const { columns, fields } = await decode(bytes)
    assert.deepStrictEqual([...fields], ["s", "s.a", "s.a.b", "s.a.c", "s.d", "t.u"])
    assert.deepStrictEqual(columns["s.a.b"], ["x", null, null])
    assert.deepStrictEqual(columns["s.a"], ['{"b":"x","c":1}', null, null])
    assert.deepStrictEqual(columns["s.d"], ["[1]", null, null])
    assert.deepStrictEqual(columns["t.u"], ["y", "y", "y"])
  })

  it("that a file lacks are null", async () => {
    const { columns } = await decode(await parquet("select 1 as a"), { columns: ["b", "a"] })
    assert.deepStrictEqual(columns, { b: [null], a: ["1"] })
  })

  it("that nobody wants are not read", async () => {
    const bytes = await parquet(
      "select range as a, repeat(md5(range::varchar), 20) as b from range(20000)",
      ", compression uncompressed"
    )
    const { columns, taken } = await decode(bytes, { columns: ["a"] })
    assert.lengthOf(columns.a, 20_000)
    assert.isAbove(bytes.length, 10_000_000)
    // The footer, read once for its fields and once more, and the column.
    assert.isBelow(taken, 300_000)
  })
})

describe("records", () => {
  it("are numbered through all row groups, in every compression and both versions of pages", async () => {
    const query =
      "select range as a, range % 7 as b, if(range % 3 = 0, null, 'u' || range % 100) as c from range(10000)"
    const expected = Array.from({ length: 10_000 }, (_, i) => (i % 3 === 0 ? null : `u${i % 100}`))
    for (const compression of ["uncompressed", "snappy", "gzip", "zstd", "brotli", "lz4_raw"]) {
      for (const version of ["v1", "v2"]) {
        const options = `, compression ${compression}, parquet_version ${version}, row_group_size 2048`
        const { columns, events } = await decode(await parquet(query, options))
        assert.deepStrictEqual(
          events,
          Array.from({ length: 10_000 }, (_, i) => i + 1),
          options
        )
        assert.deepStrictEqual(
          columns.a,
          Array.from({ length: 10_000 }, (_, i) => String(i)),
          options
        )
        assert.deepStrictEqual(columns.c, expected, options)
      }
    }
  })

  it("with text that is no UTF-8 are rejected alone", async () => {
    const bytes = Uint8Array.from(await parquet("select unnest(['aaaa', 'b?b?', 'cccc']) as x, 1 as y"))
    const at = Buffer.from(bytes).lastIndexOf("b?b?", bytes.length - 200)
    bytes[Buffer.from(bytes).indexOf("b?b?") + 1] = 0xff
    assert.isAbove(at, 0)
    const { columns, events, rejects } = await decode(bytes)
    assert.deepStrictEqual(columns.x, ["aaaa", "cccc"])
    assert.deepStrictEqual(events, [1, 3])
    assert.deepStrictEqual(rejects, [{ event: 2, code: "text.encoding", field: "x" }])
  })

  it("have equal digests if all their fields are equal, wanted or not", async () => {
    const query = "select unnest([1,1,1,2]) as a, unnest(['x','x','y','x']) as b, unnest([[1],[1],[1],[1]]) as c"
    const { digests } = await decode(await parquet(query), { columns: ["a"], digest: true })
    assert.strictEqual(digests[0], digests[1])
    assert.strictEqual(new Set(digests).size, 3)
  })

  it("as text are the fields that were read", async () => {
    const { first } = await decode(await parquet("select 1 as a, null::varchar as b, true as c, [1] as d"))
    assert.strictEqual(first, '{"a":"1","b":null,"c":true,"d":[1]}')
  })

  it("may be none", async () => {
    const { events, fields } = await decode(await parquet("select 1 as a where false"))
    assert.deepStrictEqual([events.length, [...fields]], [0, ["a"]])
  })
})
