import type { RecordBatch } from "apache-arrow"
import type { AnyTable, Plan } from "../plan/Plan.ts"
import { Conversions } from "./attribution/Conversions.ts"
import type { Expressions } from "./Expressions.ts"
import { FunnelEntered } from "./funnel/FunnelEntered.ts"
import type { TableOfUsers } from "./table/TableOfUsers.ts"

/**
 * Makes the function that gives the rows of a table that are made of some users' events, with the columns that follow from
 * them; undefined for any other table. `eventsWith`: the unique events of these users, with some columns.
 */
export const tablesOfUsers = (
  { tables, validate }: Pick<Plan, "tables" | "validate">,
  expressions: Expressions,
  eventsWith: (columns: ReadonlyArray<string>) => RecordBatch
): ((name: string) => RecordBatch | undefined) => {
  const made = new Map(tables.map((table) => [table.name, makeTableOfUsers(table, validate, expressions)]))
  const columns = new Set([...made.values()].flatMap((table) => table?.needs ?? []))
  let events: RecordBatch | undefined
  // All of them look at the same events.
  return (name) => made.get(name)?.of((events ??= eventsWith([...columns])))
}

/** Whether rows of a table are made of each user's events alone, with all that have whole users at hand. */
export const isOfUsers = ({ kind }: AnyTable): boolean => kind === "funnel_entered" || kind === "attribution"

const makeTableOfUsers = (
  table: AnyTable,
  validate: Plan["validate"],
  expressions: Expressions
): TableOfUsers | undefined => {
  if (table.kind === "funnel_entered") return new FunnelEntered(table, validate, expressions)
  return table.kind === "attribution" ? new Conversions(table, validate, expressions) : undefined
}
