import { type Data, Float64, Int64 } from "apache-arrow"
import { doubleColumn, lanes, nullsOf } from "../../arrow/Columns.ts"
import { fixedColumn } from "../ValueCodes.ts"
import { DoubleSums } from "./DoubleSums.ts"
import { IntegerOverflow } from "./IntegerOverflow.ts"
import { Int64Sums } from "./Int64Sums.ts"
import { type MeasureState, present } from "./MeasureState.ts"
import { reserved } from "./reserved.ts"

/** `sum(x)` and `avg(x)` of int64, double and interval. The average of intervals is rounded to microseconds. */
export class Sum implements MeasureState {
  private readonly kind: "sum" | "avg"
  private readonly label: string
  private counts = new Float64Array(0)
  private readonly type: Data["type"]
  private readonly integers = new Int64Sums()
  private readonly doubles = new DoubleSums()

  /** `type`: of the values; `label`: what an error calls the sum. */
  constructor(kind: "sum" | "avg", type: Data["type"], label: string) {
    this.kind = kind
    this.type = type
    this.label = label
  }

  add(groupOf: Int32Array, groups: number, [data]: ReadonlyArray<Data>): void {
    this.reserve(groups)
    const counted = present(groupOf, data)
    const { counts, doubles } = this
    for (let i = 0; i < counted.length; i++) if (counted[i] >= 0) counts[counted[i]]++
    if (data.type instanceof Float64) {
      const values = data.values as Float64Array
      for (let i = 0; i < counted.length; i++) if (counted[i] >= 0) doubles.add(counted[i], values[i])
    } else this.integers.addRows(counted, lanes(data.values as BigInt64Array))
  }

  merge(later: this, groupOf: Int32Array, groups: number): void {
    this.reserve(groups)
    for (let i = 0; i < groupOf.length && i < later.counts.length; i++) this.counts[groupOf[i]] += later.counts[i]
    this.integers.merge(later.integers, groupOf)
    this.doubles.merge(later.doubles, groupOf)
  }

  finish(groups: number): Data {
    this.reserve(groups)
    const { counts, doubles, integers, kind, type } = this
    const isValid = (group: number) => counts[group] > 0
    if (type instanceof Float64) {
      const values = new Float64Array(groups)
      for (let i = 0; i < groups; i++) values[i] = kind === "sum" ? doubles.valueOf(i) : doubles.valueOf(i) / counts[i]
      return doubleColumn(values, isValid)
    }
    if (kind === "avg" && type instanceof Int64) {
      const values = new Float64Array(groups)
      for (let i = 0; i < groups; i++) values[i] = integers.numberOf(i) / counts[i]
      return doubleColumn(values, isValid)
    }
    const values = new BigInt64Array(groups)
    const words = lanes(values)
    for (let i = 0; i < groups; i++) {
      if (!isValid(i)) continue
      if (kind === "avg") values[i] = BigInt(roundHalfAway(integers.numberOf(i) / counts[i]))
      else if (!integers.store(i, words)) throw new IntegerOverflow({ column: this.label })
    }
    return fixedColumn(type, values, nullsOf(Int32Array.from({ length: groups }, (_, i) => (isValid(i) ? 0 : -1))))
  }

  private reserve(groups: number): void {
    this.counts = reserved(this.counts, groups)
    this.integers.reserve(groups)
    this.doubles.reserve(groups)
  }
}

/** To the nearest whole number, halves away from zero. */
export const roundHalfAway = (value: number): number => (value < 0 ? -Math.round(-value) : Math.round(value))
