import { type Data, type RecordBatch, Vector } from "apache-arrow"
import {
  boolColumn,
  dateColumn,
  doubleColumn,
  int64Column,
  int64Lanes,
  lanes,
  type NamedColumn,
  pickColumns,
  recordBatch,
  textColumn,
  textView,
  timestampColumn
} from "../arrow/Columns.ts"
import { Interner } from "../arrow/Interner.ts"
import type { Plan } from "../plan/Plan.ts"
import { asOfColumn } from "../plan/Tables.ts"
import { differenceMicros, int64At, storeInt64 } from "../time/Int64.ts"
import type { Expressions } from "./Expressions.ts"
import { ownColumns } from "./OwnColumns.ts"
import { selectBatch } from "./Rows.ts"
import { sessionIds } from "./SessionIds.ts"
import { type Sessions, sessionOfEvents, sessionOfUnique } from "./Sessionize.ts"
import { daysInZone } from "./session/daysInZone.ts"

type Shape = Pick<Plan, "name" | "timezone" | "validate"> & { readonly sessionize: NonNullable<Plan["sessionize"]> }

/**
 * The table of sessions, in order of user and session number, with the columns asked for and no other: a column that
 * nobody wants is not computed. Throws `ExpressionFailed` and `IntegerOverflow`.
 */
export const sessionTable = (
  plan: Shape,
  events: RecordBatch,
  sessions: Sessions,
  asOfMicros: number,
  columns: ReadonlyArray<string>,
  expressions: Expressions
): RecordBatch => {
  const builtIn = columnMakers(plan, events, sessions, asOfMicros)
  const groups = sessions.firsts.length
  const rows = (names: ReadonlyArray<string>) => eventsOf(events, sessions, names)
  const groupOf = () => sessionOfEvents(sessions)
  const grouped = { rows, groupOf, groups, builtIn }
  const own = ownColumns(plan.sessionize, columns, grouped, expressions, "sessions")
  const byName = new Map(own.map((column) => [column.name, column]))
  return recordBatch(
    columns.map((name): NamedColumn => byName.get(name) ?? { name, data: builtIn(name) }),
    groups
  )
}

/** Some columns of the events that are in sessions, session by session. */
const eventsOf = (events: RecordBatch, { rows }: Sessions, names: ReadonlyArray<string>): RecordBatch => {
  const some = pickColumns(events, names)
  // Rows that are as many as there are events, and in order, are all of them.
  return rows.length === events.numRows && isAscending(rows) ? some : selectBatch(some, rows)
}

const isAscending = (rows: Int32Array): boolean => {
  for (let i = 1; i < rows.length; i++) if (rows[i] < rows[i - 1]) return false
  return true
}

/** Session durations in seconds, exact to the microsecond below 285 years. */
export const sessionDurations = (
  plan: Pick<Plan, "validate">,
  events: RecordBatch,
  { firsts, lasts }: Sessions
): Float64Array => {
  const times = int64Lanes(events, plan.validate.time.name)
  const seconds = new Float64Array(firsts.length)
  for (let i = 0; i < seconds.length; i++) seconds[i] = differenceMicros(times, lasts[i], firsts[i]) / 1e6
  return seconds
}

const columnMakers = (plan: Shape, events: RecordBatch, sessions: Sessions, asOfMicros: number) => {
  const { firsts, lasts, open, starts } = sessions
  const count = firsts.length
  const times = int64Lanes(events, plan.validate.time.name)
  const user = textView(events, plan.validate.user.name)
  let made: Int32Array | undefined
  const numbered = () => (made ??= numbersOf(user.codes, firsts))

  return (name: string): Data => {
    switch (name) {
      case "session_id":
        return sessionIds(plan, events, sessions)
      case plan.validate.user.name:
        return textColumn(codesAt(user.codes, firsts), user.dictionary)
      case "session_start":
        return timesOf(times, firsts)
      case "session_end":
        return timesOf(times, lasts)
      case "session_duration_sec":
        return doubleColumn(sessionDurations(plan, events, sessions))
      case "event_count":
        return eventCounts(starts)
      case "session_number":
        return integers(numbered())
      case "session_cause":
        return causeColumn(sessions)
      case "previous_session_end": {
        const numbers = numbered()
        return timesOf(
          times,
          lasts.map((_, i) => (numbers[i] === 1 ? -1 : lasts[i - 1]))
        )
      }
      case "next_session_start": {
        const numbers = numbered()
        return timesOf(
          times,
          firsts.map((_, i) => (i + 1 === count || numbers[i + 1] === 1 ? -1 : firsts[i + 1]))
        )
      }
      case "is_open":
        return boolColumn(count, (i) => int64At(times, lasts[i]) + open[i] >= asOfMicros)
      case "date":
        return dateColumn(daysInZone(plan.timezone, times, firsts))
      case asOfColumn: {
        const values = new BigInt64Array(count)
        const words = lanes(values)
        for (let i = 0; i < count; i++) storeInt64(words, i, asOfMicros)
        return timestampColumn(values)
      }
      default:
        throw new Error(`no session column ${name}`)
    }
  }
}

/** By session, its number among its user's. */
const numbersOf = (users: Int32Array, firsts: Int32Array): Int32Array => {
  const numbers = new Int32Array(firsts.length)
  for (let i = 0; i < firsts.length; i++) {
    numbers[i] = i > 0 && users[firsts[i]] === users[firsts[i - 1]] ? numbers[i - 1] + 1 : 1
  }
  return numbers
}

const codesAt = (codes: Int32Array, rows: Int32Array): Int32Array => {
  const chosen = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) chosen[i] = codes[rows[i]]
  return chosen
}

/** The times of some rows; a row of -1 is null. */
const timesOf = (times: Int32Array, rows: Int32Array): Data => {
  const values = new BigInt64Array(rows.length)
  const out = lanes(values)
  let nulls = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]
    if (row < 0) nulls++
    else {
      out[2 * i] = times[2 * row]
      out[2 * i + 1] = times[2 * row + 1]
    }
  }
  return timestampColumn(values, nulls === 0 ? undefined : (i) => rows[i] >= 0)
}

/** By session, its events. `starts`: by session, and one more, how many there are before it. */
const eventCounts = (starts: Int32Array): Data => {
  const counts = new Int32Array(starts.length - 1)
  for (let i = 0; i < counts.length; i++) counts[i] = starts[i + 1] - starts[i]
  return integers(counts)
}

const integers = (numbers: Int32Array): Data => {
  const values = new BigInt64Array(numbers.length)
  const out = lanes(values)
  // All are counts: the upper half stays zero.
  for (let i = 0; i < numbers.length; i++) out[2 * i] = numbers[i]
  return int64Column(values)
}

const causeColumn = ({ cause, causes }: Sessions): Data => {
  const values = new Interner()
  const encoder = new TextEncoder()
  for (const text of causes) {
    const bytes = encoder.encode(text)
    values.intern(bytes, 0, bytes.length)
  }
  return textColumn(Int32Array.from(cause), values.toVector())
}

/** For each unique event the id of its session; null where it is in none. */
export const sessionIdOfEvents = (
  plan: Pick<Plan, "name" | "validate" | "sessionize">,
  events: RecordBatch,
  sessions: Sessions
): Data => textColumn(sessionOfUnique(events, sessions), new Vector([sessionIds(plan, events, sessions)]))
