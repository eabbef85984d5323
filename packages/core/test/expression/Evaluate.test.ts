import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import {
  DataType,
  DurationMicrosecond,
  Field,
  Float32,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Utf8,
  vectorFromArray
} from "apache-arrow"
import { recordBatch, utf8Column } from "../../src/arrow/Columns.ts"
import { compileExpression } from "../../src/expression/Evaluate.ts"
import { Random } from "../support/random.ts"
import { column, tableOf } from "../support/table.ts"
import { boolValues, sameRows, types } from "./columns.ts"
import { checked, evaluate, plainValues, scopeOf, type Types } from "./evaluate.ts"

const encoder = new TextEncoder()

describe("columns in", () => {
  it("takes JSON tokens as text without their quotes, and as json as they are", () => {
    const tokens = column.text(['"a"', '"\\u00e9\\n"', "1.50", "true", "null", '{"a":1}', null, '""', '"null"'])
    const batch = recordBatch([{ name: "x", data: tokens, json: true }], 9)
    assert.deepStrictEqual(evaluate("x", batch, { x: "text" }).values, [
      "a",
      "é\n",
      "1.50",
      "true",
      null,
      '{"a":1}',
      null,
      "",
      "null"
    ])
    const json = evaluate("x", batch, { x: "json" })
    assert.isTrue(json.json)
    assert.deepStrictEqual(json.values.slice(0, 5), ['"a"', '"\\u00e9\\n"', "1.50", "true", "null"])
    assert.isFalse(evaluate("x::text", batch, { x: "json" }).json)
    assert.deepStrictEqual(evaluate("x::text", batch, { x: "json" }).values, evaluate("x", batch, { x: "text" }).values)
  })

  it("takes a few tokens of a large dictionary", () => {
    const values = Array.from({ length: 1000 }, (_, i) => `"v${i}"`)
    const batch = recordBatch([{ name: "x", data: column.text(values), json: true }], 1000).slice(500, 503)
    assert.deepStrictEqual(evaluate("x", batch, { x: "text" }).values, ["v500", "v501", "v502"])
    assert.deepStrictEqual(evaluate("upper(x)", batch, { x: "text" }).values, ["V500", "V501", "V502"])
  })

  it("takes text without a dictionary", () => {
    const bytes = encoder.encode("abc")
    const batch = tableOf({ x: utf8Column(Int32Array.of(0, 1, 1, 3), bytes) })
    assert.deepStrictEqual(evaluate("upper(x)", batch, { x: "text" }).values, ["A", "", "BC"])
  })

  it("takes narrower numbers, and doubles that are none as null", () => {
    const narrow = (data: ReturnType<typeof makeData>) => {
      const type = new Struct([new Field("x", data.type, true)])
      return new RecordBatch(
        new Schema(type.children),
        makeData({ type, length: data.length, nullCount: 0, children: [data] })
      )
    }
    const ints = makeData({ type: new Int32(), length: 2, nullCount: 0, data: Int32Array.of(-3, 7) })
    assert.deepStrictEqual(evaluate("x + 1", narrow(ints), { x: "int64" }).values, [-2, 8])
    const floats = makeData({ type: new Float32(), length: 2, nullCount: 0, data: Float32Array.of(0.5, 7) })
    assert.deepStrictEqual(evaluate("x", narrow(floats), { x: "double" }).values, [0.5, 7])
    const doubles = tableOf({ x: column.double([1, Number.NaN, null, Number.POSITIVE_INFINITY]) })
    assert.deepStrictEqual(evaluate("x", doubles, { x: "double" }).values, [1, null, null, null])
    assert.deepStrictEqual(evaluate("x is null", doubles, { x: "double" }).values, [false, true, true, true])
  })

  it("passes lists on and knows where there is none", () => {
    const lists = vectorFromArray([["a"], null, []], new List(new Field("item", new Utf8(), true))).data[0]
    const batch = tableOf({ x: lists })
    const { data } = evaluate("x is null", batch, { x: "list" })
    assert.deepStrictEqual(plainValues(data), [false, true, false])
    const { tree } = checked("x", scopeOf({ x: "list" }))
    assert.strictEqual(compileExpression(tree, new Map(), "UTC")(batch).data, lists)
  })

  it("takes a part of a batch as it takes the whole", () => {
    const random = new Random(3)
    const some = <A>(make: () => A) => Array.from({ length: 100 }, () => (random.int(4) === 0 ? null : make()))
    const batch = tableOf({
      t: column.text(some(() => random.pick(["a", "b", "1", "é"]))),
      b: boolValues(some(() => random.int(2) === 0)),
      i: column.int64(some(() => BigInt(random.int(9)))),
      d: column.double(some(() => random.int(9) / 2)),
      ts: column.timestamp(some(() => BigInt(random.int(9)) * 1_000_000n)),
      day: column.date(some(() => random.int(9)))
    })
    const own: Types = { t: "text", b: "bool", i: "int64", d: "double", ts: "timestamp", day: "date" }
    for (const text of ["t", "b", "i", "d", "ts", "day", "not b", "t || 'x'", "i + 1", "b and d > 1", "ts + '1s'"]) {
      const { values } = evaluate(text, batch, own)
      for (const [from, to] of [
        [0, 3],
        [5, 50],
        [13, 14],
        [7, 7]
      ]) {
        assert.deepStrictEqual(evaluate(text, batch.slice(from, to), own).values, values.slice(from, to), text)
      }
    }
  })
})

describe("columns out", () => {
  it("have the Arrow type of each type", () => {
    const batch = sameRows(2)
    const typeOf = (text: string) =>
      (evaluate(text, batch, types).data.type as { readonly toString: () => string }).toString()
    const text = "Dictionary<Int32, Utf8>"
    const found = ["t", "'x'", "j", "b", "i", "d", "ts", "day"].map(typeOf)
    const expected = [text, text, text, "Bool", "Int64", "Float64", "Timestamp<MICROSECOND, UTC>", "Date32<DAY>"]
    assert.deepStrictEqual(found, expected)
    const { data } = evaluate("v", batch, types)
    assert.isTrue(DataType.isDuration(data.type) && data.type.unit === new DurationMicrosecond().unit)
  })

  it("are empty for an empty batch, of constants too", () => {
    const batch = sameRows(3).slice(0, 0)
    for (const text of ["t", "lower(t)", "1", "'x'", "null", "i + 1", "b and true", "'x'::int64", "interval '1s'"]) {
      const { data, failed } = evaluate(text, batch, types)
      assert.deepStrictEqual([data.length, failed], [0, undefined], text)
    }
  })

  it("share the dictionary of a column that is passed on", () => {
    const batch = sameRows(3)
    const { data } = evaluate("t", batch, types)
    assert.strictEqual(data.dictionary, batch.getChild("t")?.data[0].dictionary)
  })

  it("hold every text of a column with very many", () => {
    const texts = Array.from({ length: 6000 }, (_, i) => `${i % 100 === 7 ? "é" : "v"}${i % 4000}`)
    const batch = tableOf({ t: column.text(texts) })
    const upper = texts.map((text) => text.toUpperCase())
    assert.deepStrictEqual(evaluate("upper(t)", batch, { t: "text" }).values, upper)
    assert.deepStrictEqual(evaluate("upper(t)", batch.slice(0, 3000), { t: "text" }).values, upper.slice(0, 3000))
    const long = texts.map((text) => `${text}${"-".repeat(80)}é`)
    assert.deepStrictEqual(evaluate(`t || '${"-".repeat(80)}é'`, batch, { t: "text" }).values, long)
  })

  it("do not depend on how rows are cut into batches", () => {
    const random = new Random(5)
    const texts = Array.from({ length: 300 }, () => random.pick(["/a/1", "/b/2?x=1", "/a/3?x=\u{1f600}", "", null]))
    const whole = tableOf({ t: column.text(texts) })
    const own: Types = { t: "text" }
    const text = "coalesce(url_param(t, 'x'), regexp_extract(t, '[0-9]'), upper(t) || '!', 'none')"
    const { values } = evaluate(text, whole, own)
    const cuts = [0, ...random.cuts(300, 40), 300]
    const pieces = cuts.slice(1).flatMap((to, i) => evaluate(text, whole.slice(cuts[i], to), own).values)
    assert.deepStrictEqual(pieces, values)
  })
})

describe("parameters", () => {
  it("are values, whatever is in them", () => {
    const value = "' or true or '\u{1f600}"
    const { values } = evaluate("${KEY} || t", sameRows(2), types, { bindings: { KEY: value } })
    assert.deepStrictEqual(values, [`${value}Ab c`, `${value}Ab c`])
  })

  it("hash as a key", () => {
    const users = Array.from({ length: 200 }, (_, i) => `user-${i % 150}-\u{e9}`)
    const { values } = evaluate(
      "hmac_sha256(u, ${KEY})",
      tableOf({ u: column.text(users) }),
      { u: "text" },
      {
        bindings: { KEY: "k\u{e9}y" }
      }
    )
    const expected = users.map((user) => createHmac("sha256", "k\u{e9}y").update(user).digest("hex"))
    assert.deepStrictEqual(values, expected)
  })

  it("must have a value", () => {
    assert.throws(() => evaluate("${KEY}", sameRows(1), types), "the parameter KEY has no value")
  })
})

describe("time that a hostile text can take", () => {
  const steps = (text: string, expression: string) => {
    const { values } = evaluate(expression, tableOf({ x: column.text([text]) }), { x: "text" })
    return values[0]
  }
  const long = 200_000

  it("is linear for regular expressions that others match in exponential time", () => {
    assert.isFalse(steps(`${"a".repeat(long)}b`, "regexp_matches(x, '(a+)+$')"))
    assert.isNull(steps(`${"a".repeat(long)}b`, "regexp_extract(x, '^(a|aa)+$', 1)"))
    assert.strictEqual(steps(`${"a".repeat(long)}b`, "length(regexp_replace(x, '(a*)*c', ''))"), long + 1)
  })

  it("is bounded for patterns of like, JSON, numbers and blanks", () => {
    assert.isFalse(steps("a".repeat(long), "x like '%a%a%a%a%a%a%a%b'"))
    assert.isFalse(steps("a".repeat(long), "x like '%a_%a_%a_%b'"))
    assert.isNull(steps("[".repeat(long), "json_extract_text(x, 'a')"))
    assert.isNull(steps(`"${"\\".repeat(long)}`, "json_extract_text(x, 'a')"))
    assert.isNull(steps(`${"1".repeat(long)}x`, "try_cast(x as int64)"))
    assert.strictEqual(steps(`a${" ".repeat(long)}b`, "length(trim(x))"), long + 2)
    assert.isNull(steps(`a${" ".repeat(long)}b`, "try_cast(x as double)"))
    assert.isNull(steps(`${"1s ".repeat(long / 10)}!`, "try_cast(x as interval)"))
  })
})
