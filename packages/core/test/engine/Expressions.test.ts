import { assert, describe, it } from "@effect/vitest"
import type { Data } from "apache-arrow"
import { recordBatch } from "../../src/arrow/Columns.ts"
import { Expressions } from "../../src/engine/Expressions.ts"
import type { Tree, ValueType } from "../../src/expression/Tree.ts"
import { column } from "../support/table.ts"

const call = (name: string, ...parts: ReadonlyArray<Tree>): Tree => ({
  kind: "call",
  function: name,
  type: "bool",
  arguments: parts
})

/** Every type that a column can have in an expression, with nulls and with what is null only there. */
const columns: ReadonlyArray<readonly [what: string, type: ValueType, data: Data, json: boolean]> = [
  ["text", "text", column.text(["a", null, "", "null"]), false],
  ["JSON", "json", column.text(['"a"', null, "null", "{}"]), true],
  ["JSON as text", "text", column.text(['"a"', null, "null", "{}"]), true],
  ["text without nulls", "text", column.text(["a", "b", "c", "d"]), false],
  ["whole numbers", "int64", column.int64([1n, null, 0n, -1n]), false],
  ["doubles", "double", column.double([1, null, NaN, Infinity]), false],
  ["times", "timestamp", column.timestamp([1n, null, 0n, null]), false],
  ["dates", "date", column.date([null, 1, 2, 3]), false]
]

describe("a condition that only asks whether a column is there", () => {
  it.each(columns)("holds where the expression is true: %s", (_, type, data, json) => {
    const batch = recordBatch([{ name: "x", data, json }], 4)
    const expressions = new Expressions("UTC", new Map())
    const x: Tree = { kind: "column", name: "x", type }
    const groupOf = Int32Array.of(5, 6, 7, -1)
    const held = (tree: Tree) => Array.from(expressions.condition(tree, "here")(batch, groupOf))
    assert.deepStrictEqual(held(call("is not null", x)), held(call("not", call("is null", x))))
  })
})
