import { secondsPerDay } from "../../time/Calendar.ts"
import { secondsAt } from "../../time/Int64.ts"
import { makeZone, UnknownZone } from "../../time/Zone.ts"

/** The day in a zone, counted from 1970-01-01, of each of these times (or of some rows of them). */
export const daysInZone = (timezone: string, times: Int32Array, rows?: Int32Array): Int32Array => {
  const zone = makeZone(timezone)
  if (zone instanceof UnknownZone) throw zone
  const days = new Int32Array(rows === undefined ? times.length / 2 : rows.length)
  for (let i = 0; i < days.length; i++) {
    const seconds = secondsAt(times, rows === undefined ? i : rows[i])
    days[i] = Math.floor((seconds + zone.offsetAt(seconds)) / secondsPerDay)
  }
  return days
}
