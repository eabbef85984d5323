/** Where a text is no time of the usual form: the caller looks at it itself. */
export const noTime: i64 = i64.MIN_VALUE

/**
 * Days since 1970 of the date read last, and how it was written: neighbours are mostly of the same day. At first bytes
 * that are in no text.
 */
let lastYearMonth: u64 = u64.MAX_VALUE
let lastDay: u16 = 0
let lastDays: i64 = 0

const daysOf = memory.data<u8>([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])

// @ts-ignore: decorator
@inline
function digit(at: usize, offset: usize): i32 {
  return <i32>load<u8>(at + offset) - 0x30
}

/** Two digits as a number; over 99 if they are none. */
// @ts-ignore: decorator
@inline
function two(at: usize, offset: usize): i32 {
  const tens = digit(at, offset)
  const ones = digit(at, offset + 1)
  return <u32>tens > 9 || <u32>ones > 9 ? 1000 : tens * 10 + ones
}

/**
 * Microseconds since 1970 of `YYYY-MM-DDTHH:MM:SS`, a fraction or none, and `Z` or `±hh:mm`; {@link noTime} for every
 * other text, be it a time or not. Days from the civil calendar as in Howard Hinnant's "chrono-compatible low-level
 * date algorithms".
 */
export function parseIso8601(at: usize, length: i32): i64 {
  if (length < 20 || length > 45) return noTime
  const yearMonth = load<u64>(at)
  const day = load<u16>(at, 8)
  if (yearMonth !== lastYearMonth || day !== lastDay) {
    const days = parseDate(at)
    if (days === noTime) return noTime
    lastYearMonth = yearMonth
    lastDay = day
    lastDays = days
  }
  const separator = load<u8>(at, 10)
  if ((separator | 0x20) !== 0x74 && separator !== 0x20) return noTime
  if (load<u8>(at, 13) !== 0x3a || load<u8>(at, 16) !== 0x3a) return noTime
  const hour = two(at, 11)
  const minute = two(at, 14)
  const second = two(at, 17)
  if (hour > 23 || minute > 59 || second > 59) return noTime
  let micros = ((lastDays * 24 + hour) * 60 + minute) * 60 + second
  micros *= 1000000
  let i: i32 = 19
  const point = load<u8>(at, 19)
  if (point === 0x2e || point === 0x2c) {
    let unit: i64 = 100000
    let d = digit(at, ++i)
    const first = i
    while (i < length && <u32>d < 10) {
      micros += d * unit
      unit /= 10
      d = digit(at, ++i)
    }
    if (i === first || i - first > 18) return noTime
  }
  const rest = length - i
  const zone = load<u8>(at + i)
  if (rest === 1) return (zone | 0x20) === 0x7a ? micros : noTime
  if (rest !== 6 || (zone !== 0x2b && zone !== 0x2d) || load<u8>(at + i, 3) !== 0x3a) return noTime
  const hours = two(at + i, 1)
  const minutes = two(at + i, 4)
  if (hours > 23 || minutes > 59) return noTime
  const offset = <i64>(hours * 60 + minutes) * 60000000
  return zone === 0x2b ? micros - offset : micros + offset
}

/** Years 1000 to 9998 only, so that no offset leaves the years 0001 to 9999. */
function parseDate(at: usize): i64 {
  if (load<u8>(at, 4) !== 0x2d || load<u8>(at, 7) !== 0x2d) return noTime
  const century = two(at, 0)
  const yearOfCentury = two(at, 2)
  const month = two(at, 5)
  const day = two(at, 8)
  if (century > 99 || yearOfCentury > 99) return noTime
  const year = century * 100 + yearOfCentury
  if (year < 1000 || year > 9998 || month < 1 || month > 12 || day < 1) return noTime
  const leap = (year & 3) === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (day > <i32>load<u8>(daysOf + month) + <i32>(leap && month === 2)) return noTime
  const shifted = month <= 2 ? year - 1 : year
  const era = shifted / 400
  const yearOfEra = shifted - era * 400
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
  return <i64>era * 146097 + dayOfEra - 719468
}
