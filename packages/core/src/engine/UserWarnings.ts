import type { RecordBatch } from "apache-arrow"
import { type TextView, textView } from "../arrow/Columns.ts"

/** Names that a missing user often hides behind. */
const suspicious = ["0", "null", "undefined", "NA", "anonymous"].map((name) => new TextEncoder().encode(name))
const decoder = new TextDecoder()
const largeShare = 0.05
/** At most so many users can have a large share each. */
const mostLarge = 1 / largeShare
/** With fewer events a large share says nothing. */
const enoughEvents = 100
const mostNamed = 3

/** Users that may have to be warned of. Plain data. */
export interface NotedUsers {
  /** Those with the most events of a block, in the order of users. */
  readonly large: ReadonlyArray<NotedUser>
  /** Those that are named like a missing value. */
  readonly suspicious: ReadonlyArray<NotedUser>
}

interface NotedUser {
  readonly name: string
  readonly events: number
}

/** Notes the users of a block by their unique events, `rows`. */
export const noteUsers = (events: RecordBatch, user: string, rows: Int32Array): NotedUsers => {
  const users = textView(events, user)
  const counts = new Int32Array(users.size)
  for (let i = 0; i < rows.length; i++) counts[users.codes[rows[i]]]++
  return noteCounted(users, counts, rows.length)
}

/**
 * The same from the number of each user's unique events, and of all. `most`: what no user has more of; `likely`: the users that
 * may be suspicious.
 */
export const noteCounted = (
  { bytes, offsets, size }: Pick<TextView, "bytes" | "offsets" | "size">,
  counts: Int32Array,
  all: number,
  most = Infinity,
  likely: Iterable<number> = counts.keys()
): NotedUsers => {
  const named = (code: number) => ({
    name: decoder.decode(bytes.slice(offsets[code], offsets[code + 1])),
    events: counts[code]
  })
  // A user with 5 % of all events has 5 % of the block's.
  const enough = Math.max(1, all * largeShare)
  const large: Array<NotedUser> = []
  if (most > enough || all < enoughEvents) {
    for (let code = 0; code < size; code++) {
      if (counts[code] > 0 && (counts[code] > enough || all < enoughEvents)) large.push(named(code))
    }
  }
  const suspects: Array<NotedUser> = []
  for (const code of likely) {
    if (counts[code] > 0 && isSuspicious(bytes, offsets[code], offsets[code + 1])) suspects.push(named(code))
  }
  return { large: mostEvents(large), suspicious: suspects }
}

const isSuspicious = (bytes: Uint8Array, start: number, end: number): boolean =>
  (suspiciousLengths[bytes[start]] & (1 << (end - start))) !== 0 && isAmong(bytes.subarray(start, end))

/** By first byte, the lengths of {@link suspicious} names that begin with it, as bits: few users need another look. */
export const suspiciousLengths = new Int32Array(256)
for (const name of suspicious) suspiciousLengths[name[0]] |= 1 << name.length

const isAmong = (user: Uint8Array): boolean =>
  suspicious.some((name) => name.length === user.length && name.every((byte, i) => user[i] === byte))

/** Those with the most events, in the order in which they came. */
const mostEvents = (users: ReadonlyArray<NotedUser>): ReadonlyArray<NotedUser> => {
  if (users.length <= mostLarge) return users
  const kept = new Set(users.toSorted((a, b) => b.events - a.events).slice(0, mostLarge))
  return users.filter((user) => kept.has(user))
}

/** Users that are probably not one person: over 5 % of all events, or named like a missing value. */
export const userWarnings = (blocks: ReadonlyArray<NotedUsers>, events: number): ReadonlyArray<string> => {
  const isLarge = (user: NotedUser) => events >= enoughEvents && user.events > events * largeShare
  const warnings: Array<string> = []
  for (const user of blocks.flatMap((block) => block.suspicious)) {
    if (isLarge(user)) continue
    const counted = `${user.events} ${user.events === 1 ? "event" : "events"}`
    warnings.push(`the user "${user.name}" looks like a missing value (${counted})`)
  }
  const large = blocks.flatMap((block) => block.large).filter(isLarge)
  large.sort((a, b) => b.events - a.events)
  for (const user of large.slice(0, mostNamed)) {
    warnings.push(`the user "${user.name}" has ${((user.events / events) * 100).toFixed(0)} % of all events`)
  }
  const more = large.length - mostNamed
  if (more > 0) warnings.push(`${more} more ${more === 1 ? "user has" : "users have"} over 5 % of all events`)
  return warnings
}
