/** How many steps in a row the events of one instant can serve, each event at most one. */
export class Reach {
  private readonly steps: number
  /** Bits of the steps that each event can serve. An event that is like as many others as there are steps adds nothing. */
  private readonly masks: Array<number> = []
  /** By event: the step that it serves, or -1. */
  private served: Array<number> = []
  private seen: Array<boolean> = []

  constructor(steps: number) {
    this.steps = steps
  }

  clear(): void {
    this.masks.length = 0
  }

  /** An event of the instant, by the bits of the steps that it can serve. */
  add(mask: number): void {
    if (mask === 0) return
    let alike = 0
    for (const other of this.masks) if (other === mask) alike++
    if (alike < this.steps) this.masks.push(mask)
  }

  /**
   * The depth that is reached from a depth: as long as each further step finds an event, whatever events the steps before
   * it have to go over to (H. W. Kuhn, "The Hungarian Method for the Assignment Problem", 1955: augmenting paths).
   */
  from(depth: number): number {
    const { masks } = this
    if (masks.length === 0) return depth
    if (masks.length === 1) return depth < this.steps && (masks[0] >> depth) & 1 ? depth + 1 : depth
    this.served = masks.map(() => -1)
    let step = depth
    while (step < this.steps) {
      this.seen = masks.map(() => false)
      if (!this.serve(step)) break
      step++
    }
    return step
  }

  /** Finds an event for a step. */
  private serve(step: number): boolean {
    const { masks, seen, served } = this
    for (let event = 0; event < masks.length; event++) {
      if (seen[event] || ((masks[event] >> step) & 1) === 0) continue
      seen[event] = true
      if (served[event] >= 0 && !this.serve(served[event])) continue
      served[event] = step
      return true
    }
    return false
  }
}
