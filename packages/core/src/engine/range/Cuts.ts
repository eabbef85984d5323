import { int64Lanes, textView } from "../../arrow/Columns.ts"
import type { Plan } from "../../plan/Plan.ts"
import { type Part, placeColumn } from "../../run/Place.ts"
import { int64At } from "../../time/Int64.ts"
import type { Computed } from "../Compute.ts"
import { cause } from "../session/cutSessions.ts"
import { daysInZone } from "../session/daysInZone.ts"
import type { Sessions } from "../Sessionize.ts"
import type { Edges } from "./Edges.ts"

/** What keeps a run of some dates from being as one of all dates. */
export interface Cuts {
  /** Sessions with events of the range of which it is not known where they begin, as what is before was not read. */
  readonly cutBefore: number
  /** Sessions that begin in the range and may go on after all that was read. */
  readonly cutAfter: number
  /** Events that lie in the directory of another date. */
  readonly misplaced: number
}

export const noCuts: Cuts = { cutBefore: 0, cutAfter: 0, misplaced: 0 }

/** The cuts of a block of users. */
export const cutsOf = (
  plan: Plan,
  { events, sessions }: Pick<Computed, "events" | "sessions">,
  edges: Edges,
  parts: ReadonlyArray<Part>
): Cuts => {
  const times = int64Lanes(events, plan.validate.time.name)
  const users = textView(events, plan.validate.user.name).codes
  return {
    cutBefore: sessions === undefined ? 0 : cutBefore(sessions, users, times, edges),
    cutAfter: sessions === undefined ? 0 : cutAfter(sessions, times, edges),
    misplaced: misplaced(plan, events, times, parts)
  }
}

/**
 * Where a session begins is known after the first cut that does not depend on what is before: a pause, or an event that
 * opens a session by itself. In the beginning of what was read an event may repeat one that was not read.
 */
const cutBefore = (
  { cause: causes, firsts, rows, starts }: Sessions,
  users: Int32Array,
  times: Int32Array,
  { from, gap, repeats, wantedFrom }: Edges
): number => {
  if (from === -Infinity) return 0
  let count = 0
  let isKnown = false
  for (let i = 0; i < firsts.length; i++) {
    const start = int64At(times, firsts[i])
    if (i === 0 || users[firsts[i]] !== users[firsts[i - 1]]) isKnown = start >= from + gap
    else isKnown ||= causes[i] === cause.gap || causes[i] === cause.start
    isKnown &&= start >= from + repeats
    if (!isKnown && int64At(times, rows[starts[i + 1] - 1]) >= wantedFrom) count++
  }
  return count
}

const cutAfter = (
  { firsts, rows, starts }: Sessions,
  times: Int32Array,
  { gap, to, wantedFrom, wantedTo }: Edges
): number => {
  if (to === Infinity) return 0
  let count = 0
  for (let i = 0; i < firsts.length; i++) {
    const start = int64At(times, firsts[i])
    const isWanted = start >= wantedFrom && start < wantedTo
    if (isWanted && int64At(times, rows[starts[i + 1] - 1]) + gap >= to) count++
  }
  return count
}

const misplaced = (plan: Plan, events: Computed["events"], times: Int32Array, parts: ReadonlyArray<Part>): number => {
  if (parts.every((part) => part?.day === undefined)) return 0
  const places = int64Lanes(events, placeColumn)
  const days = daysInZone(plan.timezone, times)
  let count = 0
  for (let row = 0; row < days.length; row++) {
    const { day } = parts[places[2 * row + 1]]
    if (day !== undefined && day !== days[row]) count++
  }
  return count
}
