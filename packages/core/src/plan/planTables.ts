import { measures as measureNames } from "../expression/Functions.ts"
import type { Scope } from "../expression/Scope.ts"
import type { Syntax } from "../expression/Syntax.ts"
import { columnPath, unquoted } from "../spec/Column.ts"
import type { AnyTable as AnyTableSpec } from "../spec/AnyTable.ts"
import type { Path } from "../spec/SpecDocument.ts"
import type { Table as TableSpec } from "../spec/Table.ts"
import { Calls } from "./Calls.ts"
import { ColumnNames, groupScope, rowScope } from "./ColumnNames.ts"
import { noSessions, noUsers } from "./missingTables.ts"
import type { AnyTable, Plan, Table } from "./Plan.ts"
import { planAttribution } from "./planAttribution.ts"
import { planCompare } from "./planCompare.ts"
import { planFunnel } from "./planFunnel.ts"
import { retentionTable } from "./retentionTable.ts"
import type { Planning } from "./Planning.ts"
import { builtInTables, isOfRun, lookupNamed, sourcesOf, type TableColumns, tableColumns, typed } from "./Tables.ts"

/** The tables of a spec; `plan` has everything that they are made from. */
export const planTables = (planning: Planning, plan: Plan): Plan["tables"] => {
  const tables: Array<AnyTable> = []
  for (const [name, table] of Object.entries(planning.spec.tables)) {
    const path = ["tables", name]
    if (isBuiltIn(planning, name)) {
      planning.problem(path, `"${name}" is a table that Sojourn makes itself`, { key: true })
    }
    const made = planAny(planning, { ...plan, tables }, name, table)
    const twice = made.find((one) => tables.some((other) => other.name === one.name))
    if (twice !== undefined) planning.problem(path, `"${twice.name}" is the name of two tables`, { key: true })
    tables.push(...made)
  }
  return tables
}

/** What one entry of the spec makes; `plan` has everything before it. */
const planAny = (planning: Planning, plan: Plan, name: string, table: AnyTableSpec): ReadonlyArray<AnyTable> => {
  if ("funnel" in table) return planFunnel(planning, plan, name, table.funnel)
  if ("attribution" in table) return [planAttribution(planning, plan, name, table.attribution)]
  if ("retention" in table) {
    const path = ["tables", name, "retention"]
    const made = retentionTable(planning, plan, table.retention, path)
    return [planTable(planning, plan, made.from, name, made.table, path)]
  }
  if ("compare" in table) {
    const path = ["tables", name, "compare"]
    const rows = new ColumnNames(rowColumns(planning, plan, table.compare.from, [...path, "from"]), plan.validate)
    const groups = (from: ColumnNames, spec: TableSpec) => planTable(planning, plan, from, name, spec, path)
    return [planCompare(planning, plan, name, table.compare, rows, groups)]
  }
  const from = new ColumnNames(allColumns(planning, plan, sourcesOf(table), ["tables", name]), plan.validate)
  return [planTable(planning, plan, from, name, table)]
}

/** A spec without `users` may have a table of that name, and one without checks those that tell of checks. */
const isBuiltIn = (planning: Planning, name: string): boolean => {
  if (name === "users") return planning.spec.users !== undefined
  if (name === "findings" || name === "history") return isCheckTable(planning, name)
  return (builtInTables as ReadonlyArray<string>).includes(name)
}

const isCheckTable = ({ spec }: Planning, name: string): boolean =>
  spec.checks.length > 0 && (name === "findings" || name === "history")

/** The columns of the rows that a table is made from, which all of its sources must have. */
const allColumns = (planning: Planning, plan: Plan, from: Table["from"], path: Path): TableColumns => {
  const [first, ...others] = from.map((name, i) =>
    rowColumns(planning, plan, name, from.length === 1 ? [...path, "from"] : [...path, "from", i], ["rejects"])
  )
  const shown = (columns: TableColumns) => columns.map(({ name, type }) => `${name} ${type}`).join(", ")
  for (const [i, columns] of others.entries()) {
    const place = [...path, "from", i + 1]
    if (from.indexOf(from[i + 1]) <= i) planning.problem(place, `"${from[i + 1]}" stands here twice`)
    else if (columns.length > 0 && first.length > 0 && shown(columns) !== shown(first)) {
      const hint = `give it the columns of "${from[0]}", in a table of its own: ${shown(first)}`
      planning.problem(place, `"${from[i + 1]}" has other columns than "${from[0]}": ${shown(columns)}`, { hint })
    }
  }
  return first
}

/**
 * The columns of the rows that a table, or a check, looks at. `path`: where it is named; `more`: tables of the run that it
 * may look at.
 */
export const rowColumns = (
  planning: Planning,
  plan: Plan,
  from: string,
  path: Path,
  more: ReadonlyArray<string> = []
): TableColumns => {
  const isOther = isOfRun(from) && !more.includes(from) && !plan.tables.some(({ name }) => name === from)
  const isTaken = from === "duplicates" || isOther
  const columns = isTaken ? undefined : tableColumns(plan, from)
  if (columns !== undefined) return columns
  const known = [
    ...["events", "sessions", "users"].filter((name) => tableColumns(plan, name)),
    ...more,
    ...plan.validate.enrich.map(({ name }) => name).filter((name) => lookupNamed(plan, name)),
    ...plan.tables.map(({ name }) => name).filter((name) => name !== "users")
  ]
  if (from === "sessions") planning.problem(path, noSessions)
  else if (from === "users") planning.problem(path, noUsers)
  else if (Object.hasOwn(planning.spec.tables, from)) {
    const isItself = path[path.lastIndexOf("from") - 1] === from
    planning.problem(
      path,
      isItself ? "a table cannot be made from itself" : `the table "${from}" has to be declared before this one`
    )
  } else planning.unknown("table", from, known, path)
  return []
}

/** One table; `from` are the columns of the rows that it is made from, `path` is where it stands in the spec. */
export const planTable = (
  planning: Planning,
  plan: Plan,
  from: ColumnNames,
  name: string,
  table: TableSpec,
  path: Path = ["tables", name]
): Table => {
  const at = (key: string) => [...path, key]
  const keys = planKeys(planning, from, table, at("by"))
  const word = table.add === undefined ? "columns" : "add"
  const texts = Object.entries(table[word] ?? {})
  const parsed = texts.map(([column, text]) => planning.parse(text, [...path, word, column]))
  const grouped = keys.length > 0 || parsed.some(hasMeasure)
  if (word === "add" && (grouped || table.columns !== undefined)) {
    const message = grouped ? "a group has no columns to add to" : "the table has columns already"
    planning.problem(at(word), message, { key: true, hint: "write all of them as columns" })
  }
  const areEvents = table.from === "events"
  const calls = new Calls(planning, plan.validate, areEvents)
  const by = new ColumnNames(typed(keys), plan.validate)
  const scope: Scope = grouped
    ? groupScope(by, from)
    : { ...rowScope(from), allow: { measures: false, windows: areEvents || table.from === "sessions", over: true } }

  const all = table.columns === undefined && !grouped ? from.columns : []
  const written = texts.map(([column, text], i) => {
    const place = [...path, word, column]
    return { name: column, value: calls.add(planning.resolve(parsed[i], text, place, scope), place) }
  })
  const columns = [
    ...all.map(({ name, type }) => ({ name, value: { kind: "column", name, type } as const })),
    ...written
  ]
  planning.distinct(
    columns.map((column) => ({ name: column.name, path: [...path, word, column.name], key: true })),
    new Map(keys.map((key) => [key.name, "the name of two columns"]))
  )
  if (keys.length + columns.length === 0 && table.columns !== undefined)
    planning.problem(at("columns"), "a table needs a column")

  const made = new ColumnNames(typed([...keys, ...columns]), plan.validate)
  const where = table.where === undefined ? null : planning.check(table.where, at("where"), rowScope(from, "bool")).tree
  if (!grouped && table.having !== undefined) {
    planning.problem(at("having"), "the table has no groups", { hint: "rows are chosen with where" })
  }
  const having =
    !grouped || table.having === undefined
      ? null
      : calls.add(planning.check(table.having, at("having"), groupScope(made, from, "bool")), at("having"))
  return {
    kind: "table",
    name,
    from: sourcesOf(table),
    where,
    grouped,
    by: keys,
    windows: calls.windows,
    measures: calls.measures,
    columns,
    having,
    order: planOrder(planning, made, table.order, at("order")),
    limit: table.limit ?? null
  }
}

/** What makes a group: columns by name, expressions by their text, `{ name: expression }`. */
const planKeys = (planning: Planning, from: ColumnNames, { by }: TableSpec, path: Path): Table["by"] => {
  const keys = by.flatMap((item, i) => {
    const at = [...path, i]
    if (typeof item === "string") return [planKey(planning, from, item, at)]
    return Object.entries(item).map(([name, text]) => ({
      key: { name, value: planning.check(text, [...at, name], rowScope(from)).tree },
      path: [...at, name]
    }))
  })
  for (const { key, path: at } of keys) {
    if (key.value.type === "list") planning.problem(at, "a list makes no group")
  }
  planning.distinct(
    keys.map(({ key, path: at }) => ({ name: key.name, path: at })),
    new Map()
  )
  return keys.map(({ key }) => key)
}

const planKey = (planning: Planning, from: ColumnNames, text: string, path: Path) => {
  if (from.find(text) === undefined && columnPath(text) === undefined) {
    return { key: { name: text, value: planning.check(text, path, rowScope(from)).tree }, path }
  }
  const name = from.named(unquoted(text), path, planning)
  return { key: { name, value: { kind: "column" as const, name, type: from.find(name)?.type ?? "text" } }, path }
}

const planOrder = (
  planning: Planning,
  columns: ColumnNames,
  items: ReadonlyArray<string>,
  path: Path
): Table["order"] =>
  items.map((text, i) => {
    const [, word, direction] = /^(.*?)(?:\s+(asc|desc))?$/iu.exec(text.trim()) ?? []
    const column = columns.named(unquoted(word), [...path, i], planning)
    if (columns.find(column)?.type === "list") planning.problem([...path, i], "a list has no order")
    return { column, descending: direction?.toLowerCase() === "desc" }
  })

/** Whether a measure is called anywhere in an expression. */
const hasMeasure = (syntax: Syntax | undefined): boolean => syntax !== undefined && callsMeasure(syntax)

const callsMeasure = (part: unknown): boolean => {
  if (Array.isArray(part)) return part.some(callsMeasure)
  if (typeof part !== "object" || part === null) return false
  const { kind, name, over } = part as Readonly<Record<string, unknown>>
  return (
    (kind === "call" && over === undefined && measureNames.has(String(name))) || Object.values(part).some(callsMeasure)
  )
}
