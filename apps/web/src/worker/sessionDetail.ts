import { eventOrigin } from "@sojourn/core"
import type { SessionDetail } from "../engine/Engine.ts"
import type { Cell } from "../engine/Query.ts"
import type { Columns } from "./Columns.ts"
import type { RunTables } from "./RunTables.ts"

/** Events of a session that are listed. */
const listedEvents = 1000
/** Marks of a session's time line, at most one a place. */
const markPlaces = 60

/** A session with its events, and what began and ended it. */
export const sessionDetail = (tables: RunTables, row: number): SessionDetail => {
  const { events, names, sessions } = tables
  const number = (name: string) => sessions.numbers(name)[row]
  const cell = (name: string) => textAt(sessions, name, row)
  const previous = number("previous_session_end")
  const next = number("next_session_start")
  const times = events.numbers(names.time)
  const rows = tables.eventsOf(row)
  const origin = originOf(events)
  const hidden = ["session_id", names.user, names.time, names.type, eventOrigin.source, eventOrigin.event]
  const shown = events.described
    .map(({ name }, column) => ({ name, column }))
    .filter(({ name }) => !hidden.includes(name))
  return {
    id: cell("session_id") ?? "",
    user: cell(names.user) ?? "",
    start: number("session_start"),
    end: number("session_end"),
    seconds: number("session_duration_sec"),
    number: sessions.has("session_number") ? number("session_number") : null,
    isOpen: number("is_open") === 1,
    cause: cell("session_cause") ?? "",
    previousEnd: Number.isNaN(previous) ? null : previous,
    nextStart: Number.isNaN(next) ? null : next,
    nextCause: Number.isNaN(next) ? null : textAt(sessions, "session_cause", row + 1),
    events: Array.from(rows.subarray(0, listedEvents), (event, i) => {
      const cells = events.cells(event)
      return {
        time: times[event],
        type: names.type === null ? null : textAt(events, names.type, event),
        origin: origin(event),
        gap: i === 0 ? null : (times[event] - times[rows[i - 1]]) / 1e6,
        values: shown.flatMap(({ column, name }) => {
          const value: Cell = cells[column]
          return value === null ? [] : [[name, String(value)] as const]
        })
      }
    }),
    eventCount: rows.length
  }
}

/** Where the events of a session are between its start and its end, from 0 to 1. */
export const sessionMarks = (tables: RunTables, row: number): ReadonlyArray<number> => {
  const times = tables.events.numbers(tables.names.time)
  const start = tables.sessions.numbers("session_start")[row]
  const length = tables.sessions.numbers("session_end")[row] - start
  if (length <= 0) return [0]
  const places = new Set<number>()
  for (const event of tables.eventsOf(row)) places.add(Math.round(((times[event] - start) / length) * markPlaces))
  return [...places].map((place) => place / markPlaces)
}

const textAt = (columns: Columns, name: string, row: number): string | null => {
  const column = columns.text(name)
  const code = column.codes[row]
  return code < 0 ? null : column.text(code)
}

/** Where the records of events stand; null where that is not known. */
const originOf = (events: Columns): ((event: number) => SessionDetail["events"][number]["origin"]) => {
  if (!events.has(eventOrigin.event)) return () => null
  const records = events.numbers(eventOrigin.event)
  return (event) => ({ source: textAt(events, eventOrigin.source, event) ?? "", record: records[event] })
}
