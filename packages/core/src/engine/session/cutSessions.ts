import { differenceMicros } from "../../time/Int64.ts"
import type { RuleColumns } from "./RuleColumns.ts"

/** Sessions, by number. */
export interface Cut {
  readonly count: number
  /** Where among the unique events the one stands that opened it. */
  readonly starts: Int32Array
  /** The row of that event, and of the last that belongs to it. */
  readonly firsts: Int32Array
  readonly lasts: Int32Array
  /** Microseconds for which it stays open after the last. */
  readonly open: Float64Array
  readonly cause: Uint16Array
}

/** Codes of causes; those of `change` rules follow in their order, and then that of `midnight`. */
export const cause = { first: 0, by: 1, end: 2, start: 3, gap: 4, max_duration: 5, max_events: 6, change: 7 } as const

/**
 * Cuts every user's events into sessions: one walk, one step an event. Events with a given id go by it; the others by
 * the rules, as if those did not exist. Passive events are passed over. `sessionOf`, where given, gets the session of
 * each unique event, by its place; sessions are numbered as they open.
 */
export const cutSessions = (
  rules: RuleColumns,
  users: Int32Array,
  times: Int32Array,
  unique: Int32Array,
  sessionOf: Int32Array | undefined
): Cut => {
  const { changes, days, durationSplits, end, gap, gapSplits, gaps, given, maxDuration, maxEvents, passive, start } =
    rules
  const starts = new Int32Array(unique.length)
  const lasts = new Int32Array(unique.length)
  /** With one gap for all, the last event decides how long a session stays open. */
  const open = new Float64Array(gaps === undefined ? 0 : unique.length)
  const causes = new Uint16Array(unique.length)
  const lastGiven = latestByCode(given)
  /** The last value in the session, by `change` rule; -1 before there is one. */
  const values = new Int32Array(changes.length)
  let count = 0
  let user = -1
  /** The user's first session. */
  let ofUser = 0
  /** The session of the user's last event without a given id; -1 before there is one. */
  let current = -1
  /** How many events it has. */
  let events = 0

  for (let i = 0; i < unique.length; i++) {
    const row = unique[i]
    if (users[row] !== user) {
      user = users[row]
      ofUser = count
      current = -1
    }
    if (passive !== undefined && passive[row] === 1) continue

    let session: number
    let opens = -1
    let passed = 0
    if (given !== undefined && given[row] >= 0) {
      session = lastGiven[given[row]]
      if (session >= ofUser) passed = differenceMicros(times, row, lasts[session])
      else {
        lastGiven[given[row]] = count
        opens = count === ofUser ? cause.first : cause.by
      }
    } else {
      session = current
      if (session < 0) opens = cause.first
      else {
        const previous = lasts[session]
        passed = differenceMicros(times, row, previous)
        const left = (gaps === undefined ? gap : open[session]) - passed
        if (end !== undefined && end[previous] === 1) opens = cause.end
        else if (start !== undefined && start[row] === 1) opens = cause.start
        else if (left < 0 || (left === 0 && gapSplits)) opens = cause.gap
        else if (maxDuration !== Infinity && isOver(times, row, unique[starts[session]], maxDuration, durationSplits)) {
          opens = cause.max_duration
        } else if (events >= maxEvents) opens = cause.max_events
        else {
          const changed = firstChange(changes, values, row)
          if (changed >= 0) opens = cause.change + changed
          else if (days !== undefined && days[row] !== days[previous]) opens = cause.change + changes.length
        }
      }
      if (opens >= 0) {
        current = count
        events = 0
        if (changes.length > 0) values.fill(-1)
      }
      events++
      for (let k = 0; k < changes.length; k++) {
        const code = changes[k].codes[row]
        if (code >= 0) values[k] = code
      }
    }

    if (opens >= 0) {
      session = count++
      starts[session] = i
      causes[session] = opens
    }
    lasts[session] = row
    if (gaps !== undefined) open[session] = opens >= 0 ? gaps[row] : Math.max(open[session] - passed, gaps[row])
    if (sessionOf !== undefined) sessionOf[i] = session
  }
  const places = starts.slice(0, count)
  return {
    count,
    starts: places,
    firsts: rowsAt(unique, places),
    lasts: lasts.slice(0, count),
    open: gaps === undefined ? new Float64Array(count).fill(gap) : open.slice(0, count),
    cause: causes.slice(0, count)
  }
}

const rowsAt = (rows: Int32Array, places: Int32Array): Int32Array => {
  const at = new Int32Array(places.length)
  for (let i = 0; i < at.length; i++) at[i] = rows[places[i]]
  return at
}

/** The first `change` rule that holds for a row, after these last values in the session; -1 where none does. */
const firstChange = (changes: RuleColumns["changes"], values: Int32Array, row: number): number => {
  for (let k = 0; k < changes.length; k++) {
    const code = changes[k].codes[row]
    if (code >= 0 && code !== values[k] && (values[k] >= 0 || changes[k].fromNull)) return k
  }
  return -1
}

/** Room for one session a code, none yet. */
export const latestByCode = (codes: Int32Array | undefined): Int32Array => {
  let most = -1
  if (codes !== undefined) for (const code of codes) if (code > most) most = code
  return new Int32Array(most + 1).fill(-1)
}

const isOver = (times: Int32Array, row: number, first: number, limit: number, splits: boolean): boolean => {
  const passed = differenceMicros(times, row, first)
  return passed > limit || (splits && passed === limit)
}
