import { coerce, fits, need } from "./Coerce.ts"
import { expressionError } from "./ExpressionError.ts"
import { call, isNull, type Part } from "./Part.ts"
import type { CallSyntax } from "./Syntax.ts"
import type { Tree, ValueType } from "./Tree.ts"

/** A measure over the rows of a group. */
export interface MeasureCall {
  /** `$m0`, `$m1`, …: the column that stands for it in the rest of the expression. */
  readonly name: string
  /**
   * `count` (of rows without an argument), `count_distinct`, `list_distinct`, `sum`, `min`, `max`, `avg`, `first`,
   * `last`, `any`, `all`, `median`, `quantile`, `avg_gap` or `active_time`.
   */
  readonly measure: string
  readonly arguments: ReadonlyArray<Tree>
  /** The quantile, 0 to 1; or the cap of `active_time` in microseconds. */
  readonly parameter?: number
  /** Only rows for which it is true count; `ignore nulls` is part of it. */
  readonly filter: Tree | null
  readonly type: ValueType
}

/** All trees that a measure evaluates on rows. */
export const measureTrees = ({ arguments: trees, filter }: MeasureCall): ReadonlyArray<Tree> =>
  filter === null ? trees : [...trees, filter]

/** A measure from its checked arguments, whose number is right. Throws `ExpressionError`. */
export const measureCall = (
  syntax: CallSyntax,
  parts: ReadonlyArray<Part>,
  filter: Tree | null
): Omit<MeasureCall, "name"> => {
  const { name } = syntax
  if (syntax.distinct && name !== "count" && name !== "list") {
    throw expressionError(syntax.place, `distinct goes with count and list only`)
  }
  if (syntax.star && name !== "count") throw expressionError(syntax.place, "only count takes *", `write ${name}(x)`)
  if (syntax.ignoreNulls && name !== "first" && name !== "last") {
    throw expressionError(syntax.place, "ignore nulls goes with first and last only", `${name} skips nulls anyway`)
  }
  const [part] = parts
  if (part !== undefined && part.tree.type === "list") throw expressionError(part, `${name} cannot take a list`)
  const made = { measure: name, arguments: parts.map((one) => one.tree), filter }
  switch (name) {
    case "count":
      return { ...made, measure: syntax.distinct ? "count_distinct" : "count", type: "int64" }
    case "list":
      if (!syntax.distinct) throw expressionError(syntax.place, "list needs distinct", "write list(distinct x)")
      return { ...made, measure: "list_distinct", arguments: [need(part, "text", "list(distinct x)")], type: "list" }
    case "sum":
      return { ...made, type: oneOf(part, name, ["int64", "double", "interval"]) }
    case "avg":
      return {
        ...made,
        type: oneOf(part, name, ["int64", "double", "interval"]) === "interval" ? "interval" : "double"
      }
    case "median":
      return { ...made, type: quantileType(part, name) }
    case "quantile":
      return { ...made, arguments: [part.tree], parameter: quantile(parts[1]), type: quantileType(part, name) }
    case "any":
    case "all":
      return { ...made, arguments: [need(part, "bool", name)], type: "bool" }
    case "min":
    case "max":
      if (part.tree.type === "bool") {
        throw expressionError(part, `${name} cannot take bool`, `write ${name === "max" ? "any" : "all"}(x)`)
      }
      return plain({ ...made, type: part.tree.type }, part)
    case "avg_gap":
      return { ...made, type: "double" }
    case "active_time":
      return {
        ...made,
        arguments: parts.slice(1).map((measured) => need(measured, "double", "the measured seconds of active_time")),
        parameter: cap(part),
        type: "double"
      }
    default: {
      if (!syntax.ignoreNulls) return { ...made, type: part.tree.type }
      const present = call("is not null", "bool", [part.tree])
      return {
        ...made,
        filter: filter === null ? present : call("and", "bool", [filter, present]),
        type: part.tree.type
      }
    }
  }
}

/** JSON has no order of its own: it is compared as text. */
const plain = (made: Omit<MeasureCall, "name">, part: Part): Omit<MeasureCall, "name"> =>
  part.tree.type === "json" ? { ...made, arguments: [coerce(part, "text")], type: "text" } : made

const oneOf = (part: Part, name: string, types: ReadonlyArray<ValueType>): ValueType => {
  if (types.includes(part.tree.type)) return part.tree.type
  const last = types[types.length - 1]
  const hint = part.tree.type === "text" || part.tree.type === "json" ? "cast it, as in x::double" : undefined
  throw expressionError(
    part,
    `${name} needs ${types.slice(0, -1).join(", ")} or ${last}, found ${part.tree.type}`,
    hint
  )
}

const quantileType = (part: Part, name: string): ValueType => {
  const type = oneOf(part, name, ["int64", "double", "interval", "timestamp"])
  return type === "int64" ? "double" : type
}

const quantile = (part: Part): number => {
  const { tree } = part
  const value = tree.kind === "literal" && !isNull(tree) && fits(tree, "double") ? Number(tree.value) : Number.NaN
  if (value >= 0 && value <= 1) return value
  throw expressionError(part, "the second argument of quantile is a number from 0 to 1")
}

const cap = (part: Part): number => {
  const expected = "the cap of active_time is an interval such as interval '5 minutes'"
  if (part.tree.kind !== "literal" || isNull(part.tree) || !fits(part.tree, "interval")) {
    throw expressionError(part, expected)
  }
  const tree = coerce(part, "interval")
  const micros = tree.kind === "literal" ? Number(tree.value) : Number.NaN
  if (micros >= 0) return micros
  throw expressionError(part, expected, "it cannot be negative")
}
