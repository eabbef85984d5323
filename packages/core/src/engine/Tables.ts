import type { RecordBatch } from "apache-arrow"
import { enteredColumns } from "../plan/Funnel.ts"
import { isOfRun, lookupNamed, sourcesOf } from "../plan/Tables.ts"
import type { AnyTable, Plan, Table } from "../plan/Plan.ts"
import type { WindowCall } from "../expression/WindowCall.ts"
import type { Computed } from "./Compute.ts"
import { allNeeds, type Need } from "./Needs.ts"
import { Expressions } from "./Expressions.ts"
import { AttributionTable } from "./attribution/AttributionTable.ts"
import { CompareTable } from "./compare/CompareTable.ts"
import { FunnelSteps } from "./funnel/FunnelSteps.ts"
import { GivenRows } from "./table/GivenRows.ts"
import { GroupedTable } from "./table/GroupedTable.ts"
import { RowTable } from "./table/RowTable.ts"
import { SortedTable } from "./table/SortedTable.ts"
import { UnionTable } from "./table/UnionTable.ts"
import { WholeTable } from "./table/WholeTable.ts"
import type { TableState } from "./table/TableState.ts"
import { isOfUsers } from "./TablesOfUsers.ts"

/** Rows of tables, by name. */
export type TableRows = ReadonlyMap<string, RecordBatch>

/** The state of one table of a plan before any row; `tables`: all of them. */
const makeAnyTable = (table: AnyTable, tables: Plan["tables"], user: string, expressions: Expressions): TableState => {
  switch (table.kind) {
    case "table":
      return makeTable(table, user, expressions, (column) => comeTogether(tables, user, table.from, column))
    case "funnel_entered":
      return new GivenRows(enteredColumns(table, user).map(({ name }) => name))
    case "funnel_steps":
      return new FunnelSteps(table)
    case "attribution":
      return new AttributionTable(table, user)
    case "compare":
      return new CompareTable(table, user, expressions)
  }
}

/**
 * Whether the rows of some tables that are equal in a column come in one batch: those of a user do, and all rows of a table
 * that gives none before it has seen the last.
 */
const comeTogether = (tables: Plan["tables"], user: string, from: Table["from"], column: string): boolean => {
  if (from.length > 1) return true
  const table = tables.find(({ name }) => name === from[0])
  if (table === undefined) return column === user
  if (table.kind !== "table") return false
  if (table.grouped || table.order.length > 0) return true
  const value = table.columns.find(({ name }) => name === column)?.value
  return value?.kind === "column" && comeTogether(tables, user, table.from, value.name)
}

/**
 * The state of a table of rows or groups. `isTogether`: whether the rows that are equal in a column come in one batch.
 */
export const makeTable = (
  table: Table,
  user: string,
  expressions: Expressions,
  isTogether: (column: string) => boolean
): TableState => {
  const made = table.grouped
    ? new GroupedTable(table, user, expressions)
    : makeRows(
        table,
        user,
        expressions,
        table.windows.some((window) => looksFar(window, isTogether))
      )
  return table.from.length === 1 ? made : new UnionTable(made, table.from)
}

/** Whether a window may look at rows of other batches. */
const looksFar = ({ over }: WindowCall, isTogether: (column: string) => boolean): boolean =>
  over !== null && !over.partition.some((tree) => tree.kind === "column" && isTogether(tree.name))

const makeRows = (table: Table, user: string, expressions: Expressions, waits: boolean): TableState => {
  const isOrdered = table.order.length > 0
  const rows = new RowTable(isOrdered ? { ...table, limit: null } : table, user, expressions)
  const made = waits ? new WholeTable(rows) : rows
  return isOrdered ? new SortedTable(made, table, user) : made
}

/**
 * The tables that a plan declares, made block by block: users must come in order, each in one block. Memory holds groups
 * and measures; a table of single rows gives them as they come, unless they are to be ordered. Both functions throw
 * `ExpressionFailed` and `IntegerOverflow`.
 */
export class Tables {
  /** The rows that tables are made from, with the columns that are needed of them; of users, the rows of the table itself. */
  readonly needs: ReadonlyArray<Need>
  private readonly tables: ReadonlyArray<{ readonly table: AnyTable; readonly state: TableState }>

  constructor(plan: Pick<Plan, "tables" | "timezone" | "users" | "validate">, bindings: ReadonlyMap<string, string>) {
    const expressions = new Expressions(plan.timezone, bindings)
    const user = plan.validate.user.name
    this.tables = plan.tables.map((table) => ({
      table,
      state: makeAnyTable(table, plan.tables, user, expressions)
    }))
    const declared = new Set(plan.tables.map(({ name }) => name))
    const sources = new Set(
      plan.tables
        .flatMap(sourcesOf)
        .filter((from) => !declared.has(from) && !isOfRun(from) && lookupNamed(plan, from) === undefined)
    )
    const needs = [...sources].flatMap((from) => this.from(from).map(({ state }) => ({ from, columns: state.needs })))
    const ofUsers = this.tables.filter(({ table }) => isOfUsers(table))
    const given = ofUsers.map(({ state, table }) => ({ from: table.name, columns: state.needs }))
    this.needs = allNeeds([...needs, ...given], user)
  }

  /** Whether a table is made from this one. */
  takes(name: string): boolean {
    return this.from(name).length > 0
  }

  /** Adds rows of a table that is not made of events, before the first block. Gives the rows that are known by it. */
  addWhole(name: string, batch: RecordBatch): TableRows {
    const rows = new Map<string, RecordBatch>()
    this.pass(name, batch, rows)
    return rows
  }

  /** Adds a block. Gives the rows that are known by it. */
  add({ table }: Pick<Computed, "table">): TableRows {
    const rows = new Map<string, RecordBatch>()
    for (const { columns, from } of this.needs) {
      const batch = table(from, columns)
      const own = this.tables.find((one) => one.table.name === from)
      if (own === undefined) this.pass(from, batch, rows)
      else this.give(from, own.state.add(batch, from), rows)
    }
    return rows
  }

  /** All blocks have come: the rows that were not given yet. */
  finish(): TableRows {
    const rows = new Map<string, RecordBatch>()
    // A table is declared after those that it is made from.
    for (const { state, table } of this.tables) this.give(table.name, state.finish(), rows)
    return rows
  }

  /** Gives rows out, and on to the tables that are made from them. */
  private give(name: string, made: RecordBatch | undefined, rows: Map<string, RecordBatch>): void {
    if (made === undefined) return
    rows.set(name, made)
    this.pass(name, made, rows)
  }

  /** Adds rows to the tables that are made from them. */
  private pass(from: string, batch: RecordBatch, rows: Map<string, RecordBatch>): void {
    for (const { state, table } of this.from(from)) this.give(table.name, state.add(batch, from), rows)
  }

  private from(name: string) {
    return this.tables.filter(({ table }) => !isOfUsers(table) && sourcesOf(table).includes(name))
  }
}
