import { quotedText } from "../expression/quotedText.ts"
import { columnsOf } from "../expression/TreeNames.ts"
import type { CheckSpec } from "../spec/Checks.ts"
import { columnText } from "../spec/Column.ts"
import type { Path } from "../spec/SpecDocument.ts"
import { oneOf } from "../spec/SpecIssues.ts"
import { ColumnNames, rowScope } from "./ColumnNames.ts"
import type { Check, Plan } from "./Plan.ts"
import { planAssert, planFreshness, planVolume } from "./planMeasuredChecks.ts"
import type { Planning } from "./Planning.ts"
import { planLimits } from "./planLimits.ts"
import { planRate } from "./planRate.ts"
import { rowColumns } from "./planTables.ts"

const kinds = [
  "expect",
  "not_null",
  "accepted",
  "unique",
  "references",
  "assert",
  "rate",
  "freshness",
  "volume"
] as const
type Kind = (typeof kinds)[number]

/** What is expected of what a run makes; `plan` has all tables. */
export const planChecks = (planning: Planning, plan: Plan): Plan["checks"] => {
  const { checks, outputs } = planning.spec
  if (checks.length > 0) checkHistory(planning, outputs.history)
  const names = checks.map(({ name }) => name)
  return checks.flatMap((check, i) => {
    const path = ["checks", i]
    if (names.indexOf(check.name) < i) {
      planning.problem([...path, "name"], `"${check.name}" is the name of two checks`)
    }
    const given = kinds.filter((kind) => check[kind] !== undefined)
    if (given.length !== 1) {
      const found = given.length === 0 ? "none of them" : given.join(" and ")
      planning.problem(path, `a check has one of ${oneOf(kinds)}; found ${found}`)
      return []
    }
    if (given[0] === "rate") return [planRate(planning, plan, check, path)]
    if (check.per !== undefined) planning.problem([...path, "per"], "only rates are of inputs", { key: true })
    return planTableCheck(planning, plan, check, given[0], path)
  })
}

/** The history is read before it is written: it is one file that has all of its columns. */
const checkHistory = (planning: Planning, history: Planning["spec"]["outputs"][string] | undefined): void => {
  const path = ["outputs", "history"]
  if (history?.columns !== undefined) planning.problem([...path, "columns"], "a history has all of its columns")
  if (history?.partition !== undefined) planning.problem([...path, "partition"], "a history is one file")
  if (typeof history?.format === "object" && Object.keys(history.format).length > 1) {
    planning.problem([...path, "format"], "the format of a history has no options: it is read as it is written")
  }
  if (history?.uri === "-") planning.problem([...path, "uri"], "a history is a file that the next run reads")
}

const planTableCheck = (
  planning: Planning,
  plan: Plan,
  check: CheckSpec,
  kind: Exclude<Kind, "rate">,
  path: Path
): ReadonlyArray<Check> => {
  const { name, on: table, severity } = check
  if (table === undefined) {
    planning.problem(path, 'missing "on": the table that is looked at')
    return []
  }
  const columns = new ColumnNames(rowColumns(planning, plan, table, [...path, "on"]), plan.validate)
  // Without columns there is no such table, and that has been said.
  if (columns.columns.length === 0) return []
  const about = { name, severity, table }
  switch (kind) {
    case "assert":
      return planAssert(planning, plan, columns, check, about, path)
    case "freshness":
      return planFreshness(planning, plan, columns, check, about, path)
    case "volume":
      return planVolume(planning, plan, columns, check, about, path)
    default: {
      const limits = planLimits(planning, check, { bounds: ["at_most"], of: ["number", "share", "previous"] }, path)
      const none = { bound: "at_most", amount: 0, of: "number" } as const
      return planRows(planning, plan, columns, check, { ...about, limits: limits.length === 0 ? [none] : limits }, [
        ...path,
        kind
      ])
    }
  }
}

/** Checks that count the rows that are not as expected. `at`: where it says what is expected. */
const planRows = (
  planning: Planning,
  plan: Plan,
  columns: ColumnNames,
  check: CheckSpec,
  about: Pick<Check, "name" | "severity" | "limits"> & { readonly table: string },
  at: Path
): ReadonlyArray<Check> => {
  const shown = (used: ReadonlyArray<string>) => shownColumns(plan, about.table, columns, used)
  const holding = (text: string, scoped: Path): ReadonlyArray<Check> => {
    const { tree } = planning.check(text, scoped, rowScope(columns, "bool"))
    return [{ check: "expect", ...about, shown: shown(columnsOf(tree)), holds: tree }]
  }
  const list = (given: string | ReadonlyArray<string>): ReadonlyArray<string> =>
    typeof given === "string" ? [columns.named(given, at, planning)] : columns.allNamed(given, at, planning)

  if (check.expect !== undefined) return holding(check.expect, at)
  if (check.not_null !== undefined) {
    const names = list(check.not_null).filter((name) => columns.find(name) !== undefined)
    return holding(["true", ...names.map((name) => `${columnText(name)} is not null`)].join(" and "), at)
  }
  if (check.accepted !== undefined) {
    const conditions = Object.entries(check.accepted).flatMap(([column, values]) => {
      const name = columns.named(column, [...at, column], planning, true)
      const type = columns.find(name)?.type
      if (type === undefined) return []
      const value = type === "text" ? columnText(name) : `${columnText(name)}::text`
      if (values.length === 0) planning.problem([...at, column], "expected at least one value, found an empty list")
      const texts = values.map(quotedText)
      return [`(${columnText(name)} is null or ${value} in (${["null", ...texts].join(", ")}))`]
    })
    return holding(["true", ...conditions].join(" and "), at)
  }
  if (check.unique !== undefined) {
    const names = list(check.unique)
    const keys = names.map((name) => ({ name, type: columns.find(name)?.type ?? ("text" as const) }))
    if (keys.some(({ type }) => type === "list")) planning.problem(at, "lists are not compared")
    return [{ check: "unique", ...about, shown: shown(names), columns: keys }]
  }
  const { column = "", key = column, table = "" } = check.references ?? {}
  const name = columns.named(column, [...at, "column"], planning)
  const others = new ColumnNames(rowColumns(planning, plan, table, [...at, "table"]), plan.validate)
  if (others.columns.length === 0) return []
  const to = others.named(key, [...at, check.references?.key === undefined ? "column" : "key"], planning)
  const type = columns.find(name)?.type ?? "text"
  const other = others.find(to)?.type ?? type
  if (other !== type || type === "list") {
    planning.problem(at, `"${name}" is ${type} and cannot be compared with "${to}", which is ${other}`)
  }
  return [{ check: "references", ...about, shown: [name], to: { table, column: to }, type }]
}

/** What a sample shows: what tells a row apart, and what was looked at; all of a table that the spec declares. */
const shownColumns = (
  plan: Plan,
  table: string,
  { columns }: ColumnNames,
  used: ReadonlyArray<string>
): ReadonlyArray<string> => {
  const { time, user } = plan.validate
  const own: Readonly<Record<string, ReadonlyArray<string>>> = {
    events: [user.name, time.name],
    sessions: [user.name, "session_start"],
    users: plan.users === null ? [] : [user.name]
  }
  const key = own[table] ?? []
  return key.length === 0 ? columns.map(({ name }) => name) : [...new Set([...key, ...used])]
}
