import { differenceMicros } from "../time/Int64.ts"
import { quantileOf } from "./Summary.ts"

/** Steps within a factor of two: under one part in 16,000. */
const stepBits = 14
const steps = 1 << stepBits
const two16 = 65_536
const two31 = 2_147_483_648
const powers = Float64Array.from({ length: 64 }, (_, page) => 2 ** page)

/**
 * Durations of sessions, counted in small steps, so that the memory does not depend on how many there are. A step is
 * known by its least duration, so that the result depends neither on what is merged nor in which order; it is exact
 * where all durations of a step are equal.
 */
export class Durations {
  count = 0
  /** By power of two, from 2^14 on: for each step how many durations there are, and the least of them. */
  private readonly pages: Array<Page | undefined> = []

  /** Adds a duration in microseconds, an integer from 0. */
  add(micros: number): void {
    // How many bits there are beyond those that tell the steps apart.
    const upper = Math.floor(micros / two16)
    const bits =
      upper >= two31 ? 1 + Math.floor(Math.log2(micros)) : upper > 0 ? 48 - Math.clz32(upper) : 32 - Math.clz32(micros)
    const page = Math.max(0, bits - stepBits - 1)
    const step = (micros / powers[page]) | 0
    this.addTo(page, step, micros, 1)
  }

  /** Adds the durations of sessions, whose starts and ends stand in turns: int64 microseconds, as pairs of words. */
  addSpans(times: Int32Array): void {
    for (let row = 0; row < times.length / 2; row += 2) this.add(differenceMicros(times, row + 1, row))
  }

  merge({ counts, least, pages, steps }: DurationCounts): void {
    for (let i = 0; i < counts.length; i++) this.addTo(pages[i], steps[i], least[i], counts[i])
  }

  /** What was added, as plain data. */
  toData(): DurationCounts {
    let size = 0
    for (const page of this.pages) if (page !== undefined) for (const count of page.counts) if (count > 0) size++
    const data = {
      pages: new Uint8Array(size),
      steps: new Int32Array(size),
      least: new Float64Array(size),
      counts: new Float64Array(size)
    }
    let at = 0
    for (const [page, known] of this.pages.entries()) {
      if (known === undefined) continue
      const { counts, least } = known
      for (let step = 0; step < counts.length; step++) {
        if (counts[step] === 0) continue
        data.pages[at] = page
        data.steps[at] = step
        data.least[at] = least[step]
        data.counts[at++] = counts[step]
      }
    }
    return data
  }

  /** A quantile in seconds, interpolated between the two nearest; null of none. */
  quantile(q: number): number | null {
    const { counts, least } = this.toData()
    const nth = (n: number): number => {
      let before = 0
      for (let i = 0; i < counts.length; i++) {
        before += counts[i]
        if (n < before) return least[i] / 1e6
      }
      return 0
    }
    return quantileOf(this.count, nth, q)
  }

  private addTo(page: number, step: number, micros: number, count: number): void {
    const at = (this.pages[page] ??= { counts: new Float64Array(2 * steps), least: new Float64Array(2 * steps) })
    this.count += count
    if (at.counts[step] === 0 || micros < at.least[step]) at.least[step] = micros
    at.counts[step] += count
  }
}

interface Page {
  readonly counts: Float64Array
  readonly least: Float64Array
}

/** Durations that were counted, one entry a step, in ascending order. */
export interface DurationCounts {
  readonly pages: Uint8Array
  readonly steps: Int32Array
  readonly least: Float64Array
  readonly counts: Float64Array
}
