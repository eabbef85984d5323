import { compareInt64, differenceMicros } from "../../time/Int64.ts"
import { type Cut, latestByCode } from "./cutSessions.ts"
import type { RuleColumns } from "./RuleColumns.ts"

/**
 * Puts every passive event into the session of its user that holds it: that started at its time or before, and is
 * still open then; of several the one that started last. One with a given id joins the session of that id or none.
 * Sets `sessionOf` by place in the unique events.
 */
export const joinPassive = (
  { gapSplits, given }: RuleColumns,
  passive: Uint8Array,
  users: Int32Array,
  times: Int32Array,
  unique: Int32Array,
  { count, firsts, lasts, open }: Cut,
  sessionOf: Int32Array
): void => {
  const lastGiven = latestByCode(given)
  /** Sessions that have started, the last on top. One that is over when it is asked is over for all later events. */
  const stack = new Int32Array(count)
  let height = 0
  /** The next session to start. */
  let next = 0
  let ofUser = 0
  let user = -1

  const holds = (session: number, row: number): boolean => {
    const left = open[session] - differenceMicros(times, row, lasts[session])
    return left > 0 || (left === 0 && !gapSplits)
  }

  for (let i = 0; i < unique.length; i++) {
    const row = unique[i]
    if (users[row] !== user) {
      while (next < count && users[firsts[next]] === user) next++
      user = users[row]
      ofUser = next
      height = 0
    }
    if (passive[row] === 0) continue
    for (; next < count && users[firsts[next]] === user && compareInt64(times, firsts[next], row) <= 0; next++) {
      stack[height++] = next
      if (given !== undefined && given[firsts[next]] >= 0) lastGiven[given[firsts[next]]] = next
    }
    if (given !== undefined && given[row] >= 0) {
      const session = lastGiven[given[row]]
      sessionOf[i] = session >= ofUser && holds(session, row) ? session : -1
    } else {
      while (height > 0 && !holds(stack[height - 1], row)) height--
      sessionOf[i] = height > 0 ? stack[height - 1] : -1
    }
  }
}
