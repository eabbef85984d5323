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
import { differenceMicros, int64At, secondsAt, storeInt64 } from "../time/Int64.ts"
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
  const first = (i: number) => rows[starts[i]]
  const last = (i: number) => rows[starts[i + 1] - 1]
  const follows = (i: number) => i > 0 && i < count && user.codes[first(i)] === user.codes[first(i - 1)]

  const timestamps = (rowOf: (i: number) => number, isValid?: (i: number) => boolean) => {
    const values = new BigInt64Array(count)
    const out = lanes(values)
    for (let i = 0; i < count; i++) {
      if (isValid && !isValid(i)) continue
      const row = rowOf(i)
      out[2 * i] = times[2 * row]
      out[2 * i + 1] = times[2 * row + 1]
    }
    return timestampColumn(values, isValid)
  }
  const integers = (valueOf: (i: number) => number) => {
    const values = new BigInt64Array(count)
    const out = lanes(values)
    for (let i = 0; i < count; i++) storeInt64(out, i, valueOf(i))
    return int64Column(values)
  }

  return (name: string): Data => {
    switch (name) {
      case "session_id":
        return uuidColumn(sessionIds(plan, events, sessions))
      case plan.validate.user.name:
        return textColumn(Int32Array.from({ length: count }, (_, i) => user.codes[first(i)]), user.dictionary)
      case "session_start":
        return timestamps(first)
      case "session_end":
        return timestamps(last)
      case "session_duration_sec":
        return doubleColumn(sessionDurations(plan, events, sessions))
      case "event_count":
        return integers((i) => starts[i + 1] - starts[i])
      case "session_number": {
        let number = 0
        return integers((i) => (number = follows(i) ? number + 1 : 1))
      }
      case "session_cause":
        return causeColumn(sessions)
      case "previous_session_end":
        return timestamps((i) => last(i - 1), follows)
      case "next_session_start":
        return timestamps((i) => first(i + 1), (i) => follows(i + 1))
      case "is_open": {
        const gap = openFor(plan)
        return boolColumn(count, (i) => int64At(times, last(i)) + gap >= asOfMicros)
      }
      case "date": {
        const zone = makeZone(plan.timezone)
        if (zone instanceof UnknownZone) throw zone
        return dateColumn(
          Int32Array.from({ length: count }, (_, i) => {
            const seconds = secondsAt(times, first(i))
            return Math.floor((seconds + zone.offsetAt(seconds)) / secondsPerDay)
          })
        )
      }
      default:
        throw new Error(`no session column ${name}`)
    }
  }
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
