import type { Summary } from "@sojourn/core"
import type { ComparedSession, Comparison } from "../engine/Engine.ts"
import type { RunTables } from "./RunTables.ts"

/** Sessions that are listed. */
const listed = 1000

/** Which sessions two runs over the same data have in common: those of the same user, start, end and number of events. */
export const compareRuns = (here: RunTables, there: RunTables, other: Summary): Comparison => {
  const ours = keysOf(here)
  const theirs = keysOf(there)
  const found = new Set(theirs)
  const known = new Set(ours)
  const onlyHere = rowsWithout(ours, found)
  const onlyThere = rowsWithout(theirs, known)
  const rows = [
    ...onlyHere.map((row) => described(here, row, "here")),
    ...onlyThere.map((row) => described(there, row, "there"))
  ].sort((a, b) => (a.user < b.user ? -1 : a.user > b.user ? 1 : a.start - b.start || a.end - b.end))
  return {
    other,
    same: ours.length - onlyHere.length,
    rows: rows.slice(0, listed),
    different: rows.length,
    onlyHere: onlyHere.length,
    onlyThere: onlyThere.length
  }
}

const keysOf = ({ names, sessions }: RunTables): ReadonlyArray<string> => {
  const user = sessions.text(names.user)
  const users = Array.from({ length: user.size }, (_, code) => user.text(code))
  const starts = sessions.numbers("session_start")
  const ends = sessions.numbers("session_end")
  const counts = sessions.numbers("event_count")
  return Array.from(user.codes, (code, row) => `${users[code]}\0${starts[row]}\0${ends[row]}\0${counts[row]}`)
}

const rowsWithout = (keys: ReadonlyArray<string>, known: ReadonlySet<string>): ReadonlyArray<number> =>
  keys.flatMap((key, row) => (known.has(key) ? [] : [row]))

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
