/** Seeded random numbers (mulberry32, Tommy Ettinger, public domain). */
export class Random {
  private state: number

  constructor(seed: number) {
    this.state = seed
  }

  /** 0 to `below - 1`. */
  int(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below)
  }

  /** Whether something of that share happens. */
  happens(share: number): boolean {
    return this.int(1_000_000) < share * 1_000_000
  }

  pick<A>(values: ReadonlyArray<A>): A {
    return values[this.int(values.length)]
  }
}
