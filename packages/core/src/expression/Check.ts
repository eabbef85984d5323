import * as Result from "effect/Result"
import { CallChecker } from "./CheckCall.ts"
import { need, temporalLiteral, unify } from "./Coerce.ts"
import { ExpressionError, expressionError } from "./ExpressionError.ts"
import { jsonPathText } from "./JsonPath.ts"
import type { MeasureCall } from "./MeasureCall.ts"
import { nearestHint } from "./NearestHint.ts"
import { cast, comparable, negation, operation } from "./Operators.ts"
import { call, literal, type Part } from "./Part.ts"
import type { Names, Scope } from "./Scope.ts"
import type { Syntax } from "./Syntax.ts"
import { integerOf } from "./TextValue.ts"
import type { Tree } from "./Tree.ts"
import type { WindowCall } from "./WindowCall.ts"

/** An expression with names and types resolved; measures and windows stand in `tree` as columns of their names. */
export interface Checked {
  readonly tree: Tree
  readonly measures: ReadonlyArray<MeasureCall>
  readonly windows: ReadonlyArray<WindowCall>
}

/** Resolves names and types. The error tells the first fault, with its place in the text. */
export const checkExpression = (syntax: Syntax, scope: Scope): Result.Result<Checked, ExpressionError> => {
  try {
    const checker = new Checker(scope)
    const part = checker.part(syntax)
    const tree = scope.type === undefined ? part.tree : need(part, scope.type, "this")
    return Result.succeed({ tree, measures: checker.calls.measures, windows: checker.calls.windows })
  } catch (error) {
    if (error instanceof ExpressionError) return Result.fail(error)
    throw error
  }
}

class Checker {
  readonly calls: CallChecker
  private readonly scope: Scope
  /** Columns that can be named here: others inside measures than outside. */
  private names: Names

  constructor(scope: Scope) {
    this.scope = scope
    this.names = scope
    this.calls = new CallChecker(scope.allow, {
      part: (syntax) => this.part(syntax),
      inside: (check) => {
        const { names } = this
        this.names = scope.inner ?? scope
        const made = check()
        this.names = names
        return made
      }
    })
  }

  part(syntax: Syntax): Part {
    return { tree: this.tree(syntax), from: syntax.from, to: syntax.to }
  }

  private tree(syntax: Syntax): Tree {
    switch (syntax.kind) {
      case "number":
        return number(syntax.text, syntax)
      case "text":
        return literal(syntax.value, "text")
      case "constant":
        return literal(syntax.value, syntax.value === null ? "text" : "bool")
      case "typed":
        return temporalLiteral(syntax, syntax.value, syntax.type)
      case "binding":
        return this.binding(syntax)
      case "column":
        return this.column(syntax)
      case "not":
        return call("not", "bool", [need(this.part(syntax.operand), "bool", "not")])
      case "negate":
        if (syntax.operand.kind === "number") return number(`-${syntax.operand.text}`, syntax)
        return negation(this.part(syntax.operand))
      case "binary":
        return operation(syntax.operator, this.part(syntax.left), this.part(syntax.right))
      case "is null":
        return call(syntax.not ? "is not null" : "is null", "bool", [this.tree(syntax.operand)])
      case "in": {
        const parts = [this.part(syntax.operand), ...syntax.list.flatMap((one) => this.items(one))]
        // Nothing is in a list without items, not even null.
        if (parts.length === 1) return literal(syntax.not, "bool")
        return negated(syntax.not, call("in", "bool", comparable(unify(parts, "in"))))
      }
      case "between": {
        const parts = [syntax.operand, syntax.low, syntax.high].map((one) => this.part(one))
        return negated(syntax.not, call("between", "bool", comparable(unify(parts, "between"))))
      }
      case "like":
        return negated(syntax.not, this.like(syntax))
      case "case":
        return this.cases(syntax)
      case "cast":
        return cast(this.part(syntax.operand), syntax.type, syntax.tries, syntax)
      case "call":
        return this.calls.tree(syntax)
    }
  }

  /** Items of `in (…)`: a param may be a list of them. */
  private items(syntax: Syntax): ReadonlyArray<Part> {
    const param = syntax.kind === "binding" ? this.scope.param?.(syntax.name) : undefined
    if (!isList(param)) return [this.part(syntax)]
    return param.map((tree) => ({ tree, from: syntax.from, to: syntax.to }))
  }

  private binding(syntax: Syntax & { readonly kind: "binding" }): Tree {
    const param = this.scope.param?.(syntax.name)
    if (isList(param)) {
      throw expressionError(syntax, `${syntax.name} is a list`, `it stands in parentheses: x in (\${${syntax.name}})`)
    }
    if (param !== undefined) return param
    if (this.scope.bindings?.(syntax.name) === false) {
      throw expressionError(syntax, `there is no parameter ${syntax.name}`)
    }
    return { kind: "binding", name: syntax.name, type: "text" }
  }

  private column(syntax: Syntax & { readonly kind: "column" }): Tree {
    const { path } = syntax
    for (let length = path.length; length > 0; length--) {
      const found = this.names.resolve(path.slice(0, length))
      if (found === undefined) continue
      const column: Tree = { kind: "column", name: found.name, type: found.type }
      if (length === path.length) return column
      if (found.type === "text" || found.type === "json") {
        const rest = literal(jsonPathText(path.slice(length)), "text")
        return call("json_extract_text", "text", [column, rest])
      }
      const whole = path.slice(0, length).join(".")
      throw expressionError(syntax, `${whole} is ${found.type} and has no part ${path[length]}`)
    }
    const name = path.join(".")
    throw expressionError(syntax, `unknown column ${name}`, this.unknownHint(syntax))
  }

  private unknownHint({ path, quoted }: Syntax & { readonly kind: "column" }): string | undefined {
    const name = path.join(".")
    if (this.names === this.scope && this.scope.inner?.resolve(path) !== undefined) {
      return `it has a value per row: put it into a measure, as in first(${name})`
    }
    const near = nearestHint(name, this.names.names)
    if (near !== undefined) return near
    return quoted && path.length === 1 ? `text is written in single quotes: '${name}'` : columnsHint(this.names.names)
  }

  private like({ operand, pattern, escape }: Syntax & { readonly kind: "like" }): Tree {
    const trees = [need(this.part(operand), "text", "like"), need(this.part(pattern), "text", "like")]
    if (escape === undefined) return call("like", "bool", trees)
    if (escape.kind !== "text" || [...escape.value].length !== 1) {
      throw expressionError(escape, "escape needs one character in single quotes")
    }
    return call("like", "bool", [...trees, literal(escape.value, "text")])
  }

  /** `case` takes conditions; `case of` takes a subject first and the values that it is compared with. */
  private cases({ subject, branches, otherwise }: Syntax & { readonly kind: "case" }): Tree {
    const values = branches.map(({ value }) => this.part(value))
    const last = otherwise === undefined ? undefined : this.part(otherwise)
    const results = unify(last === undefined ? values : [...values, last], "case")
    const type = results[0].type
    const fallback = last === undefined ? literal(null, type) : results[values.length]
    const whens = branches.map(({ when }) => this.part(when))
    if (subject === undefined) {
      const pairs = whens.flatMap((when, i) => [need(when, "bool", "when"), results[i]])
      return call("case", type, [...pairs, fallback])
    }
    const compared = comparable(unify([this.part(subject), ...whens], "case"))
    const pairs = whens.flatMap((_, i) => [compared[i + 1], results[i]])
    return call("case of", type, [compared[0], ...pairs, fallback])
  }
}

const isList = (param: Tree | ReadonlyArray<Tree> | undefined): param is ReadonlyArray<Tree> => Array.isArray(param)

const negated = (not: boolean, tree: Tree): Tree => (not ? call("not", "bool", [tree]) : tree)

const number = (text: string, syntax: Syntax): Tree => {
  if (/^-?\d+$/.test(text)) {
    const value = integerOf(text)
    if (value !== undefined) return literal(String(value), "int64")
    throw expressionError(syntax, `${text} is beyond 64 bits`, `write ${text}.0 for a double`)
  }
  const value = Number(text)
  if (Number.isFinite(value)) return literal(value, "double")
  throw expressionError(syntax, `${text} is beyond the largest double`)
}

/** So many columns are told. */
const mostTold = 20

const columnsHint = (names: ReadonlyArray<string>): string | undefined => {
  if (names.length === 0) return undefined
  const more = names.length > mostTold ? ` and ${names.length - mostTold} more` : ""
  return `columns here are ${names.slice(0, mostTold).join(", ")}${more}`
}
