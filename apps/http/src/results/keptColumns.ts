import { eventOrigin, type Plan, type TableColumns, tableColumns } from "@sojourn/core"

/** The columns of a table that are kept of a run: of events, also where their records stand. */
export const keptColumns = (plan: Plan, table: string): TableColumns | undefined => {
  const columns = tableColumns(plan, table)
  return table === "events" && columns !== undefined ? [...columns, ...originColumns] : columns
}

const originColumns: TableColumns = [
  { name: eventOrigin.source, type: "text" },
  { name: eventOrigin.event, type: "int64" }
]
