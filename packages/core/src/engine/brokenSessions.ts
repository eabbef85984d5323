import { differenceMicros } from "../time/Int64.ts"
import type { Sessions } from "./Sessionize.ts"

/**
 * How many sessions of a block are not what sessions are, which is a defect of Sojourn whatever the input: a session that
 * ends before it starts, or, where rules alone cut (`mayOverlap` is false), starts before the one before it of its user
 * ended; and how many unique events are not in exactly one session or outside. `users` and `times`: by row of the events.
 */
export const brokenSessions = (
  { firsts, lasts, outside, rows, starts, unique }: Sessions,
  users: Int32Array,
  times: Int32Array,
  mayOverlap: boolean
): number => {
  let broken = 0
  for (let i = 0; i < firsts.length; i++) {
    if (starts[i + 1] <= starts[i] || differenceMicros(times, lasts[i], firsts[i]) < 0) broken++
    if (mayOverlap || i === 0 || users[firsts[i]] !== users[firsts[i - 1]]) continue
    if (differenceMicros(times, firsts[i], lasts[i - 1]) < 0) broken++
  }
  if (starts[0] !== 0 || starts[firsts.length] !== rows.length) broken++
  // Sessions that are runs of the unique events have each of them once.
  if (rows === unique && outside.length === 0) return broken
  const seen = new Uint8Array(users.length)
  for (const row of unique) seen[row] = 1
  for (const some of [rows, outside]) {
    for (const row of some) if (seen[row]-- !== 1) broken++
  }
  for (const row of unique) if (seen[row] === 1) broken++
  return broken
}
