import { differenceMicros } from "../../time/Int64.ts"
import { Chains } from "./Chains.ts"
import { Reach } from "./Reach.ts"

/** What a funnel asks of a chain of events. */
export interface ChainRules {
  readonly steps: number
  /** Microseconds from the first step to any other; null where any time is good. */
  readonly window: number | null
  /** No other event may stand between two steps. */
  readonly strict: boolean
}

/**
 * Finds the deepest chain of events through the steps of a funnel: of those of that depth the one that is complete
 * first; of these the one that started last; between, each step as early as it can be.
 *
 * One pass over the instants keeps, for each depth, the chain that started last: what any other one can still come to,
 * that one can, too. Costs steps x steps for an instant that has several events, and steps for one that has one.
 */
export class BestChain {
  /** By step: a row at its time, or -1. Of the last search. */
  readonly rows: Int32Array
  private readonly rules: ChainRules
  private readonly reach: Reach
  /** Chains that can go on; those that end at the instant that is looked at; those that can go on after it. */
  private open: Chains
  private readonly ends: Chains
  private after: Chains

  constructor(rules: ChainRules) {
    const { steps } = rules
    this.rules = rules
    this.rows = new Int32Array(steps)
    this.reach = new Reach(steps)
    this.open = new Chains(steps)
    this.ends = new Chains(steps)
    this.after = new Chains(steps)
  }

  /**
   * The depth of the best chain; 0 if there is none. `rows`: some rows, in order of time; `masks`: by row, bits of the
   * steps that it can serve; `times`: by row, in lanes.
   */
  search(rows: ArrayLike<number>, masks: Int32Array, times: Int32Array): number {
    const { ends, reach, rules } = this
    this.rows.fill(-1)
    const served = stepsOf(rows, masks)
    if ((served & 1) === 0) return 0
    let depth = 0
    this.open.clear()
    for (let at = 0, end = 0; at < rows.length && depth < rules.steps; at = end) {
      const first = rows[at]
      reach.clear()
      for (end = at; end < rows.length && differenceMicros(times, rows[end], first) === 0; end++) {
        reach.add(masks[rows[end]])
      }
      this.meet(first, end - at, times)
      const deepest = ends.deepest()
      if (deepest <= depth) continue
      depth = deepest
      ends.copy(depth, this.rows)
      // Most take the first step only: nothing is deeper than the first time that they do.
      if (served === 1) break
    }
    return depth
  }

  /** Goes on by one instant: its first row, and how many events it has. */
  private meet(row: number, events: number, times: Int32Array): void {
    const { after, ends, open, reach } = this
    const { steps, strict, window } = this.rules
    ends.clear()
    if (strict) after.clear()
    // From the deepest, so that of two chains with one start the one stays whose steps came earlier.
    for (let from = steps - 1; from >= 0; from--) {
      const start = from === 0 ? row : open.starts[from]
      if (start < 0 || (window !== null && differenceMicros(times, row, start) > window)) continue
      const reached = reach.from(from)
      for (let depth = from + 1; depth <= reached; depth++) {
        ends.offer(depth, start, open, from, row)
        // Of an instant in the middle of a strict chain all events are in it. Before the first step anything may stand.
        const isWhole = from === 0 || depth - from === events
        if (strict && isWhole) after.offer(depth, start, open, from, row)
      }
    }
    if (strict) {
      this.open = after
      this.after = open
    } else {
      for (let depth = 1; depth <= steps; depth++) open.offer(depth, ends.starts[depth], ends, depth, row)
    }
  }
}

/** The steps that some rows can serve. */
const stepsOf = (rows: ArrayLike<number>, masks: Int32Array): number => {
  let served = 0
  for (let i = 0; i < rows.length; i++) served |= masks[rows[i]]
  return served
}
