import { civilFromDays, daysFromCivil, secondsPerDay } from "../../time/Calendar.ts"
import { makeInstant, maxSeconds, minSeconds } from "../../time/Instant.ts"
import { microsAt, secondsAt, storeInt64, storeMicros } from "../../time/Int64.ts"
import { compileTimeFormat, invalidTime, TimeFormatError } from "../../time/TimeFormat.ts"
import { setLocal, type Zone } from "../../time/Zone.ts"
import type { DateUnit } from "../DateUnit.ts"
import { compileStrftime, dayOfWeek, type WallClock } from "../Strftime.ts"
import { longsOf, makeLongs, placesOf, type Values } from "../Values.ts"
import { withoutFailed } from "./Arithmetic.ts"
import { readInstants } from "./Instants.ts"
import { as, type CallContext, type Kernel, type MakeKernel, toDate, toLong, toText } from "./Kernel.ts"
import { rounded } from "./rounded.ts"

/** Wall-clock seconds since 1970 of rows of instants. */
const wallClockAt = (values: Values, zone: Zone): ((row: number) => number) => {
  const { longs, mask } = as(values, "long")
  return (row) => {
    const seconds = secondsAt(longs, row & mask)
    return seconds + zone.offsetAt(seconds)
  }
}

/** Days since 1970 of rows of instants or dates. */
const dayAt = (values: Values, zone: Zone): ((row: number) => number) => {
  if (values.kind === "date") return (row) => values.days[row & values.mask]
  const wallClock = wallClockAt(values, zone)
  return (row) => Math.floor(wallClock(row) / secondsPerDay)
}

/** The date of instants. */
export const dateOfInstant: MakeKernel = ({ zone }) => toDate(([value]) => dayAt(value, zone))

const ofTime =
  (f: (secondOfDay: number) => number): MakeKernel =>
  ({ zone }) =>
    toLong(([value]) => {
      const wallClock = wallClockAt(value, zone)
      return (row) => {
        const seconds = wallClock(row)
        return f(seconds - Math.floor(seconds / secondsPerDay) * secondsPerDay)
      }
    })

const ofDay =
  (f: (days: number) => number): MakeKernel =>
  ({ zone }) =>
    toLong(([value]) => {
      const day = dayAt(value, zone)
      return (row) => f(day(row))
    })

const civil = { year: 0, month: 0, day: 0 }
const civilOf = (days: number) => {
  civilFromDays(days, civil)
  return civil
}

/** The first day of the unit that a day is in. */
const firstDay = (unit: DateUnit, days: number): number => {
  const { month, year } = civilOf(days)
  switch (unit) {
    case "week":
      return days - dayOfWeek(days) + 1
    case "month":
      return daysFromCivil(year, month, 1)
    case "quarter":
      return daysFromCivil(year, month - ((month - 1) % 3), 1)
    case "year":
      return daysFromCivil(year, 1, 1)
    default:
      return days
  }
}

const secondsOf: Partial<Record<DateUnit, number>> = { second: 1, minute: 60, hour: 3600 }

const dateTrunc: MakeKernel = ({ literal, types, zone }: CallContext) => {
  const unit = literal(0) as DateUnit
  if (types[1] === "date") {
    return toDate(([, value]) => {
      const day = dayAt(value, zone)
      return (row) => firstDay(unit, day(row))
    })
  }
  const size = secondsOf[unit]
  const instant = makeInstant()
  return ([, value], rows) => {
    const { longs, mask, valid } = as(value, "long")
    const wallClock = wallClockAt(value, zone)
    const out = makeLongs(placesOf(rows, mask))
    for (let i = 0; 2 * i < out.length; i++) {
      if (valid?.[i] === 0) continue
      const local = wallClock(i)
      if (size === undefined) {
        setLocal(instant, zone, firstDay(unit, Math.floor(local / secondsPerDay)) * secondsPerDay, 0)
        storeMicros(out, i, instant.seconds, 0)
      } else {
        // Not by way of the wall clock: an hour that occurs twice stays two hours.
        storeMicros(out, i, secondsAt(longs, i) - (local - Math.floor(local / size) * size), 0)
      }
    }
    return longsOf(out, mask, valid)
  }
}

/** Midnight of dates. */
export const midnight: MakeKernel = ({ zone }) => {
  const instant = makeInstant()
  return ([value], rows) => {
    const { days, mask, valid } = as(value, "date")
    const out = makeLongs(placesOf(rows, mask))
    for (let i = 0; 2 * i < out.length; i++) {
      setLocal(instant, zone, days[i] * secondsPerDay, 0)
      storeMicros(out, i, instant.seconds, 0)
    }
    return longsOf(out, mask, valid)
  }
}

const strftime: MakeKernel = ({ literal, zone }) => {
  const print = compileStrftime(literal(1))
  const time: WallClock = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, micros: 0, days: 0, offset: 0 }
  const setDay = (days: number) => {
    civilFromDays(days, time)
    time.days = days
  }
  return toText(([value]) => {
    if (value.kind === "date") {
      return (row) => {
        setDay(value.days[row & value.mask])
        return print(time)
      }
    }
    const { longs, mask } = as(value, "long")
    return (row) => {
      const seconds = secondsAt(longs, row & mask)
      time.offset = zone.offsetAt(seconds)
      const local = seconds + time.offset
      const days = Math.floor(local / secondsPerDay)
      const rest = local - days * secondsPerDay
      setDay(days)
      time.hour = Math.floor(rest / 3600)
      time.minute = Math.floor((rest % 3600) / 60)
      time.second = rest % 60
      time.micros = microsAt(longs, row & mask)
      return print(time)
    }
  })
}

const epochMs: Kernel = toLong(([value]) => {
  const { longs, mask } = as(value, "long")
  return (row) => secondsAt(longs, row & mask) * 1000 + Math.floor(microsAt(longs, row & mask) / 1000)
})

const toTimestamp: MakeKernel = ({ cause }) => {
  const outOfRange = cause("time out of range")
  return ([value], rows) => {
    const { doubles, mask, valid } = as(value, "double")
    const out = makeLongs(placesOf(rows, mask))
    let failed: Int32Array | undefined
    for (let i = 0; 2 * i < out.length; i++) {
      if (valid?.[i] === 0) continue
      const seconds = Math.floor(doubles[i])
      if (seconds >= minSeconds && seconds <= maxSeconds) {
        storeInt64(out, i, rounded(doubles[i] * 1e6))
      } else {
        failed ??= new Int32Array(out.length / 2)
        failed[i] = outOfRange
      }
    }
    return longsOf(out, mask, withoutFailed(valid?.slice(), failed), failed)
  }
}

/** Text in a format of times; those that a plan has are known to be good. */
const parseTime: MakeKernel = ({ cause, literal, zone }) => {
  const format = literal(1)
  const parse = compileTimeFormat(format, zone)
  if (parse instanceof TimeFormatError) throw parse
  return readInstants(parse, false, cause(invalidTime(format)))
}

export const timeFunctions: Readonly<Record<string, MakeKernel>> = {
  date: dateOfInstant,
  hour: ofTime((second) => Math.floor(second / 3600)),
  minute: ofTime((second) => Math.floor((second % 3600) / 60)),
  day_of_week: ofDay(dayOfWeek),
  year: ofDay((days) => civilOf(days).year),
  month: ofDay((days) => civilOf(days).month),
  date_trunc: dateTrunc,
  strftime,
  epoch_ms: () => epochMs,
  to_timestamp: toTimestamp,
  parse_time: parseTime
}
