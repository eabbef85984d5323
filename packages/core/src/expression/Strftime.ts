import { type CivilDate, daysFromCivil } from "../time/Calendar.ts"

/** A wall-clock time in its parts. */
export interface WallClock extends CivilDate {
  hour: number
  minute: number
  second: number
  micros: number
  /** Days since 1970. */
  days: number
  /** Seconds east of UTC. */
  offset: number
}

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
const months = "January February March April May June July August September October November December".split(" ")

const digits = (value: number, width: number): string => String(value).padStart(width, "0")
const hour12 = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12)

/** 1 is Monday, 7 is Sunday. */
export const dayOfWeek = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1

const specifiers: ReadonlyMap<string, (time: WallClock) => string> = new Map<string, (time: WallClock) => string>([
  ["Y", ({ year }) => digits(year, 4)],
  ["y", ({ year }) => digits(year % 100, 2)],
  ["m", ({ month }) => digits(month, 2)],
  ["B", ({ month }) => months[month - 1]],
  ["b", ({ month }) => months[month - 1].slice(0, 3)],
  ["d", ({ day }) => digits(day, 2)],
  ["j", ({ days, year }) => digits(days - daysFromCivil(year, 1, 1) + 1, 3)],
  ["A", ({ days }) => weekdays[dayOfWeek(days) - 1]],
  ["a", ({ days }) => weekdays[dayOfWeek(days) - 1].slice(0, 3)],
  ["u", ({ days }) => String(dayOfWeek(days))],
  ["H", ({ hour }) => digits(hour, 2)],
  ["I", ({ hour }) => digits(hour12(hour), 2)],
  ["p", ({ hour }) => (hour < 12 ? "AM" : "PM")],
  ["M", ({ minute }) => digits(minute, 2)],
  ["S", ({ second }) => digits(second, 2)],
  ["f", ({ micros }) => digits(micros, 6)],
  ["z", ({ offset }) => offsetText(offset)],
  ["%", () => "%"]
])

const offsetText = (offset: number): string => {
  const minutes = Math.trunc(Math.abs(offset) / 60)
  return `${offset < 0 ? "-" : "+"}${digits(Math.trunc(minutes / 60), 2)}${digits(minutes % 60, 2)}`
}

/** What is wrong with a format, if anything is. */
export const strftimeProblem = (format: string): string | undefined => {
  for (const [specifier, letter] of format.matchAll(/%([^]?)/gu)) {
    if (!specifiers.has(letter)) {
      const known = [...specifiers.keys()].map((key) => `%${key}`).join(" ")
      return `${specifier} is no part of a time; there are ${known}`
    }
  }
  return undefined
}

/** Prints times in a format that has no problem. */
export const compileStrftime = (format: string): ((time: WallClock) => string) => {
  const parts = [...format.matchAll(/%([^])|[^%]+/gu)].map(([text, letter]) =>
    letter === undefined ? () => text : (specifiers.get(letter) as (time: WallClock) => string)
  )
  return (time) => {
    let text = ""
    for (const part of parts) text += part(time)
    return text
  }
}
