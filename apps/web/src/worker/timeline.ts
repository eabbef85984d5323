import type { Timeline } from "../engine/Engine.ts"
import type { RunTables } from "./RunTables.ts"

/** Steps of a chart, at most; the first width that gives no more is taken. */
const mostSteps = 400
const minute = 60e6
const stepWidths = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080, 20_160, 43_200, 129_600, 525_600].map(
  (minutes) => minutes * minute
)
/** Types that are told apart; the others are one. */
const mostTypes = 7
export const otherTypes = "(other)"
const noType = "(events)"

/** Counts of some events by type, over their own time. */
export const timelineOf = ({ events, names }: RunTables, rows: Int32Array): Timeline => {
  const times = events.numbers(names.time)
  let first = Infinity
  let last = -Infinity
  for (const row of rows) {
    first = Math.min(first, times[row])
    last = Math.max(last, times[row])
  }
  if (rows.length === 0) return { start: 0, stepMicros: stepWidths[0], types: [], counts: [], shown: 0 }
  const startOf = (width: number) => Math.floor(first / width) * width
  const stepsOf = (width: number) => Math.floor((last - startOf(width)) / width) + 1
  const stepMicros = stepWidths.find((width) => stepsOf(width) <= mostSteps) ?? Math.ceil((last - first) / mostSteps)
  const start = startOf(stepMicros)
  const { groupOf, types } = typesOf({ events, names }, rows)
  const counts = types.map(() => new Float64Array(stepsOf(stepMicros)))
  for (const row of rows) counts[groupOf(row)][Math.floor((times[row] - start) / stepMicros)]++
  return { start, stepMicros, types, counts, shown: rows.length }
}

/** The types of some events, the most frequent first, and which of these an event is of. */
const typesOf = ({ events, names }: Pick<RunTables, "events" | "names">, rows: Int32Array) => {
  if (names.type === null) return { types: [noType], groupOf: () => 0 }
  const { codes } = events.text(names.type)
  const column = events.text(names.type)
  const frequency = new Float64Array(column.size)
  for (const row of rows) if (codes[row] >= 0) frequency[codes[row]]++
  const ranked = Array.from(frequency.keys())
    .filter((code) => frequency[code] > 0)
    .sort((a, b) => frequency[b] - frequency[a])
  const named = ranked.slice(0, ranked.length > mostTypes + 1 ? mostTypes : mostTypes + 1)
  const hasOthers = ranked.length > named.length || rows.some((row) => codes[row] < 0)
  const group = new Int32Array(column.size).fill(named.length)
  for (const [place, code] of named.entries()) group[code] = place
  return {
    types: [...named.map((code) => column.text(code)), ...(hasOthers ? [otherTypes] : [])],
    groupOf: (row: number) => (codes[row] < 0 ? named.length : group[codes[row]])
  }
}
