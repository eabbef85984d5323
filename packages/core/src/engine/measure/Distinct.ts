import type { Data } from "apache-arrow"
import { Pairs } from "../Pairs.ts"
import { makeValueCodes, type TextCodes, type ValueCodes } from "../ValueCodes.ts"
import { countColumn } from "./Count.ts"
import { listColumn } from "./listColumn.ts"
import type { MeasureState } from "./MeasureState.ts"
import { reserved } from "./reserved.ts"

/** The distinct values of each group that are not null: how many, or which. */
abstract class Distinct implements MeasureState {
  protected readonly values: ValueCodes
  /** Group and number of a value, each pair once. */
  protected readonly pairs = new Pairs()
  protected counts = new Float64Array(0)

  /** `type`: of the values. */
  constructor(type: Data["type"]) {
    this.values = makeValueCodes(type)
  }

  add(groupOf: Int32Array, groups: number, [data]: ReadonlyArray<Data>): void {
    this.counts = reserved(this.counts, groups)
    const codes = this.values.codes(data, groupOf)
    for (let i = 0; i < codes.length; i++) if (codes[i] >= 0) this.note(groupOf[i], codes[i])
  }

  merge(later: this, groupOf: Int32Array, groups: number): void {
    this.counts = reserved(this.counts, groups)
    const meaning = this.values.merge(later.values)
    const { firsts, seconds, size } = later.pairs
    for (let i = 0; i < size; i++) this.note(groupOf[firsts[i]], meaning[seconds[i]])
  }

  private note(group: number, value: number): void {
    const { pairs } = this
    const before = pairs.size
    pairs.number(group, value)
    if (pairs.size > before) this.counts[group]++
  }

  abstract finish(groups: number): Data
}

/** `count(distinct x)` */
export class CountDistinct extends Distinct {
  finish(groups: number): Data {
    return countColumn(this.counts, groups)
  }
}

/** `list(distinct x)` of texts, by UTF-8 bytes. */
export class ListDistinct extends Distinct {
  finish(groups: number): Data {
    const offsets = new Int32Array(groups + 1)
    for (let i = 0; i < groups; i++) offsets[i + 1] = offsets[i] + (this.counts[i] ?? 0)
    const { firsts, seconds, size } = this.pairs
    const codes = new Int32Array(size)
    const next = offsets.slice()
    for (let i = 0; i < size; i++) codes[next[firsts[i]]++] = seconds[i]
    const texts = this.values as TextCodes
    for (let i = 0; i < groups; i++) {
      codes.subarray(offsets[i], offsets[i + 1]).sort((a, b) => texts.compare(a, b))
    }
    return listColumn(offsets, codes, texts.values)
  }
}
