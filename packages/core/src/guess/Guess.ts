import { guessTime, type TimeGuess } from "../time/GuessTime.ts"
import { matchName, roleNames } from "./Names.ts"
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
  /** Columns that are called like users and are not: unique in every record. */
  readonly uniqueUsers: ReadonlyArray<ColumnProfile>
}

/** Fewer records than this say nothing about how often a value returns. */
const enoughRecords = 100
/** A user has more events than this on average, an id has one. */
const eventsPerUser = 1.05
/** What part of an id's values must be different. */
const mostlyDistinct = 0.5
/** Times that are tried in every format; more would not change the answer, and take as long as reading the file. */
const timeSamples = 5000
/** More kinds of event than this are no kinds. */
const mostTypes = 1000

/**
 * Guesses the roles of columns by their names (see `Names.ts`) and values. `nowSeconds` since 1970 bounds which numbers
 * can be times.
 */
export const guessRoles = (columns: ReadonlyArray<ColumnProfile>, nowSeconds: number): Guess => {
  const scalar = columns.filter(({ kind }) => kind !== "object" && kind !== "list" && kind !== "empty")
  const users = named(scalar, "user")
  const isUnique = ({ distinct, filled, records }: ColumnProfile) =>
    records >= enoughRecords && filled / distinct <= eventsPerUser
  const time = guessTimeColumn(scalar, nowSeconds)
  const types = named(scalar, "type").filter(({ distinct, kind }) => kind === "text" && distinct <= mostTypes)
  const ids = named(scalar, "id").filter(({ distinct, filled }) => distinct > filled * mostlyDistinct)
  const user = best(users.filter((column) => !isUnique(column)))
  const others = (candidates: ReadonlyArray<ColumnProfile>) =>
    candidates.filter((column) => column !== user?.column && column !== time?.column)
  return {
    user,
    time,
    type: best(others(types)),
    id: best(others(ids)),
    session: named(scalar, "session")[0],
    uniqueUsers: users.filter(isUnique)
  }
}

/** How the values of a column read as times. */
export const timeFormatOf = (column: ColumnProfile, nowSeconds: number): TimeGuess =>
  guessTime(column.values.slice(0, timeSamples), nowSeconds)

const guessTimeColumn = (columns: ReadonlyArray<ColumnProfile>, nowSeconds: number): Guess["time"] => {
  const isTime = (column: ColumnProfile) => timeFormatOf(column, nowSeconds).kind !== "none"
  const byName = named(columns, "time").filter(isTime)
  // A column of another name must look like a time by itself: any number might be one.
  const candidates = byName.length > 0 ? byName : columns.filter((column) => column.kind === "text" && isTime(column))
  const guess = best(candidates)
  return guess && { ...guess, format: timeFormatOf(guess.column, nowSeconds) }
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
