import { int64Lanes, textView } from "../arrow/Columns.ts"
import type { Plan } from "../plan/Plan.ts"
import { compareInt64, differenceMicros, microsAt, secondsAt } from "../time/Int64.ts"
import { instantText } from "../time/Print.ts"
import type { Computed } from "./Compute.ts"
import type { Scanned } from "./LocalEngine.ts"
import { sessionDurations } from "./SessionTable.ts"
import { quantile, type SessionSummary, type Summary } from "./Summary.ts"
import { userWarnings } from "./UserWarnings.ts"

/** The summary of a run from what was read and what was made of it. */
export const summarize = (
  plan: Plan,
  scanned: Scanned,
  computed: Computed,
  outputs: Summary["outputs"],
  gaps: boolean
): Summary => {
  const { deduped, events, sessions } = computed
  const { duplicates, unique } = deduped
  return {
    name: plan.name,
    inputs: scanned.inputs,
    accounting: {
      read: scanned.read,
      accepted: events.numRows,
      rejected: scanned.rejects.total,
      filtered: 0,
      unique: unique.length,
      duplicates: duplicates.length,
      in_sessions: sessions === undefined ? null : sessions.starts[sessions.starts.length - 1],
      outside: 0,
      late: 0
    },
    rejected_by: scanned.rejects.list(),
    duplicates: { removed: duplicates.length, conflicting: deduped.conflicting.reduce((sum, one) => sum + one, 0) },
    users: countUsers(plan, computed),
    sessions: sessionSummary(plan, computed),
    time_span: timeSpan(plan, computed),
    gaps: gaps ? gapCounts(plan, computed) : [],
    warnings: warnings(plan, scanned, computed),
    outputs
  }
}

const countUsers = (plan: Plan, { deduped, events }: Computed): number => {
  const { codes } = textView(events, plan.validate.user.name)
  // Unique events stand together by user.
  let users = 0
  for (let i = 0; i < deduped.unique.length; i++) {
    if (i === 0 || codes[deduped.unique[i]] !== codes[deduped.unique[i - 1]]) users++
  }
  return users
}

const sessionSummary = (plan: Plan, { events, sessions }: Computed): SessionSummary | null => {
  if (sessions === undefined) return null
  const durations = sessionDurations(plan, events, sessions).sort()
  return {
    count: durations.length,
    median_duration_sec: quantile(durations, 0.5),
    p90_duration_sec: quantile(durations, 0.9),
    ties_decided: sessions.ties
  }
}

const timeSpan = (plan: Plan, { deduped: { unique }, events }: Computed): Summary["time_span"] => {
  if (unique.length === 0) return null
  const times = int64Lanes(events, plan.validate.time.name)
  let first = unique[0]
  let last = unique[0]
  for (const row of unique) {
    if (compareInt64(times, row, first) < 0) first = row
    if (compareInt64(times, row, last) > 0) last = row
  }
  const text = (row: number) => instantText(secondsAt(times, row), microsAt(times, row))
  return { first: text(first), last: text(last) }
}

/** About three steps to a factor of ten, at lengths that people say. */
const gapSteps = [1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 604_800, 2_592_000]

const gapCounts = (plan: Plan, { deduped: { unique }, events }: Computed): Summary["gaps"] => {
  const users = textView(events, plan.validate.user.name).codes
  const times = int64Lanes(events, plan.validate.time.name)
  const counts = new Float64Array(gapSteps.length + 1)
  for (let i = 1; i < unique.length; i++) {
    if (users[unique[i]] !== users[unique[i - 1]]) continue
    const gap = differenceMicros(times, unique[i], unique[i - 1]) / 1e6
    let step = 0
    while (step < gapSteps.length && gap > gapSteps[step]) step++
    counts[step]++
  }
  return Array.from(counts, (count, i) => ({ up_to_sec: gapSteps[i] ?? null, count }))
}

const warnings = (plan: Plan, { times }: Scanned, { deduped, events }: Computed): ReadonlyArray<string> => {
  const { name, timezone } = plan.validate.time
  const counted = (count: number, what: string) =>
    count === 0 ? [] : [`${count} ${count === 1 ? "time" : "times"} in ${name} ${what}`]
  return [
    ...userWarnings(events, plan.validate.user.name, deduped.unique),
    ...counted(times.local, `without a zone taken as ${timezone}`),
    ...counted(times.skipped, "in an hour that the clock skipped, moved forward"),
    ...counted(times.doubled, "in an hour that the clock repeated, the earlier taken"),
    ...counted(times.outside, "outside the plausible range")
  ]
}
