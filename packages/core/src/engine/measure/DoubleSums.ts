import { ExactSum } from "../ExactSum.ts"
import { reserved } from "./reserved.ts"

/**
 * Exact sums of doubles, one a group, each rounded once. Two doubles that do not overlap hold nearly every sum exactly;
 * where they do not, the group gets an {@link ExactSum}.
 */
export class DoubleSums {
  private high = new Float64Array(0)
  private low = new Float64Array(0)
  private readonly longer = new Map<number, ExactSum>()

  reserve(groups: number): void {
    this.high = reserved(this.high, groups)
    this.low = reserved(this.low, groups)
  }

  add(group: number, value: number): void {
    const { high, low } = this
    const first = twoSum(high[group], value)
    const second = twoSum(low[group], rest)
    if (rest !== 0 || this.longer.size > 0) return this.addLonger(group, value, rest)
    high[group] = twoSum(first, second)
    low[group] = rest
  }

  /** `lost`: what two doubles cannot hold. */
  private addLonger(group: number, value: number, lost: number): void {
    let longer = this.longer.get(group)
    if (longer === undefined && lost === 0) {
      const first = twoSum(this.high[group], value)
      const second = twoSum(this.low[group], rest)
      this.high[group] = twoSum(first, second)
      this.low[group] = rest
      return
    }
    if (longer === undefined) {
      longer = new ExactSum()
      this.longer.set(group, longer)
      longer.add(this.high[group])
      longer.add(this.low[group])
    }
    longer.add(value)
  }

  merge(later: DoubleSums, groupOf: Int32Array): void {
    for (let i = 0; i < groupOf.length && i < later.high.length; i++) {
      const longer = later.longer.get(i)
      const parts = longer === undefined ? [later.high[i], later.low[i]] : longer.parts()
      for (const part of parts) this.add(groupOf[i], part)
    }
  }

  valueOf(group: number): number {
    return this.longer.get(group)?.value() ?? this.high[group] + this.low[group]
  }
}

/** What the last {@link twoSum} rounded off. */
let rest = 0

/** The sum of two doubles, rounded; with {@link rest} it is exact (D. E. Knuth, TAOCP 2, 4.2.2). */
const twoSum = (a: number, b: number): number => {
  const sum = a + b
  const part = sum - a
  rest = a - (sum - part) + (b - part)
  return sum
}
