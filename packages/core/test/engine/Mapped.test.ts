import { assert, describe, it } from "@effect/vitest"
import { columnData } from "../../src/arrow/Columns.ts"
import { wordType } from "../../src/run/RowWords.ts"
import { token } from "../support/records.ts"
import { planOf, runPlan, runSpec } from "../support/runSpec.ts"

const t = "2024-07-10T10:00:00Z"

/** The only event, or code, reason and field of the reject. */
const eventOf = (mapping: string, row: Readonly<Record<string, unknown>>): unknown => {
  const { rejects, table } = runSpec(`event: { ${mapping} }\ndedupe: none`, [{ u: "a", t, ...row }])
  const [reject] = rejects
  return reject === undefined ? table("events")[0] : [reject.code, reject.reason, reject.field]
}

describe("a mapped expression", () => {
  it.each<[string, Readonly<Record<string, unknown>>, unknown]>([
    ["coalesce(page, screen)", { screen: "home" }, "home"],
    ["coalesce(page, screen)", { page: "x", screen: "home" }, "x"],
    ["meta.spent::int64 + 1", { meta: { spent: 4 } }, 5],
    ["meta.spent::double", { meta: { spent: token("1.50") } }, 1.5],
    ["n", { n: token("1.50") }, "1.50"],
    ["n || ''", { n: token("1.50") }, "1.50"],
    ["flag::bool", { flag: true }, true],
    ["flag || '!'", { flag: false }, "false!"],
    ["json_extract_text(raw, '$.a')", { raw: { a: "b" } }, "b"],
    ["raw || ''", { raw: { a: ["b", 1] } }, '{"a":["b",1]}'],
    ["upper(x)", { x: "\\u00e9" }, "\\U00E9"],
    ["upper(x)", { x: 'caf\u00e9 "1"' }, 'CAF\u00c9 "1"'],
    ["x::timestamp", { x: "2024-07-10 12:00:00+02:00" }, t],
    ["x::date", { x: "2024-07-10" }, "2024-07-10"],
    ["interval '1m' * 2", {}, 120_000_000],
    ["1 + 1", {}, 2],
    ["try_cast(x as int64)", { x: "no" }, null],
    ["x is null", { x: null }, true]
  ])("%s of %j", (text, row, expected) => {
    const event = eventOf(`user: u, time: t, columns: { v: "${text.replaceAll('"', '\\"')}" }`, row)
    assert.deepStrictEqual(Array.isArray(event) ? event : (event as { readonly v: unknown }).v, expected)
  })

  it.each<[string, Readonly<Record<string, unknown>>, ReadonlyArray<unknown>]>([
    ["columns: { v: 'x::int64' }", { x: "soon" }, ["field.type", "invalid int64 for x", "x"]],
    ["columns: { v: 'coalesce(y, z)::int64' }", { z: "soon" }, ["field.type", "invalid int64 for y", "y"]],
    ["columns: { v: 'x::int64' }, required: [v]", {}, ["field.missing", "missing x", "x"]],
    ["columns: { v: 'coalesce(x, y)' }, required: [v]", {}, ["field.missing", "missing v", "v"]],
    ["columns: { v: 'lower(x)' }, allowed: { v: [a] }", { x: "B" }, ["field.value", "unexpected value for x", "x"]],
    ["type: { as: k, value: 'lower(k)' }, required: [k]", { k: " " }, ["field.missing", "missing k", "k"]],
    [
      "id: { as: id, value: 'x::int64::text' }, type: { as: k, value: 'k::int64::text' }",
      { x: "a", k: "b" },
      ["field.type", "invalid int64 for x", "x"]
    ]
  ])("%s rejects %j", (mapping, row, expected) => {
    assert.deepStrictEqual(eventOf(`user: u, time: t, ${mapping}`, row), expected)
  })

  it("comes after texts that mean null, and what it gives is not one of them", () => {
    const mapping = `user: u, time: t, null_values: [NA, ""], columns: { a: "coalesce(x, 'none')", b: "coalesce(x, 'NA')" }`
    assert.deepStrictEqual(eventOf(mapping, { x: "NA" }), { u: "a", t, a: "none", b: "NA" })
    assert.deepStrictEqual(eventOf(mapping, { x: "" }), { u: "a", t, a: "none", b: "NA" })
  })

  it("may be the user, alone or as a part of the key", () => {
    const user = (mapping: string, row: Readonly<Record<string, unknown>>) =>
      (eventOf(`${mapping}, time: t`, row) as { readonly k?: unknown }).k ?? eventOf(`${mapping}, time: t`, row)
    assert.strictEqual(user("user: { as: k, value: lower(u) }", { u: "ANN" }), "ann")
    assert.strictEqual(user("user: { as: k, value: [lower(u), n] }", { u: "ANN", n: 1 }), '["ann","1"]')
    assert.deepStrictEqual(user("user: { as: k, value: lower(u) }", { u: " " }), ["field.missing", "missing u", "u"])
    assert.deepStrictEqual(user("user: { as: k, value: \"nullif(u, 'bot')\" }", { u: "bot" }), [
      "field.missing",
      "missing u",
      "u"
    ])
  })

  it("may be the time, as text in the format or as a time", () => {
    const time = (mapping: string, row: Readonly<Record<string, unknown>>) => {
      const event = eventOf(`user: u, time: { as: at, value: "${mapping}" }`, row)
      return Array.isArray(event) ? event : (event as { readonly at: unknown }).at
    }
    assert.strictEqual(time("d || 'T' || h || 'Z'", { d: "2024-07-10", h: "10:00" }), t)
    assert.strictEqual(time("to_timestamp(s::double)", { s: 1_720_605_600 }), t)
    assert.strictEqual(time("t::timestamp - interval '1h'", {}), "2024-07-10T09:00:00Z")
    assert.deepStrictEqual(time("d || 'T' || h", { d: "2024-07-10", h: "25:00" }), [
      "time.invalid",
      "invalid ISO-8601",
      "at"
    ])
    assert.deepStrictEqual(time("to_timestamp(s::double)", { s: "soon" }), ["field.type", "invalid double for s", "s"])
    assert.deepStrictEqual(time("to_timestamp(s::double)", {}), ["field.missing", "missing s", "s"])
    const range = { from: 0, to: 1e15, outside: "reject" } as const
    const { rejects } = runSpec('event: { user: u, time: { as: at, value: "t::timestamp" } }', [{ u: "a", t }], {
      range
    })
    assert.deepStrictEqual(
      rejects.map(({ code, field }) => [code, field]),
      [["time.range", "t"]]
    )
  })

  it("has the same values however the records are cut into batches", () => {
    const body =
      "event: { user: u, time: t, columns: { n: 'n::int64', x: upper(x), d: 'n::double / 3' } }\ndedupe: none"
    const rows = Array.from({ length: 30 }, (_, i) => ({
      u: "a",
      t: `2024-07-10T10:${10 + i}:00Z`,
      n: i % 7 === 0 ? null : i,
      x: ["a", "é", null][i % 3]
    }))
    const whole = runSpec(body, rows).table("events")
    assert.deepStrictEqual(runSpec(body, rows, { cuts: [1, 1, 5, 29], blockRows: 3 }).table("events"), whole)
    assert.strictEqual(whole.length, 30)
  })

  it("is bound to a value that the plan does not hold", () => {
    const body = 'event: { user: { as: who, value: "sha256(u || ${SALT})" }, time: t }'
    const plan = planOf(body, { params: {}, env: { SALT: "s3cret" } })
    assert.deepStrictEqual(plan.bindings, ["SALT"])
    assert.notInclude(JSON.stringify(plan), "s3cret")
    const who = (salt: string) =>
      runPlan(plan, [{ u: "a", t }], { bindings: new Map([["SALT", salt]]) }).table("events")[0].who
    assert.strictEqual(who(""), "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb")
    assert.notStrictEqual(who("x"), who(""))
  })

  it("is kept in a column of its type", () => {
    const { batch } = runSpec(
      "event: { user: u, time: t, columns: { a: 'n::int64', b: 'n::double', c: 'n::bool', d: 't::date', e: 't::timestamp', f: \"interval '1s'\" } }",
      [{ u: "a", t, n: 1 }]
    )
    const types = ["a", "b", "c", "d", "e", "f"].map((name) => wordType(columnData(batch("events"), name)))
    assert.deepStrictEqual(types, ["int64", "double", "bool", "date", "timestamp", "interval"])
  })
})

describe("event.where", () => {
  const rows = [
    { u: "a", t, k: "view", n: 1 },
    { u: "a", t, k: "ping", n: 2 },
    { u: "b", t, k: null, n: 3 },
    { u: "b", t, k: "view", n: "x" }
  ]
  const of = (where: string) => {
    const body = `event: { user: u, time: t, type: k, columns: { n: n }, where: "${where}" }\ndedupe: none`
    const { filtered, rejects, table } = runSpec(body, rows, { cuts: [1, 3] })
    return [table("events").map(({ n }) => n), filtered, rejects.map(({ field, reason }) => [reason, field])]
  }

  it("leaves out accepted events for which it is not true, and counts them", () => {
    assert.deepStrictEqual(of("type = 'view'"), [["1", "x"], 2, []])
    assert.deepStrictEqual(of("type <> 'ping'"), [["1", "x"], 2, []])
    assert.deepStrictEqual(of("user = 'b' or n = '1'"), [["1", "3", "x"], 1, []])
    assert.deepStrictEqual(of("true"), [["1", "2", "3", "x"], 0, []])
    assert.deepStrictEqual(of("false"), [[], 4, []])
  })

  it("rejects an event for which it cannot be told", () => {
    assert.deepStrictEqual(of("n::int64 > 1"), [["2", "3"], 1, [["invalid int64 for n", "n"]]])
  })
})
