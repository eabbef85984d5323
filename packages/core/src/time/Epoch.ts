import { isDigit } from "./Digits.ts"
import { type ParseTime, setInstant } from "./Instant.ts"

export type EpochUnit = "s" | "ms" | "us" | "ns"

/** Powers of ten from the unit to microseconds. */
const scales = { s: 6, ms: 3, us: 0, ns: -3 } as const

/** Microseconds of the year 9999 have this many digits. */
const maxDigits = 18

/**
 * A decimal number of seconds, milliseconds, microseconds or nanoseconds since 1970-01-01T00:00:00Z: a sign, digits,
 * decimals and an exponent, as JSON writes numbers, with `+` and leading zeros allowed. It is rounded down to
 * microseconds digit by digit, never through a double.
 */
export const epoch =
  (unit: EpochUnit): ParseTime =>
  (bytes, start, end, out) => {
    const negative = bytes[start] === 0x2d /* - */
    const digits = start < end && (negative || bytes[start] === 0x2b) /* + */ ? start + 1 : start
    const point = skipDigits(bytes, digits, end)
    if (point === digits) return false
    let mantissaEnd = point
    if (point < end && bytes[point] === 0x2e /* . */) {
      mantissaEnd = skipDigits(bytes, point + 1, end)
      if (mantissaEnd === point + 1) return false
    }
    let exponent = 0
    if (mantissaEnd < end) {
      if ((bytes[mantissaEnd] | 0x20) !== 0x65 /* e */) return false
      exponent = readExponent(bytes, mantissaEnd + 1, end)
      if (Number.isNaN(exponent)) return false
    }

    let first = digits
    while (first < mantissaEnd && (bytes[first] === 0x30 || first === point)) first++
    if (first === mantissaEnd) return setInstant(out, 0, 0)
    // How many of the digits from `first` on make up whole microseconds; the rest is below one.
    const whole = (first < point ? point - first : point + 1 - first) + exponent + scales[unit]
    if (whole > maxDigits) return false
    let seconds = 0
    let micros = 0
    let place = 0
    let below = false
    for (let at = first; at < mantissaEnd; at++) {
      if (at === point) continue
      const digit = bytes[at] - 48
      if (place < whole - 6) seconds = seconds * 10 + digit
      else if (place < whole) micros = micros * 10 + digit
      else if (digit !== 0) below = true
      place++
    }
    for (; place < whole; place++) {
      if (place < whole - 6) seconds *= 10
      else micros *= 10
    }
    if (!negative) return setInstant(out, seconds, micros)
    if (below) micros++
    const borrow = Math.ceil(micros / 1_000_000)
    return setInstant(out, 0 - seconds - borrow, borrow * 1_000_000 - micros)
  }

const skipDigits = (bytes: Uint8Array, from: number, end: number): number => {
  let at = from
  while (at < end && isDigit(bytes[at])) at++
  return at
}

/** An exponent that fills `bytes[start..end)`; NaN if it is none. One too large to be exact is too large for any text. */
const readExponent = (bytes: Uint8Array, start: number, end: number): number => {
  const negative = bytes[start] === 0x2d
  const digits = start < end && (negative || bytes[start] === 0x2b) ? start + 1 : start
  if (digits >= end || skipDigits(bytes, digits, end) !== end) return Number.NaN
  let value = 0
  for (let at = digits; at < end; at++) value = value * 10 + bytes[at] - 48
  return negative ? -value : value
}
