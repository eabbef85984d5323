import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { makePlan } from "../../src/plan/makePlan.ts"
import { readSpec, type SpecValues } from "../../src/spec/readSpec.ts"
import { head, noValues, planOf, runPlan } from "../support/runSpec.ts"

const params = `params:
  least: { type: integer, default: 2 }
  only: { type: boolean, default: false }
  kinds: { type: list, default: [a, b] }
  cap: { type: duration, default: 5m }
  from: { optional: true }
  KEY: { optional: true }
`
const rows = [
  ["ann", "2024-07-10T10:00:00Z", "a"],
  ["ann", "2024-07-10T10:01:00Z", "b"],
  ["bob", "2024-07-10T11:00:00Z", "c"]
].map(([u, t, k]) => ({ u, t, k }))

/** Users for which a condition over events, or over how many there are, is true. */
const usersWhere = (where: string, values: Partial<SpecValues> = {}, having = "true") => {
  const event = "event: { user: u, time: t, type: k }\n"
  const table = `tables: { d: { from: events, where: "${where}", by: [u], columns: { n: count(*) }, having: "${having}" } }`
  const plan = planOf(`${params}${event}${table}`, { ...noValues, ...values })
  const bindings = new Map([["KEY", "from the environment"]])
  return runPlan(plan, rows, { bindings })
    .table("d")
    .map(({ u }) => u)
}

const errors = (text: string, values: Partial<SpecValues> = {}) => {
  const read = Result.getOrThrow(readSpec("s.yaml", `${head}${params}${text}`, { ...noValues, ...values }))
  const plan = makePlan(read)
  return Result.isFailure(plan)
    ? plan.failure.problems.map(({ column, hint, line, message }) => `${line}:${column}: ${message}; ${hint ?? ""}`)
    : []
}

describe("a param in an expression is a value of its type", () => {
  it("integer", () => {
    assert.deepStrictEqual(usersWhere("true", {}, "n >= ${least}"), ["ann"])
    assert.deepStrictEqual(usersWhere("true", { params: { least: "1" } }, "n >= ${least}"), ["ann", "bob"])
  })

  it("boolean", () => {
    assert.deepStrictEqual(usersWhere("not ${only} or type = 'c'"), ["ann", "bob"])
    assert.deepStrictEqual(usersWhere("not ${only} or type = 'c'", { params: { only: "true" } }), ["bob"])
  })

  it("list, among other items of in", () => {
    assert.deepStrictEqual(usersWhere("type in (${kinds})"), ["ann"])
    assert.deepStrictEqual(usersWhere("type in ('c', ${kinds})", {}), ["ann", "bob"])
    assert.deepStrictEqual(usersWhere("type not in (${kinds})"), ["bob"])
    assert.deepStrictEqual(usersWhere("type in (${kinds})", { params: { kinds: "" } }), [])
    assert.deepStrictEqual(usersWhere("type not in (${kinds})", { params: { kinds: "" } }), ["ann", "bob"])
  })

  it("duration, which is null where it is none", () => {
    assert.deepStrictEqual(usersWhere("${cap} = interval '5 minutes'"), ["ann", "bob"])
    assert.deepStrictEqual(usersWhere("${cap} is null", { params: { cap: "none" } }), ["ann", "bob"])
  })

  it("text, which beside a time is one, and null where it is not given", () => {
    const where = "${from} is null or time >= ${from}"
    assert.deepStrictEqual(usersWhere(where), ["ann", "bob"])
    assert.deepStrictEqual(usersWhere(where, { params: { from: "2024-07-10T10:30:00Z" } }), ["bob"])
    assert.deepStrictEqual(usersWhere("type = ${from}", { params: { from: "c' or true or '" } }), [])
  })

  it("and not the variable of the environment that has its name", () => {
    assert.deepStrictEqual(usersWhere("${KEY} is null", { env: { KEY: "from the environment" } }), ["ann", "bob"])
  })
})

describe("what is wrong with a param in an expression", () => {
  const event = "event: { user: u, time: t, type: k, where: "
  it.each([
    [
      "a list where one value stands",
      `${event}"k = \${kinds}" }`,
      {},
      "11:49: kinds is a list; it stands in parentheses: x in (${kinds})"
    ],
    ["its type", `${event}"k = \${least}" }`, {}, "11:44: = cannot take text and int64; cast the text, as in x::int64"],
    [
      "its value",
      `${event}"k in (\${kinds}) and \${least} > 1" }`,
      { params: { least: "x" } },
      '11:65: --least: expected a whole number, found "x"; '
    ]
  ])("%s", (_, text, values, problem) => {
    assert.deepStrictEqual(errors(text, values), [problem])
  })

  it("a required one that is not given, told once where it stands", () => {
    const read = readSpec("s.yaml", `${head}params: { p: {} }\n${event}"k in (\${p}) or k = \${p}" }`, noValues)
    const plan = makePlan(Result.getOrThrow(read))
    assert.deepStrictEqual(
      Result.isFailure(plan) ? plan.failure.problems.map(({ hint, message }) => [message, hint]) : [],
      [['the param "p" has no value', "give it: --p …"]]
    )
  })

  it("a default of another type, or that is no choice", () => {
    const body = `${head}params:
  a: { type: integer, default: x }
  b: { type: list, default: x }
  c: { choices: [x, y], default: z }
  d: { type: boolean, default: 1 }
  e: { type: duration, default: soon }
  f: { type: integer, default: "\${N}" }
event: { user: u, time: t }`
    const read = readSpec("s.yaml", body, noValues)
    assert.deepStrictEqual(
      Result.isFailure(read) ? read.failure.problems.map(({ line, message }) => `${line}: ${message}`) : [],
      [
        '5: expected a whole number, found "x"',
        '6: expected a list of texts, found "x"',
        '7: expected x or y, found "z"',
        "8: expected true or false, found 1",
        '9: expected none or a duration such as 500ms, 45s, 30m, 1h, 1d or 1h30m, found "soon"'
      ]
    )
  })
})
