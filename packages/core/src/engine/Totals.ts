import type { CountedInstant, Counts } from "./Counts.ts"
import { gapSteps } from "./Counts.ts"
import { Durations } from "./Durations.ts"
import { type Cuts, noCuts } from "./range/Cuts.ts"
import type { NotedUsers } from "./UserWarnings.ts"

type Sum =
  | "accepted"
  | "unique"
  | "duplicates"
  | "conflicting"
  | "users"
  | "inSessions"
  | "outside"
  | "sessions"
  | "broken"
  | "ties"

/** The counts of all blocks together, which come in the order of users. */
export class Totals {
  readonly durations = new Durations()
  readonly gaps = new Float64Array(gapSteps.length + 1)
  readonly noted: Array<NotedUsers> = []
  readonly sums: Record<Sum, number> = {
    accepted: 0,
    unique: 0,
    duplicates: 0,
    conflicting: 0,
    users: 0,
    inSessions: 0,
    outside: 0,
    sessions: 0,
    broken: 0,
    ties: 0
  }
  readonly cuts: { -readonly [Key in keyof Cuts]: number } = { ...noCuts }
  /** Duplicates by the number of their input. */
  readonly duplicatesOf = new Map<number, number>()
  span: Counts["span"]

  add(counts: Counts): void {
    for (const key of Object.keys(this.sums) as Array<Sum>) this.sums[key] += counts[key]
    for (const key of Object.keys(noCuts) as Array<keyof Cuts>) this.cuts[key] += counts.cuts[key]
    for (let i = 0; i < this.gaps.length; i++) this.gaps[i] += counts.gaps[i]
    this.noted.push(counts.noted)
    for (const [input, count] of counts.duplicatesOf)
      this.duplicatesOf.set(input, (this.duplicatesOf.get(input) ?? 0) + count)
    const { span } = counts
    if (span === undefined) return
    this.span =
      this.span === undefined
        ? span
        : {
            first: isBefore(span.first, this.span.first) ? span.first : this.span.first,
            last: isBefore(this.span.last, span.last) ? span.last : this.span.last
          }
  }
}

const isBefore = (a: CountedInstant, b: CountedInstant): boolean =>
  a.seconds < b.seconds || (a.seconds === b.seconds && a.micros < b.micros)
