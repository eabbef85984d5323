import type { Run } from "./Run.ts"
import { userOf } from "./RunReader.ts"
import type { UserRange } from "./Merge.ts"
import { compareUsers } from "./UserOrder.ts"

/** How many rows of a run there are up to a user, the user included, since the sample before. */
export interface UserSample {
  readonly user: Uint8Array
  readonly rows: number
}

/** Users of a run, one about every so many rows, the last one always. */
export const sampleUsers = (run: Run, everyRows: number): ReadonlyArray<UserSample> => {
  const samples: Array<UserSample> = []
  let before = 0
  for (let user = 0; user < run.ends.length; user++) {
    const rows = run.ends[user] - before
    if (rows < everyRows && user + 1 < run.ends.length) continue
    samples.push({ user: userOf(run, user), rows })
    before = run.ends[user]
  }
  return samples
}

/** Ranges that cover all users, in order, each of about so many rows by the samples of all runs. */
export const divideUsers = (samples: ReadonlyArray<UserSample>, targetRows: number): ReadonlyArray<UserRange> => {
  const ordered = samples.toSorted((a, b) => compareUsers(a.user, 0, a.user.length, b.user, 0, b.user.length))
  const ranges: Array<UserRange> = []
  let from: Uint8Array | undefined
  let rows = 0
  for (const [i, sample] of ordered.entries()) {
    const next = ordered.at(i + 1)?.user
    rows += sample.rows
    // A range ends before a user, and never between two samples of the same one.
    if (
      rows < targetRows ||
      next === undefined ||
      compareUsers(next, 0, next.length, sample.user, 0, sample.user.length) === 0
    )
      continue
    ranges.push({ from, to: sample.user })
    from = sample.user
    rows = 0
  }
  return [...ranges, { from, to: undefined }]
}
