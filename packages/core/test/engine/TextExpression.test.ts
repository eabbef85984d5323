import { assert, describe, it } from "@effect/vitest"
import { recordBatch, textColumn, textView } from "../../src/arrow/Columns.ts"
import { TextPool } from "../../src/arrow/TextPool.ts"
import { compileExpression } from "../../src/expression/Evaluate.ts"
import type { Tree } from "../../src/expression/Tree.ts"
import { fieldRules } from "../../src/engine/FieldText.ts"
import { type FieldRules, type MappedText, MappedTexts } from "../../src/engine/MappedText.ts"
import { makeTextExpression } from "../../src/engine/TextExpression.ts"
import { makeValidate } from "../../src/engine/Validate.ts"
import { Random } from "../support/random.ts"
import { planOf } from "../support/runSpec.ts"
import { tokenBatches, tokenColumn } from "../support/tokenBatches.ts"

const noBindings: ReadonlyMap<string, string> = new Map()
const anyTime = { from: -Infinity, to: Infinity, outside: "warn" } as const

const planWith = (text: string) => planOf(`event: { user: u, time: t, columns: { v: "${text}" } }\ndedupe: none`)

const treeOf = (text: string): Tree => planWith(text).validate.columns[0].value

const expressions = [
  "x::json",
  "try_cast(x as json)",
  "x::json::text",
  "x::int64::text",
  "lower(x)",
  "nullif(x, 'A')",
  "regexp_extract(x, '([a-z])', 1)",
  "case when x = 'A' then x::int64::text else x::json::text end"
]

/** Fields as they are written in JSON. */
const tokens = [
  '"A"',
  '"a"',
  '"NA"',
  '""',
  '" "',
  '"1"',
  "1",
  "1.0",
  "true",
  '{"a": 1}',
  '{"a":1}',
  '[1, "x y"]',
  '"{\\"a\\":1}"',
  '"{\\"a\\" : 1}"',
  '" [1,2] "',
  '"{\\"a\\":1"',
  '"\\"q\\""',
  '"null"',
  '"\\u0041"',
  '"\\ufeff{}"',
  '"é"',
  '"99999999999999999999"'
]

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A row's text, null, or what is wrong with it. */
const outcome = ({ column, judged, text }: MappedText, row: number): unknown => {
  const code = column.codes[row]
  const verdict = code < 0 ? judged.ofNull : judged.verdicts[code]
  if (verdict > 0) return { field: "x", ...judged.problems[verdict - 1] }
  return code < 0 || text.meaning[code] < 0 ? null : text.values.text(text.meaning[code])
}

/** The same found out about one record by itself: the field is read, the expression evaluated, its value judged. */
const oracle = (tree: Tree, token: string | null, nulls: ReadonlySet<string>, rules: FieldRules): unknown => {
  const source = new TextPool()
  if (token !== null) source.add(encode(token), 0, encode(token).length)
  const field = new MappedTexts({ ...rules, ...fieldRules(nulls), required: false, allowed: undefined })
  const { text } = field.read(tokenColumn(source, [token === null ? -1 : 0]), undefined)
  const read = textColumn(Int32Array.of(token === null ? -1 : text.meaning[0]), text.values.vector())
  const { data, failed } = compileExpression(tree, noBindings, "UTC")(recordBatch([{ name: "x", data: read }], 1))
  if (failed !== undefined) return { code: "field.type", reason: `${failed.reason} for x`, field: "x" }
  const view = textView(recordBatch([{ name: "v", data }], 1), "v")
  return outcome(new MappedTexts(rules).read(view, undefined), 0)
}

describe("an expression over one field, evaluated once per text", () => {
  it.each(expressions)("%s gives what it gives record by record", (text) => {
    const tree = treeOf(text)
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Random(seed)
      const required = random.int(2) === 0
      const nulls = random.int(2) === 0 ? new Set(["NA", ""]) : new Set<string>()
      const rules: FieldRules = {
        path: "x",
        required,
        allowed: random.int(3) === 0 ? ["a", "1", '{"a":1}'] : undefined,
        nulls: new Set(),
        blankIsNull: required,
        scalarOnly: false,
        plainIntegers: false
      }
      const expression = makeTextExpression(tree, "v", "UTC", noBindings)
      assert.isDefined(expression)
      const mapped = new MappedTexts(rules, expression && { expression, rules: fieldRules(nulls) })
      for (const { batch, column, lasting, rows } of tokenBatches(random, tokens)) {
        const found = mapped.read(column, lasting)
        assert.strictEqual(found.text.lasts, lasting !== undefined)
        const expected = rows.map((row) => oracle(tree, row, nulls, rules))
        assert.deepStrictEqual(
          rows.map((_, row) => outcome(found, row)),
          expected,
          `seed ${seed} batch ${batch}`
        )
      }
    }
  })

  it("keeps the events of a plan in the kernels", () => {
    for (const text of expressions) {
      const { fields } = makeValidate(planWith(text), anyTime)
      assert.deepStrictEqual(
        fields?.fields.map(({ json, name, path }) => [name, path, json]),
        [
          ["u", "u", false],
          ["t", "t", false],
          ["v", "x", treeOf(text).type === "json"]
        ],
        text
      )
    }
  })

  it.each(["coalesce(x, 'none')", "x || y", "'a'", "x::int64", "case when x is null then '-' else x end"])(
    "%s is none: another text decides, null has a value, or it makes no text",
    (text) => {
      assert.isUndefined(makeValidate(planWith(text), anyTime).fields)
    }
  )
})
