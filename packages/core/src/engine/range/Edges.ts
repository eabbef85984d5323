import { columnsOf } from "../../expression/TreeNames.ts"
import { dateOf } from "../../expression/TextValue.ts"
import type { Plan, Range } from "../../plan/Plan.ts"
import { pathFields } from "../../plugin/pathFields.ts"
import { secondsPerDay } from "../../time/Calendar.ts"
import { makeInstant } from "../../time/Instant.ts"
import { makeZone, setLocal, UnknownZone } from "../../time/Zone.ts"
import type { Need } from "../Needs.ts"

/**
 * What a run of some dates reads, so that the sessions and events of these dates come out as if all were read. Days since
 * 1970 and microseconds since 1970, the ends of a stretch before which it ends; infinite where it has no end. Plain data.
 */
export interface Edges {
  /** The days whose directories are read, both included. */
  readonly firstDay: number
  readonly lastDay: number
  /** The same as times. */
  readonly from: number
  readonly to: number
  /** The times that the run is about. */
  readonly wantedFrom: number
  readonly wantedTo: number
  /** How far one event reaches to the next: microseconds that a session stays open, and in which one repeats another. */
  readonly gap: number
  readonly repeats: number
}

/** Days that are read besides those that are surely needed. */
export interface Margin {
  readonly before: number
  readonly after: number
}

/**
 * What is to be read at first, or with a margin; undefined where the plan is about all dates. `needs`: what is asked of
 * the tables.
 */
export const edgesOf = (plan: Plan, needs: ReadonlyArray<Need>, margin: Margin): Edges | undefined => {
  const { range, timezone } = plan
  if (range === null) return undefined
  const [gap, repeats] = [gapOf(plan, needs), repeatsOf(plan)]
  const isBounded = gap + repeats < Infinity
  const [first, last] = [range.from ?? -Infinity, range.to ?? Infinity]
  const firstDay = isBounded ? first - daysIn(gap + repeats) - margin.before : -Infinity
  const lastDay = isBounded ? last + daysIn(gap) + margin.after : Infinity
  const time = startOfDay(timezone)
  return {
    firstDay,
    lastDay,
    from: time(firstDay),
    to: time(lastDay + 1),
    wantedFrom: time(first),
    wantedTo: time(last + 1),
    gap,
    repeats
  }
}

/** No day of any zone is shorter than 23 hours, but for a few that were skipped whole. */
const daysIn = (micros: number): number => Math.ceil(micros / (23 * 3600e6))

/** Microseconds for which every session stays open after an event; 0 where none are cut, Infinity where nothing says. */
const gapOf = (plan: Plan, needs: ReadonlyArray<Need>): number => {
  const { sessionize } = plan
  if (sessionize === null) return 0
  const gap = sessionize.rules.find((one) => one.rule === "gap")
  if (sessionize.by !== null || gap?.gap.kind !== "literal") return Infinity
  const asked = new Set(needs.flatMap(({ columns, from }) => (from === "sessions" ? columns : [])))
  const own = sessionize.columns.filter(({ name }) => asked.has(name)).flatMap(({ value }) => columnsOf(value))
  return [...asked, ...own].some((name) => ofAllSessions.has(name)) ? Infinity : Math.max(0, Number(gap.gap.value))
}

/** Columns that depend on whether the user has other sessions, however far away. */
const ofAllSessions: ReadonlySet<string> = new Set([
  "session_number",
  "session_cause",
  "previous_session_end",
  "next_session_start"
])

/** Microseconds after which an event repeats none before it; Infinity where nothing says. */
const repeatsOf = ({ dedupe, validate }: Plan): number => {
  const isOfOneTime = dedupe.key === "columns" && dedupe.columns.includes(validate.time.name)
  if (dedupe.key === "none" || dedupe.key === "record" || isOfOneTime) return 0
  return dedupe.within_micros ?? Infinity
}

/** Makes the function that gives the time, in microseconds since 1970, at which a day begins in a zone. */
const startOfDay = (timezone: string): ((day: number) => number) => {
  const zone = makeZone(timezone)
  if (zone instanceof UnknownZone) throw zone
  const instant = makeInstant()
  return (day) => {
    if (!Number.isFinite(day)) return day
    setLocal(instant, zone, day * secondsPerDay, 0)
    return instant.seconds * 1e6
  }
}

/** The date that a directory of an input's path names; undefined where none does. */
export const dayOfPath = (path: string, partition: string | null): number | undefined => {
  const text = partition === null ? undefined : pathFields(path).get(partition)
  return text === undefined || text === null ? undefined : dateOf(text)
}

/** Whether a day is one of a range. */
export const isIn = ({ from, to }: Range, day: number): boolean =>
  (from === null || day >= from) && (to === null || day <= to)
