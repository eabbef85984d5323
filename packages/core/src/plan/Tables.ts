import type { MeasureTree } from "../spec/Measure.ts"
import type { Plan } from "./Plan.ts"

export type ColumnType = "text" | "int64" | "double" | "timestamp" | "date" | "bool"

/** The columns of a table, in order, with their types. */
export type TableColumns = ReadonlyArray<{ readonly name: string; readonly type: ColumnType }>

type Shape = Pick<Plan, "scan" | "validate" | "sessionize" | "tables">

/** What a plan can write besides its aggregates. */
export const builtInTables = ["sessions", "events", "duplicates", "rejects"] as const

/** The column that says, inside a run, which input an event came from. */
export const sourceColumn = "$source"

/** The columns of a table of a plan; `undefined` when there is no such table. */
export const tableColumns = (plan: Shape, table: string): TableColumns | undefined => {
  switch (table) {
    case "events":
      return eventColumns(plan)
    case "sessions":
      return plan.sessionize === null ? undefined : sessionColumns(plan, plan.sessionize)
    case "duplicates":
      return duplicateColumns(plan)
    case "rejects":
      return rejectColumns(plan)
    default: {
      const aggregate = plan.tables.find(({ name }) => name === table)
      return aggregate && aggregateColumns(plan, aggregate)
    }
  }
}

/** Roles and mapped columns of an event, without its session. */
export const mappedColumns = ({ validate }: Pick<Plan, "validate">): TableColumns => [
  { name: validate.user.name, type: "text" },
  { name: validate.time.name, type: "timestamp" },
  ...[validate.type, validate.id, ...validate.columns].flatMap((mapped) =>
    mapped === null ? [] : [{ name: mapped.name, type: "text" as const }]
  )
]

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
  { name: "session_number", type: "int64" },
  { name: "session_cause", type: "text" },
  { name: "previous_session_end", type: "timestamp" },
  { name: "next_session_start", type: "timestamp" },
  { name: "is_open", type: "bool" },
  { name: "date", type: "date" },
  ...measureColumns(eventColumns(plan), sessionize.columns)
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
const duplicateNames = ["source", "event", "first_source", "first_event", "conflicting"]

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
const rejectNames = ["event", "source", "line", "offset", "code", "reason", "field", "raw"]

/** The name of a source column among the rejects: its own, unless the table has such a column already. */
export const rejectFieldName = (name: string): string => besides(rejectNames, name)

const besides = (taken: ReadonlyArray<string>, name: string): string => (taken.includes(name) ? `record.${name}` : name)

const aggregateColumns = (plan: Shape, aggregate: Plan["tables"][number]): TableColumns => {
  const from = tableColumns(plan, aggregate.from) ?? []
  const by = aggregate.by.flatMap((name) => from.filter((column) => column.name === name))
  return [...by, ...measureColumns(from, aggregate.columns)]
}

const measureColumns = (
  from: TableColumns,
  measures: ReadonlyArray<{ readonly name: string; readonly value: MeasureTree }>
): TableColumns => measures.map(({ name, value }) => ({ name, type: measureType(from, value) }))

/** The type of a measure's result over a table. */
export const measureType = (from: TableColumns, tree: MeasureTree): ColumnType => {
  if (tree.measure === "count" || tree.measure === "count_distinct") return "int64"
  if (tree.measure === "avg") return "double"
  return from.find(({ name }) => name === tree.column)?.type ?? "text"
}
