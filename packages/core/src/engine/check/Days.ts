import type { RecordBatch } from "apache-arrow"
import { columnData, lanes } from "../../arrow/Columns.ts"
import type { Limit } from "../../plan/Check.ts"
import { secondsPerDay } from "../../time/Calendar.ts"
import { int64At } from "../../time/Int64.ts"
import { dateText } from "../../time/Print.ts"
import { makeZone, UnknownZone } from "../../time/Zone.ts"
import type { Found } from "./Finding.ts"
import { numberText, rowsText } from "../shownValues.ts"

/** A day (since 1970-01-01) that data has in full, and its rows. */
interface Day {
  readonly day: number
  readonly rows: number
}

/**
 * The days after the first one that has rows, up to the last one that has, that were over at `as_of`. The first day may
 * have begun before the data does. `rows`: a `day` and its `n`, in order.
 */
export const fullDays = (rows: RecordBatch, asOfMicros: number, timezone: string): ReadonlyArray<Day> => {
  const days: Int32Array = columnData(rows, "day").values
  const counts = lanes(columnData(rows, "n").values)
  const zone = makeZone(timezone)
  if (zone instanceof UnknownZone) throw zone
  const now = Math.floor(asOfMicros / 1e6)
  const today = Math.floor((now + zone.offsetAt(now)) / secondsPerDay)
  const full: Array<Day> = []
  for (let i = 1; i < rows.numRows; i++) {
    for (let day = days[i - 1] + 1; day <= days[i] && day < today; day++) {
      full.push({ day, rows: day === days[i] ? int64At(counts, i) : 0 })
    }
  }
  return full
}

/** How many days a day is compared with. */
const mostBefore = 7

/** Of full days the one that is the farthest from what a limit allows, the first of equal ones. */
export const volumeOf = (days: ReadonlyArray<Day>, { bound, of }: Limit): Found => {
  const compared = days.flatMap((day, i) => {
    if (of !== "share") return [{ ...day, whole: 1 }]
    const before = days.slice(Math.max(0, i - mostBefore), i)
    return before.length === 0
      ? []
      : [{ ...day, whole: before.reduce((sum, { rows }) => sum + rows, 0) / before.length }]
  })
  if (compared.length === 0) return { value: null, n: days.length, text: "no full day to judge", nothing: true }
  const sign = bound === "at_least" ? 1 : -1
  const worst = compared.reduce((a, b) => (sign * (ratio(b) - ratio(a)) < 0 ? b : a))
  const { day, rows, whole } = worst
  return {
    value: rows,
    n: days.length,
    text: `${rowsText(rows)} on ${dateText(day)}, of ${numberText(days.length)} full ${days.length === 1 ? "day" : "days"}`,
    whole,
    wholeText: `${numberText(whole)}, the average of the days before`
  }
}

const ratio = ({ rows, whole }: { readonly rows: number; readonly whole: number }): number =>
  whole === 0 ? (rows === 0 ? 1 : Infinity) : rows / whole
