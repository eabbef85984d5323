import type { ComparedSession, Comparison } from "../engine/Engine.ts"
import type { RunTables } from "./RunTables.ts"

/** Sessions that are listed. */
const listed = 1000

/** A run to be compared, and the rows of its sessions that are looked at, ascending. */
export interface Compared {
  readonly tables: RunTables
  readonly looked: Int32Array
}

/** Which sessions two runs over the same data have in common: those of the same user, start, end and number of events. */
export const compareRuns = (one: Compared, two: Compared): Comparison => {
  const [here, there] = [one.tables, two.tables]
  const onlyHere: Array<number> = []
  const onlyThere: Array<number> = []
  const theirs = usersOf(there)
  const compare = comparison(here, there)
  for (const [user, [from, to]] of usersOf(here)) {
    const [otherFrom, otherTo] = theirs.get(user) ?? [0, 0]
    theirs.delete(user)
    // Both stand in the order of their starts.
    let other = otherFrom
    for (let row = from; row < to; row++) {
      while (other < otherTo && compare(row, other) > 0) onlyThere.push(other++)
      if (other < otherTo && compare(row, other) === 0) other++
      else onlyHere.push(row)
    }
    while (other < otherTo) onlyThere.push(other++)
  }
  for (const [from, to] of theirs.values()) for (let row = from; row < to; row++) onlyThere.push(row)
  const hereShown = kept(onlyHere, one.looked)
  const thereShown = kept(onlyThere, two.looked)
  const rows = [
    ...hereShown.slice(0, listed).map((row) => described(here, row, "here")),
    ...thereShown.slice(0, listed).map((row) => described(there, row, "there"))
  ].sort((a, b) => (a.user < b.user ? -1 : a.user > b.user ? 1 : a.start - b.start || a.end - b.end))
  return {
    same: here.sessions.rows - onlyHere.length,
    rows: rows.slice(0, listed),
    shown: hereShown.length + thereShown.length,
    different: onlyHere.length + onlyThere.length,
    onlyHere: onlyHere.length,
    onlyThere: onlyThere.length
  }
}

const kept = (rows: ReadonlyArray<number>, looked: Int32Array): ReadonlyArray<number> => {
  const isLooked = new Set(looked)
  return rows.filter((row) => isLooked.has(row))
}

/** The rows of each user, who stand together. */
const usersOf = ({ names, sessions }: RunTables): Map<string, readonly [from: number, to: number]> => {
  const { codes } = sessions.text(names.user)
  const column = sessions.text(names.user)
  const users = new Map<string, readonly [number, number]>()
  for (let from = 0, to = 0; from < codes.length; from = to) {
    while (to < codes.length && codes[to] === codes[from]) to++
    users.set(column.text(codes[from]), [from, to])
  }
  return users
}

/** The order of a session here and one there, of one user: by start, end and number of events. */
const comparison = (here: RunTables, there: RunTables) => {
  const pairs = ["session_start", "session_end", "event_count"].map(
    (name) => [here.sessions.numbers(name), there.sessions.numbers(name)] as const
  )
  return (row: number, other: number): number => {
    for (const [ours, theirs] of pairs) if (ours[row] !== theirs[other]) return ours[row] - theirs[other]
    return 0
  }
}

const described = ({ names, sessions }: RunTables, row: number, side: ComparedSession["side"]): ComparedSession => {
  const user = sessions.text(names.user)
  const cause = sessions.text("session_cause")
  return {
    side,
    user: user.text(user.codes[row]),
    start: sessions.numbers("session_start")[row],
    end: sessions.numbers("session_end")[row],
    events: sessions.numbers("event_count")[row],
    cause: cause.text(cause.codes[row])
  }
}
