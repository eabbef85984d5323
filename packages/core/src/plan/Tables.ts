import type { ValueType } from "../expression/Tree.ts"
import { attributionColumns } from "./Attribution.ts"
import { comparedColumns } from "./comparedColumns.ts"
import { enteredColumns, stepColumns } from "./Funnel.ts"
import { position } from "../plugin/EventBatch.ts"
import { columnName } from "../spec/Column.ts"
import type { AnyTable, Enrich, Plan, Table } from "./Plan.ts"

/** The columns of a table, in order, with their types. */
export type TableColumns = ReadonlyArray<{ readonly name: string; readonly type: ValueType }>

type Shape = Pick<Plan, "scan" | "validate" | "sessionize" | "users" | "tables" | "checks">

/** What a plan can write besides its aggregates. */
export const builtInTables = [
  "sessions",
  "events",
  "users",
  "duplicates",
  "rejects",
  "inputs",
  "findings",
  "history"
] as const

/** The column that says, inside a run, which input an event came from. */
export const sourceColumn = "$source"

/** The column of sessions that says, inside a run, when the run looks at them. */
export const asOfColumn = "$as_of"
/**
 * Columns that the table of events has besides those of {@link tableColumns}, for a plan that asks for both: the input of
 * each event, and the number of its record there. Specs have no word for them.
 */
export const eventOrigin = { source: sourceColumn, event: position.event } as const

/** The columns of a table of a plan; `undefined` when there is no such table. */
export const tableColumns = (plan: Shape, table: string): TableColumns | undefined => {
  switch (table) {
    case "events":
      return eventColumns(plan)
    case "sessions":
      return plan.sessionize === null ? undefined : sessionColumns(plan, plan.sessionize)
    case "users":
      return plan.users === null ? otherColumns(plan, table) : userColumns(plan, plan.users)
    case "duplicates":
      return duplicateColumns(plan)
    case "rejects":
      return rejectColumns(plan)
    case "inputs":
      return inputColumns
    case "findings":
      return plan.checks.length === 0 ? declaredColumns(plan, table) : findingColumns
    case "history":
      return plan.checks.length === 0 ? declaredColumns(plan, table) : historyColumns
    default:
      return otherColumns(plan, table)
  }
}

const otherColumns = (plan: Shape, table: string): TableColumns | undefined => {
  const entry = lookupNamed(plan, table)
  return entry === undefined ? declaredColumns(plan, table) : lookupColumns(entry)
}

/** The file of enrich that is the table of a name, if no other table is. */
export const lookupNamed = (
  { tables, users, validate }: Pick<Shape, "tables" | "users" | "validate">,
  name: string
): Enrich | undefined => {
  const isMade = (builtInTables as ReadonlyArray<string>).includes(name) && (name !== "users" || users !== null)
  if (isMade || tables.some((table) => table.name === name)) return undefined
  return validate.enrich.find((entry) => entry.name === name)
}

/** The key of a file of enrich under its own name, unless one of its columns has that, and its columns. */
export const lookupColumns = ({ columns, key }: Enrich): TableColumns => {
  const name = columnName(key)
  const own = columns.some((column) => column.name === name) ? [] : [{ name, type: "text" as const }]
  return [...own, ...typed(columns)]
}

/** The tables whose rows a table is made from. */
export const sourcesOf = ({ from }: Pick<AnyTable, "from">): Table["from"] => (typeof from === "string" ? [from] : from)

const declaredColumns = (plan: Shape, name: string): TableColumns | undefined => {
  const declared = plan.tables.find((table) => table.name === name)
  switch (declared?.kind) {
    case undefined:
      return undefined
    case "table":
      return [...typed(declared.by), ...typed(declared.columns)]
    case "funnel_entered":
      return enteredColumns(declared, plan.validate.user.name)
    case "funnel_steps":
      return stepColumns
    case "attribution":
      return attributionColumns(declared, plan.validate.user.name)
    case "compare":
      return comparedColumns(typed(declared.groups.by), typed(declared.groups.columns))
  }
}

/** Roles, mapped columns and those of enrich: an event without its session. */
export const mappedColumns = ({ validate }: Pick<Plan, "validate">): TableColumns => [
  { name: validate.user.name, type: "text" },
  ...(hasTime(validate) ? [{ name: validate.time.name, type: "timestamp" as const }] : []),
  ...[validate.type, validate.id, ...validate.columns].flatMap((mapped) => (mapped === null ? [] : typed([mapped]))),
  ...validate.enrich.flatMap(({ columns }) => typed(columns))
]

/** The column of the one time that all events have, as far as order is concerned, where the spec gives them none. */
export const noTime = "$time"

export const hasTime = ({ time }: Pick<Plan["validate"], "time">): boolean => time.name !== noTime

/** Named trees as columns. */
export const typed = (
  named: ReadonlyArray<{ readonly name: string; readonly value: { readonly type: ValueType } }>
): TableColumns => named.map(({ name, value }) => ({ name, type: value.type }))

const eventColumns = (plan: Shape): TableColumns => [
  ...(plan.sessionize === null ? [] : [{ name: "session_id", type: "text" as const }]),
  ...mappedColumns(plan)
]

const sessionColumns = (plan: Shape, sessionize: NonNullable<Plan["sessionize"]>): TableColumns => [
  { name: "session_id", type: "text" },
  { name: plan.validate.user.name, type: "text" },
  { name: "session_start", type: "timestamp" },
  { name: "session_end", type: "timestamp" },
  { name: "session_duration_sec", type: "double" },
  { name: "event_count", type: "int64" },
  ...numberedOnly(sessionize, [{ name: "session_number", type: "int64" }]),
  { name: "session_cause", type: "text" },
  ...numberedOnly(sessionize, [
    { name: "previous_session_end", type: "timestamp" },
    { name: "next_session_start", type: "timestamp" }
  ]),
  { name: "is_open", type: "bool" },
  { name: "date", type: "date" },
  ...typed(sessionize.columns)
]

/** Columns that depend on the user's other sessions. */
const numberedOnly = ({ numbering }: NonNullable<Plan["sessionize"]>, columns: TableColumns): TableColumns =>
  numbering === "none" ? [] : columns

const userColumns = (plan: Shape, { columns }: NonNullable<Plan["users"]>): TableColumns => [
  { name: plan.validate.user.name, type: "text" },
  ...(hasTime(plan.validate)
    ? ["first_event", "last_event"].map((name) => ({ name, type: "timestamp" as const }))
    : []),
  { name: "event_count", type: "int64" },
  ...(plan.sessionize === null ? [] : [{ name: "session_count", type: "int64" as const }]),
  ...typed(columns)
]

/** Removed events, where they stood, and the event that each repeats. */
const duplicateColumns = (plan: Shape): TableColumns => [
  { name: "source", type: "text" },
  { name: "event", type: "int64" },
  { name: "first_source", type: "text" },
  { name: "first_event", type: "int64" },
  { name: "conflicting", type: "bool" },
  ...mappedColumns(plan).map(({ name, type }) => ({ name: besides(duplicateNames, name), type }))
]

/** The column of the user in a table that has rows of users. */
export const userColumn = ({ validate }: Pick<Plan, "validate">, table: string): string =>
  table === "duplicates" ? besides(duplicateNames, validate.user.name) : validate.user.name

const duplicateNames = ["source", "event", "first_source", "first_event", "conflicting"]

/** What was read in a run, and what became of it: a history if it is added to that of other runs. */
const inputColumns: TableColumns = [
  { name: "run_id", type: "text" },
  { name: "source", type: "text" },
  { name: "records", type: "int64" },
  { name: "rejected", type: "int64" },
  { name: "error_rate", type: "double" },
  { name: "duplicates", type: "int64" },
  { name: "started", type: "timestamp" },
  { name: "finished", type: "timestamp" }
]

/** Whether a table is made once all events are known, and not from the events of some users. */
export const isOfRun = (table: string): boolean => tablesOfRun.has(table)
const tablesOfRun: ReadonlySet<string> = new Set(["rejects", "inputs", "findings", "history"])

/** Where a rejected record stood, why it was rejected, and its mapped fields as found. */
const rejectColumns = (plan: Shape): TableColumns => [
  { name: "event", type: "int64" },
  { name: "source", type: "text" },
  { name: "line", type: "int64" },
  { name: "offset", type: "int64" },
  { name: "code", type: "text" },
  { name: "reason", type: "text" },
  { name: "field", type: "text" },
  ...plan.scan.columns.map(({ name }) => ({ name: rejectFieldName(name), type: "text" as const })),
  { name: "raw", type: "text" }
]

/** What checks found. */
const findingColumns: TableColumns = [
  { name: "check", type: "text" },
  { name: "table", type: "text" },
  { name: "input", type: "text" },
  { name: "severity", type: "text" },
  { name: "outcome", type: "text" },
  { name: "value", type: "double" },
  { name: "threshold", type: "text" },
  { name: "n", type: "int64" },
  { name: "message", type: "text" },
  { name: "samples", type: "json" }
]

/** What checks found in this run and those before it. */
const historyColumns: TableColumns = [
  { name: "run", type: "timestamp" },
  { name: "check", type: "text" },
  { name: "input", type: "text" },
  { name: "bound", type: "text" },
  { name: "outcome", type: "text" },
  { name: "value", type: "double" },
  { name: "n", type: "int64" }
]

const rejectNames = ["event", "source", "line", "offset", "code", "reason", "field", "raw"]

/** The name of a source column among the rejects: its own, unless the table has such a column already. */
export const rejectFieldName = (name: string): string => besides(rejectNames, name)

const besides = (taken: ReadonlyArray<string>, name: string): string => (taken.includes(name) ? `record.${name}` : name)
