import type { Data } from "apache-arrow"
import { doubleColumn, lanes } from "../../arrow/Columns.ts"
import { differenceMicros } from "../../time/Int64.ts"
import { TextCodes } from "../ValueCodes.ts"
import { DoubleSums } from "./DoubleSums.ts"
import type { MeasureState } from "./MeasureState.ts"
import { reserved } from "./reserved.ts"

/** One event of each group: its time, its user's number, and whether there is one. */
class Marks {
  times = new Int32Array(0)
  users = new Int32Array(0)

  reserve(groups: number): void {
    const before = this.users.length
    this.times = reserved(this.times, groups * 2)
    this.users = reserved(this.users, groups)
    this.users.fill(-1, before)
  }

  put(group: number, times: Int32Array, row: number, user: number): void {
    this.times[2 * group] = times[2 * row]
    this.times[2 * group + 1] = times[2 * row + 1]
    this.users[group] = user
  }
}

/**
 * Measures of the time between an event and the next one of the same user in the group. Arguments: time, user, then the
 * measure's own. Rows come in the order of users and times.
 */
abstract class Gaps implements MeasureState {
  private readonly users = new TextCodes()
  private readonly first = new Marks()
  private readonly last = new Marks()

  add(groupOf: Int32Array, groups: number, [time, user, ...own]: ReadonlyArray<Data>): void {
    this.reserve(groups)
    const { first, last } = this
    const times = lanes(time.values as BigInt64Array)
    const users = this.users.codes(user, groupOf)
    this.load(own)
    for (let i = 0; i < groupOf.length; i++) {
      const group = groupOf[i]
      if (group < 0) continue
      if (last.users[group] === users[i]) this.gap(group, microsBetween(last.times, group, times, i))
      if (first.users[group] < 0) first.put(group, times, i, users[i])
      last.put(group, times, i, users[i])
      this.event(group, i)
    }
  }

  merge(later: this, groupOf: Int32Array, groups: number): void {
    this.reserve(groups)
    const { first, last } = this
    const meaning = this.users.merge(later.users)
    for (const [i, group] of groupOf.entries()) {
      if (!later.hasEvents(i)) continue
      const firstUser = meaning[later.first.users[i]]
      if (last.users[group] === firstUser) this.gap(group, microsBetween(last.times, group, later.first.times, i))
      if (first.users[group] < 0) first.put(group, later.first.times, i, firstUser)
      last.put(group, later.last.times, i, meaning[later.last.users[i]])
    }
    this.mergeOwn(later, groupOf)
  }

  protected hasEvents(group: number): boolean {
    return group < this.first.users.length && this.first.users[group] >= 0
  }

  protected reserve(groups: number): void {
    this.first.reserve(groups)
    this.last.reserve(groups)
  }

  /** The measure's own arguments. */
  protected abstract load(own: ReadonlyArray<Data>): void
  /** The last event of a group has a next one, so many microseconds later. */
  protected abstract gap(group: number, micros: number): void
  /** A row is now the last event of its group. */
  protected abstract event(group: number, row: number): void
  /** Everything but first and last events, after the gap between two states was told. */
  protected abstract mergeOwn(later: this, groupOf: Int32Array): void
  abstract finish(groups: number): Data
}

const pair = new Int32Array(4)

const microsBetween = (earlier: Int32Array, a: number, later: Int32Array, b: number): number => {
  pair[0] = earlier[2 * a]
  pair[1] = earlier[2 * a + 1]
  pair[2] = later[2 * b]
  pair[3] = later[2 * b + 1]
  return differenceMicros(pair, 1, 0)
}

/** `avg_gap()`: mean seconds between events; null where no event has a next one. */
export class AverageGap extends Gaps {
  private readonly sums = new DoubleSums()
  private counts = new Float64Array(0)

  finish(groups: number): Data {
    this.reserve(groups)
    const { counts, sums } = this
    const seconds = new Float64Array(groups)
    for (let i = 0; i < groups; i++) seconds[i] = sums.valueOf(i) / (counts[i] * 1e6)
    return doubleColumn(seconds, (group) => counts[group] > 0)
  }

  protected override reserve(groups: number): void {
    super.reserve(groups)
    this.sums.reserve(groups)
    this.counts = reserved(this.counts, groups)
  }

  protected load(): void {}

  protected gap(group: number, micros: number): void {
    this.sums.add(group, micros)
    this.counts[group]++
  }

  protected event(): void {}

  protected mergeOwn({ counts, sums }: this, groupOf: Int32Array): void {
    this.sums.merge(sums, groupOf)
    for (let i = 0; i < groupOf.length && i < counts.length; i++) this.counts[groupOf[i]] += counts[i]
  }
}

/**
 * `active_time(cap [, measured])`: of each event the measured seconds if it has them, else the time to the next event
 * but at most the cap, in seconds; of the last event nothing, unless it is measured.
 */
export class ActiveTime extends Gaps {
  private readonly capMicros: number
  /** Whole microseconds of gaps, and measured seconds. */
  private readonly gaps = new DoubleSums()
  private readonly measuredSums = new DoubleSums()
  /** 1 where the last event was measured: the time after it does not count. */
  private lastMeasured = new Uint8Array(0)
  private measured: Data | undefined

  constructor(capMicros: number) {
    super()
    this.capMicros = capMicros
  }

  finish(groups: number): Data {
    this.reserve(groups)
    const seconds = new Float64Array(groups)
    for (let i = 0; i < groups; i++) seconds[i] = this.gaps.valueOf(i) / 1e6 + this.measuredSums.valueOf(i)
    return doubleColumn(seconds)
  }

  protected override reserve(groups: number): void {
    super.reserve(groups)
    this.gaps.reserve(groups)
    this.measuredSums.reserve(groups)
    this.lastMeasured = reserved(this.lastMeasured, groups)
  }

  protected load([measured]: ReadonlyArray<Data>): void {
    this.measured = measured
  }

  protected gap(group: number, micros: number): void {
    if (this.lastMeasured[group] === 0) this.gaps.add(group, Math.min(micros, this.capMicros))
  }

  protected event(group: number, row: number): void {
    const isMeasured = this.measured?.getValid(row) ?? false
    this.lastMeasured[group] = isMeasured ? 1 : 0
    if (isMeasured) this.measuredSums.add(group, this.measured?.values[row] as number)
  }

  protected mergeOwn(later: this, groupOf: Int32Array): void {
    const { gaps, lastMeasured, measuredSums } = later
    this.gaps.merge(gaps, groupOf)
    this.measuredSums.merge(measuredSums, groupOf)
    for (const [i, group] of groupOf.entries()) {
      if (later.hasEvents(i)) this.lastMeasured[group] = lastMeasured[i]
    }
  }
}
