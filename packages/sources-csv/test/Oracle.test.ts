import { assert, describe, it } from "@effect/vitest"
import { parse } from "csv-parse/sync"
import * as Schema from "effect/Schema"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { decode } from "./decode.ts"

const spectrum = new URL("../../../../shared/corpora/csv-spectrum/", import.meta.url)

/** Records of the corpus whose published JSON does not hold what its CSV holds, and what the CSV holds instead. */
const deviations: Record<string, ReadonlyArray<Record<string, string>>> = {
  // The JSON is a single object rather than a list, and gives another phone number than the CSV.
  location_coordinates: [
    {
      "Contact Phone Number": "2095257564",
      "Location Coordinates": "37\ufffd36'37.8\"N 121\ufffd2'17.9\"W",
      Cities: "Modesto",
      Counties: "Stanislaus"
    }
  ]
}

const published = [
  "comma_in_quotes",
  "empty",
  "empty_crlf",
  "escaped_quotes",
  "json",
  "location_coordinates",
  "newlines",
  "newlines_crlf",
  "quotes_and_newlines",
  "simple",
  "simple_crlf",
  "utf8"
]

describe.skipIf(!existsSync(spectrum))("csv-spectrum", () => {
  it.each(published)("reads %s.csv as its JSON says", (name) => {
    const { fields, rejects, rows } = decode(new Uint8Array(readFileSync(new URL(`csvs/${name}.csv`, spectrum))))
    const records = rows.map((row) => Object.fromEntries(fields.map((field, i) => [field, row[i]])))
    const json: unknown = JSON.parse(readFileSync(new URL(`json/${name}.json`, spectrum), "utf8"))
    assert.deepStrictEqual(rejects, [])
    assert.deepStrictEqual<unknown>(records, deviations[name] ?? json)
    if (name in deviations) assert.notDeepEqual<unknown>(records, json)
  })

  it("has no other files", () => {
    assert.deepStrictEqual(
      readdirSync(new URL("csvs/", spectrum)).sort(),
      published.map((name) => `${name}.csv`)
    )
  })
})

/** Fields made of all that matters to CSV. */
const Field = Schema.Array(
  Schema.Literals(["a", "1", ",", ";", "\t", "|", '"', "\n", "\r\n", "\r", " ", "é", "\u{1f600}"])
).check(Schema.isMaxLength(6))
const Table = Schema.Struct({
  delimiter: Schema.Literals([",", ";", "\t", "|"]),
  newline: Schema.Literals(["\n", "\r\n"]),
  quoteAll: Schema.Boolean,
  lastNewline: Schema.Boolean,
  width: Schema.Literals([2, 3, 5]),
  cells: Schema.Array(Field).check(Schema.isMaxLength(40)),
  chunk: Schema.Literals([1, 2, 3, 7, 64, 1000])
})

const written = (field: string, delimiter: string, quoteAll: boolean) =>
  quoteAll || /^"|[\r\n]/.test(field) || field.includes(delimiter) ? `"${field.replaceAll('"', '""')}"` : field

describe("csv-parse as an oracle", () => {
  it.prop(
    "reads any well-formed table as csv-parse does",
    [Table],
    ([table]) => {
      const { cells, chunk, delimiter, lastNewline, newline, quoteAll, width } = table
      const fields = cells.map((cell) => cell.join(""))
      const rows = [Array.from({ length: width }, (_, i) => `c${i}`)]
      for (let at = 0; at + width <= fields.length; at += width) rows.push(fields.slice(at, at + width))
      const lines = rows.map((row) => row.map((field) => written(field, delimiter, quoteAll)).join(delimiter))
      const text = lines.join(newline) + (lastNewline ? newline : "")
      const expected: ReadonlyArray<ReadonlyArray<string>> = parse(text, {
        delimiter,
        record_delimiter: newline,
        relax_quotes: true,
        from_line: 2
      })
      const decoded = decode(text, { options: { delimiter }, chunks: [chunk] })
      assert.deepStrictEqual(decoded.rejects, [])
      assert.deepStrictEqual(
        decoded.rows.map((row) => row.map((cell) => cell ?? "")),
        expected
      )
      assert.deepStrictEqual(
        decoded.rows,
        rows.slice(1).map((row) => row.map((cell) => (cell === "" && !quoteAll ? null : cell)))
      )
      return true
    },
    { arbitrary: { runs: 300 } }
  )
})
