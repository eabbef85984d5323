import type { RecordBatch } from "apache-arrow"
import { int64Lanes, textView } from "../arrow/Columns.ts"
import type { Plan } from "../plan/Plan.ts"
import type { Rule } from "../plan/Rule.ts"
import type { Expressions } from "./Expressions.ts"
import type { OrderedEvents } from "./OrderEvents.ts"
import { cause as causeCodes, cutSessions } from "./session/cutSessions.ts"
import { joinPassive } from "./session/joinPassive.ts"
import { changeRules, ruleColumns } from "./session/RuleColumns.ts"

/**
 * The sessions of users, in order of user and of start, with the events of each. Given ids may make sessions overlap,
 * so the events of one need not stand together among all. All rows are rows of the events.
 */
export interface Sessions {
  /** The unique events, in order. */
  readonly unique: Int32Array
  /** Those that are in sessions: session by session, in order within each. */
  readonly rows: Int32Array
  /** Session `i` holds `rows[starts[i]]` to `rows[starts[i + 1] - 1]`; one element more than there are sessions. */
  readonly starts: Int32Array
  /** For each session the event that opened it, and the last one that is not passive: its start and its end. */
  readonly firsts: Int32Array
  readonly lasts: Int32Array
  /**
   * Microseconds for which each session stays open after its end: Infinity without a gap, -Infinity where an event
   * ended it.
   */
  readonly open: Float64Array
  /** For each session, why it began: an index into {@link Sessions.causes}. */
  readonly cause: Uint16Array
  readonly causes: ReadonlyArray<string>
  /** Passive events that are in no session, in order. */
  readonly outside: Int32Array
  /** Events that could have stood elsewhere among the user's events at that time, but for the rule of `tie`. */
  readonly ties: number
}

/** The first of the sessions, up to a number of them. */
export const firstSessions = (sessions: Sessions, count: number): Sessions => {
  const starts = sessions.starts.subarray(0, count + 1)
  return {
    ...sessions,
    rows: sessions.rows.subarray(0, starts[starts.length - 1]),
    starts,
    firsts: sessions.firsts.subarray(0, count),
    lasts: sessions.lasts.subarray(0, count),
    open: sessions.open.subarray(0, count),
    cause: sessions.cause.subarray(0, count)
  }
}

type Shape = Pick<Plan, "validate"> & {
  readonly sessionize: Pick<NonNullable<Plan["sessionize"]>, "by" | "passive" | "rules">
}

/**
 * Cuts every user's events, in order, into sessions. A user is cut alone, so any block of whole users has the same
 * sessions as all of them. Throws `ExpressionFailed`.
 */
export const sessionize = (
  { sessionize: cutting, validate }: Shape,
  { compare, events }: Pick<OrderedEvents, "compare" | "events">,
  unique: Int32Array,
  expressions: Expressions
): Sessions => {
  let isUnique: Int32Array | undefined
  const wanted = () => (unique.length === events.numRows ? undefined : (isUnique ??= flagged(events.numRows, unique)))
  const columns = ruleColumns(
    cutting,
    validate.time.name,
    events,
    (tree, place) => expressions.compile(tree, place)(events, wanted()).data
  )
  const users = textView(events, validate.user.name).codes
  const times = int64Lanes(events, validate.time.name)
  const { end, given, passive } = columns

  // Without given ids and passive events, sessions are runs of events.
  const sessionOf = given === undefined && passive === undefined ? undefined : new Int32Array(unique.length).fill(-1)
  const cut = cutSessions(columns, users, times, unique, sessionOf)
  if (sessionOf !== undefined && passive !== undefined) {
    joinPassive(columns, passive, users, times, unique, cut, sessionOf)
  }
  const grouped = sessionOf === undefined ? runs(unique, cut.starts) : groupBySession(unique, sessionOf, cut.count)

  const { cause, firsts, lasts, open } = cut
  if (end !== undefined) {
    for (let i = 0; i < open.length; i++) {
      const isGiven = given !== undefined && given[lasts[i]] >= 0
      if (end[lasts[i]] === 1 && !isGiven) open[i] = -Infinity
    }
  }
  return {
    unique,
    ...grouped,
    firsts,
    lasts,
    open,
    cause,
    causes: causesOf(cutting.rules),
    ties: countTies(users, times, unique, compare)
  }
}

/** By row, -1 for the rows that are not among these. */
const flagged = (count: number, rows: Int32Array): Int32Array => {
  const flags = new Int32Array(count).fill(-1)
  for (const row of rows) flags[row] = 0
  return flags
}

/** By the codes of {@link cutSessions}. */
export const causesOf = (rules: ReadonlyArray<Rule>): ReadonlyArray<string> => [
  ...Object.keys(causeCodes).slice(0, causeCodes.change),
  ...changeRules(rules).map(({ column }) => `change:${column}`),
  "midnight"
]

const runs = (unique: Int32Array, places: Int32Array) => {
  const starts = new Int32Array(places.length + 1)
  starts.set(places)
  starts[places.length] = unique.length
  return { rows: unique, starts, outside: new Int32Array(0) }
}

/** Moves events to their sessions, and keeps the order within each. */
const groupBySession = (unique: Int32Array, sessionOf: Int32Array, count: number) => {
  const starts = new Int32Array(count + 1)
  let outside = 0
  for (const session of sessionOf) {
    if (session < 0) outside++
    else starts[session + 1]++
  }
  for (let i = 0; i < count; i++) starts[i + 1] += starts[i]
  const next = starts.slice()
  const rows = new Int32Array(unique.length - outside)
  const none = new Int32Array(outside)
  for (let i = 0, at = 0; i < unique.length; i++) {
    const session = sessionOf[i]
    if (session < 0) none[at++] = unique[i]
    else rows[next[session]++] = unique[i]
  }
  return { rows, starts, outside: none }
}

const countTies = (
  users: Int32Array,
  times: Int32Array,
  unique: Int32Array,
  compare: OrderedEvents["compare"]
): number => {
  let ties = 0
  for (let i = 1; i < unique.length; i++) {
    const before = unique[i - 1]
    const row = unique[i]
    // Order begins with time, and looking at half of it spares nearly every comparison.
    if (times[2 * row] === times[2 * before] && users[row] === users[before] && compare(before, row) === 0) ties++
  }
  return ties
}

/** For each session's events, by place in `rows`, the session. */
export const sessionOfEvents = ({ rows, starts }: Sessions): Int32Array => {
  const sessionOf = new Int32Array(rows.length)
  for (let i = 0; i < starts.length - 1; i++) sessionOf.fill(i, starts[i], starts[i + 1])
  return sessionOf
}

/** For each unique event the session that it is in, or -1. */
export const sessionOfUnique = (events: RecordBatch, sessions: Sessions): Int32Array => {
  const { rows, unique } = sessions
  const sessionOf = sessionOfEvents(sessions)
  if (rows === unique) return sessionOf
  const byRow = new Int32Array(events.numRows).fill(-1)
  for (let i = 0; i < rows.length; i++) byRow[rows[i]] = sessionOf[i]
  return unique.map((row) => byRow[row])
}
