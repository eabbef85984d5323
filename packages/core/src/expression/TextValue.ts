import { daysFromCivil, daysInMonth } from "../time/Calendar.ts"
import { makeInstant } from "../time/Instant.ts"
import { iso8601 } from "../time/Iso8601.ts"
import { utc } from "../time/Zone.ts"

/**
 * Values read from text, as casts and literals read them: the whole text counts, blanks around it do not. `undefined`
 * where the text is no such value.
 */

/** A space, or one of the control characters from tab to carriage return. */
export const isBlank = (unit: number): boolean => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)

/** Not by a regular expression, which would look for the blanks at the end from every blank on. */
const trimmed = (text: string): string => {
  let start = 0
  let end = text.length
  while (start < end && isBlank(text.charCodeAt(start))) start++
  while (start < end && isBlank(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}

/** No more digits than an int64 has: a BigInt of very many takes its time. */
const integerForm = /^([+-]?)0*(\d{1,19})(?:\.0*)?$/
const doubleForm = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const dateForm = /^(\d{4})-(\d\d)-(\d\d)$/

/** An integer of 64 bits; decimals are allowed as long as they are zero. */
export const integerOf = (text: string): bigint | undefined => {
  const match = integerForm.exec(trimmed(text))
  if (match === null) return undefined
  const [, sign, digits] = match
  const value = sign === "-" ? -BigInt(digits) : BigInt(digits)
  return BigInt.asIntN(64, value) === value ? value : undefined
}

/** A finite number. */
export const doubleOf = (text: string): number | undefined => {
  const number = trimmed(text)
  if (!doubleForm.test(number)) return undefined
  const value = Number(number)
  return Number.isFinite(value) ? value : undefined
}

const words: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["t", true],
  ["yes", true],
  ["1", true],
  ["false", false],
  ["f", false],
  ["no", false],
  ["0", false]
])

export const boolOf = (text: string): boolean | undefined => words.get(trimmed(text).toLowerCase())

/** Days since 1970 of `2024-07-10`. */
export const dateOf = (text: string): number | undefined => {
  const match = dateForm.exec(trimmed(text))
  if (match === null) return undefined
  const [year, month, day] = match.slice(1).map(Number)
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined
  return daysFromCivil(year, month, day)
}

const encoder = new TextEncoder()

/** Microseconds since 1970 of an ISO 8601 time, UTC unless it names a zone. */
export const timestampOf = (text: string): bigint | undefined => {
  const bytes = encoder.encode(trimmed(text))
  const instant = makeInstant()
  if (!iso8601(utc)(bytes, 0, bytes.length, instant)) return undefined
  return BigInt(instant.seconds) * 1_000_000n + BigInt(instant.micros)
}
