import { int64Lanes } from "../arrow/Columns.ts"
import type { Plan } from "../plan/Plan.ts"
import { mappedColumns } from "../plan/Tables.ts"
import { digest } from "../plugin/EventBatch.ts"
import { columnWords, nullKeys, KeyTable, sameWords, type Words } from "./KeyTable.ts"
import { differenceMicros } from "../time/Int64.ts"
import type { OrderedEvents } from "./OrderEvents.ts"

/** Which events stay, and what the others repeat. Row numbers of the events, in their order. */
export interface Deduped {
  readonly unique: Int32Array
  readonly duplicates: Int32Array
  /** For each duplicate, the row that stayed. */
  readonly firsts: Int32Array
  /** For each duplicate, 1 if it differs from that row in a mapped column outside the key. */
  readonly conflicting: Uint8Array
}

/**
 * Keeps the first event, in order, of each key: the user and the plan's columns. A null in a column of the key is
 * never a duplicate.
 */
export const dedupe = (plan: Pick<Plan, "validate" | "dedupe">, ordered: OrderedEvents): Deduped => {
  const { events } = ordered
  const names = keyColumns(plan)
  const rows = events.numRows
  const unique = new Int32Array(rows)
  if (names === undefined) return { unique: unique.map((_, row) => row), ...none }
  const key = names.map((name) => columnWords(events, name))
  // What is equal as a whole differs in nothing.
  const others = plan.dedupe.key === "record" ? [] : mappedColumns(plan).filter(({ name }) => !names.includes(name))
  const rest = others.map(({ name }) => columnWords(events, name))

  const duplicates: Array<number> = []
  const firsts: Array<number> = []
  const conflicting: Array<number> = []
  const firstOf = names.includes(plan.validate.time.name) ? amongNeighbours(ordered, key) : undefined
  const { within_micros: within } = plan.dedupe
  const times = int64Lanes(events, plan.validate.time.name)
  const any = firstOf ?? amongAll(ordered, key)
  const firstOfKey =
    within === undefined ? any : amongNear(any, rows, (a, b) => differenceMicros(times, a, b) <= within)
  const isNull = nullKeys(rows, key)
  let kept = 0
  for (let row = 0; row < rows; row++) {
    const first = isNull?.[row] === 1 ? row : firstOfKey(row)
    if (first === row) unique[kept++] = row
    else {
      duplicates.push(row)
      firsts.push(first)
      conflicting.push(sameWords(rest, row, first) ? 0 : 1)
    }
  }
  return {
    unique: unique.subarray(0, kept),
    duplicates: Int32Array.from(duplicates),
    firsts: Int32Array.from(firsts),
    conflicting: Uint8Array.from(conflicting)
  }
}

/** The first row with the key of this one; the row itself when it is the first. Asked for every row in turn. */
type FirstOf = (row: number) => number

const amongAll = ({ ends, events }: OrderedEvents, key: ReadonlyArray<Words>): FirstOf => {
  const seen = new KeyTable(events.numRows, key)
  let user = -1
  let until = 0
  return (row) => {
    while (row >= until) {
      const start = until
      until = ends[++user]
      seen.within(start, until)
    }
    return seen.first(row)
  }
}

/** Of rows with one key only those are the same as one before that are near the last of them. */
const amongNear = (firstOf: FirstOf, count: number, isNear: (row: number, last: number) => boolean): FirstOf => {
  /** By the first row of a key: the last one so far, and the first of those that are the same as it. */
  const lastOf = new Int32Array(count)
  const sameOf = new Int32Array(count)
  return (row) => {
    const first = firstOf(row)
    const isSame = first !== row && isNear(row, lastOf[first])
    lastOf[first] = row
    if (!isSame) sameOf[first] = row
    return sameOf[first]
  }
}

/** More of a user's events at one instant than this are not compared one by one. */
const fewAtOnce = 32

/**
 * Where time is in the key, only events of one instant can be the same, and they stand together. Undefined where that
 * are too many, or times are not all exact.
 */
const amongNeighbours = ({ ends, times }: OrderedEvents, key: ReadonlyArray<Words>): FirstOf | undefined => {
  if (times === undefined) return undefined
  /** By row, how many rows before it are of the same user and instant. */
  const before = new Uint8Array(times.length)
  let start = 0
  for (const end of ends) {
    for (let row = start + 1; row < end; row++) {
      if (times[row] !== times[row - 1]) continue
      before[row] = before[row - 1] + 1
      if (before[row] > fewAtOnce) return undefined
    }
    start = end
  }
  return (row) => {
    for (let other = row - before[row]; other < row; other++) if (sameWords(key, row, other)) return other
    return row
  }
}

const none = { duplicates: new Int32Array(0), firsts: new Int32Array(0), conflicting: new Uint8Array(0) }

const keyColumns = ({ dedupe: { key, ...rest }, validate }: Pick<Plan, "validate" | "dedupe">) => {
  const user = validate.user.name
  if (key === "none") return undefined
  if (key === "record") return [user, digest]
  if (key === "id") return [user, validate.id?.name ?? user]
  return [...new Set([user, ...("columns" in rest ? rest.columns : [])])]
}
