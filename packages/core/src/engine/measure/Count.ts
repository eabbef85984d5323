import type { Data } from "apache-arrow"
import { int64Column, lanes } from "../../arrow/Columns.ts"
import { storeInt64 } from "../../time/Int64.ts"
import { type MeasureState, present } from "./MeasureState.ts"
import { reserved } from "./reserved.ts"

/** `count(*)`, and with an argument `count(x)`. */
export class Count implements MeasureState {
  private counts = new Float64Array(0)

  add(groupOf: Int32Array, groups: number, values: ReadonlyArray<Data>): void {
    this.counts = reserved(this.counts, groups)
    const { counts } = this
    const counted = values.length === 0 ? groupOf : present(groupOf, values[0])
    for (let i = 0; i < counted.length; i++) if (counted[i] >= 0) counts[counted[i]]++
  }

  merge(later: this, groupOf: Int32Array, groups: number): void {
    this.counts = reserved(this.counts, groups)
    for (let i = 0; i < groupOf.length && i < later.counts.length; i++) this.counts[groupOf[i]] += later.counts[i]
  }

  finish(groups: number): Data {
    return countColumn(this.counts, groups)
  }
}

/** Whole numbers as int64; what an array does not hold is 0. */
export const countColumn = (counts: Float64Array, groups: number): Data => {
  const values = new BigInt64Array(groups)
  const words = lanes(values)
  for (let i = 0; i < groups && i < counts.length; i++) storeInt64(words, i, counts[i])
  return int64Column(values)
}
