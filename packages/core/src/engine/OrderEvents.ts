import type { RecordBatch } from "apache-arrow"
import { int64Lanes } from "../arrow/Columns.ts"
import type { Plan } from "../plan/Plan.ts"
import { mappedColumns } from "../plan/Tables.ts"
import type { Block } from "../run/Merge.ts"
import { placeColumn } from "../run/Place.ts"
import { compareInt64 } from "../time/Int64.ts"
import { type Compare, compareRows } from "./CompareRows.ts"
import { selectBatch } from "./Rows.ts"
import { sortSlices } from "./SortSlices.ts"

/** Events in the one order of a plan: users in order, and each user's events in order. */
export interface OrderedEvents {
  readonly events: RecordBatch
  /** Where each user's events end. */
  readonly ends: Int32Array
  /** Zero for two rows of one user that are equal but for the rule of `tie`. */
  readonly compare: Compare
  /** The times as doubles, where all of them are exact. */
  readonly times: Float64Array | undefined
}

/**
 * Orders each user's events by time, the plan's columns, and then by their place in the input or by all their columns.
 * The rows are moved, so that everything after this walks through memory from one end to the other.
 */
export const orderEvents = (plan: Pick<Plan, "validate" | "order">, { ends, events }: Block): OrderedEvents => {
  const times = exactTimes(events, plan.validate.time.name)
  const declared = plan.order.columns
  const content = plan.order.tie === "content" ? contentColumns(plan) : []
  const rest = comparators(plan, events, [...declared, ...content])
  const byPlace = comparePlaces(events)
  const tie: Compare = rest.length === 0 ? byPlace : (a, b) => firstDifference(rest, a, b) || byPlace(a, b)
  const order = sortSlices(ends, times ?? compareDeclared(plan, events), tie)
  if (order === undefined) return { events, ends, compare: compareDeclared(plan, events), times }
  const moved = selectBatch(events, order)
  return {
    events: moved,
    ends,
    compare: compareDeclared(plan, moved),
    times: times && moved64(times, order)
  }
}

const moved64 = (values: Float64Array, order: Int32Array): Float64Array => {
  const moved = new Float64Array(order.length)
  for (let i = 0; i < order.length; i++) moved[i] = values[order[i]]
  return moved
}

/** Microseconds as doubles; undefined if one of them is too large to be exact. */
const exactTimes = (events: RecordBatch, name: string): Float64Array | undefined => {
  const lanes = int64Lanes(events, name)
  const times = new Float64Array(events.numRows)
  for (let row = 0; row < times.length; row++) {
    const high = lanes[2 * row + 1]
    if (high > mostHigh || high < -mostHigh) return undefined
    times[row] = high * 4_294_967_296 + (lanes[2 * row] >>> 0)
  }
  return times
}

/** The upper half of an int64 that is surely below 2^53. */
const mostHigh = 2_097_150

const comparePlaces = (events: RecordBatch): Compare => {
  const places = int64Lanes(events, placeColumn)
  return (a, b) => compareInt64(places, a, b)
}

/** By time and the plan's columns. */
const compareDeclared = (plan: Pick<Plan, "validate" | "order">, events: RecordBatch): Compare => {
  const times = int64Lanes(events, plan.validate.time.name)
  const declared = comparators(plan, events, plan.order.columns)
  return declared.length === 0
    ? (a, b) => compareInt64(times, a, b)
    : (a, b) => compareInt64(times, a, b) || firstDifference(declared, a, b)
}

const firstDifference = (compares: ReadonlyArray<Compare>, a: number, b: number): number => {
  for (const compare of compares) {
    const difference = compare(a, b)
    if (difference !== 0) return difference
  }
  return 0
}

const contentColumns = (plan: Pick<Plan, "validate">): ReadonlyArray<string> =>
  mappedColumns(plan).map(({ name }) => name)

/** One comparison a column. */
const comparators = (
  plan: Pick<Plan, "validate">,
  events: RecordBatch,
  names: ReadonlyArray<string>
): ReadonlyArray<Compare> =>
  names.map((name) => compareRows(events, name, name === plan.validate.user.name ? "user" : "utf8"))
