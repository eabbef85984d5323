import { castHint, need, unify } from "./Coerce.ts"
import { expressionError } from "./ExpressionError.ts"
import {
  type Count,
  functions,
  measures,
  ofEvents,
  type Parameter,
  sharing,
  type Signature,
  windows
} from "./Functions.ts"
import { type MeasureCall, measureCall } from "./MeasureCall.ts"
import { nearestHint } from "./NearestHint.ts"
import { comparable } from "./Operators.ts"
import { call, isNull, type Part } from "./Part.ts"
import type { Scope } from "./Scope.ts"
import type { CallSyntax, OverSyntax, Syntax } from "./Syntax.ts"
import type { Tree, ValueType } from "./Tree.ts"
import type { Over, WindowCall } from "./WindowCall.ts"

/** How the parts of a call are checked. */
interface Parts {
  readonly part: (syntax: Syntax) => Part
  /** Checks in the scope inside a measure. */
  readonly inside: <A>(check: () => A) => A
}

/** Checks calls, and gathers those of measures and windows. */
export class CallChecker {
  readonly measures: Array<MeasureCall> = []
  readonly windows: Array<WindowCall> = []
  private readonly allow: Scope["allow"]
  private readonly parts: Parts
  /** The measure or window that the checker is inside of. */
  private outer: string | undefined

  constructor(allow: Scope["allow"], parts: Parts) {
    this.allow = allow
    this.parts = parts
  }

  tree(syntax: CallSyntax): Tree {
    const { name } = syntax
    const signature = functions.get(name)
    if (signature !== undefined) return this.function(plainCall(syntax), signature)
    if (sharing.has(name)) return this.shared(plainCall(syntax))
    if (windows.has(name)) return this.window(measureless(syntax))
    if (measures.has(name)) return syntax.over === undefined ? this.measure(syntax) : this.window(syntax)
    const known = [
      ...functions.keys(),
      ...sharing.keys(),
      ...(this.allow.measures ? measures.keys() : []),
      ...(this.allow.windows || this.allow.over ? windows.keys() : [])
    ]
    throw expressionError(syntax.place, `unknown function ${name}`, insteadOf.get(name) ?? nearestHint(name, known))
  }

  private function(syntax: CallSyntax, signature: Signature): Tree {
    const { parameters, required, many, result } = signature
    checkCount(syntax, [required, many ? Number.MAX_SAFE_INTEGER : parameters.length])
    const literals: Array<string> = []
    const trees = syntax.arguments.map((argument, i) => {
      const parameter = parameters[Math.min(i, parameters.length - 1)]
      return argumentTree(this.parts.part(argument), parameter, syntax.name, literals)
    })
    return call(syntax.name, typeof result === "string" ? result : trees[result].type, trees)
  }

  private shared(syntax: CallSyntax): Tree {
    const { name } = syntax
    checkCount(syntax, sharing.get(name) as Count)
    const trees = unify(
      syntax.arguments.map((argument) => this.parts.part(argument)),
      name
    )
    const compared = name === "coalesce" ? trees : comparable(trees)
    return call(name, compared[0].type, compared)
  }

  private measure(syntax: CallSyntax): Tree {
    const { name } = syntax
    if (!this.allow.measures) {
      throw expressionError(syntax.place, `${name} is a measure, and there is no group of rows to measure here`)
    }
    const made = this.within(syntax, () => this.measureCall(syntax))
    const key = JSON.stringify(made)
    let known = this.measures.find(({ name: _, ...other }) => JSON.stringify(other) === key)
    if (known === undefined) {
      known = { ...made, name: `$m${this.measures.length}` }
      this.measures.push(known)
    }
    return { kind: "column", name: known.name, type: known.type }
  }

  private measureCall(syntax: CallSyntax): Omit<MeasureCall, "name"> {
    if (!syntax.star) checkCount(syntax, measures.get(syntax.name) as Count)
    return measureCall(
      syntax,
      syntax.arguments.map((argument) => this.parts.part(argument)),
      syntax.filter === undefined ? null : need(this.parts.part(syntax.filter), "bool", "filter")
    )
  }

  private window(syntax: CallSyntax): Tree {
    const { name, place } = syntax
    if (syntax.over === undefined) {
      if (name === "rank") throw expressionError(place, "rank needs an order", "write rank() over (order by x desc)")
      if (!this.allow.windows) {
        const hint = this.allow.over ? `say which ones: ${name}(…) over (partition by … order by …)` : undefined
        throw expressionError(place, `${name} looks at a user's other rows, which cannot be done here`, hint)
      }
    } else if (!this.allow.over) {
      const hint = this.allow.measures ? "make another table from this one" : undefined
      throw expressionError(syntax.over, "over looks at other rows, which cannot be done here", hint)
    }
    const made = this.within(syntax, () => this.windowCall(syntax))
    const key = JSON.stringify(made)
    let known = this.windows.find(({ name: _, ...other }) => JSON.stringify(other) === key)
    if (known === undefined) {
      known = { ...made, name: `$w${this.windows.length}` }
      this.windows.push(known)
    }
    return { kind: "column", name: known.name, type: known.type }
  }

  private windowCall(syntax: CallSyntax): Omit<WindowCall, "name"> {
    const over = syntax.over && this.over(syntax.over)
    const count = windows.get(syntax.name)
    if (count === undefined) return this.measureOver(syntax, over)
    checkCount(syntax, count)
    if (syntax.name === "rank" && over?.order.length === 0) {
      throw expressionError(syntax.over ?? syntax, "rank needs an order", "write rank() over (order by x desc)")
    }
    const argument = syntax.arguments.length === 0 ? null : this.parts.part(syntax.arguments[0]).tree
    const window = syntax.name as WindowCall["window"]
    return { window, argument, measure: null, over: over ?? null, type: argument?.type ?? "int64" }
  }

  private measureOver(syntax: CallSyntax, over: Over | undefined): Omit<WindowCall, "name"> {
    const { name, over: place = syntax } = syntax
    if (ofEvents.has(name)) throw expressionError(place, `${name} measures the events of a user, and takes no over`)
    if (over !== undefined && over.order.length > 0) {
      throw expressionError(place, `${name} is of all rows together: leave out order by`)
    }
    const measure = { ...this.measureCall(syntax), name: "$m" }
    return { window: "measure", argument: null, measure, over: over ?? null, type: measure.type }
  }

  private over({ order, partition }: OverSyntax): Over {
    const key = (syntax: Syntax): Tree => {
      const part = this.parts.part(syntax)
      if (part.tree.type === "list") throw expressionError(part, "a list makes no group and has no order")
      return part.tree
    }
    return {
      partition: partition.map(key),
      order: order.map(({ descending, value }) => ({ value: key(value), descending }))
    }
  }

  /** Neither measures nor windows stand inside one another. */
  private within<A>(syntax: CallSyntax, check: () => A): A {
    if (this.outer !== undefined) {
      throw expressionError(syntax.place, `${syntax.name} cannot stand inside ${this.outer}`)
    }
    this.outer = syntax.name
    const made = this.parts.inside(check)
    this.outer = undefined
    return made
  }
}

/** Refuses what only measures and windows take. */
const plainCall = (syntax: CallSyntax): CallSyntax => {
  if (syntax.over !== undefined) throw expressionError(syntax.over, `over goes with measures; ${syntax.name} is none`)
  return measureless(syntax)
}

/** Refuses what only measures take. */
const measureless = (syntax: CallSyntax): CallSyntax => {
  const { distinct, filter, ignoreNulls, name, place, star } = syntax
  if (star) throw expressionError(place, `${name} cannot take *`)
  const word = distinct ? "distinct" : filter === undefined ? (ignoreNulls ? "ignore nulls" : undefined) : "filter"
  if (word !== undefined) throw expressionError(place, `${word} goes with measures; ${name} is none`)
  return syntax
}

const checkCount = (syntax: CallSyntax, [least, most]: Count): void => {
  const count = syntax.arguments.length
  if (count >= least && count <= most) return
  const needed = most > 9 ? `at least ${least}` : least === most ? String(least) : `${least} to ${most}`
  const word = needed === "1" || needed === "at least 1" ? "argument" : "arguments"
  throw expressionError(syntax, `${syntax.name} takes ${needed === "0" ? "no" : needed} ${word}, found ${count}`)
}

const argumentTree = (part: Part, parameter: Parameter, name: string, literals: Array<string>): Tree => {
  if (typeof parameter === "object") return literalArgument(part, parameter, name, literals)
  switch (parameter) {
    case "number":
      return oneOf(part, ["int64", "double"], "a number", name, "double")
    case "day":
      return oneOf(part, ["timestamp", "date"], "a timestamp or a date", name, "timestamp")
    case "document":
      return oneOf(part, ["text", "json"], "text or json", name, "text")
    default:
      return need(part, parameter, name)
  }
}

const oneOf = (
  part: Part,
  types: ReadonlyArray<ValueType>,
  needed: string,
  name: string,
  otherwise: ValueType
): Tree => {
  if (types.includes(part.tree.type) && !isNull(part.tree)) return part.tree
  if (isNull(part.tree)) return need(part, otherwise, name)
  const textual = part.tree.type === "text" || part.tree.type === "json"
  throw expressionError(
    part,
    `${name} needs ${needed}, found ${part.tree.type}`,
    textual ? castHint("text", otherwise) : undefined
  )
}

/** An argument that has to be known before anything runs. */
const literalArgument = (part: Part, parameter: Parameter & object, name: string, literals: Array<string>): Tree => {
  const { tree } = part
  if (tree.kind !== "literal" || isNull(tree) || tree.type !== parameter.literal) {
    const needed = parameter.literal === "text" ? "a text in single quotes" : "a whole number"
    throw expressionError(part, `${name} needs ${needed} here, not an expression`)
  }
  const value = String(tree.value)
  const problem = parameter.problem(value, literals)
  if (problem !== undefined) throw expressionError(part, `${name}: ${problem}`)
  literals.push(value)
  return tree
}

/** Functions that other dialects have under another name. */
const insteadOf: ReadonlyMap<string, string> = new Map([
  ["if", "write case when a then b else c end"],
  ["iif", "write case when a then b else c end"],
  ["ifnull", "write coalesce(a, b)"],
  ["nvl", "write coalesce(a, b)"],
  ["isnull", "write x is null"],
  ["substring", "write substr(x, from, length)"],
  ["len", "write length(x)"],
  ["pow", "write power(x, y)"],
  ["log", "write ln(x)"],
  ["mod", "write x % y"],
  ["now", "an expression does not know the time: a result depends on its input only"],
  ["current_timestamp", "an expression does not know the time: a result depends on its input only"]
])
