import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { bytesOf, decodePieces, pieces } from "./decode.ts"

const Records = Schema.NonEmptyArray(
  Schema.Struct({
    a: Schema.Json,
    'é"\\': Schema.Json,
    n: Schema.Struct({ o: Schema.Json, p: Schema.optionalKey(Schema.Struct({ q: Schema.Json })) }),
    s: Schema.String,
    more: Schema.Record(Schema.String, Schema.Json)
  })
)
type Record = (typeof Records.Type)[number]

const paths = ["a", 'é"\\', "n", "n.o", "n.p.q", "s"]

const atPaths = (record: Record): ReadonlyArray<unknown> => [
  record.a,
  record['é"\\'],
  record.n,
  record.n.o,
  record.n.p?.q,
  record.s
]

/** As read back from JSON, with null for a missing value. */
const normal = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))

describe("the JSON decoder", () => {
  it.prop(
    "finds in every layout what JSON.parse finds",
    [Records, Schema.Literals([0, 1, 4]), Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 40 }))],
    ([records, indent, size]) => {
      const texts = records.map((record) => JSON.stringify(record, null, indent))
      const inputs = [
        { layout: "lines", text: records.map((record) => JSON.stringify(record)).join("\n") },
        { layout: "values", text: texts.join("\n") },
        { layout: "values", text: texts.join("") },
        { layout: "array", text: JSON.stringify(records, null, indent) },
        { layout: "array", text: JSON.stringify({ n: [], records, m: null }, null, indent) },
        { layout: "auto", text: JSON.stringify({ n: [], records, m: null }, null, indent) }
      ] as const
      const expected = records.map((record) => atPaths(record).map(normal))
      const digests = inputs.map(({ layout, text }) => {
        const { rejects, rows } = decodePieces(pieces(bytesOf(text), [size]), { layout, paths })
        assert.deepStrictEqual(rejects, [])
        assert.deepStrictEqual(
          rows.map(({ cells }) => cells.map((cell): unknown => JSON.parse(cell ?? "null"))),
          expected
        )
        return rows.map(({ digest }) => digest)
      })
      for (const digest of digests) assert.deepStrictEqual(digest, digests[0])
    }
  )
})
