import { digits2, digits4, isDigit, isUtc, noOffset, readOffset } from "./Digits.ts"

/** Places in the numbers that the steps of one pattern fill. */
export const Slot = {
  year: 0,
  month: 1,
  day: 2,
  hour: 3,
  /** 12 for hours after noon, to be added. */
  noon: 4,
  minute: 5,
  second: 6,
  micros: 7,
  /** Seconds east of UTC. */
  offset: 8
} as const
export const slotCount = 9

/** Reads one part of a time at `at` into its slot and returns the position after it, or -1. */
export type Step = (bytes: Uint8Array, at: number, end: number, slots: Int32Array) => number

/** A run of letters in a pattern. */
export interface PatternField {
  /** The quantity, which a pattern may give once. */
  readonly gives: string
  /** For fields of digits: how many. */
  readonly digits?: "fixed" | "one or two"
  readonly step: Step
}

const months = "january february march april may june july august september october november december".split(" ")
const weekdays = "monday tuesday wednesday thursday friday saturday sunday".split(" ")
const short = (names: ReadonlyArray<string>) => names.map((name) => name.slice(0, 3))
/** Words with their places, counted from 1. */
const counted = (names: ReadonlyArray<string>) => new Map(names.map((name, i) => [name, i + 1]))

const twoDigits =
  (slot: number, from: number, to: number): Step =>
  (bytes, at, end, slots) => {
    if (end - at < 2) return -1
    const value = digits2(bytes, at, to)
    slots[slot] = value
    return value < from ? -1 : at + 2
  }

const oneOrTwoDigits = (slot: number, from: number, to: number): Step => {
  const two = twoDigits(slot, from, to)
  return (bytes, at, end, slots) => {
    if (at >= end || !isDigit(bytes[at])) return -1
    if (at + 1 < end && isDigit(bytes[at + 1])) return two(bytes, at, end, slots)
    slots[slot] = bytes[at] - 48
    return slots[slot] < from ? -1 : at + 1
  }
}

/** Of the hours 1 to 12 the last begins a half of the day. */
const hourOf12 =
  (hour: Step): Step =>
  (bytes, at, end, slots) => {
    const next = hour(bytes, at, end, slots)
    slots[Slot.hour] %= 12
    return next
  }

const year: Step = (bytes, at, end, slots) => {
  if (end - at < 4) return -1
  slots[Slot.year] = digits4(bytes, at)
  return slots[Slot.year] < 1 ? -1 : at + 4
}

const fraction =
  (digits: number): Step =>
  (bytes, at, end, slots) => {
    if (end - at < digits) return -1
    let micros = 0
    let unit = 100_000
    for (let i = at; i < at + digits; i++) {
      if (!isDigit(bytes[i])) return -1
      micros += (bytes[i] - 48) * unit
      unit = (unit / 10) | 0
    }
    slots[Slot.micros] = micros
    return at + digits
  }

/** One of some lower-case ASCII words, written in any case; the slot gets the value of the word. */
const word = (words: ReadonlyMap<string, number>, slot?: number): Step => {
  const letters = Array.from(words.keys(), (text) => new TextEncoder().encode(text))
  const values = [...words.values()]
  return (bytes, at, end, slots) => {
    for (let i = 0; i < letters.length; i++) {
      if (!startsWith(bytes, at, end, letters[i])) continue
      if (slot !== undefined) slots[slot] = values[i]
      return at + letters[i].length
    }
    return -1
  }
}

const startsWith = (bytes: Uint8Array, at: number, end: number, letters: Uint8Array): boolean => {
  if (end - at < letters.length) return false
  for (let i = 0; i < letters.length; i++) if ((bytes[at + i] | 0x20) !== letters[i]) return false
  return true
}

/** `±hhmm`. */
const basicOffset: Step = (bytes, at, end, slots) =>
  end - at < 5 ? -1 : setOffset(slots, readOffset(bytes, at, at + 3), at + 5)

/** `±hh:mm` or `Z`. */
const extendedOffset: Step = (bytes, at, end, slots) => {
  if (isZulu(bytes, at, end)) return setOffset(slots, 0, at + 1)
  return end - at < 6 || bytes[at + 3] !== 0x3a ? -1 : setOffset(slots, readOffset(bytes, at, at + 4), at + 6)
}

/** `±hh`, `±hhmm` or `Z`. */
const shortOffset: Step = (bytes, at, end, slots) => {
  if (isZulu(bytes, at, end)) return setOffset(slots, 0, at + 1)
  if (end - at < 3) return -1
  const hasMinutes = end - at >= 5 && isDigit(bytes[at + 3])
  return setOffset(slots, readOffset(bytes, at, hasMinutes ? at + 3 : -1), hasMinutes ? at + 5 : at + 3)
}

const isZulu = (bytes: Uint8Array, at: number, end: number): boolean => at < end && bytes[at] === 0x5a

const setOffset = (slots: Int32Array, offset: number, next: number): number => {
  slots[Slot.offset] = offset
  return offset === noOffset ? -1 : next
}

const utcName: Step = (bytes, at, end) => (end - at >= 3 && isUtc(bytes, at) ? at + 3 : -1)

const zoneName: Step = (bytes, at, end) => {
  let next = at
  while (next < end && bytes[next] !== 0x29 /* ) */) next++
  return next === at ? -1 : next
}

const fixed = (gives: string, step: Step): PatternField => ({ gives, digits: "fixed", step })
const varying = (gives: string, step: Step): PatternField => ({ gives, digits: "one or two", step })

/** Every field by its letters. */
export const fields: ReadonlyMap<string, PatternField> = new Map<string, PatternField>([
  ["yyyy", fixed("year", year)],
  ["MM", fixed("month", twoDigits(Slot.month, 1, 12))],
  ["M", varying("month", oneOrTwoDigits(Slot.month, 1, 12))],
  ["MMM", { gives: "month", step: word(counted(short(months)), Slot.month) }],
  ["MMMM", { gives: "month", step: word(counted(months), Slot.month) }],
  ["dd", fixed("day", twoDigits(Slot.day, 1, 31))],
  ["d", varying("day", oneOrTwoDigits(Slot.day, 1, 31))],
  ["EEE", { gives: "weekday", step: word(counted(short(weekdays))) }],
  ["HH", fixed("hour", twoDigits(Slot.hour, 0, 23))],
  ["H", varying("hour", oneOrTwoDigits(Slot.hour, 0, 23))],
  ["hh", fixed("hour", hourOf12(twoDigits(Slot.hour, 1, 12)))],
  ["h", varying("hour", hourOf12(oneOrTwoDigits(Slot.hour, 1, 12)))],
  [
    "a",
    {
      gives: "half of the day",
      step: word(
        new Map([
          ["am", 0],
          ["pm", 12]
        ]),
        Slot.noon
      )
    }
  ],
  ["mm", fixed("minute", twoDigits(Slot.minute, 0, 59))],
  ["m", varying("minute", oneOrTwoDigits(Slot.minute, 0, 59))],
  ["ss", fixed("second", twoDigits(Slot.second, 0, 59))],
  ["s", varying("second", oneOrTwoDigits(Slot.second, 0, 59))],
  ...Array.from({ length: 9 }, (_, i): [string, PatternField] => [
    "S".repeat(i + 1),
    fixed("fraction", fraction(i + 1))
  ]),
  ["Z", { gives: "zone", step: basicOffset }],
  ["XXX", { gives: "zone", step: extendedOffset }],
  ["X", { gives: "zone", step: shortOffset }],
  ["z", { gives: "zone", step: utcName }],
  ["zzzz", { gives: "zone name", step: zoneName }]
])
