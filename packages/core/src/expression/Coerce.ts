import { expressionError, type Place } from "./ExpressionError.ts"
import { intervalExpected, intervalHint, intervalMicros } from "./Interval.ts"
import { call, isNull, isTextLiteral, literal, type Part } from "./Part.ts"
import { dateOf, timestampOf } from "./TextValue.ts"
import type { Tree, ValueType } from "./Tree.ts"

/** Whether a value becomes one of a type by itself; whether a text literal has the right form is another matter. */
export const fits = (tree: Tree, type: ValueType): boolean =>
  tree.type === type ||
  isNull(tree) ||
  (type === "double" && tree.type === "int64") ||
  (type === "text" && tree.type === "json") ||
  (isTextLiteral(tree) && isTemporal(type))

/** The value as one of a type that it {@link fits}. Throws `ExpressionError` for a text literal of the wrong form. */
export const coerce = (part: Part, type: ValueType): Tree => {
  const { tree } = part
  if (tree.type === type) return tree
  if (isNull(tree)) return literal(null, type)
  if (isTextLiteral(tree) && isTemporal(type)) return temporalLiteral(part, tree.value, type)
  if (tree.kind === "literal" && type === "double") return literal(Number(tree.value), type)
  return call("cast", type, [tree])
}

const isTemporal = (type: ValueType): type is "timestamp" | "date" | "interval" =>
  type === "timestamp" || type === "date" || type === "interval"

/** A literal from text. Throws `ExpressionError` where the text is none. */
export const temporalLiteral = (place: Place, text: string, type: "timestamp" | "date" | "interval"): Tree => {
  const value = type === "timestamp" ? timestampOf(text) : type === "date" ? dateOf(text) : intervalMicros(text)
  if (value !== undefined) return literal(String(value), type)
  const { expected, hint } = temporalForms[type]
  throw expressionError(place, `'${text}' is no ${type}: expected ${expected}`, hint(text))
}

const temporalForms = {
  timestamp: {
    expected: "a time such as 2024-07-10T10:00:00Z",
    hint: (text: string) =>
      dateOf(text) === undefined ? undefined : `write the time of day too, or compare with date(x)`
  },
  date: {
    expected: "a date such as 2024-07-10",
    hint: (text: string) => (timestampOf(text) === undefined ? undefined : "leave out the time of day")
  },
  interval: { expected: intervalExpected, hint: intervalHint }
}

/** Parts of which no two fit the same types: a long list of literals is looked at once. */
const distinct = (parts: ReadonlyArray<Part>): ReadonlyArray<Part> =>
  [
    ...new Map(
      parts.toReversed().map((part) => [`${part.tree.type} ${isTextLiteral(part.tree)} ${isNull(part.tree)}`, part])
    ).values()
  ].toReversed()

/** The one type that all parts fit, if there is one: that of a part, and not of a literal where that can be helped. */
const commonType = (parts: ReadonlyArray<Part>): ValueType | undefined => {
  const typed = parts.filter(({ tree }) => !isNull(tree))
  if (typed.length === 0) return "text"
  const candidates = typed.map(({ tree }) => tree.type)
  return candidates.find((type) => typed.every(({ tree }) => fits(tree, type)))
}

/**
 * All parts as values of one type. Throws `ExpressionError` at the first part that does not fit the ones before it.
 * `what` names what needs them to be equal, `place` where it stands if the fault is not that of one part alone.
 */
export const unify = (parts: ReadonlyArray<Part>, what: string, place?: Place): ReadonlyArray<Tree> => {
  const kinds = distinct(parts)
  const type = commonType(kinds)
  if (type === "list") throw expressionError(parts[0], `${what} cannot take a list`, castHint("list", "list"))
  if (type !== undefined) return parts.map((part) => coerce(part, type))
  const misfit = kinds.findIndex((_, index) => commonType(kinds.slice(0, index + 1)) === undefined)
  const found = kinds[misfit].tree.type
  const before = commonType(kinds.slice(0, misfit)) ?? found
  throw expressionError(place ?? kinds[misfit], `${what} cannot take ${before} and ${found}`, castHint(before, found))
}

/** How to make one type out of two. */
export const castHint = (one: ValueType, other: ValueType): string => {
  const pair = [one, other]
  if (pair.includes("list")) return "a list can be tested with is null only"
  if (pair.includes("text")) return `cast the text, as in x::${one === "text" ? other : one}`
  if (pair.includes("date") && pair.includes("timestamp")) return "take the date of the timestamp, as in date(x)"
  return "cast one of them, as in x::text"
}

/** A part as a value of a type. Throws `ExpressionError` where it does not fit. */
export const need = (part: Part, type: ValueType, what: string): Tree => {
  if (fits(part.tree, type)) return coerce(part, type)
  const found = part.tree.type
  const hint =
    type === "bool"
      ? "compare it with something, as in x = 1"
      : found === "list"
        ? undefined
        : `cast it, as in x::${type}`
  throw expressionError(part, `${what} needs ${type}, found ${found}`, hint)
}
