import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { parseExpression } from "../../src/expression/Parse.ts"
import type { CallSyntax, Syntax } from "../../src/expression/Syntax.ts"
import { Random } from "../support/random.ts"
import { types } from "./columns.ts"
import { check, scopeOf } from "./evaluate.ts"

const parsed = (text: string): Syntax => {
  const result = parseExpression(text)
  if (Result.isFailure(result)) throw new Error(`${text}: ${result.failure.message}`)
  return result.success
}

/** An expression with a parenthesis around every part, so that what binds to what can be seen. */
const print = (syntax: Syntax): string => {
  switch (syntax.kind) {
    case "number":
      return syntax.text
    case "text":
      return `'${syntax.value.replaceAll("'", "''")}'`
    case "constant":
      return String(syntax.value)
    case "typed":
      return `${syntax.type} '${syntax.value}'`
    case "binding":
      return `\${${syntax.name}}`
    case "column":
      return syntax.path.map((name) => `"${name.replaceAll('"', '""')}"`).join(".")
    case "not":
      return `(not ${print(syntax.operand)})`
    case "negate":
      return `(- ${print(syntax.operand)})`
    case "binary":
      return `(${print(syntax.left)} ${syntax.operator} ${print(syntax.right)})`
    case "is null":
      return `(${print(syntax.operand)} is${syntax.not ? " not" : ""} null)`
    case "in":
      return `(${print(syntax.operand)}${not(syntax)} in (${syntax.list.map(print).join(", ")}))`
    case "between":
      return `(${print(syntax.operand)}${not(syntax)} between ${print(syntax.low)} and ${print(syntax.high)})`
    case "like": {
      const escape = syntax.escape === undefined ? "" : ` escape ${print(syntax.escape)}`
      return `(${print(syntax.operand)}${not(syntax)} like ${print(syntax.pattern)}${escape})`
    }
    case "case": {
      const subject = syntax.subject === undefined ? "" : ` ${print(syntax.subject)}`
      const branches = syntax.branches.map(({ value, when }) => ` when ${print(when)} then ${print(value)}`)
      const otherwise = syntax.otherwise === undefined ? "" : ` else ${print(syntax.otherwise)}`
      return `(case${subject}${branches.join("")}${otherwise} end)`
    }
    case "cast":
      return `${syntax.tries ? "try_cast" : "cast"}(${print(syntax.operand)} as ${syntax.type})`
    case "call": {
      const args = syntax.star ? "*" : `${syntax.distinct ? "distinct " : ""}${syntax.arguments.map(print).join(", ")}`
      const filter = syntax.filter === undefined ? "" : ` filter (where ${print(syntax.filter)})`
      return `${syntax.name}(${args})${syntax.ignoreNulls ? " ignore nulls" : ""}${filter}${overText(syntax)}`
    }
  }
}

const overText = ({ over }: CallSyntax): string => {
  if (over === undefined) return ""
  const partition = over.partition.length === 0 ? "" : `partition by ${over.partition.map(print).join(", ")} `
  const order = over.order.map(({ descending, value }) => `${print(value)}${descending ? " desc" : ""}`).join(", ")
  return ` over (${partition}${order === "" ? "" : `order by ${order}`})`
}

const not = (syntax: { readonly not: boolean }): string => (syntax.not ? " not" : "")

/** A random expression of a depth, of every kind. */
const randomSyntax = (random: Random, depth: number): Syntax => {
  const place = { from: 0, to: 0 }
  const part = () => randomSyntax(random, depth - 1)
  const parts = (least: number) => Array.from({ length: least + random.int(3) }, part)
  const flag = () => random.int(2) === 0
  if (depth === 0) {
    switch (random.int(6)) {
      case 0:
        return { kind: "number", text: random.pick(["0", "12", "1.5", ".5", "1e3", "2."]), ...place }
      case 1:
        return { kind: "text", value: random.pick(["", "a", "it's", "''", "\u{1f600}", "and"]), ...place }
      case 2:
        return { kind: "constant", value: random.pick([true, false, null]), ...place }
      case 3:
        return { kind: "typed", type: random.pick(["timestamp", "date", "interval"]), value: "x", ...place }
      case 4:
        return { kind: "binding", name: "KEY", ...place }
      default: {
        const path = Array.from({ length: 1 + random.int(3) }, () => random.pick(["a", "end", 'a "b"', "x y", "é"]))
        return { kind: "column", path, quoted: true, ...place }
      }
    }
  }
  switch (random.int(10)) {
    case 0:
      return { kind: "not", operand: part(), ...place }
    case 1:
      return { kind: "negate", operand: part(), ...place }
    case 2:
      return { kind: "is null", operand: part(), not: flag(), ...place }
    case 3:
      return { kind: "in", operand: part(), list: parts(1), not: flag(), ...place }
    case 4:
      return { kind: "between", operand: part(), low: part(), high: part(), not: flag(), ...place }
    case 5: {
      const escape = flag() ? part() : undefined
      return { kind: "like", operand: part(), pattern: part(), escape, not: flag(), ...place }
    }
    case 6: {
      const branches = Array.from({ length: 1 + random.int(2) }, () => ({ when: part(), value: part() }))
      const subject = flag() ? part() : undefined
      return { kind: "case", subject, branches, otherwise: flag() ? part() : undefined, ...place }
    }
    case 7:
      return { kind: "cast", operand: part(), type: random.pick(["text", "int64", "json"]), tries: flag(), ...place }
    case 8: {
      const filter = flag() ? part() : undefined
      const call = {
        kind: "call",
        name: random.pick(["f", "sum"]),
        place,
        ignoreNulls: flag(),
        filter,
        over: flag()
          ? { partition: parts(0), order: parts(0).map((value) => ({ value, descending: flag() })), ...place }
          : undefined,
        ...place
      } as const
      const star = flag()
      const list = star ? [] : parts(0)
      return { ...call, star, arguments: list, distinct: list.length > 0 && flag() }
    }
    default: {
      const operator = random.pick([
        "or",
        "and",
        "=",
        "<",
        "is distinct from",
        "is not distinct from",
        "||",
        "-",
        "/"
      ] as const)
      return { kind: "binary", operator, left: part(), right: part(), ...place }
    }
  }
}

describe("parseExpression", () => {
  it.each(
    (
      [
        ["a or b and c", '("a" or ("b" and "c"))'],
        ["not a = b", '(not ("a" = "b"))'],
        ["not a and b", '((not "a") and "b")'],
        ["a = b is null", '(("a" = "b") is null)'],
        ["a + b = c || d", '(("a" + "b") = ("c" || "d"))'],
        ["a || b + c", '("a" || ("b" + "c"))'],
        ["a - b - c", '(("a" - "b") - "c")'],
        ["a + b * c % d", '("a" + (("b" * "c") % "d"))'],
        ["-a * b", '((- "a") * "b")'],
        ["- a::int", '(- cast("a" as int64))'],
        ["a::text::json", 'cast(cast("a" as text) as json)'],
        ["a between 1 and 2 and b", '(("a" between 1 and 2) and "b")'],
        ["a between b + 1 and c or d", '(("a" between ("b" + 1) and "c") or "d")'],
        ["a in (1, b) = c", '(("a" in (1, "b")) = "c")'],
        ["a like 'x' || 'y'", "(\"a\" like ('x' || 'y'))"],
        ["a not like b escape 'c' and d", '(("a" not like "b" escape \'c\') and "d")'],
        ["a != b", '("a" <> "b")'],
        ["a IS NOT NULL AND b Is Not Distinct From c", '(("a" is not null) and ("b" is not distinct from "c"))'],
        ["COUNT(DISTINCT a) FILTER (WHERE b)", 'count(distinct "a") filter (where "b")'],
        ["first(a) ignore nulls", 'first("a") ignore nulls'],
        ["count(*)/2", "(count(*) / 2)"],
        ["date", '"date"'],
        ["date '2024-01-01'", "date '2024-01-01'"],
        ["date(a)", 'date("a")'],
        ["timestamp - interval '1h'", "(\"timestamp\" - interval '1h')"],
        ['payload."user id".end', '"payload"."user id"."end"'],
        ["filter + ignore", '("filter" + "ignore")'],
        ["${KEY}||'x'", "(${KEY} || 'x')"],
        [" a\n\t+ b ", '("a" + "b")'],
        ["a--b", '("a" - (- "b"))']
      ] as const
    ).map(([text, shape]) => ({ text, shape }))
  )("$text is $shape", ({ shape, text }) => {
    assert.strictEqual(print(parsed(text)), shape)
  })

  it("reads what it is printed as, for random expressions", () => {
    const random = new Random(7)
    for (let i = 0; i < 3000; i++) {
      const text = print(randomSyntax(random, random.int(5)))
      assert.strictEqual(print(parsed(text)), text)
    }
  })

  it("gives every part its place", () => {
    const text = "lower(a) || case when b > 10 then 'x' else null end"
    const seen: Array<string> = []
    const visit = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return
      const { from, kind, to } = value as { readonly from?: number; readonly kind?: string; readonly to?: number }
      if (kind !== undefined) seen.push(text.slice(from, to))
      for (const part of Object.values(value)) visit(part)
    }
    visit(parsed(text))
    assert.deepStrictEqual(seen, [
      text,
      "lower(a)",
      "a",
      "case when b > 10 then 'x' else null end",
      "b > 10",
      "b",
      "10",
      "'x'",
      "null"
    ])
  })

  it("tells the error of any text, and throws nothing", () => {
    const random = new Random(11)
    const pieces = (
      "a b i t ts \"x y\" 'x' '' ' \" 1 1.5 1e5 .5 9999999999999999999 ( ) ( ) , . * / + - % = <> < <= || :: and or not is null " +
      "true in like between case when then else end as distinct from cast( try_cast( int64 text interval date timestamp " +
      "count( sum( first( ignore nulls filter where lower( regexp_matches( coalesce( ${KEY} ${ } { [ ! \\ \u{1f600} \ud800 \0"
    ).split(" ")
    const scope = scopeOf(types, { measures: true, windows: true, over: true })
    let good = 0
    for (let i = 0; i < 30_000; i++) {
      const text = Array.from({ length: 1 + random.int(9) }, () => random.pick(pieces)).join(
        random.pick(["", " ", " "])
      )
      const result = check(text, scope)
      if (Result.isSuccess(result)) good++
      else {
        const { from, message, to } = result.failure
        assert.isTrue(0 <= from && from <= to && to <= text.length, `${text}: ${message} at ${from} to ${to}`)
      }
    }
    assert.isAbove(good, 200)
  })

  it("refuses deep nesting instead of running out of stack", () => {
    const deep = [
      `${"(".repeat(10_000)}a${")".repeat(10_000)}`,
      "(".repeat(10_000),
      `${"not ".repeat(10_000)}a`,
      `${"- ".repeat(10_000)}a`,
      `${"lower(".repeat(10_000)}a${")".repeat(10_000)}`,
      `a${" + a".repeat(10_000)}`,
      `a${" is null".repeat(10_000)}`,
      `a${"::text".repeat(10_000)}`,
      `${"case when a then ".repeat(10_000)}a${" end".repeat(10_000)}`
    ]
    for (const text of deep) {
      const result = parseExpression(text)
      assert.isTrue(Result.isFailure(result), text.slice(0, 20))
      if (Result.isFailure(result)) assert.strictEqual(result.failure.message, "nested deeper than 200 levels")
    }
  })

  it("takes many arguments and many parentheses side by side", () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `(${i})`).join(", ")
    assert.isTrue(Result.isSuccess(parseExpression(`a in (${many})`)))
  })
})
