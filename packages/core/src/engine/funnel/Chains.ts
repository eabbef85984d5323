/**
 * For each depth, from 1, a chain of events through so many steps: where it started, and a row at the time of each of
 * its steps. Rows of one instant are told by the first of them, so that a greater row is a later time.
 */
export class Chains {
  /** By depth; -1 where there is none. */
  readonly starts: Int32Array
  private readonly rows: Int32Array
  private readonly steps: number

  constructor(steps: number) {
    this.steps = steps
    this.starts = new Int32Array(steps + 1).fill(-1)
    this.rows = new Int32Array((steps + 1) * steps)
  }

  clear(): void {
    this.starts.fill(-1)
  }

  /**
   * Puts a chain: that of `before` with depth `from`, and the steps after it at `row`. One that started later stays, and
   * so does one that started at the same time.
   */
  offer(depth: number, start: number, before: Chains, from: number, row: number): void {
    if (start <= this.starts[depth]) return
    const { rows, starts, steps } = this
    starts[depth] = start
    for (let step = 0; step < from; step++) rows[depth * steps + step] = before.rows[from * steps + step]
    for (let step = from; step < depth; step++) rows[depth * steps + step] = row
  }

  /** The depth of the deepest chain; 0 if there is none. */
  deepest(): number {
    let depth = this.steps
    while (depth > 0 && this.starts[depth] < 0) depth--
    return depth
  }

  /** Copies the rows of a chain: one a step, and -1 for the steps after its depth. */
  copy(depth: number, out: Int32Array): void {
    for (let step = 0; step < this.steps; step++) {
      out[step] = step < depth ? this.rows[depth * this.steps + step] : -1
    }
  }
}
