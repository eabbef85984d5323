import { assert, describe, it } from "@effect/vitest"
import {
  boolColumn,
  columnData,
  dateColumn,
  doubleColumn,
  type EventBatch,
  int64Column,
  recordBatch,
  TextBuilder,
  textView,
  timestampColumn
} from "@sojourn/core"
import { jsonDecoder } from "@sojourn/sources-json"
import type { RecordBatch } from "apache-arrow"
import * as Schema from "effect/Schema"
import { jsonEncoder, type JsonEncoderOptions } from "../src/index.ts"
import { type Row, Rows, tableOf, timeText } from "./table.ts"

const decoder = new TextDecoder()

const encode = (options: JsonEncoderOptions, batches: ReadonlyArray<RecordBatch>): string => {
  const encoding = jsonEncoder.open(options, batches[0].schema)
  const parts = [encoding.begin(), ...batches.map(encoding.encode), encoding.end()]
  return decoder.decode(Uint8Array.from(parts.flatMap((part) => [...part])))
}

const texts = (columns: Record<string, ReadonlyArray<string | null>>): RecordBatch => {
  const length = Object.values(columns)[0].length
  return recordBatch(
    Object.entries(columns).map(([name, values]) => {
      const builder = new TextBuilder()
      for (const [row, value] of values.entries()) if (value !== null) builder.setText(row, value)
      return { name, data: builder.take(length) }
    }),
    length
  )
}

/** As for JSON.stringify, there is no minus zero. */
const plusZero = (value: number | null) => (value === 0 ? 0 : value)

const objectOf = ({ count, id, millis, open, score, user }: Row) => ({
  user: user?.join("") ?? null,
  id: id.join(""),
  count: plusZero(count),
  score: plusZero(score),
  time: timeText(millis),
  open
})

/** The tokens that the decoder finds for the columns. */
const readBack = (json: string, names: ReadonlyArray<string>, layout: "lines" | "array") => {
  const decoding = jsonDecoder.open(
    { layout },
    { columns: names.map((name) => ({ name, path: name })), digest: false, maxRecordBytes: 1 << 20 }
  )
  const batches: ReadonlyArray<EventBatch> = [...decoding.push(new TextEncoder().encode(json)), ...decoding.end()]
  assert.deepStrictEqual(
    batches.map(({ rejects }) => rejects.numRows).filter((count) => count > 0),
    []
  )
  return batches.flatMap(({ records }) => {
    const columns = names.map((name) => {
      const { codes, dictionary } = textView(records, name)
      return Array.from(codes, (code): unknown => (code < 0 ? null : JSON.parse(dictionary.get(code) ?? "")))
    })
    return Array.from({ length: records.numRows }, (_, row) =>
      Object.fromEntries(names.map((name, column) => [name, columns[column][row]]))
    )
  })
}

const layouts = ["lines", "array"] as const

describe("jsonEncoder", () => {
  it("writes each type exactly, keys in the order of the columns, and null as null", () => {
    const isFirst = (row: number) => row === 0
    const batch = recordBatch(
      [
        { name: "name", data: columnData(texts({ name: ["é", null] }), "name") },
        { name: "count", data: int64Column(BigInt64Array.of(2n ** 62n, 0n), isFirst) },
        { name: "score", data: doubleColumn(Float64Array.of(0.1, Number.NaN)) },
        { name: "whole", data: doubleColumn(Float64Array.of(1e20, -Infinity)) },
        { name: "time", data: timestampColumn(BigInt64Array.of(1_720_605_600_000_001n, 0n), isFirst) },
        { name: "date", data: dateColumn(Int32Array.of(19_914, 0), isFirst) },
        { name: "open", data: boolColumn(2, isFirst) }
      ],
      2
    )
    assert.strictEqual(
      encode({}, [batch]),
      `{"name":"é","count":4611686018427387904,"score":0.1,"whole":100000000000000000000,` +
        `"time":"2024-07-10T10:00:00.000001Z","date":"2024-07-10","open":true}\n` +
        `{"name":null,"count":null,"score":null,"whole":null,"time":null,"date":null,"open":false}\n`
    )
  })

  it("has JSON values as they are, in every layout, and not as texts", () => {
    const tokens = ['{"a":[1.50,"\\n"]}', null, "null", '"x"']
    const data = columnData(texts({ v: tokens }), "v")
    const named = columnData(texts({ k: ["a", "b", "c", "d"] }), "k")
    const batch = recordBatch(
      [
        { name: "k", data: named },
        { name: "v", data, json: true },
        { name: "text", data }
      ],
      4
    )
    const first = `"v":{"a":[1.50,"\\n"]},"text":${JSON.stringify(tokens[0])}`
    assert.isTrue(
      encode({}, [batch]).startsWith(`{"k":"a",${first}}\n{"k":"b","v":null,"text":null}\n{"k":"c","v":null,`)
    )
    assert.include(encode({ layout: "array" }, [batch]), first)
    assert.include(encode({ key: "k" }, [batch]), `"a":{${first}}`)
    assert.strictEqual(JSON.parse(encode({ layout: "array" }, [batch])).at(3).v, "x")
  })

  it("escapes what JSON.stringify escapes, in text and in names, and nothing else", () => {
    const all = Array.from({ length: 0x300 }, (_, code) => String.fromCharCode(code)).join("") + "\u2028\u{1f600}"
    assert.strictEqual(
      encode({}, [texts({ [all]: [all, ""] })]),
      `${JSON.stringify({ [all]: all })}\n${JSON.stringify({ [all]: "" })}\n`
    )
  })

  it("array: one object a line between brackets", () => {
    const batch = texts({ a: ["1", null], b: ["2", "3"] })
    const expected = `[\n{"a":"1","b":"2"},\n{"a":null,"b":"3"}\n]\n`
    assert.strictEqual(encode({ layout: "array" }, [batch]), expected)
    assert.strictEqual(
      encode({ layout: "array" }, [batch.slice(0, 0), batch.slice(0, 1), batch.slice(1, 1), batch.slice(1)]),
      expected
    )
  })

  it("writes a table without rows as nothing, or as an empty array", () => {
    const empty = texts({ a: [] })
    assert.strictEqual(encode({}, [empty]), "")
    assert.strictEqual(encode({ layout: "array" }, [empty]), "[]\n")
    assert.strictEqual(encode({ layout: "array" }, [empty, empty]), "[]\n")
  })

  it.prop(
    "writes what JSON.parse reads as the same table",
    [Rows],
    ([rows]) => {
      const batch = tableOf(rows)
      const expected = rows.map(objectOf)
      const lines = encode({ layout: "lines" }, [batch]).split("\n")
      assert.strictEqual(lines.pop(), "")
      assert.deepStrictEqual(
        lines.map((line): unknown => JSON.parse(line)),
        expected
      )
      assert.deepStrictEqual<unknown>(JSON.parse(encode({ layout: "array" }, [batch])), expected)
      return true
    },
    { arbitrary: { runs: 300 } }
  )

  it.prop(
    "writes what the decoder reads back as the same table",
    [Rows, Schema.Literals(layouts)],
    ([rows, layout]) => {
      const batch = tableOf(rows)
      const names = batch.schema.names.map(String)
      assert.deepStrictEqual(readBack(encode({ layout }, [batch]), names, layout), rows.map(objectOf))
      return true
    }
  )

  it.prop(
    "writes the same bytes however the table is cut into batches",
    [Rows, Schema.Int, Schema.Literals(layouts)],
    ([rows, seed, layout]) => {
      const batch = tableOf(rows)
      const cut = rows.length === 0 ? 0 : Math.abs(seed) % rows.length
      const slices = [batch.slice(0, cut), batch.slice(cut, cut), batch.slice(cut)]
      const batches = [tableOf(rows.slice(0, cut)), tableOf(rows.slice(cut))]
      assert.strictEqual(encode({ layout }, slices), encode({ layout }, [batch]))
      assert.strictEqual(encode({ layout }, batches), encode({ layout }, [batch]))
      return true
    }
  )

  it("is an encoder by its name and endings, and takes the options it documents", () => {
    assert.deepStrictEqual(
      [jsonEncoder.kind, jsonEncoder.name, jsonEncoder.extensions],
      ["encoder", "json", ["jsonl", "ndjson", "json"]]
    )
    const read = Schema.decodeUnknownSync(jsonEncoder.options)
    assert.deepStrictEqual(read({ layout: "array" }), { layout: "array" })
    assert.throws(() => read({ layout: "values" }))
  })
})
