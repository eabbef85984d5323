import { guessTime, type TimeGuess } from "../time/GuessTime.ts"
import { matchName, type roleNames } from "./Names.ts"
import type { ColumnProfile } from "./Profile.ts"

/** A column for a role, and the next best when it is close. */
export interface RoleGuess {
  readonly column: ColumnProfile
  readonly runnerUp: ColumnProfile | undefined
}

/** What the columns of a sample probably mean. A role that nothing fits is undefined. */
export interface Guess {
  readonly user: RoleGuess | undefined
  readonly time: (RoleGuess & { readonly format: TimeGuess }) | undefined
  readonly type: RoleGuess | undefined
  readonly id: RoleGuess | undefined
  /** A column that holds a session's id already, if one does. */
  readonly session: ColumnProfile | undefined
  /** Columns that are called like users and are not: nearly every record has another value. */
  readonly uniqueUsers: ReadonlyArray<ColumnProfile>
  /** Columns that are called like times and whose values do not read as such. */
  readonly unreadTimes: ReadonlyArray<ColumnProfile>
}

/** In fewer records than this even a user may come only once. */
const enoughRecords = 20
/** A user has more events than this on average, an id has one. */
const eventsPerUser = 1.05
/** What part of an id's values must be different: it decides about duplicates. */
const mostlyDistinct = 0.9
/** More kinds of event than this are no kinds. */
const mostTypes = 1000

/**
 * Guesses the roles of columns by their names (see `Names.ts`) and values. `nowSeconds` since 1970 bounds which numbers
 * can be times.
 */
export const guessRoles = (columns: ReadonlyArray<ColumnProfile>, nowSeconds: number): Guess => {
  const scalar = columns.filter(({ kind }) => kind !== "object" && kind !== "list" && kind !== "empty")
  const users = named(scalar, "user")
  const uniqueUsers = users.filter(({ distinct, filled }) => filled / distinct <= eventsPerUser)
  const returning = users.filter((column) => !uniqueUsers.includes(column))
  const few = uniqueUsers.filter(({ records }) => records < enoughRecords)
  const user = best(returning.length > 0 ? returning : few)
  const times = named(scalar, "time").map((column) => ({ column, format: timeFormatOf(column, nowSeconds) }))
  const time = bestTime(times) ?? bestTime(likeTimes(scalar, nowSeconds))
  const others = (role: keyof typeof roleNames) =>
    named(scalar, role).filter((column) => column !== user?.column && column !== time?.column)
  return {
    user,
    time,
    type: best(others("type").filter(({ distinct, kind }) => kind === "text" && distinct <= mostTypes)),
    id: best(others("id").filter(({ distinct, filled }) => distinct >= filled * mostlyDistinct)),
    session: named(scalar, "session")[0],
    uniqueUsers,
    unreadTimes: times.filter(({ format }) => format.kind === "none").map(({ column }) => column)
  }
}

/** The column whose name speaks best for a role, whatever its values. */
export const columnNamed = (
  columns: ReadonlyArray<ColumnProfile>,
  role: keyof typeof roleNames
): ColumnProfile | undefined => named(columns, role)[0]

/** How the values of a column read as times. */
export const timeFormatOf = ({ values }: ColumnProfile, nowSeconds: number): TimeGuess => {
  const guess = guessTime(thinned(values), nowSeconds)
  // Days and months that could be swapped, and what a person must decide, are worth a look at every value.
  const isClear = guess.kind === "none" || (guess.kind === "format" && !/^[dM]/.test(guess.format))
  return isClear ? guess : guessTime(values, nowSeconds)
}

/** Values that tell the format of all: every format is tried on each, which takes as long as reading the file. */
const lookedAt = 1000

/** About {@link lookedAt} values, evenly spread and in order. */
const thinned = (values: ReadonlyArray<Uint8Array>): ReadonlyArray<Uint8Array> => {
  const step = Math.ceil(values.length / lookedAt)
  return step <= 1 ? values : values.filter((_, i) => i % step === 0)
}

interface TimeColumn {
  readonly column: ColumnProfile
  readonly format: TimeGuess
}

/** A column of another name must look like a time by itself: any number might be one. */
const likeTimes = (columns: ReadonlyArray<ColumnProfile>, nowSeconds: number): ReadonlyArray<TimeColumn> =>
  columns.filter(({ kind }) => kind === "text").map((column) => ({ column, format: timeFormatOf(column, nowSeconds) }))

const bestTime = (columns: ReadonlyArray<TimeColumn>): Guess["time"] => {
  const [first, second] = columns.filter(({ format }) => format.kind !== "none")
  return first && { ...first, runnerUp: second?.column }
}

const best = (candidates: ReadonlyArray<ColumnProfile>): RoleGuess | undefined =>
  candidates.length === 0 ? undefined : { column: candidates[0], runnerUp: candidates[1] }

/** The columns whose names speak for a role, best name first; shallower paths first among equals. */
const named = (columns: ReadonlyArray<ColumnProfile>, role: keyof typeof roleNames): ReadonlyArray<ColumnProfile> =>
  columns
    .map((column, position) => ({ column, position, rank: matchName(role, column.path) }))
    .filter(({ rank }) => rank !== undefined)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || depth(a.column) - depth(b.column) || a.position - b.position)
    .map(({ column }) => column)

const depth = ({ path }: ColumnProfile): number => path.split(".").length
