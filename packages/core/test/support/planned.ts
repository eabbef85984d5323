import type { RecordBatch } from "apache-arrow"
import * as Result from "effect/Result"
import { Expressions } from "../../src/engine/Expressions.ts"
import { makeTable } from "../../src/engine/Tables.ts"
import { ColumnNames } from "../../src/plan/ColumnNames.ts"
import type { Table } from "../../src/plan/Plan.ts"
import { Planning } from "../../src/plan/Planning.ts"
import { planTable } from "../../src/plan/planTables.ts"
import type { TableColumns } from "../../src/plan/Tables.ts"
import { readSpec } from "../../src/spec/readSpec.ts"
import type { Table as TableSpec } from "../../src/spec/Table.ts"
import { type PlainRow, plainRows } from "./plain.ts"
import { head, noValues, planOf } from "./runSpec.ts"

const event = "event: { user: user, time: time }"

/** A table of a spec as it is written, over rows with these columns; the user is `user` and the time `time`. */
export const tablePlan = (columns: TableColumns, table: Partial<TableSpec>): Table => {
  const planning = new Planning(Result.getOrThrow(readSpec("spec.yaml", head + event, noValues)))
  const plan = planOf(event)
  const spec = { from: "events", by: [], columns: {}, order: [], ...table }
  const made = planTable(planning, plan, new ColumnNames(columns, plan.validate), "t", spec)
  if (planning.problems.length > 0) throw new Error(planning.problems.map(({ message }) => message).join("\n"))
  return made
}

/** The rows of a table made from batches. */
export const tableRows = (table: Table, batches: ReadonlyArray<RecordBatch>): ReadonlyArray<PlainRow> => {
  const state = makeTable(table, "user", new Expressions("UTC", new Map()), () => false)
  const given = batches.map((batch) => state.add(batch, table.from[0]))
  return [...given, state.finish()].flatMap((batch) => (batch === undefined ? [] : plainRows(batch)))
}
