import { type Data, type RecordBatch, type Utf8, Vector } from "apache-arrow"
import {
  boolColumn,
  dateColumn,
  doubleColumn,
  int64Column,
  int64Lanes,
  lanes,
  type NamedColumn,
  recordBatch,
  textColumn,
  textView,
  timestampColumn,
  utf8Column
} from "../arrow/Columns.ts"
import { Interner } from "../arrow/Interner.ts"
import type { Plan } from "../plan/Plan.ts"
import { secondsPerDay } from "../time/Calendar.ts"
import { differenceMicros, int64At, secondsAt } from "../time/Int64.ts"
import { makeZone, UnknownZone } from "../time/Zone.ts"
import { measureColumns } from "./Measures.ts"
import { sessionIds } from "./SessionIds.ts"
import type { Sessions } from "./Sessionize.ts"
import { uuidTextLength } from "./Uuid5.ts"

type Shape = Pick<Plan, "name" | "timezone" | "validate"> & { readonly sessionize: NonNullable<Plan["sessionize"]> }

/**
 * The table of sessions, in order of user and session number, with the columns asked for and no other: a column that
 * nobody wants is not computed.
 */
export const sessionTable = (
  plan: Shape,
  events: RecordBatch,
  sessions: Sessions,
  asOfMicros: number,
  columns: ReadonlyArray<string>
): RecordBatch => {
  const make = columnMakers(plan, events, sessions, asOfMicros)
  const count = sessions.starts.length - 1
  const wanted = plan.sessionize.columns.filter(({ name }) => columns.includes(name))
  const grouping = () => ({ rows: sessions.rows, groupOf: sessionOfEvents(sessions), groups: count })
  const measured = wanted.length === 0 ? [] : measureColumns(events, grouping(), wanted)
  const measures = new Map(measured.map((column) => [column.name, column]))
  return recordBatch(
    columns.map((name): NamedColumn => measures.get(name) ?? { name, data: make(name) }),
    count
  )
}

/** The session of each event, by place in `sessions.rows`. */
export const sessionOfEvents = ({ rows, starts }: Sessions): Int32Array => {
  const sessionOf = new Int32Array(rows.length)
  for (let i = 0; i < starts.length - 1; i++) sessionOf.fill(i, starts[i], starts[i + 1])
  return sessionOf
}

/** Session durations in seconds, exact to the microsecond below 285 years. */
export const sessionDurations = (
  plan: Pick<Plan, "validate">,
  events: RecordBatch,
  { rows, starts }: Sessions
): Float64Array => {
  const times = int64Lanes(events, plan.validate.time.name)
  const seconds = new Float64Array(starts.length - 1)
  for (let i = 0; i < seconds.length; i++) {
    seconds[i] = differenceMicros(times, rows[starts[i + 1] - 1], rows[starts[i]]) / 1e6
  }
  return seconds
}

const columnMakers = (plan: Shape, events: RecordBatch, sessions: Sessions, asOfMicros: number) => {
  const { rows, starts } = sessions
  const count = starts.length - 1
  const times = int64Lanes(events, plan.validate.time.name)
  const user = textView(events, plan.validate.user.name)
  const firsts = new Int32Array(count)
  const lasts = new Int32Array(count)
  const numbers = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    firsts[i] = rows[starts[i]]
    lasts[i] = rows[starts[i + 1] - 1]
    numbers[i] = i > 0 && user.codes[firsts[i]] === user.codes[firsts[i - 1]] ? numbers[i - 1] + 1 : 1
  }

  return (name: string): Data => {
    switch (name) {
      case "session_id":
        return uuidColumn(sessionIds(plan, events, sessions))
      case plan.validate.user.name:
        return textColumn(
          firsts.map((row) => user.codes[row]),
          user.dictionary
        )
      case "session_start":
        return timesOf(times, firsts)
      case "session_end":
        return timesOf(times, lasts)
      case "session_duration_sec":
        return doubleColumn(sessionDurations(plan, events, sessions))
      case "event_count":
        return integers(starts.subarray(1).map((end, i) => end - starts[i]))
      case "session_number":
        return integers(numbers)
      case "session_cause":
        return causeColumn(sessions)
      case "previous_session_end":
        return timesOf(
          times,
          lasts.map((_, i) => (numbers[i] === 1 ? -1 : lasts[i - 1]))
        )
      case "next_session_start":
        return timesOf(
          times,
          firsts.map((_, i) => (i + 1 === count || numbers[i + 1] === 1 ? -1 : firsts[i + 1]))
        )
      case "is_open": {
        const gap = openFor(plan)
        return boolColumn(count, (i) => int64At(times, lasts[i]) + gap >= asOfMicros)
      }
      case "date":
        return dateColumn(datesOf(plan.timezone, times, firsts))
      default:
        throw new Error(`no session column ${name}`)
    }
  }
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

const integers = (numbers: Int32Array): Data => {
  const values = new BigInt64Array(numbers.length)
  const out = lanes(values)
  // All are counts: the upper half stays zero.
  for (let i = 0; i < numbers.length; i++) out[2 * i] = numbers[i]
  return int64Column(values)
}

/** The days, in a zone, of the times of some rows. */
const datesOf = (timezone: string, times: Int32Array, rows: Int32Array): Int32Array => {
  const zone = makeZone(timezone)
  if (zone instanceof UnknownZone) throw zone
  const days = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const seconds = secondsAt(times, rows[i])
    days[i] = Math.floor((seconds + zone.offsetAt(seconds)) / secondsPerDay)
  }
  return days
}

/** How long after its last event a session may still go on, in microseconds; without a gap, for ever. */
const openFor = ({ sessionize }: Shape): number => Math.min(Infinity, ...sessionize.rules.map(({ micros }) => micros))

const uuidColumn = (bytes: Uint8Array): Data<Utf8> => {
  const offsets = new Int32Array(bytes.length / uuidTextLength + 1)
  for (let i = 0; i < offsets.length; i++) offsets[i] = i * uuidTextLength
  return utf8Column(offsets, bytes)
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

/** For each event, by place in `sessions.rows`, the id of its session. */
export const sessionIdOfEvents = (
  plan: Pick<Plan, "name" | "validate">,
  events: RecordBatch,
  sessions: Sessions
): Data => textColumn(sessionOfEvents(sessions), new Vector([uuidColumn(sessionIds(plan, events, sessions))]))
