// Values as text. A function takes the place to write to and gives the place after what it wrote; it may write up to
// 32 bytes more than that.

const microsPerDay: i64 = 86_400_000_000
/** 0001-01-01 and 9999-12-31, as days since 1970. */
const firstDay: i64 = -719_162
const lastDay: i64 = 2_932_896

/** The date written last: neighbours are mostly of the same day. It stands for the first day of 1970 at first. */
let dayMicros: i64 = 0
let dayStart: u64 = 0x2d31302d30373931
let dayEnd: u16 = 0x3130

/**
 * Days written before, 16 bytes each, at the place that the day's lowest bits tell: ten of text and, behind it, an i32:
 * which day it is, counted from {@link dayZero} so that none is 0.
 */
const knownDays: i64 = 1024
const knownTexts = memory.data(16384, 16)
const dayZero: i64 = -1_000_000

/** Two digits. */
// @ts-ignore: decorator
@inline
function pair(value: u32): u32 {
  const tens = value / 10
  return 0x3030 + tens + ((value - tens * 10) << 8)
}

/** A number below 10^9 in `width` digits. */
// @ts-ignore: decorator
@inline
function writeDigits(out: usize, value: u32, width: i32): usize {
  let rest = value
  for (let i = width - 1; i >= 0; i--) {
    const tenth = rest / 10
    store<u8>(out + i, 0x30 + rest - tenth * 10)
    rest = tenth
  }
  return out + width
}

export function writeInteger(out: usize, value: i64): usize {
  let magnitude = <u64>value
  if (value < 0) {
    store<u8>(out++, 0x2d)
    magnitude = 0 - magnitude
  }
  if (magnitude >= 1_000_000_000) {
    const upper = magnitude / 1_000_000_000
    return writeDigits(writeInteger(out, <i64>upper), <u32>(magnitude - upper * 1_000_000_000), 9)
  }
  const small = <u32>magnitude
  let width = 1
  for (let bound: u32 = 10; small >= bound && width < 9; bound *= 10) width++
  return writeDigits(out, small, width)
}

/** A finite double that is a safe integer, or has at most six decimals and 15 digits; 0 for another. */
export function writeDouble(out: usize, value: f64): usize {
  if (floor(value) === value && abs(value) <= 9_007_199_254_740_991) return writeInteger(out, <i64>value)
  const millionths = floor(value * 1e6 + 0.5)
  if (!(abs(millionths) < 1e15) || millionths / 1e6 !== value) return 0
  if (value < 0) store<u8>(out++, 0x2d)
  const magnitude = <u64>abs(millionths)
  const whole = magnitude / 1_000_000
  out = writeInteger(out, <i64>whole)
  store<u8>(out++, 0x2e)
  out = writeDigits(out, <u32>(magnitude - whole * 1_000_000), 6)
  while (load<u8>(out - 1) === 0x30) out--
  return out
}

/** A day since 1970 of the years 0001 to 9999 as `2024-07-10`; 0 for another. */
export function writeDate(out: usize, days: i64): usize {
  if (days * microsPerDay !== dayMicros && !setDay(days)) return 0
  store<u64>(out, dayStart)
  store<u16>(out, dayEnd, 8)
  return out + 10
}

/** Microseconds since 1970 as `2024-07-10T10:00:00Z`, with 3 or 6 digits of fraction only where there is one. */
export function writeInstant(out: usize, micros: i64): usize {
  let rest = <u64>(micros - dayMicros)
  if (rest >= <u64>microsPerDay) {
    let days = micros / microsPerDay
    if (days * microsPerDay > micros) days--
    if (!setDay(days)) return 0
    rest = <u64>(micros - dayMicros)
  }
  const seconds = <u32>(rest / 1_000_000)
  const fraction = <u32>(rest - <u64>seconds * 1_000_000)
  const minutes = seconds / 60
  const hours = minutes / 60
  store<u64>(out, dayStart)
  store<u16>(out, dayEnd, 8)
  store<u8>(out, 0x54, 10)
  store<u32>(out, pair(hours) | 0x3a0000, 11)
  store<u32>(out, pair(minutes - hours * 60) | 0x3a0000, 14)
  store<u16>(out, pair(seconds - minutes * 60), 17)
  out += 19
  if (fraction !== 0) {
    store<u8>(out++, 0x2e)
    const millis = fraction / 1000
    out = writeDigits(out, millis, 3)
    if (millis * 1000 !== fraction) out = writeDigits(out, fraction - millis * 1000, 3)
  }
  store<u8>(out, 0x5a)
  return out + 1
}

/** Days to the civil calendar as in Howard Hinnant's "chrono-compatible low-level date algorithms". */
function setDay(days: i64): bool {
  if (days < firstDay || days > lastDay) return false
  const known = knownTexts + (<usize>(days & (knownDays - 1)) << 4)
  const number = <i32>(days - dayZero)
  dayMicros = days * microsPerDay
  if (load<i32>(known, 12) === number) {
    dayStart = load<u64>(known)
    dayEnd = load<u16>(known, 8)
    return true
  }
  const shifted = <u32>(days + 719_468)
  const era = shifted / 146_097
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  const shiftedMonth = (5 * dayOfYear + 2) / 153
  const day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + <u32>(month <= 2)
  const century = year / 100
  dayStart = <u64>(pair(century) | (pair(year - century * 100) << 16)) | (<u64>(0x2d | (pair(month) << 8) | 0x2d000000) << 32)
  dayEnd = <u16>pair(day)
  store<u64>(known, dayStart)
  store<u16>(known, dayEnd, 8)
  store<i32>(known, number, 12)
  return true
}
