import type { Plan } from "../plan/Plan.ts"
import { hasTime } from "../plan/Tables.ts"
import { instantText } from "../time/Print.ts"
import { gapSteps } from "./Counts.ts"
import type { LookupFile } from "./readLookups.ts"
import type { Scanned } from "./Scan.ts"
import type { Summary } from "./Summary.ts"
import type { Totals } from "./Totals.ts"
import { userWarnings } from "./UserWarnings.ts"

/** The summary of a run, but for what it made, from what was read and the counts of all blocks. */
export const summarize = (
  plan: Plan,
  files: ReadonlyArray<LookupFile>,
  scanned: Scanned,
  { cuts, durations, gaps, noted, span, sums }: Totals,
  showsGaps: boolean
): Omit<Summary, "findings" | "outputs" | "reports"> => {
  const hasSessions = plan.sessionize !== null
  return {
    name: plan.name,
    inputs: scanned.inputs,
    accounting: {
      read: scanned.records,
      accepted: sums.accepted + scanned.filtered,
      rejected: scanned.rejects.total,
      filtered: scanned.filtered,
      unique: sums.unique,
      duplicates: sums.duplicates,
      in_sessions: hasSessions ? sums.inSessions : null,
      outside: sums.outside,
      late: 0
    },
    rejected_by: scanned.rejects.list(),
    duplicates: { removed: sums.duplicates, conflicting: sums.conflicting },
    enriched: files.map(({ doubled, name, records, rejects }, i) => ({
      name,
      records,
      rejected: rejects.total,
      doubled,
      unmatched: scanned.unmatched[i].events,
      unmatched_keys: scanned.unmatched[i].distinctKeys
    })),
    users: sums.users,
    sessions: hasSessions
      ? {
          count: sums.sessions,
          median_duration_sec: durations.quantile(0.5),
          p90_duration_sec: durations.quantile(0.9),
          ties_decided: sums.ties
        }
      : null,
    time_span:
      span && hasTime(plan.validate)
        ? {
            first: instantText(span.first.seconds, span.first.micros),
            last: instantText(span.last.seconds, span.last.micros)
          }
        : null,
    gaps: showsGaps ? Array.from(gaps, (count, i) => ({ up_to_sec: gapSteps[i] ?? null, count })) : [],
    warnings: [
      ...emptyWarnings(plan, scanned),
      ...fileWarnings(files),
      ...userWarnings(noted, sums.unique),
      ...timeWarnings(plan, scanned),
      ...placeWarnings(cuts)
    ]
  }
}

/** Of inputs that were probably meant to hold something. */
const emptyWarnings = ({ range, scan }: Plan, { inputs }: Scanned): ReadonlyArray<string> => {
  const uris = scan.inputs.map(({ uri }) => uri).join(", ")
  if (inputs.length === 0)
    return [range === null ? `no files to read in ${uris}` : `no files of these dates in ${uris}`]
  const empty = inputs.filter(({ records }) => records === 0).map(({ source }) => source)
  if (empty.length === 0) return []
  const shown = empty.length === 1 ? empty[0] : `${empty.length} of ${inputs.length} files, such as ${empty[0]}`
  return [`no records in ${shown}`]
}

const fileWarnings = (files: ReadonlyArray<LookupFile>): ReadonlyArray<string> =>
  files.flatMap(({ empty, name, records, rejects, source }) => {
    const file = `${source} (enrich ${name})`
    if (records === 0) return [`no records in ${file}`]
    const without = empty.length === 0 ? [] : [`no record of ${file} has a value for ${empty.join(", ")}`]
    if (rejects.total === 0) return without
    const [{ count, reason }] = rejects.list()
    const most = `${count} × ${reason}${count < rejects.total ? ", and others" : ""}`
    return [`${rejects.total} of ${records} records of ${file} could not be read: ${most}`, ...without]
  })

const placeWarnings = ({ misplaced }: Totals["cuts"]): ReadonlyArray<string> =>
  misplaced === 0
    ? []
    : [`events of another date than the directory that they lie in: ${misplaced}; all directories were read`]

const timeWarnings = (plan: Plan, { times }: Scanned): ReadonlyArray<string> => {
  const { name, timezone } = plan.validate.time
  const { from, to } = plan.validate.time_range
  const counted = (count: number, what: string) =>
    count === 0 ? [] : [`${count} ${count === 1 ? "time" : "times"} in ${name} ${what}`]
  return [
    ...counted(times.local, `without a zone taken as ${timezone}`),
    ...counted(times.skipped, "in an hour that the clock skipped, moved forward"),
    ...counted(times.doubled, "in an hour that the clock repeated, the earlier taken"),
    ...counted(times.outside, `outside the plausible range: before ${from ?? "1990"} or after ${to ?? "the next day"}`)
  ]
}
