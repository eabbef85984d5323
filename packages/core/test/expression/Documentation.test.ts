import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
import { functions, measures, sharing, windows } from "../../src/expression/Functions.ts"
import { type NamedColumn, recordBatch } from "../../src/arrow/Columns.ts"
import type { ValueType } from "../../src/expression/Tree.ts"
import type { Plain } from "../support/plain.ts"
import { runSpec } from "../support/runSpec.ts"
import { check, evaluate, scopeOf, type Types } from "./evaluate.ts"

const page = readFileSync(new URL("../../../../docs/expressions.md", import.meta.url), "utf8")

interface Table {
  readonly head: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

/** The tables of a page: cells without the backquotes around them. */
const tables = (text: string): ReadonlyArray<Table> =>
  (text.match(/^\|.*\n\|[-| ]+\n(?:\|.*\n)+/gm) ?? []).map((table) => {
    const [head, , ...rows] = table.trim().split("\n").map(cells)
    return { head, rows }
  })

const cells = (line: string): ReadonlyArray<string> =>
  line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) =>
      cell
        .trim()
        .replace(/^`(.*)`$/, "$1")
        .replaceAll(String.raw`\|`, "|")
    )

const documented = tables(page)
const named = (head: string): ReadonlyArray<Table> => documented.filter((table) => table.head[0] === head)

/** A value as the page has it. */
const shown = (value: Plain, type: ValueType): string =>
  typeof value === "string" && (type === "text" || type === "json") ? `'${value.replaceAll("'", "''")}'` : String(value)

const [columns] = named("column")

/** One row with the columns of the page. */
const row = recordBatch(
  columns.rows.map(([name, type, value]): NamedColumn => {
    const { data, type: found } = evaluate(value, recordBatch([], 1), {})
    assert.strictEqual(found, type, name)
    return { name, data, json: type === "json" }
  }),
  1
)
const types = Object.fromEntries(columns.rows.map(([name, type]) => [name, type])) as Types

/** What an expression gives for the columns of the page, as the page has it. */
const outcome = (expression: string, timezone: string): string => {
  const syntax = check(expression, scopeOf(types))
  if (Result.isFailure(syntax)) return `fails: ${syntax.failure.message}`
  const { failed, type, values } = evaluate(expression, row, types, { timezone })
  return failed === undefined ? shown(values[0], type) : `fails: ${failed.reason}`
}

describe("docs/expressions.md", () => {
  const zones = documented.flatMap(({ head: [first], rows }) => {
    const zone = first === "expression" ? "UTC" : /^in (.*)$/.exec(first)?.[1]
    return zone === undefined ? [] : rows.map(([expression, value]) => ({ expression, value, zone }))
  })

  it.each(zones)("$expression in $zone", ({ expression, value, zone }) => {
    assert.strictEqual(outcome(expression, zone), value)
  })

  it("has an example of every function, measure and neighbour", () => {
    const examples = [...zones.map(({ expression }) => expression), ...calls("measure"), ...calls("neighbours")].join(
      " "
    )
    const missing = [functions, sharing, measures, windows]
      .flatMap((map) => [...map.keys()])
      .filter((name) => !examples.includes(`${name}(`))
    assert.deepStrictEqual(missing, [])
  })
})

const calls = (head: string): ReadonlyArray<string> => named(head).flatMap(({ rows }) => rows.map(([call]) => call))

describe("docs/expressions.md, over events", () => {
  const [{ head, rows }] = named("user")
  const events = rows.map((row) => Object.fromEntries(row.map((cell, i) => [head[i], cell === "" ? null : cell])))
  const valuesOf = (expression: string): ReadonlyArray<Plain> =>
    runSpec(
      `event:
  user: user
  time: time
  type: type
  columns: { page: page, price: price::double, took: took::double }
tables:
  t: { from: events, columns: { value: ${JSON.stringify(expression)} } }`,
      events
    )
      .table("t")
      .map(({ value }) => value)

  const shownText = (value: Plain) =>
    shown(value, typeof value === "string" && !/^(\d{4}-|\[)/.test(value) ? "text" : "list")

  it.each(named("measure").flatMap((table) => table.rows))("%s", (measure, value) => {
    assert.deepStrictEqual(valuesOf(measure).map(shownText), [value])
  })

  it.each(named("neighbours").flatMap((table) => table.rows))("%s", (call, values) => {
    assert.strictEqual(valuesOf(call).map(shownText).join(", "), values)
  })
})
