import * as Data from "effect/Data"
import { daysFromCivil, daysInMonth, secondsPerDay } from "./Calendar.ts"
import { type ParseTime, setInstant } from "./Instant.ts"
import { fields, Slot, slotCount, type Step } from "./PatternField.ts"
import { setLocal, type Zone } from "./Zone.ts"

/** A compiled pattern of date and time fields. */
export interface Pattern {
  readonly pattern: string
  /** Reads text that the pattern matches as a whole; without a zone in the pattern, times are taken in `zone`. */
  readonly parser: (zone: Zone) => ParseTime
}

/** A pattern cannot be used; `position` is the place of the fault, counted in characters from 1. */
export class PatternError extends Data.TaggedError("PatternError")<{
  readonly message: string
  readonly pattern: string
  readonly position: number
  readonly problem: string
}> {}

/**
 * Compiles a pattern in the letters of Java and CLDR, such as `dd/MMM/yyyy:HH:mm:ss Z`:
 *
 * - `yyyy`; `MM`, `M` (one or two digits), `MMM` (`Jul`), `MMMM` (`July`); `dd`, `d`; names in English, in any case
 * - `HH`, `H`; `hh`, `h` with `a` (`AM` or `PM`); `mm`, `m`; `ss`, `s`; `S` to `SSSSSSSSS`, so many digits of fraction
 * - `EEE` (`Wed`), not compared with the date
 * - `Z` (`+0000`); `XXX` (`+00:00` or `Z`); `X` (`+00`, `+0000` or `Z`); `z` (`UTC` or `GMT`);
 *   `zzzz` (any name up to a closing bracket, not used)
 * - `'text'` as it stands, `''` for an apostrophe; other characters except letters and `[]{}#` stand for themselves
 *
 * Year, month and day are needed; a missing time of day is midnight.
 */
export const compilePattern = (pattern: string): Pattern | PatternError => {
  const fault = (index: number, problem: string) => {
    const position = index + 1
    const message = `pattern "${pattern}", character ${position}: ${problem}`
    return new PatternError({ message, pattern, position, problem })
  }
  const steps: Array<Step> = []
  const given = new Set<string>()
  const used = new Set<string>()
  let varying: string | undefined

  // A run of one letter, a quoted text, or one other character.
  for (const { 0: token, index } of pattern.matchAll(/([A-Za-z])\1*|'(?:[^']|'')*'|[^]/gu)) {
    if (/[A-Za-z]/.test(token[0])) {
      const field = fields.get(token)
      if (field === undefined) {
        return fault(index, `"${token}" is no field; there are ${allowed} (quote text as 'T')`)
      }
      if (given.has(field.gives)) return fault(index, `"${token}" gives the ${field.gives} a second time`)
      if (varying !== undefined && field.digits !== undefined) {
        const wide = varying.repeat(2)
        return fault(index, `"${token}" cannot follow "${varying}", whose width varies, directly; use "${wide}"`)
      }
      given.add(field.gives)
      used.add(token)
      varying = field.digits === "one or two" ? token : undefined
      steps.push(field.step)
    } else {
      if (token === "'") return fault(index, "this quote is not closed")
      if (/[[\]{}#]/.test(token[0])) return fault(index, `"${token}" is reserved; quote it as '${token}'`)
      varying = undefined
      steps.push(literal(unquote(token)))
    }
  }
  const problem = missing(given, used)
  return problem === undefined
    ? { pattern, parser: (zone) => parser(steps, given.has("zone"), zone) }
    : fault(pattern.length, problem)
}

const allowed = [...fields.keys()]
  .filter((letters) => !letters.startsWith("SS"))
  .join(", ")
  .replace("S,", "S to SSSSSSSSS,")

/** What fields a pattern of these quantities and fields still needs. */
const missing = (given: ReadonlySet<string>, used: ReadonlySet<string>): string | undefined => {
  if (!given.has("year")) return "there is no year; add yyyy"
  if (!given.has("month")) return "there is no month; add MM, M, MMM or MMMM (mm is the minute)"
  if (!given.has("day")) return "there is no day; add dd or d"
  if (used.has("a") !== (used.has("hh") || used.has("h"))) return "a goes with hh or h, and HH and H stand without it"
  if (used.has("zzzz") && !given.has("zone")) return "zzzz is not understood and needs Z, X or XXX too"
  return undefined
}

const parser = (steps: ReadonlyArray<Step>, hasZone: boolean, zone: Zone): ParseTime => {
  // Every step writes its slot whenever it succeeds; slots without a step stay zero.
  const slots = new Int32Array(slotCount)
  return (bytes, start, end, out) => {
    let at = start
    for (let i = 0; i < steps.length; i++) {
      at = steps[i](bytes, at, end, slots)
      if (at < 0) return false
    }
    if (at !== end || slots[Slot.day] > daysInMonth(slots[Slot.year], slots[Slot.month])) return false
    const day = daysFromCivil(slots[Slot.year], slots[Slot.month], slots[Slot.day])
    const hour = slots[Slot.hour] + slots[Slot.noon]
    const wallClock = day * secondsPerDay + hour * 3600 + slots[Slot.minute] * 60 + slots[Slot.second]
    return hasZone
      ? setInstant(out, wallClock - slots[Slot.offset], slots[Slot.micros])
      : setLocal(out, zone, wallClock, slots[Slot.micros])
  }
}

const unquote = (token: string): string =>
  token === "''" ? "'" : token[0] === "'" ? token.slice(1, -1).replaceAll("''", "'") : token

const literal = (text: string): Step => {
  const expected = new TextEncoder().encode(text)
  return (bytes, at, end) => {
    if (end - at < expected.length) return -1
    for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return -1
    return at + expected.length
  }
}
