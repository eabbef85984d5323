import { storeInt64 } from "../../time/Int64.ts"
import { reserved } from "./reserved.ts"

const two32 = 4_294_967_296
/** Beyond this a half is emptied, so that it stays exact. */
const full = 2 ** 52

/** Exact sums of int64, one a group, whatever is passed on the way. */
export class Int64Sums {
  /** The sum is `high * 2^32 + low`, and what {@link Int64Sums.spilled} has. */
  private high = new Float64Array(0)
  private low = new Float64Array(0)
  /** What did not fit, in units of 2^32; hardly ever used. */
  private readonly spilled = new Map<number, bigint>()

  reserve(groups: number): void {
    this.high = reserved(this.high, groups)
    this.low = reserved(this.low, groups)
  }

  /** Adds `high * 2^32 + low`, safe integers below 2^52 each. */
  add(group: number, high: number, low: number): void {
    this.low[group] += low
    this.high[group] += high
    if (this.low[group] >= full || this.low[group] <= -full) {
      const carry = Math.floor(this.low[group] / two32)
      this.low[group] -= carry * two32
      this.high[group] += carry
    }
    if (this.high[group] >= full || this.high[group] <= -full) {
      this.spilled.set(group, (this.spilled.get(group) ?? 0n) + BigInt(this.high[group]))
      this.high[group] = 0
    }
  }

  /** Adds the values of a buffer seen as words. */
  addRows(groupOf: Int32Array, words: Int32Array): void {
    for (let i = 0; i < groupOf.length; i++) {
      if (groupOf[i] >= 0) this.add(groupOf[i], words[2 * i + 1], words[2 * i] >>> 0)
    }
  }

  merge(later: Int64Sums, groupOf: Int32Array): void {
    for (let i = 0; i < groupOf.length && i < later.high.length; i++) this.add(groupOf[i], later.high[i], later.low[i])
    for (const [group, units] of later.spilled) {
      this.spilled.set(groupOf[group], (this.spilled.get(groupOf[group]) ?? 0n) + units)
    }
  }

  /** The sum as a double, rounded once. */
  numberOf(group: number): number {
    if (this.spilled.has(group)) return Number(this.exact(group))
    const carry = Math.floor(this.low[group] / two32)
    return (this.high[group] + carry) * two32 + (this.low[group] - carry * two32)
  }

  /** Writes the sum as an int64; false where it is beyond one. */
  store(group: number, words: Int32Array): boolean {
    if (this.spilled.has(group)) {
      const sum = this.exact(group)
      if (BigInt.asIntN(64, sum) !== sum) return false
      words[2 * group] = Number(BigInt.asIntN(32, sum))
      words[2 * group + 1] = Number(sum >> 32n)
      return true
    }
    const carry = Math.floor(this.low[group] / two32)
    const high = this.high[group] + carry
    storeInt64(words, group, this.low[group] - carry * two32)
    words[2 * group + 1] = high
    return high >= -2_147_483_648 && high <= 2_147_483_647
  }

  private exact(group: number): bigint {
    return (((this.spilled.get(group) ?? 0n) + BigInt(this.high[group])) << 32n) + BigInt(this.low[group])
  }
}
