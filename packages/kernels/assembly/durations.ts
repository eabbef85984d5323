import { alloc } from "./memory"

/** Steps within a factor of two, as in Durations of the core. */
const stepBits: i32 = 14
const pageSteps: i32 = 1 << (stepBits + 1)
const pageCount: i32 = 64

/** A step of a page: how many durations there are in it, and the least of them. */
@unmanaged
class Step {
  count: i64
  least: f64
}

const pageBytes: usize = (<usize>pageSteps) << 4

/** Durations in microseconds, counted in small steps. */
@unmanaged
export class Durations {
  /** A pointer to the steps of each page; 0 where there is none. */
  private pages: usize

  static make(): Durations {
    const made = changetype<Durations>(alloc(offsetof<Durations>()))
    made.pages = alloc(pageCount * 4)
    memory.fill(made.pages, 0, pageCount * 4)
    return made
  }

  add(micros: i64): void {
    // As the core has it: doubles are rounded from 2^53 on.
    const rounded = <f64>micros
    const value = <i64>rounded
    const page = max(0, 63 - <i32>clz(value) - stepBits)
    const at = this.pages + (page << 2)
    let steps = load<usize>(at)
    if (steps === 0) {
      steps = alloc(pageBytes)
      memory.fill(steps, 0, pageBytes)
      store<usize>(at, steps)
    }
    const step = changetype<Step>(steps + ((<usize>(value >> page)) << 4))
    if (step.count === 0 || rounded < step.least) step.least = rounded
    step.count++
  }

  /** How many steps are used. */
  get size(): i32 {
    let size: i32 = 0
    for (let page = 0; page < pageCount; page++) {
      const steps = load<usize>(this.pages + ((<usize>page) << 2))
      if (steps === 0) continue
      for (let i: usize = 0; i < pageBytes; i += 16) size += <i32>(load<i64>(steps + i) !== 0)
    }
    return size
  }

  /** The steps that are used, in order: the page and the step, an i32 each, the least and the count, an f64 each. */
  put(to: usize): void {
    let out = to
    for (let page = 0; page < pageCount; page++) {
      const steps = load<usize>(this.pages + ((<usize>page) << 2))
      if (steps === 0) continue
      for (let i = 0; i < pageSteps; i++) {
        const step = changetype<Step>(steps + ((<usize>i) << 4))
        if (step.count === 0) continue
        store<i32>(out, page)
        store<i32>(out, i, 4)
        store<f64>(out, step.least, 8)
        store<f64>(out, <f64>step.count, 16)
        out += 24
      }
    }
  }
}
