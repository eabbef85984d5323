import type { RecordBatch } from "apache-arrow"
import {
  boolColumn,
  columnData,
  int64Column,
  int64Lanes,
  lanes,
  type NamedColumn,
  pickColumns,
  recordBatch
} from "../arrow/Columns.ts"
import { TextBuilder } from "../arrow/TextBuilder.ts"
import type { Plan } from "../plan/Plan.ts"
import { eventOrigin, mappedColumns, tableColumns } from "../plan/Tables.ts"
import type { Block } from "../run/Merge.ts"
import { type Part, placeColumn } from "../run/Place.ts"
import { storeInt64 } from "../time/Int64.ts"
import { dedupe, type Deduped } from "./Dedupe.ts"
import type { Expressions } from "./Expressions.ts"
import { orderEvents } from "./OrderEvents.ts"
import { selectDates } from "./range/selectDates.ts"
import { selectBatch, selectRows } from "./Rows.ts"
import { firstSessions, type Sessions, sessionize } from "./Sessionize.ts"
import { sessionIdOfEvents, sessionTable } from "./SessionTable.ts"
import { tablesOfUsers } from "./TablesOfUsers.ts"
import { userTable } from "./UserTable.ts"

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

/** What computing needs besides the plan. */
export interface ComputeContext {
  /** Decides what is still open. */
  readonly asOfMicros: number
  /** The parts of the inputs, by the numbers in places. */
  readonly parts: ReadonlyArray<Part>
  readonly expressions: Expressions
}

/** Orders, deduplicates and cuts the accepted events of some users. Pure. */
export const compute = (plan: Plan, block: Block, { asOfMicros, expressions, parts }: ComputeContext): Computed => {
  const { sessionize: cut } = plan
  const ordered = orderEvents(plan, block)
  const { events } = ordered
  const deduped = dedupe(plan, ordered)
  const sessions =
    cut === null ? undefined : sessionize({ ...plan, sessionize: cut }, ordered, deduped.unique, expressions)

  const times = int64Lanes(events, plan.validate.time.name)
  /** Rows of the dates that the plan is about; `at`: the rows of the events that tell when. */
  const ofDates = (table: RecordBatch, at: Int32Array): RecordBatch => {
    const chosen = selectDates(plan, times, at)
    return chosen === undefined ? table : selectBatch(table, chosen)
  }
  const whole = (name: string, columns: ReadonlyArray<string>): RecordBatch => {
    if (name === "events") {
      return ofDates(eventTable(plan, { events, deduped, sessions }, columns, parts), deduped.unique)
    }
    if (name === "duplicates") return pickColumns(duplicateTable(plan, events, deduped, parts), columns)
    if (name === "sessions" && cut !== null && sessions !== undefined) {
      const table = sessionTable({ ...plan, sessionize: cut }, events, sessions, asOfMicros, columns, expressions)
      return ofDates(table, sessions.firsts)
    }
    if (name === "users" && plan.users !== null) {
      return userTable({ ...plan, users: plan.users }, events, deduped.unique, sessions, columns, expressions)
    }
    const made = ofUsers(name)
    if (made === undefined) throw new Error(`no table ${name}`)
    return pickColumns(made, columns)
  }
  const ofUsers = tablesOfUsers(plan, expressions, (columns) => whole("events", columns))
  const table: Computed["table"] = (name, columns, rows) => {
    if (rows === undefined) return whole(name, columns)
    if (name !== "sessions" || cut === null || sessions === undefined || plan.range !== null) {
      return whole(name, columns).slice(0, rows)
    }
    // One session more than asked for: the last one names the start of its successor.
    const some = firstSessions(sessions, rows + 1)
    return sessionTable({ ...plan, sessionize: cut }, events, some, asOfMicros, columns, expressions).slice(0, rows)
  }
  return { events, deduped, sessions, table }
}

/**
 * The unique events, in order, with the id of the session of each. Whoever made the plan may ask for the input and the
 * number of their records, too: {@link eventOrigin}.
 */
const eventTable = (
  plan: Plan,
  { deduped: { unique }, events, sessions }: Pick<Computed, "events" | "deduped" | "sessions">,
  columns: ReadonlyArray<string>,
  parts: ReadonlyArray<Part>
): RecordBatch => {
  const [sources, ordinals] = columns.includes(eventOrigin.event) ? origins(events, unique, parts) : []
  const dataOf = (name: string) => {
    if (name === "session_id" && sessions !== undefined) return sessionIdOfEvents(plan, events, sessions)
    if (name === eventOrigin.source && sources !== undefined) return sources
    return name === eventOrigin.event && ordinals !== undefined
      ? ordinals
      : selectRows(columnData(events, name), unique)
  }
  return recordBatch(
    columns.map((name): NamedColumn => ({ name, data: dataOf(name) })),
    unique.length
  )
}

const duplicateTable = (plan: Plan, events: RecordBatch, deduped: Deduped, parts: ReadonlyArray<Part>): RecordBatch => {
  const { conflicting, duplicates, firsts } = deduped
  const names = tableColumns(plan, "duplicates") ?? []
  const data = [
    ...origins(events, duplicates, parts),
    ...origins(events, firsts, parts),
    boolColumn(duplicates.length, (i) => conflicting[i] === 1),
    ...mappedColumns(plan).map(({ name }) => selectRows(columnData(events, name), duplicates))
  ]
  return recordBatch(
    names.map(({ name }, i) => ({ name, data: data[i] })),
    duplicates.length
  )
}

/** The input of each of some rows, and the number of its record there. */
const origins = (events: RecordBatch, rows: Int32Array, parts: ReadonlyArray<Part>) => {
  const places = int64Lanes(events, placeColumn)
  const sources = new TextBuilder()
  const ordinals = new BigInt64Array(rows.length)
  const words = lanes(ordinals)
  for (const [i, row] of rows.entries()) {
    const part = parts[places[2 * row + 1]]
    sources.setText(i, part.source)
    storeInt64(words, i, part.before + (places[2 * row] >>> 0))
  }
  return [sources.take(rows.length), int64Column(ordinals)]
}
