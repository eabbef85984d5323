import type { RecordBatch } from "apache-arrow"
import { int64Lanes, textView } from "../arrow/Columns.ts"
import type { Plan } from "../plan/Plan.ts"
import { mappedColumns } from "../plan/Tables.ts"
import { compareInt64 } from "../time/Int64.ts"
import { type Compare, compareRows } from "./CompareRows.ts"
import { selectBatch } from "./Rows.ts"
import { textRanks } from "./TextOrder.ts"

/** Events in the one order of a plan: users in order, and each user's events in order. */
export interface OrderedEvents {
  readonly events: RecordBatch
  /** Where each user's events end. */
  readonly ends: Int32Array
  /** Zero for two rows of one user that are equal but for the rule of `tie`. */
  readonly compare: Compare
}

/**
 * Orders events by user, time, the plan's columns, and then by their place in the input or by all their columns. A
 * counting sort by user, then a sort of each user's events, which is skipped where they stand in order already. The
 * rows are moved, so that everything after this walks through memory from one end to the other.
 */
export const orderEvents = (plan: Pick<Plan, "validate" | "order">, arrived: RecordBatch): OrderedEvents => {
  const before = compareDeclared(plan, arrived)
  const content = plan.order.tie === "content" ? comparators(plan, arrived, contentColumns(plan)) : []
  const compare: Compare = (a, b) => before(a, b) || firstDifference(content, a, b) || a - b

  const { rows, ends } = groupByUser(plan.validate.user.name, arrived)
  let start = 0
  for (const end of ends) {
    const slice = rows.subarray(start, end)
    if (!isSorted(slice, compare)) slice.sort(compare)
    start = end
  }
  const events = selectBatch(arrived, rows)
  return { events, ends, compare: compareDeclared(plan, events) }
}

/** By time and the plan's columns. */
const compareDeclared = (plan: Pick<Plan, "validate" | "order">, events: RecordBatch): Compare => {
  const times = int64Lanes(events, plan.validate.time.name)
  const declared = comparators(plan, events, plan.order.columns)
  return declared.length === 0
    ? (a, b) => compareInt64(times, a, b)
    : (a, b) => compareInt64(times, a, b) || firstDifference(declared, a, b)
}

/** Rows by user (users in order), arrival order within; `ends[i]` is where the i-th user's rows end. */
const groupByUser = (user: string, events: RecordBatch) => {
  const column = textView(events, user)
  const ranks = textRanks(column, "user")
  const ends = new Int32Array(column.size)
  for (const code of column.codes) ends[ranks[code]]++
  for (let i = 1; i < ends.length; i++) ends[i] += ends[i - 1]
  const rows = new Int32Array(column.codes.length)
  const next = new Int32Array(ends.length + 1)
  next.set(ends, 1)
  for (let row = 0; row < rows.length; row++) rows[next[ranks[column.codes[row]]]++] = row
  return { rows, ends }
}

const isSorted = (rows: Int32Array, compare: Compare): boolean => {
  for (let i = 1; i < rows.length; i++) if (compare(rows[i - 1], rows[i]) > 0) return false
  return true
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
