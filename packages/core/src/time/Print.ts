import { civilFromDays, secondsPerDay } from "./Calendar.ts"

/** Longest printed instant: `2024-07-10T10:00:00.000001Z`. */
export const instantWidth = 27

const date = { year: 0, month: 0, day: 0 }
const scratch = new Uint8Array(instantWidth)

/** Writes two digits and returns the position after them. */
const write2 = (out: Uint8Array, at: number, value: number): number => {
  const tens = (value / 10) | 0
  out[at] = 48 + tens
  out[at + 1] = 48 + value - tens * 10
  return at + 2
}

const write3 = (out: Uint8Array, at: number, value: number): number => {
  const hundreds = (value / 100) | 0
  out[at] = 48 + hundreds
  return write2(out, at + 1, value - hundreds * 100)
}

/** Writes a day (since 1970-01-01) of the years 0001 to 9999 as `2024-07-10` and returns the position after it. */
export const writeDate = (out: Uint8Array, at: number, days: number): number => {
  civilFromDays(days, date)
  const century = (date.year / 100) | 0
  write2(out, at, century)
  write2(out, at + 2, date.year - century * 100)
  out[at + 4] = 45
  write2(out, at + 5, date.month)
  out[at + 7] = 45
  return write2(out, at + 8, date.day)
}

/**
 * Writes an instant of the years 0001 to 9999 as `2024-07-10T10:00:00Z`, with 3 or 6 digits of fraction only when there
 * is one, and returns the position after it: at most {@link instantWidth} bytes on.
 */
export const writeInstant = (out: Uint8Array, at: number, seconds: number, micros: number): number => {
  const days = Math.floor(seconds / secondsPerDay)
  const second = seconds - days * secondsPerDay
  const minute = (second / 60) | 0
  const hour = (minute / 60) | 0
  let next = writeDate(out, at, days)
  out[next++] = 0x54
  next = write2(out, next, hour)
  out[next++] = 0x3a
  next = write2(out, next, minute - hour * 60)
  out[next++] = 0x3a
  next = write2(out, next, second - minute * 60)
  if (micros !== 0) {
    out[next++] = 0x2e
    const millis = (micros / 1000) | 0
    next = write3(out, next, millis)
    if (micros !== millis * 1000) next = write3(out, next, micros - millis * 1000)
  }
  out[next++] = 0x5a
  return next
}

export const instantText = (seconds: number, micros: number): string => text(writeInstant(scratch, 0, seconds, micros))

export const dateText = (days: number): string => text(writeDate(scratch, 0, days))

const text = (length: number): string => String.fromCharCode(...scratch.subarray(0, length))
