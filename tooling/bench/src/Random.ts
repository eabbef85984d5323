/** Pseudo-random numbers (sfc32): the same seed gives the same numbers everywhere, as only integers are computed with. */
export class Random {
  private a = 0x9e3779b9 | 0
  private b = 0x243f6a88
  private c = 0xb7e15162 | 0
  private counter: number

  constructor(seed: number) {
    this.counter = seed | 0
    // So that neighbouring seeds have nothing in common.
    for (let round = 0; round < 16; round++) this.uint32()
  }

  private uint32(): number {
    const sum = (this.a + this.b + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  /** From 0 (inclusive) to 1 (exclusive). */
  fraction(): number {
    return this.uint32() / 0x1_0000_0000
  }

  /** An integer from 0 to below the limit. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit)
  }
}
