import type { Bar, DayCount, Overview, UserCount } from "../engine/Engine.ts"
import type { RunTables } from "./RunTables.ts"

/** Upper ends of the bars, in seconds; the first is for sessions of no duration. */
const durationSteps = [0, 10, 30, 60, 300, 600, 1800, 3600, 7200, 14_400, 43_200, 86_400]
const sizeSteps = [1, 2, 3, 5, 10, 20, 50, 100, 500, 1000]
/** Users that are listed. */
const listedUsers = 50

/** What the Summary shows, of some sessions. */
export const overviewOf = ({ names, sessions }: RunTables, rows: Int32Array): Overview => {
  const seconds = sessions.numbers("session_duration_sec")
  const counts = sessions.numbers("event_count")
  const user = sessions.text(names.user)
  const cause = sessions.text("session_cause")
  const users = new Map<number, Mutable<UserCount>>()
  const causes = new Map<number, number>()
  let events = 0
  let single = 0
  for (const row of rows) {
    events += counts[row]
    if (counts[row] === 1) single++
    const code = user.codes[row]
    const sums = users.get(code) ?? { user: user.text(code), sessions: 0, events: 0, seconds: 0 }
    sums.sessions++
    sums.events += counts[row]
    sums.seconds += seconds[row]
    users.set(code, sums)
    causes.set(cause.codes[row], (causes.get(cause.codes[row]) ?? 0) + 1)
  }
  return {
    sessions: rows.length,
    events,
    users: users.size,
    medianSeconds: medianOf(Float64Array.from(rows, (row) => seconds[row])),
    single,
    causes: [...causes]
      .map(([code, count]) => ({ cause: cause.text(code), count }))
      .sort((a, b) => b.count - a.count || (a.cause < b.cause ? -1 : 1)),
    durations: barsOf(rows, seconds, durationSteps),
    sizes: barsOf(rows, counts, sizeSteps),
    days: daysOf(sessions.numbers("date"), sessions.numbers("is_open"), { counts, rows, seconds, user: user.codes }),
    topUsers: [...users.values()].sort((a, b) => b.events - a.events || b.sessions - a.sessions).slice(0, listedUsers)
  }
}

const medianOf = (values: Float64Array): number | null => {
  if (values.length === 0) return null
  values.sort()
  const half = (values.length - 1) / 2
  return (values[Math.floor(half)] + values[Math.ceil(half)]) / 2
}

const barsOf = (rows: Int32Array, values: Float64Array, steps: ReadonlyArray<number>): ReadonlyArray<Bar> => {
  const counts = new Float64Array(steps.length + 1)
  for (const row of rows) {
    let step = 0
    while (step < steps.length && values[row] > steps[step]) step++
    counts[step]++
  }
  return Array.from(counts, (count, i) => ({ upTo: steps[i] ?? null, count }))
}

interface Measured {
  readonly rows: Int32Array
  readonly seconds: Float64Array
  readonly counts: Float64Array
  readonly user: Int32Array
}

const daysOf = (
  dates: Float64Array,
  open: Float64Array,
  { counts, rows, seconds, user }: Measured
): ReadonlyArray<DayCount> => {
  const days = new Map<number, { readonly sums: Mutable<DayCount>; readonly users: Set<number> }>()
  for (const row of rows) {
    const day = dates[row]
    const known = days.get(day) ?? {
      sums: { day, sessions: 0, open: 0, users: 0, events: 0, seconds: 0 },
      users: new Set()
    }
    const { sums, users } = known
    sums.sessions++
    sums.open += open[row]
    sums.events += counts[row]
    sums.seconds += seconds[row]
    sums.users = users.add(user[row]).size
    days.set(day, known)
  }
  return [...days.values()].map(({ sums }) => sums).sort((a, b) => a.day - b.day)
}

/** A value that is added up. */
type Mutable<A> = { -readonly [Key in keyof A]: A[Key] }
