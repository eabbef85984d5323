import type { Data } from "apache-arrow"
import { validAt } from "../../arrow/Columns.ts"

/**
 * What a measure knows of the rows of each group so far. States merge: rows added to two states, the earlier rows to the
 * first one, and the second merged into the first, give what all rows added to one state give.
 */
export interface MeasureState {
  /**
   * Adds rows, in order. `groupOf`: by row, its group below `groups`, or -1 where the row does not count. `values`: the
   * measure's arguments.
   */
  add(groupOf: Int32Array, groups: number, values: ReadonlyArray<Data>): void
  /** Takes in the state of later rows, whose group `g` is the group `groupOf[g]` here. */
  merge(later: this, groupOf: Int32Array, groups: number): void
  /** One value a group. */
  finish(groups: number): Data
}

/** `groupOf` with -1 for the rows whose value is null, too. */
export const present = (groupOf: Int32Array, data: Data): Int32Array => {
  if (data.nullCount === 0) return groupOf
  const counted = new Int32Array(groupOf.length)
  const isValid = validAt(data)
  for (let i = 0; i < counted.length; i++) counted[i] = isValid(i) ? groupOf[i] : -1
  return counted
}
