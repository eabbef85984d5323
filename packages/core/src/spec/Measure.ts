import * as Schema from "effect/Schema"
import { segment, unquoted } from "./Column.ts"

/** How many, how much: one value of a group of rows. */
export const MeasureTree = Schema.Union([
  Schema.Struct({ measure: Schema.Literal("count") }),
  Schema.Struct({
    measure: Schema.Literals(["count_distinct", "sum", "min", "max", "avg", "first", "last"]),
    column: Schema.String
  })
])
export type MeasureTree = typeof MeasureTree.Type

/**
 * The tree of a measure as it is written: `count(*)`, `count(distinct page)`, `sum(x)`, `min(x)`, `max(x)`, `avg(x)`,
 * `first(x)`, `last(x)`. Names of measures ignore case. `undefined` if it is none of these.
 */
export const parseMeasure = (text: string): MeasureTree | undefined => {
  const match = measurePattern.exec(text)
  if (match === null) return undefined
  const name = match[1].toLowerCase()
  const distinct = match[2] !== undefined
  const argument = match[3]
  if (argument === "*") return name === "count" && !distinct ? { measure: "count" } : undefined
  const column = unquoted(argument)
  if (name === "count") return distinct ? { measure: "count_distinct", column } : undefined
  const known = ["sum", "min", "max", "avg", "first", "last"] as const
  const measure = known.find((candidate) => candidate === name)
  return measure === undefined || distinct ? undefined : { measure, column }
}

const measurePattern = new RegExp(String.raw`^\s*([a-z]+)\s*\(\s*(?:(distinct)\s+)?(\*|${segment})\s*\)\s*$`, "iu")

export const measureExpected =
  "a measure: count(*), count(distinct x), sum(x), min(x), max(x), avg(x), first(x) or last(x)"

export const Measure = Schema.String.check(
  Schema.makeFilter((text: string) => parseMeasure(text) !== undefined, {
    expected: measureExpected,
    // JSON Schema cannot ignore case: only the form is checked.
    toJsonSchema: () => [{ pattern: String.raw`^\s*[A-Za-z]+\s*\(.+\)\s*$` }, true]
  })
)
