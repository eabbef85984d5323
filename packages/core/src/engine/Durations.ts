import type { DurationCounts } from "@sojourn/kernels"
import { quantileOf } from "./Summary.ts"

/** Steps within a factor of two: under one part in 16,000. */
const stepBits = 14
const steps = 1 << stepBits
const two16 = 65_536
const two31 = 2_147_483_648
const powers = Float64Array.from({ length: 64 }, (_, page) => 2 ** page)
/** In an entry of a page: how many durations there are in the step, and the least of them. */
const countAt = 0
const leastAt = 1
const entry = 2

/**
 * Durations of sessions, counted in small steps, so that the memory does not depend on how many there are. A step is
 * known by its least duration, so that the result depends neither on what is merged nor in which order; it is exact
 * where all durations of a step are equal.
 */
export class Durations {
  count = 0
  /** By power of two, from 2^14 on: an entry for each step. Side by side, as an entry is mostly not in a cache. */
  private readonly pages: Array<Float64Array | undefined> = []

  /** Adds a duration in microseconds, an integer from 0. */
  add(micros: number): void {
    // How many bits there are beyond those that tell the steps apart.
    const upper = Math.floor(micros / two16)
    const bits =
      upper >= two31
        ? 79 - Math.clz32(Math.floor(upper / two31))
        : upper > 0
          ? 48 - Math.clz32(upper)
          : 32 - Math.clz32(micros)
    const page = Math.max(0, bits - stepBits - 1)
    const step = (micros / powers[page]) | 0
    this.addTo(page, step, micros, 1)
  }

  merge({ counts, least, pages, steps }: DurationCounts): void {
    for (let i = 0; i < counts.length; i++) this.addTo(pages[i], steps[i], least[i], counts[i])
  }

  /** What was added, as plain data. */
  toData(): DurationCounts {
    let size = 0
    for (const page of this.pages) if (page !== undefined) size += usedSteps(page)
    const data = {
      pages: new Uint8Array(size),
      steps: new Int32Array(size),
      least: new Float64Array(size),
      counts: new Float64Array(size)
    }
    let at = 0
    for (const [page, known] of this.pages.entries()) if (known !== undefined) at = putSteps(data, at, page, known)
    return data
  }

  /** A quantile in seconds, interpolated between the two nearest; null of none. */
  quantile(q: number): number | null {
    return quantileOf(this.count, (n) => this.nth(n) / 1e6, q)
  }

  /** The duration that so many are before, in order. */
  private nth(n: number): number {
    let before = 0
    for (const page of this.pages) {
      if (page === undefined) continue
      for (let at = 0; at < page.length; at += entry) {
        before += page[at + countAt]
        if (n < before) return page[at + leastAt]
      }
    }
    return 0
  }

  private addTo(page: number, step: number, micros: number, count: number): void {
    const entries = (this.pages[page] ??= new Float64Array(entry * 2 * steps))
    const at = entry * step
    this.count += count
    if (entries[at + countAt] === 0 || micros < entries[at + leastAt]) entries[at + leastAt] = micros
    entries[at + countAt] += count
  }
}

const usedSteps = (page: Float64Array): number => {
  let size = 0
  for (let at = countAt; at < page.length; at += entry) if (page[at] > 0) size++
  return size
}

/** Puts the steps of a page that are used into `data` from `at` on: where the next come. */
const putSteps = (data: DurationCounts, at: number, page: number, entries: Float64Array): number => {
  let to = at
  for (let from = 0; from < entries.length; from += entry) {
    const count = entries[from + countAt]
    if (count === 0) continue
    data.pages[to] = page
    data.steps[to] = from / entry
    data.least[to] = entries[from + leastAt]
    data.counts[to++] = count
  }
  return to
}
