import type { RecordBatch } from "apache-arrow"
import { boolColumn, columnData, type NamedColumn, pickColumns, recordBatch } from "../arrow/Columns.ts"
import type { Plan } from "../plan/Plan.ts"
import { mappedColumns, sourceColumn, tableColumns } from "../plan/Tables.ts"
import { position } from "../plugin/EventBatch.ts"
import { aggregate } from "./Aggregate.ts"
import { dedupe, type Deduped } from "./Dedupe.ts"
import { orderEvents } from "./OrderEvents.ts"
import { selectRows } from "./Rows.ts"
import { firstSessions, type Sessions, sessionize } from "./Sessionize.ts"
import { sessionIdOfEvents, sessionTable } from "./SessionTable.ts"

/** Everything that follows from the accepted events of a run; tables are made when they are asked for. */
export interface Computed {
  /** All accepted events in order; the rows below are rows of it. */
  readonly events: RecordBatch
  readonly deduped: Deduped
  /** Undefined where the plan cuts no sessions. */
  readonly sessions: Sessions | undefined
  /**
   * A table of the plan (not `rejects`) with the columns asked for, all of it or its first rows. Throws
   * `IntegerOverflow`.
   */
  readonly table: (name: string, columns: ReadonlyArray<string>, rows?: number) => RecordBatch
}

/** Orders, deduplicates and cuts the accepted events of all inputs. Pure. `asOfMicros` decides what is still open. */
export const compute = (plan: Plan, arrived: RecordBatch, asOfMicros: number): Computed => {
  const { sessionize: cut } = plan
  const ordered = orderEvents(plan, arrived)
  const { events } = ordered
  const deduped = dedupe(plan, ordered)
  const sessions =
    cut === null ? undefined : sessionize({ validate: plan.validate, sessionize: cut }, ordered, deduped.unique)

  const whole = (name: string, columns: ReadonlyArray<string>): RecordBatch => {
    if (name === "events") return eventTable(plan, events, deduped, sessions, columns)
    if (name === "duplicates") return pickColumns(duplicateTable(plan, events, deduped), columns)
    if (name === "sessions" && cut !== null && sessions !== undefined) {
      return sessionTable({ ...plan, sessionize: cut }, events, sessions, asOfMicros, columns)
    }
    const declared = plan.tables.find((one) => one.name === name)
    if (declared === undefined) throw new Error(`no table ${name}`)
    const needed = tableColumns(plan, declared.from)?.map((column) => column.name) ?? []
    const used = needed.filter(
      (column) =>
        declared.by.includes(column) ||
        declared.columns.some(({ value }) => "column" in value && value.column === column)
    )
    // A table without columns has no number of rows: the user is there whatever is asked.
    const from = whole(declared.from, used.length === 0 ? [plan.validate.user.name] : used)
    return pickColumns(aggregate(declared, from, plan.validate.user.name), columns)
  }
  const table: Computed["table"] = (name, columns, rows) => {
    if (rows === undefined) return whole(name, columns)
    if (name !== "sessions" || cut === null || sessions === undefined) return whole(name, columns).slice(0, rows)
    // One session more than asked for: the last one names the start of its successor.
    const some = firstSessions(sessions, rows + 1)
    return sessionTable({ ...plan, sessionize: cut }, events, some, asOfMicros, columns).slice(0, rows)
  }
  return { events, deduped, sessions, table }
}

/** The unique events, in order, with the id of the session of each. */
const eventTable = (
  plan: Plan,
  events: RecordBatch,
  { unique }: Deduped,
  sessions: Sessions | undefined,
  columns: ReadonlyArray<string>
): RecordBatch =>
  recordBatch(
    columns.map((name): NamedColumn => {
      const isId = name === "session_id" && sessions !== undefined
      return {
        name,
        data: isId ? sessionIdOfEvents(plan, events, sessions) : selectRows(columnData(events, name), unique)
      }
    }),
    unique.length
  )

const duplicateTable = (plan: Plan, events: RecordBatch, deduped: Deduped): RecordBatch => {
  const { conflicting, duplicates, firsts } = deduped
  const of = (name: string, rows: Int32Array) => selectRows(columnData(events, name), rows)
  const names = tableColumns(plan, "duplicates") ?? []
  const data = [
    of(sourceColumn, duplicates),
    of(position.event, duplicates),
    of(sourceColumn, firsts),
    of(position.event, firsts),
    boolColumn(duplicates.length, (i) => conflicting[i] === 1),
    ...mappedColumns(plan).map(({ name }) => of(name, duplicates))
  ]
  return recordBatch(
    names.map(({ name }, i) => ({ name, data: data[i] })),
    duplicates.length
  )
}
