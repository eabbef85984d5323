import { type Data, Float64, Int64 } from "apache-arrow"
import { doubleColumn, lanes, nullsOf } from "../../arrow/Columns.ts"
import { fixedColumn } from "../ValueCodes.ts"
import { type MeasureState, present } from "./MeasureState.ts"
import { reserved } from "./reserved.ts"
import { roundHalfAway } from "./Sum.ts"

/**
 * `median(x)` and `quantile(x, q)`: between the two nearest values by a straight line. Keeps every value. Times and
 * intervals are rounded to microseconds; int64 gives a double.
 */
export class Quantile implements MeasureState {
  private readonly type: Data["type"]
  private readonly q: number
  private size = 0
  private groupOf = new Int32Array(0)
  private doubles = new Float64Array(0)
  private integers = new BigInt64Array(0)

  /** `type`: of the values. */
  constructor(q: number, type: Data["type"]) {
    this.q = q
    this.type = type
  }

  add(groupOf: Int32Array, _groups: number, [data]: ReadonlyArray<Data>): void {
    const counted = present(groupOf, data)
    this.reserve(counted.length)
    const values = data.values as Float64Array
    const words = this.isDouble ? undefined : lanes(data.values as BigInt64Array)
    const out = lanes(this.integers)
    for (let i = 0; i < counted.length; i++) {
      if (counted[i] < 0) continue
      const at = this.size++
      this.groupOf[at] = counted[i]
      if (words === undefined) this.doubles[at] = values[i]
      else {
        out[2 * at] = words[2 * i]
        out[2 * at + 1] = words[2 * i + 1]
      }
    }
  }

  merge({ doubles, groupOf: theirs, integers, size }: this, groupOf: Int32Array): void {
    this.reserve(size)
    for (let i = 0; i < size; i++) {
      const at = this.size++
      this.groupOf[at] = groupOf[theirs[i]]
      if (this.isDouble) this.doubles[at] = doubles[i]
      else this.integers[at] = integers[i]
    }
  }

  finish(groups: number): Data {
    const starts = new Int32Array(groups + 1)
    for (let i = 0; i < this.size; i++) starts[this.groupOf[i] + 1]++
    for (let i = 0; i < groups; i++) starts[i + 1] += starts[i]
    const isValid = (group: number) => starts[group + 1] > starts[group]
    /** Where the quantile of a group lies: between two places, so far from the first. */
    const placeOf = (group: number) => {
      const within = (starts[group + 1] - starts[group] - 1) * this.q
      const below = starts[group] + Math.floor(within)
      return { below, above: starts[group] + Math.ceil(within), part: within - Math.floor(within) }
    }

    if (this.isDouble) {
      const values = this.sorted(this.doubles, starts)
      return doubleColumn(
        Float64Array.from({ length: groups }, (_, group) => {
          const { above, below, part } = placeOf(group)
          return between(values[below], values[above], part)
        }),
        isValid
      )
    }
    const values = this.sorted(this.integers, starts)
    const partsOf = (group: number) => {
      const { above, below, part } = placeOf(group)
      return { least: values[below], more: Number(values[above] - values[below]) * part }
    }
    if (this.type instanceof Int64) {
      const numbers = new Float64Array(groups)
      for (let i = 0; i < groups; i++) {
        if (!isValid(i)) continue
        const { least, more } = partsOf(i)
        numbers[i] = Number(least) + more
      }
      return doubleColumn(numbers, isValid)
    }
    const micros = new BigInt64Array(groups)
    for (let i = 0; i < groups; i++) {
      if (!isValid(i)) continue
      const { least, more } = partsOf(i)
      micros[i] = least + BigInt(roundHalfAway(more))
    }
    return fixedColumn(this.type, micros, nullsOf(Int32Array.from(micros, (_, i) => (isValid(i) ? 0 : -1))))
  }

  /** The values by group, ascending in each. */
  private sorted<A extends Float64Array | BigInt64Array>(values: A, starts: Int32Array): A {
    const sorted = values.slice(0, this.size) as A
    const next = starts.slice()
    for (let i = 0; i < this.size; i++) sorted[next[this.groupOf[i]]++] = values[i]
    for (let i = 1; i < starts.length; i++) sorted.subarray(starts[i - 1], starts[i]).sort()
    return sorted
  }

  private get isDouble(): boolean {
    return this.type instanceof Float64
  }

  private reserve(more: number): void {
    this.groupOf = reserved(this.groupOf, this.size + more)
    if (this.isDouble) this.doubles = reserved(this.doubles, this.size + more)
    else this.integers = reserved(this.integers, this.size + more)
  }
}

/** The number that lies at `part` of the way. Equal ends are the result, whatever they are. */
const between = (below: number, above: number, part: number): number =>
  below === above ? below : below + (above - below) * part
