import { int64Lanes, textView } from "../arrow/Columns.ts"
import type { Plan } from "../plan/Plan.ts"
import { type Part, placeColumn } from "../run/Place.ts"
import { compareInt64, differenceMicros, microsAt, secondsAt } from "../time/Int64.ts"
import { brokenSessions } from "./brokenSessions.ts"
import type { Computed } from "./Compute.ts"
import type { Job } from "./Crew.ts"
import type { Durations } from "./Durations.ts"
import { type Cuts, cutsOf, noCuts } from "./range/Cuts.ts"
import { noteUsers, type NotedUsers } from "./UserWarnings.ts"

/** An instant: whole seconds since 1970 and microseconds from 0 to 999999. */
export interface CountedInstant {
  readonly seconds: number
  readonly micros: number
}

/** What a summary needs to know of some users. Plain data. */
export interface Counts {
  readonly accepted: number
  readonly unique: number
  readonly duplicates: number
  /** How many of them came from which input of the run; empty unless asked for. */
  readonly duplicatesOf: ReadonlyMap<number, number>
  readonly conflicting: number
  readonly users: number
  readonly inSessions: number
  readonly outside: number
  readonly sessions: number
  /** See `brokenSessions`: 0 unless Sojourn has a defect. */
  readonly broken: number
  readonly ties: number
  readonly cuts: Cuts
  readonly span: { readonly first: CountedInstant; readonly last: CountedInstant } | undefined
  /** How many times between two events of a user were up to each of {@link gapSteps}, and longer. */
  readonly gaps: Float64Array
  readonly noted: NotedUsers
}

/**
 * Counts one block of whole users: what a job asks for, with the parts of its inputs. Adds to the durations.
 */
export const countBlock = (
  plan: Plan,
  { deduped, events, sessions }: Computed,
  { countsInputs, edges, gaps }: Pick<Job, "countsInputs" | "edges" | "gaps">,
  parts: ReadonlyArray<Part>,
  durations: Durations
): Counts => {
  const { conflicting, duplicates, unique } = deduped
  const user = plan.validate.user.name
  const times = int64Lanes(events, plan.validate.time.name)
  if (sessions !== undefined) {
    const { firsts, lasts } = sessions
    for (let i = 0; i < firsts.length; i++) durations.add(differenceMicros(times, lasts[i], firsts[i]))
  }
  return {
    accepted: events.numRows,
    unique: unique.length,
    duplicates: duplicates.length,
    duplicatesOf: countsInputs ? countByInput(events, duplicates, parts) : new Map(),
    conflicting: conflicting.reduce((sum, one) => sum + one, 0),
    users: countUsers(textView(events, user).codes, unique),
    inSessions: sessions?.rows.length ?? 0,
    outside: sessions?.outside.length ?? 0,
    sessions: sessions?.firsts.length ?? 0,
    broken:
      sessions === undefined
        ? 0
        : brokenSessions(sessions, textView(events, user).codes, times, plan.sessionize?.by !== null),
    ties: sessions?.ties ?? 0,
    cuts: edges === undefined ? noCuts : cutsOf(plan, { events, sessions }, edges, parts),
    span: spanOf(times, deduped.unique),
    gaps: gaps ? countGaps(textView(events, user).codes, times, unique) : noGaps(),
    noted: noteUsers(events, user, unique)
  }
}

const countByInput = (
  events: Computed["events"],
  rows: Int32Array,
  parts: ReadonlyArray<Part>
): ReadonlyMap<number, number> => {
  const places = int64Lanes(events, placeColumn)
  const counts = new Map<number, number>()
  for (const row of rows) {
    const { input } = parts[places[2 * row + 1]]
    counts.set(input, (counts.get(input) ?? 0) + 1)
  }
  return counts
}

/** Unique events stand together by user. */
const countUsers = (codes: Int32Array, unique: Int32Array): number => {
  let users = 0
  for (let i = 0; i < unique.length; i++) if (i === 0 || codes[unique[i]] !== codes[unique[i - 1]]) users++
  return users
}

const spanOf = (times: Int32Array, unique: Int32Array): Counts["span"] => {
  if (unique.length === 0) return undefined
  let first = unique[0]
  let last = unique[0]
  let leastHigh = times[2 * first + 1]
  let mostHigh = leastHigh
  for (let i = 0; i < unique.length; i++) {
    const row = unique[i]
    const high = times[2 * row + 1]
    if (high <= leastHigh && compareInt64(times, row, first) < 0) {
      first = row
      leastHigh = high
    }
    if (high >= mostHigh && compareInt64(times, row, last) > 0) {
      last = row
      mostHigh = high
    }
  }
  const at = (row: number) => ({ seconds: secondsAt(times, row), micros: microsAt(times, row) })
  return { first: at(first), last: at(last) }
}

/** About three steps to a factor of ten, at lengths that people say, in seconds. */
export const gapSteps = [
  1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800, 2_592_000
]

/** Of {@link Counts.gaps}, where they are not counted. */
export const noGaps = () => new Float64Array(gapSteps.length + 1)

const countGaps = (users: Int32Array, times: Int32Array, unique: Int32Array): Float64Array => {
  const counts = noGaps()
  for (let i = 1; i < unique.length; i++) {
    if (users[unique[i]] !== users[unique[i - 1]]) continue
    const gap = differenceMicros(times, unique[i], unique[i - 1]) / 1e6
    let step = 0
    while (step < gapSteps.length && gap > gapSteps[step]) step++
    counts[step]++
  }
  return counts
}
