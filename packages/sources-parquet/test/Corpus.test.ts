import { DuckDBInstance } from "@duckdb/node-api"
import { assert, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { decode } from "./decode.ts"

const corpus = fileURLToPath(new URL("../../../../shared/corpora/parquet-testing", import.meta.url))
const files = (folder: string): ReadonlyArray<string> =>
  existsSync(corpus) ? readdirSync(`${corpus}/${folder}`).filter((name) => /\.parquet(\.encrypted)?$/.test(name)) : []

/** What is not read, and what is said of it. */
const refused: Readonly<Record<string, string>> = {
  "encrypt_columns_plaintext_footer.parquet.encrypted":
    "column float_field cannot be read: a page does not begin like one: it is damaged or encrypted",
  "large_string_map.brotli.parquet":
    "column arr cannot be read: a page of 1,073,741,828 bytes, unpacked, is over the cap of 536,870,912",
  "nation.dict-malformed.parquet": "column name cannot be read: a page of 28 bytes reaches beyond the column",
  "ARROW-GH-41317.parquet": "column timestamp_us_no_tz cannot be read: it ends after 0 of 3 rows",
  "ARROW-GH-41321.parquet": "column int64 cannot be read: its runs end after 0 of 3 values",
  "ARROW-GH-45185.parquet": "column x cannot be read: it is malformed",
  "ARROW-RS-GH-6229-DICTHEADER.parquet": "column name is said to stand at bytes 129 to 451, outside the data",
  "ARROW-RS-GH-6229-LEVELS.parquet": "column outer cannot be read: its runs end after 1 of 21 values",
  "PARQUET-1481.parquet": "its footer cannot be read: it is malformed"
}
const encrypted = "its footer is encrypted, and there is no key"

const told = (read: Promise<unknown>): Promise<string | undefined> =>
  read.then(
    () => undefined,
    (error: unknown) => (error as Error).message
  )

/** DuckDB's text of a column, by type, as Sojourn writes it. */
const asText = (name: string, type: string): string | undefined => {
  const column = `"${name.replaceAll('"', '""')}"`
  if (/^(VARCHAR|BOOLEAN|U?(TINY|SMALL|BIG)?INT(EGER)?|DATE|DECIMAL.*|UUID|ENUM.*)$/.test(type))
    return `${column}::varchar`
  if (/^(FLOAT|DOUBLE)$/.test(type)) return `${column}::varchar`
  if (type.startsWith("TIMESTAMP")) return `epoch_us(${column})::varchar`
  return undefined
}

const sameValue = (type: string, own: string | null, other: string | null): boolean => {
  if (own === other) return true
  if (own === null || other === null) return false
  if (/^(FLOAT|DOUBLE)$/.test(type)) {
    return Number(own) === Number(other) || (own === "NaN" && /^-?nan$/i.test(other))
  }
  if (!type.startsWith("TIMESTAMP")) return false
  // A time beyond the year 9999 is the number that stands in the file, as INT96 can hold those that no text can.
  if (/^-?\d{15,}$/.test(own)) return true
  const fraction = /\.(\d+)/.exec(own)?.[1] ?? ""
  const seconds = Date.parse(own.replace(/\.\d+/, "").replace(/Z?$/, "Z")) / 1000
  return BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, "0")) === BigInt(other)
}

describe.skipIf(!existsSync(corpus))("the corpus of Apache Parquet", () => {
  for (const folder of ["data", "data/geospatial", "bad_data"]) {
    for (const name of files(folder)) {
      const expected = refused[name] ?? (name.endsWith(".encrypted") ? encrypted : undefined)
      it(`${folder}/${name}: ${expected ?? "is read"}`, async () => {
        assert.strictEqual(await told(decode(readFileSync(`${corpus}/${folder}/${name}`))), expected)
      })
    }
  }

  it("is read as DuckDB reads it: every file that both read, every column whose type has a text in both", async () => {
    const connection = await (await DuckDBInstance.create()).connect()
    let columns = 0
    let values = 0
    for (const name of files("data")) {
      const path = `${corpus}/data/${name}`
      const source = `read_parquet('${path}', binary_as_string = false)`
      const described = await connection.runAndReadAll(`describe select * from ${source}`).catch(() => undefined)
      const types = described?.getRows().map(([column, type]) => ({ column: String(column), type: String(type) })) ?? []
      const own = await decode(readFileSync(path)).catch(() => undefined)
      if (own === undefined || types.length === 0) continue
      const count = await connection.runAndReadAll(`select count(*) from ${source}`)
      assert.strictEqual(own.events.length, Number(count.getRows()[0][0]), name)
      for (const { column, type } of types) {
        const text = asText(column, type)
        if (text === undefined) continue
        const other = await connection.runAndReadAll(`select ${text} from ${source}`).catch(() => undefined)
        if (other === undefined) continue
        columns++
        for (const [row, [value]] of other.getRows().entries()) {
          values++
          const mine: string | null = own.columns[column][row]
          if (!sameValue(type, mine, value as string | null)) {
            assert.fail(`${name}, ${column} ${type}, row ${row}: ${mine}, DuckDB has ${String(value)}`)
          }
        }
      }
    }
    assert.isAbove(columns, 150)
    assert.isAbove(values, 100_000)
  })

  it("cut off anywhere, a file is refused and nothing else happens", async () => {
    const bytes = readFileSync(`${corpus}/data/alltypes_plain.parquet`)
    for (let end = 0; end < bytes.length; end++) {
      assert.match((await told(decode(bytes.subarray(0, end)))) ?? "", /^(it|its|a|column|row) /, `cut at ${end}`)
    }
  })

  it("with any byte changed, a file is read or refused with a sentence", async () => {
    for (const name of ["datapage_v2.snappy.parquet", "nested_lists.snappy.parquet", "alltypes_dictionary.parquet"]) {
      const bytes = readFileSync(`${corpus}/data/${name}`)
      for (let at = 0; at < bytes.length; at++) {
        for (const value of [0, 0xff, bytes[at] ^ 1, bytes[at] ^ 0x80]) {
          const changed = Uint8Array.from(bytes)
          changed[at] = value
          const message = (await told(decode(changed))) ?? ""
          assert.notMatch(message, /undefined|\[object|Cannot read/, `${name} at ${at}`)
        }
      }
    }
  })
})
