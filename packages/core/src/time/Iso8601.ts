import { daysFromCivil, daysInMonth, secondsPerDay } from "./Calendar.ts"
import { digits2, digits4, isDigit, isUtc, noOffset, readOffset } from "./Digits.ts"
import { type ParseTime, setInstant } from "./Instant.ts"
import { setLocal, type Zone } from "./Zone.ts"

const space = 0x20
const plus = 0x2b
const comma = 0x2c
const hyphen = 0x2d
const dot = 0x2e
const colon = 0x3a

/** `2024-07-10T10:00` */
const shortest = 16
const maxFractionDigits = 18

/**
 * `YYYY-MM-DD`, then `T`, `t` or a space, then `HH:MM[:SS[.fraction]]` with a fraction of 1 to 18 digits after a dot
 * or a comma, cut to microseconds; then `Z`, `z`, `UTC`, `GMT`, `±hh`, `±hhmm` or `±hh:mm`, which may follow a space.
 * Without a zone the time is taken in `zone`. The date must exist; hour 24 and second 60 do not.
 */
export const iso8601 =
  (zone: Zone): ParseTime =>
  (bytes, start, end, out) => {
    if (end - start < shortest) return false
    const separator = bytes[start + 10]
    if (separator !== 0x54 /* T */ && separator !== space && separator !== 0x74 /* t */) return false
    if (bytes[start + 4] !== hyphen || bytes[start + 7] !== hyphen || bytes[start + 13] !== colon) return false
    const year = digits4(bytes, start)
    const month = digits2(bytes, start + 5, 12)
    const day = digits2(bytes, start + 8, 31)
    if (year < 1 || month < 1 || day < 1 || day > daysInMonth(year, month)) return false
    const hour = digits2(bytes, start + 11, 23)
    const minute = digits2(bytes, start + 14, 59)

    let at = start + shortest
    let second = 0
    let micros = 0
    if (at < end && bytes[at] === colon) {
      if (end - at < 3) return false
      second = digits2(bytes, at + 1, 59)
      at += 3
      if (at < end && (bytes[at] === dot || bytes[at] === comma)) {
        const first = ++at
        let unit = 100_000
        for (; at < end && isDigit(bytes[at]); at++) {
          micros += (bytes[at] - 48) * unit
          unit = (unit / 10) | 0
        }
        if (at === first || at - first > maxFractionDigits) return false
      }
    }
    if ((hour | minute | second) < 0) return false

    const wallClock = daysFromCivil(year, month, day) * secondsPerDay + hour * 3600 + minute * 60 + second
    if (at === end) return setLocal(out, zone, wallClock, micros)
    const offset = zoneOffset(bytes, bytes[at] === space ? at + 1 : at, end)
    return offset !== noOffset && setInstant(out, wallClock - offset, micros)
  }

/** Seconds east of UTC of the zone that is the whole of `bytes[at..end)`, else {@link noOffset}. */
const zoneOffset = (bytes: Uint8Array, at: number, end: number): number => {
  const first = bytes[at]
  switch (end - at) {
    case 1:
      return first === 0x5a /* Z */ || first === 0x7a /* z */ ? 0 : noOffset
    case 3:
      return first === plus || first === hyphen ? readOffset(bytes, at, -1) : isUtc(bytes, at) ? 0 : noOffset
    case 5:
      return readOffset(bytes, at, at + 3)
    case 6:
      return bytes[at + 3] === colon ? readOffset(bytes, at, at + 4) : noOffset
    default:
      return noOffset
  }
}
