import type { Plan } from "../../plan/Plan.ts"
import { daysInZone } from "../session/daysInZone.ts"
import { isIn } from "./Edges.ts"

/** Of some rows of times those, by their places, that are of the dates that a plan is about; undefined if all are. */
export const selectDates = ({ range, timezone }: Plan, times: Int32Array, rows: Int32Array): Int32Array | undefined => {
  if (range === null) return undefined
  const days = daysInZone(timezone, times, rows)
  const places = new Int32Array(rows.length)
  let count = 0
  for (let i = 0; i < days.length; i++) if (isIn(range, days[i])) places[count++] = i
  return count === days.length ? undefined : places.subarray(0, count)
}
