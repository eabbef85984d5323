/**
 * Sums of doubles, each rounded once, so that the order of the additions cannot matter. Method: non-overlapping
 * partial sums (J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates",
 * 1997), summed as Python's `math.fsum` does.
 */
export class ExactSum {
  private readonly partials: Array<number> = []

  add(value: number): void {
    const { partials } = this
    let x = value
    let kept = 0
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x]
      const high = x + y
      const low = y - (high - x)
      if (low !== 0) partials[kept++] = low
      x = high
    }
    partials.length = kept
    partials.push(x)
  }

  /** Numbers that together are exactly the sum. */
  parts(): ReadonlyArray<number> {
    return this.partials
  }

  value(): number {
    const { partials } = this
    let i = partials.length - 1
    if (i < 0) return 0
    let high = partials[i]
    let low = 0
    while (i > 0) {
      const x = high
      const y = partials[--i]
      high = x + y
      low = y - (high - x)
      if (low !== 0) break
    }
    // Half way between two doubles: what is left below decides.
    if (i > 0 && ((low < 0 && partials[i - 1] < 0) || (low > 0 && partials[i - 1] > 0))) {
      const twice = low * 2
      const up = high + twice
      if (twice === up - high) high = up
    }
    return high
  }
}
