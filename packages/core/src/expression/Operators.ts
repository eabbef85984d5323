import { castHint, coerce, fits, need, unify } from "./Coerce.ts"
import { expressionError, type Place } from "./ExpressionError.ts"
import { call, isNull, isTextLiteral, literal, type Part } from "./Part.ts"
import type { Operator } from "./Syntax.ts"
import type { Tree, ValueType } from "./Tree.ts"

/** The typed tree of an operator between two parts. Throws `ExpressionError`. */
export const operation = (operator: Operator, left: Part, right: Part): Tree => {
  switch (operator) {
    case "or":
    case "and":
      return call(operator, "bool", [need(left, "bool", operator), need(right, "bool", operator)])
    case "||":
      return call("||", "text", [need(left, "text", "||"), need(right, "text", "||")])
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return arithmetic(operator, left, right)
    default:
      return call(operator, "bool", comparable(unify([left, right], operator, { from: left.from, to: right.to })))
  }
}

/** Trees of one type as ones with an order: JSON is compared as text. */
export const comparable = (trees: ReadonlyArray<Tree>): ReadonlyArray<Tree> =>
  trees.map((tree) => (tree.type === "json" ? call("cast", "text", [tree]) : tree))

/** Minus in front of a part. */
export const negation = (part: Part): Tree => {
  const { tree } = part
  if (tree.type !== "int64" && tree.type !== "double" && tree.type !== "interval") {
    throw expressionError(part, `- needs a number or an interval, found ${tree.type}`)
  }
  return call("negate", tree.type, [tree])
}

type Arithmetic = "+" | "-" | "*" | "/" | "%"

/** What two types give, beside numbers. */
const temporal: ReadonlyMap<string, ValueType> = new Map([
  ["timestamp + interval", "timestamp"],
  ["timestamp - interval", "timestamp"],
  ["timestamp - timestamp", "interval"],
  ["date + interval", "date"],
  ["date - interval", "date"],
  ["date - date", "int64"],
  ["interval + interval", "interval"],
  ["interval - interval", "interval"],
  ["interval * int64", "interval"],
  ["interval * double", "interval"],
  ["interval / int64", "interval"],
  ["interval / double", "interval"],
  ["interval / interval", "double"]
])

const arithmetic = (operator: Arithmetic, first: Part, second: Part): Tree => {
  let left = operand(operator, first, second)
  let right = operand(operator, second, first)
  if (isNumber(left.type) && isNumber(right.type)) {
    if (operator !== "/" && left.type === "int64" && right.type === "int64")
      return call(operator, "int64", [left, right])
    return call(operator, "double", [asDouble(left), asDouble(right)])
  }
  // The interval stands on the right of a time, and on the left of a number.
  const commutes = operator === "+" || operator === "*"
  if (commutes && !temporal.has(`${left.type} ${operator} ${right.type}`)) [left, right] = [right, left]
  const type = temporal.get(`${left.type} ${operator} ${right.type}`)
  if (type !== undefined) {
    const isFactor = operator === "*" || operator === "/"
    return call(operator, type, [
      left,
      isFactor && isNumber(right.type) ? asDoubleUnlessProduct(operator, right) : right
    ])
  }
  const place = { from: first.from, to: second.to }
  const hint =
    first.tree.type === "text" && second.tree.type === "text" && operator === "+"
      ? "texts are joined with ||"
      : castHint(first.tree.type, second.tree.type)
  throw expressionError(place, `${operator} cannot take ${first.tree.type} and ${second.tree.type}`, hint)
}

/** A part typed by its neighbour where it has no type of its own. */
const operand = (operator: Arithmetic, part: Part, other: Part): Tree => {
  const { type } = other.tree
  if (isNull(part.tree)) return literal(null, isNull(other.tree) ? "double" : nullBeside(operator, type))
  const isTime = type === "timestamp" || type === "date" || type === "interval"
  return isTextLiteral(part.tree) && isTime && (operator === "+" || operator === "-")
    ? coerce(part, "interval")
    : part.tree
}

const nullBeside = (operator: Arithmetic, type: ValueType): ValueType => {
  if (isNumber(type)) return type
  return operator === "*" ? "double" : "interval"
}

const isNumber = (type: ValueType): boolean => type === "int64" || type === "double"

const asDouble = (tree: Tree): Tree => (tree.type === "double" ? tree : coerce({ tree, from: 0, to: 0 }, "double"))

/** int64 times an interval is exact. */
const asDoubleUnlessProduct = (operator: Arithmetic, tree: Tree): Tree => (operator === "*" ? tree : asDouble(tree))

/** Whether a cast from one type to another exists. */
const casts: Readonly<Record<ValueType, ReadonlyArray<ValueType>>> = {
  text: ["text", "bool", "int64", "double", "timestamp", "date", "interval", "json"],
  json: ["text", "bool", "int64", "double", "timestamp", "date", "interval", "json"],
  bool: ["text", "bool", "int64", "double", "json"],
  int64: ["text", "bool", "int64", "double", "json"],
  double: ["text", "bool", "int64", "double", "json"],
  timestamp: ["text", "timestamp", "date"],
  date: ["text", "date", "timestamp"],
  interval: ["text", "interval"],
  list: ["list"]
}

/** The typed tree of a cast. Throws `ExpressionError` where there is no such cast. */
export const cast = (part: Part, type: ValueType, tries: boolean, place: Place): Tree => {
  const { tree } = part
  if (tree.type === type || isNull(tree)) return fits(tree, type) ? coerce(part, type) : tree
  if (!casts[tree.type].includes(type)) {
    throw expressionError(place, `${tree.type} cannot be cast to ${type}`, castInstead(tree.type, type))
  }
  return call(tries ? "try_cast" : "cast", type, [tree])
}

const castInstead = (from: ValueType, to: ValueType): string | undefined => {
  if (to === "timestamp") return "write to_timestamp(x) for seconds since 1970"
  if (from === "timestamp") return "write epoch_ms(x) for milliseconds since 1970"
  if (from === "interval") return "write seconds(x)"
  return undefined
}
