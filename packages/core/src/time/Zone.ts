import * as Data from "effect/Data"
import { nearest } from "../text/Nearest.ts"
import { secondsPerDay } from "./Calendar.ts"
import { type Instant, maxSeconds, minSeconds } from "./Instant.ts"

/** A time zone: rules that give wall-clock time from UTC. */
export interface Zone {
  readonly name: string
  /** Seconds to add to this UTC time (seconds since 1970) for wall-clock time. */
  readonly offsetAt: (utcSeconds: number) => number
}

/** No time zone has this name. */
export class UnknownZone extends Data.TaggedError("UnknownZone")<{
  readonly message: string
  readonly name: string
  /** The valid name that was probably meant. */
  readonly nearest?: string
}> {}

const fixedZone = (name: string, offset: number): Zone => ({ name, offsetAt: () => offset })

export const utc: Zone = fixedZone("UTC", 0)

/** The zone of an IANA name, `UTC`, or a fixed offset such as `+02:00`. */
export const makeZone = (name: string): Zone | UnknownZone => {
  const fixed = /^([+-])([01]\d|2[0-3]):([0-5]\d)$/.exec(name)
  if (fixed !== null) {
    const seconds = Number(fixed[2]) * 3600 + Number(fixed[3]) * 60
    return fixedZone(name, fixed[1] === "+" ? seconds : 0 - seconds)
  }
  if (name.toUpperCase() === utc.name) return utc
  const names = Intl.supportedValuesOf("timeZone")
  const format = offsetFormat(name)
  if (format !== undefined) {
    const lowerCase = name.toLowerCase()
    return ianaZone(names.find((known) => known.toLowerCase() === lowerCase) ?? name, format)
  }
  const guess = nearestZone(name, names)
  return new UnknownZone({
    message:
      `unknown time zone "${name}": expected an IANA name such as Europe/Berlin, UTC, or an offset such as +02:00` +
      (guess === undefined ? "" : `; did you mean "${guess}"?`),
    name,
    ...(guess === undefined ? {} : { nearest: guess })
  })
}

/**
 * Turns a wall-clock time (seconds since 1970-01-01T00:00:00 on that clock) into an instant. A time that a clock change
 * skipped moves forward by the gap; of a time that occurs twice the earlier is taken; both are flagged. False when
 * the instant is outside the years 0001 to 9999.
 */
export const setLocal = (out: Instant, zone: Zone, wallClock: number, micros: number): boolean => {
  // Offsets are under a day, and no zone changes its clock twice in two days: see `stepSeconds`.
  const before = zone.offsetAt(wallClock - secondsPerDay)
  const after = zone.offsetAt(wallClock + secondsPerDay)
  out.seconds = wallClock - before
  out.micros = micros
  out.skipped = false
  out.doubled = false
  out.local = true
  if (before !== after) {
    const underBefore = zone.offsetAt(wallClock - before) === before
    const underAfter = zone.offsetAt(wallClock - after) === after
    out.doubled = underBefore && underAfter
    out.skipped = !underBefore && !underAfter
    if (underAfter && !underBefore) out.seconds = wallClock - after
  }
  return out.seconds >= minSeconds && out.seconds <= maxSeconds
}

/**
 * Three days. The two closest clock changes of any zone, past or scheduled, are four days apart (Africa/Freetown,
 * 1939), so a step of this length holds one change at most, and it shows in the offsets at the two ends.
 */
const stepSeconds = 259_200
/** Half a year of steps: what is learnt about a zone at a time. */
const blockSteps = 60
const blockSeconds = blockSteps * stepSeconds
/** Over 500 years; beyond that the cache starts anew. */
const maxBlocks = 1024

/** The offset is `offsets[i]` until the instant `changes[i]`, and the last one from the last change on. */
interface Block {
  readonly changes: Array<number>
  readonly offsets: Array<number>
}

const ianaZone = (name: string, format: Intl.DateTimeFormat): Zone => {
  const blocks = new Map<number, Block>()
  let lastIndex = Number.NaN
  let last: Block
  return {
    name,
    offsetAt: (utcSeconds) => {
      const index = Math.floor(utcSeconds / blockSeconds)
      if (index !== lastIndex) {
        let block = blocks.get(index)
        if (block === undefined) {
          if (blocks.size === maxBlocks) blocks.clear()
          block = findChanges(format, index * blockSeconds)
          blocks.set(index, block)
        }
        lastIndex = index
        last = block
      }
      let i = 0
      while (i < last.changes.length && utcSeconds >= last.changes[i]) i++
      return last.offsets[i]
    }
  }
}

const findChanges = (format: Intl.DateTimeFormat, start: number): Block => {
  const changes: Array<number> = []
  const offsets = [probe(format, start)]
  for (let step = 1; step <= blockSteps; step++) {
    const end = start + step * stepSeconds
    const offset = probe(format, end)
    if (offset === offsets[changes.length]) continue
    changes.push(findChange(format, end - stepSeconds, end, offset))
    offsets.push(offset)
  }
  return { changes, offsets }
}

/** The first instant of `offset`, by bisection: it is after `low` and at or before `high`. */
const findChange = (format: Intl.DateTimeFormat, low: number, high: number, offset: number): number => {
  if (high - low === 1) return high
  const middle = Math.floor((low + high) / 2)
  return probe(format, middle) === offset
    ? findChange(format, low, middle, offset)
    : findChange(format, middle, high, offset)
}

/** The three-letter names that IANA has. ICU knows more, with meanings that surprise: BST is Bangladesh. */
const abbreviations = /^(CET|EET|EST|GMT|HST|MET|MST|PRC|ROC|ROK|UCT|WET)$/i

/** A format that prints a date and then the zone's offset, as in `7/10/2024, GMT+02:00`, if there is such a zone. */
const offsetFormat = (timeZone: string): Intl.DateTimeFormat | undefined => {
  // Intl takes more spellings of offsets than there should be.
  if (/^[+-]/.test(timeZone) || (timeZone.length === 3 && !abbreviations.test(timeZone))) return undefined
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" })
  } catch {
    return undefined
  }
}

const probe = (format: Intl.DateTimeFormat, utcSeconds: number): number => {
  const offset = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format(utcSeconds * 1000))
  if (offset === null) return 0
  const seconds = Number(offset[2]) * 3600 + Number(offset[3]) * 60 + Number(offset[4] ?? 0)
  return offset[1] === "+" ? seconds : 0 - seconds
}

/** By the whole name, or by its last part: `Berlin` is `Europe/Berlin`. */
const nearestZone = (name: string, names: ReadonlyArray<string>): string | undefined => {
  const cities = names.map((known) => known.slice(known.lastIndexOf("/") + 1))
  const city = nearest(name, cities)
  return nearest(name, [utc.name, ...names]) ?? (city === undefined ? undefined : names[cities.indexOf(city)])
}
