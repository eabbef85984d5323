import { isNull } from "../expression/Part.ts"
import type { Tree } from "../expression/Tree.ts"
import type { CheckSpec } from "../spec/Checks.ts"
import { columnText } from "../spec/Column.ts"
import type { Path } from "../spec/SpecDocument.ts"
import { Calls } from "./Calls.ts"
import { ColumnNames, groupScope, rowScope } from "./ColumnNames.ts"
import type { Check, Plan, Table } from "./Plan.ts"
import type { Planning } from "./Planning.ts"
import { type LimitKind, planLimits } from "./planLimits.ts"

type About = Pick<Check, "name" | "severity"> & { readonly table: string }
type PlanCheck = (
  planning: Planning,
  plan: Plan,
  columns: ColumnNames,
  check: CheckSpec,
  about: About,
  path: Path
) => ReadonlyArray<Check>

/** A condition on measures, or a number made of them that has limits. */
export const planAssert: PlanCheck = (planning, plan, columns, check, about, path) => {
  const { assert: condition = "" } = check
  const at = [...path, "assert"]
  const measured = measuring(planning, plan, columns, about)
  const value = measured.tree(condition, at)
  const limits = planLimits(planning, check, limitsOf(planning, value, check, at, "number"), path)
  const number = numberOf(value)
  const rows = measured.table([], {
    value,
    n: measured.tree("count(*)", at),
    ...(number === undefined ? {} : { measured: number })
  })
  return [{ check: "assert", ...about, limits, condition, rows }]
}

/** How long before `as_of` the last time is. */
export const planFreshness: PlanCheck = (planning, plan, columns, check, about, path) => {
  const at = [...path, "freshness"]
  const column = timeColumn(planning, columns, check.freshness ?? "", at, ["timestamp"])
  const limits = planLimits(planning, check, { bounds: ["at_most"], of: "duration" }, path)
  if (check.at_most === undefined) planning.problem(path, 'missing "at_most": a duration such as 2h')
  if (column === undefined) return []
  const measured = measuring(planning, plan, columns, about)
  const last = measured.tree(`max(${columnText(column)})`, at)
  const rows = measured.table([], { last, n: measured.tree("count(*)", at) })
  return [{ check: "freshness", ...about, limits, rows }]
}

/** How many rows each day has. */
export const planVolume: PlanCheck = (planning, plan, columns, check, about, path) => {
  const at = [...path, "volume"]
  const column = timeColumn(planning, columns, check.volume ?? "", at, ["timestamp", "date"])
  const limits = planLimits(
    planning,
    check,
    { bounds: ["at_least", "at_most"], of: ["number", "share", "previous"] },
    path
  )
  if (check.at_least === undefined && check.at_most === undefined) {
    planning.problem(path, 'missing "at_least" or "at_most": rows of a day')
  }
  if (column === undefined) return []
  const measured = measuring(planning, plan, columns, about)
  const text = columnText(column)
  const day = columns.find(column)?.type === "date" ? text : `date(${text})`
  const by = [{ name: "day", value: planning.check(day, at, rowScope(columns)).tree }]
  const where = planning.check(`${text} is not null`, at, rowScope(columns, "bool")).tree
  return [
    {
      check: "volume",
      ...about,
      limits,
      rows: { ...measured.table(by, { n: measured.tree("count(*)", at) }), where }
    }
  ]
}

/**
 * What may limit a value: a condition is its own limit, a number has one. `plain`: whether shares of the value itself
 * make sense, as they do of rates. Reports a value of another type, and a number without a limit.
 */
export const limitsOf = (
  planning: Planning,
  value: Tree,
  { at_least, at_most }: CheckSpec,
  at: Path,
  plain: "number" | "share"
): LimitKind => {
  const { type } = value
  if (type === "bool") return { bounds: [], of: ["number"] }
  const isNumber = type === "int64" || type === "double"
  // An expression that is wrong has been reported, and is a null.
  if (isNull(value)) return { bounds: ["at_least", "at_most"], of: ["number", "share", "previous"] }
  if (!isNumber) planning.problem(at, `expected a condition or a number, found ${type}`)
  else if (at_least === undefined && at_most === undefined) {
    planning.problem(at, "a number needs at_least or at_most beside it, or is part of a condition")
  }
  return {
    bounds: ["at_least", "at_most"],
    of: plain === "share" ? ["number", "share", "previous"] : ["number", "previous"]
  }
}

const comparisons = new Set(["=", "<>", "<", "<=", ">", ">="])

/** The number that a condition is about: the side of a comparison that is not a literal, the left one of two. */
export const numberOf = (tree: Tree): Tree | undefined => {
  if (tree.kind !== "call" || !comparisons.has(tree.function)) return undefined
  return tree.arguments.find(({ kind, type }) => kind !== "literal" && (type === "int64" || type === "double"))
}

/** Makes the table that a check looks at. */
const measuring = (planning: Planning, plan: Plan, from: ColumnNames, { name, table }: About) => {
  const calls = new Calls(planning, plan.validate, table === "events")
  const scope = groupScope(new ColumnNames([], plan.validate), from)
  return {
    tree: (text: string, at: Path): Tree => calls.add(planning.check(text, at, scope), at),
    table: (by: Table["by"], columns: Readonly<Record<string, Tree>>): Table => ({
      kind: "table",
      name,
      from: [table],
      where: null,
      grouped: true,
      by,
      windows: [],
      measures: calls.measures,
      columns: Object.entries(columns).map(([column, value]) => ({ name: column, value })),
      having: null,
      order: [],
      limit: null
    })
  }
}

/** A column of times; reported, and undefined, where there is none. */
const timeColumn = (
  planning: Planning,
  columns: ColumnNames,
  name: string,
  at: Path,
  types: ReadonlyArray<string>
): string | undefined => {
  const found = columns.find(columns.named(name, at, planning))
  if (found === undefined) return undefined
  if (types.includes(found.type)) return found.name
  planning.problem(at, `"${name}" is ${found.type}; expected ${types.join(" or ")}`)
  return undefined
}
