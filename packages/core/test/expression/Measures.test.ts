import { assert, describe, it } from "@effect/vitest"
import type { Scope } from "../../src/expression/Scope.ts"
import type { ValueType } from "../../src/expression/Tree.ts"
import { types } from "./columns.ts"
import { checked, scopeOf } from "./evaluate.ts"

const scope: Scope = {
  ...scopeOf({ user: "text", session_duration_sec: "double" }, { measures: true, windows: false, over: false }),
  inner: scopeOf(types)
}

const only = (text: string) => {
  const { measures, tree } = checked(text, scope)
  assert.deepStrictEqual(tree, { kind: "column", name: "$m0", type: measures[0].type })
  assert.strictEqual(measures.length, 1)
  const { name: _, ...rest } = measures[0]
  return rest
}

const columnOf = (name: string) => ({ kind: "column", name, type: types[name] }) as const

describe("a measure", () => {
  it.each(
    (
      [
        ["count(i)", "count", "i", "int64"],
        ["count(distinct t)", "count_distinct", "t", "int64"],
        ["list(distinct t)", "list_distinct", "t", "list"],
        ["sum(i)", "sum", "i", "int64"],
        ["sum(d)", "sum", "d", "double"],
        ["sum(v)", "sum", "v", "interval"],
        ["avg(i)", "avg", "i", "double"],
        ["avg(v)", "avg", "v", "interval"],
        ["min(t)", "min", "t", "text"],
        ["max(ts)", "max", "ts", "timestamp"],
        ["min(day)", "min", "day", "date"],
        ["FIRST(j)", "first", "j", "json"],
        ["last(b)", "last", "b", "bool"],
        ["any(b)", "any", "b", "bool"],
        ["all(b)", "all", "b", "bool"],
        ["median(i)", "median", "i", "double"],
        ["median(ts)", "median", "ts", "timestamp"],
        ["median(v)", "median", "v", "interval"]
      ] as const
    ).map(([text, measure, name, type]) => ({ text, measure, name, type }))
  )("$text is of type $type", ({ measure, name, text, type }) => {
    assert.deepStrictEqual<unknown>(only(text), { measure, arguments: [columnOf(name)], filter: null, type })
  })

  it("of rows, gaps and active time needs no column", () => {
    assert.deepStrictEqual<unknown>(only("count(*)"), { measure: "count", arguments: [], filter: null, type: "int64" })
    assert.deepStrictEqual<unknown>(only("avg_gap()"), {
      measure: "avg_gap",
      arguments: [],
      filter: null,
      type: "double"
    })
    assert.deepStrictEqual<unknown>(only("active_time(interval '5m')"), {
      measure: "active_time",
      arguments: [],
      parameter: 300_000_000,
      filter: null,
      type: "double"
    })
  })

  it("keeps its parameter apart from its arguments", () => {
    assert.deepStrictEqual<unknown>(only("quantile(i, 0.9)"), {
      measure: "quantile",
      arguments: [columnOf("i")],
      parameter: 0.9,
      filter: null,
      type: "double"
    })
    assert.strictEqual(only("quantile(ts, 1)").parameter, 1)
    assert.deepStrictEqual<unknown>(only("active_time('90s', i)"), {
      measure: "active_time",
      arguments: [{ kind: "call", function: "cast", arguments: [columnOf("i")], type: "double" }],
      parameter: 90_000_000,
      filter: null,
      type: "double"
    })
  })

  it("takes a filter, and ignoring nulls is one", () => {
    const present = { kind: "call", function: "is not null", arguments: [columnOf("t")], type: "bool" } as const
    assert.deepStrictEqual<unknown>(only("count(*) filter (where b)").filter, columnOf("b"))
    assert.deepStrictEqual<unknown>(only("first(t) ignore nulls").filter, present)
    assert.deepStrictEqual<unknown>(only("last(t) ignore nulls filter (where b)").filter, {
      kind: "call",
      function: "and",
      arguments: [columnOf("b"), present],
      type: "bool"
    })
  })

  it("compares JSON as text", () => {
    assert.deepStrictEqual<unknown>(only("min(j)"), {
      measure: "min",
      arguments: [{ kind: "call", function: "cast", arguments: [columnOf("j")], type: "text" }],
      filter: null,
      type: "text"
    })
  })
})

describe("an expression with measures", () => {
  it("has a column for each, and one for equal ones", () => {
    const { measures, tree } = checked("sum(d) / count(*) + COUNT( * ) - sum(d) filter (where b)", scope)
    assert.deepStrictEqual(
      measures.map(({ filter, measure, name }) => [name, measure, filter !== null]),
      [
        ["$m0", "sum", false],
        ["$m1", "count", false],
        ["$m2", "sum", true]
      ]
    )
    const names = JSON.stringify(tree).match(/\$m\d/g)
    assert.deepStrictEqual(names, ["$m0", "$m1", "$m1", "$m2"])
  })

  it("names columns of the group outside measures and of its rows inside", () => {
    const { measures, tree } = checked("session_duration_sec / 60 > max(d)", scope)
    assert.include(JSON.stringify(tree), '"session_duration_sec"')
    assert.deepStrictEqual<unknown>(measures[0].arguments, [columnOf("d")])
  })

  it("may have measures inside functions and functions inside measures", () => {
    const { measures, tree } = checked("round(avg(length(t)), 2)", scope)
    assert.strictEqual(tree.type, "double")
    assert.strictEqual(measures[0].arguments[0].type, "int64")
  })

  it("gives type and columns to the type that is wanted", () => {
    const wanted = (text: string, type: ValueType) => checked(text, { ...scope, type }).tree
    assert.strictEqual(wanted("count(*)", "double").type, "double")
    assert.deepStrictEqual<unknown>(wanted("'30 minutes'", "interval"), {
      kind: "literal",
      value: "1800000000",
      type: "interval"
    })
    assert.strictEqual(wanted("null", "bool").type, "bool")
  })
})

describe("an expression with windows", () => {
  it("has a column for each, and one for equal ones", () => {
    const within = scopeOf(types, { measures: false, windows: true, over: true })
    const { tree, windows } = checked("next(ts) - ts > interval '1h' or number() = 1 or next(ts) is null", within)
    assert.deepStrictEqual<unknown>(windows, [
      { name: "$w0", window: "next", argument: columnOf("ts"), measure: null, over: null, type: "timestamp" },
      { name: "$w1", window: "number", argument: null, measure: null, over: null, type: "int64" }
    ])
    assert.strictEqual(tree.type, "bool")
  })
})
