import type { Finding } from "./check/Finding.ts"

/** What a run did: counts, times and warnings; the same for the same input. Times are int64 microseconds as text. */
export interface Summary {
  readonly name: string
  readonly inputs: ReadonlyArray<{
    readonly source: string
    readonly records: number
    readonly rejected: number
    readonly notes: ReadonlyArray<string>
  }>
  /** read = accepted + rejected; accepted = filtered + unique + duplicates; unique = in_sessions + outside + late. */
  readonly accounting: Accounting
  readonly rejected_by: ReadonlyArray<RejectedBy>
  readonly duplicates: { readonly removed: number; readonly conflicting: number }
  /** The files that were joined to events, in the order of the spec. */
  readonly enriched: ReadonlyArray<Enriched>
  readonly users: number
  readonly sessions: SessionSummary | null
  /** First and last time among the unique events, printed; null when there are none. */
  readonly time_span: { readonly first: string; readonly last: string } | null
  /** How many times between two events of a user were up to so many seconds; null: longer than any before. Empty unless asked for. */
  readonly gaps: ReadonlyArray<{ readonly up_to_sec: number | null; readonly count: number }>
  readonly warnings: ReadonlyArray<string>
  /** What came of the checks, in their order. */
  readonly findings: ReadonlyArray<Finding>
  readonly outputs: ReadonlyArray<{ readonly table: string; readonly uri: string; readonly rows: number }>
  readonly reports: ReadonlyArray<{ readonly name: string; readonly uri: string }>
}

export interface Accounting {
  readonly read: number
  readonly accepted: number
  readonly rejected: number
  readonly filtered: number
  readonly unique: number
  readonly duplicates: number
  /** Null where sessions are not cut. */
  readonly in_sessions: number | null
  readonly outside: number
  readonly late: number
}

export interface RejectedBy {
  readonly code: string
  readonly reason: string
  /** The source column at fault, if one is. */
  readonly field: string | null
  readonly count: number
  /** Up to three different values as found (the raw record where no column is at fault). */
  readonly samples: ReadonlyArray<string>
}

export interface Enriched {
  readonly name: string
  /** Records of the file, and how many of them could not be read. */
  readonly records: number
  readonly rejected: number
  /** Records whose key an earlier record had: the earlier one is joined. */
  readonly doubled: number
  /** Accepted events whose key is not in the file. Events without a key are not counted. */
  readonly unmatched: number
  /** How many different keys those had; 100,000 means so many or more. */
  readonly unmatched_keys: number
}

export interface SessionSummary {
  readonly count: number
  readonly median_duration_sec: number | null
  readonly p90_duration_sec: number | null
  /** Events whose place among a user's events at one instant only `tie` decided. */
  readonly ties_decided: number
}

/** The numbers do not add up: a defect of Sojourn, never of the input. */
export class AccountingBroken extends Error {
  override readonly name = "AccountingBroken"
}

/**
 * Throws {@link AccountingBroken} unless every record is accounted for, and no session is broken. `broken`: see
 * `brokenSessions`.
 */
export const assertBalanced = (accounting: Accounting, broken: number): void => {
  const { accepted, duplicates, filtered, in_sessions, late, outside, read, rejected, unique } = accounting
  const balanced =
    read === accepted + rejected &&
    accepted === filtered + unique + duplicates &&
    (in_sessions === null || unique === in_sessions + outside + late)
  if (!balanced) throw new AccountingBroken(`the records do not add up: ${JSON.stringify(accounting)}`)
  if (broken > 0) {
    throw new AccountingBroken(`${broken} sessions overlap, end before they start, or share or lose events`)
  }
}

/** A quantile of `count` numbers, interpolated between the two nearest; null of none. `nth`: in order, from 0. */
export const quantileOf = (count: number, nth: (n: number) => number, q: number): number | null => {
  if (count === 0) return null
  const at = (count - 1) * q
  const below = Math.floor(at)
  const above = Math.min(below + 1, count - 1)
  const low = nth(below)
  return low + (nth(above) - low) * (at - below)
}
