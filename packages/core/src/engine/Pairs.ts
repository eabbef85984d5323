import { grown } from "../arrow/grown.ts"

/**
 * Numbers pairs of 32-bit integers from 0, in order of first appearance. Open addressing over a power-of-two table that
 * is at most half full.
 */
export class Pairs {
  size = 0
  /** The pair that has a number. */
  firsts = new Int32Array(64)
  seconds = new Int32Array(64)
  /** Number + 1; 0 is free. */
  private slots = new Int32Array(256)

  /** The number of a pair, new or known. */
  number(first: number, second: number): number {
    const { firsts, seconds, slots } = this
    const mask = slots.length - 1
    let slot = hashPair(first, second) & mask
    for (let taken = slots[slot]; taken !== 0; taken = slots[slot]) {
      const known = taken - 1
      if (firsts[known] === first && seconds[known] === second) return known
      slot = (slot + 1) & mask
    }
    return this.keep(slot, first, second)
  }

  private keep(slot: number, first: number, second: number): number {
    const number = this.size++
    if (number >= this.firsts.length) {
      this.firsts = grown(this.firsts, number + 1)
      this.seconds = grown(this.seconds, number + 1)
    }
    this.firsts[number] = first
    this.seconds[number] = second
    this.slots[slot] = number + 1
    if (this.size * 2 > this.slots.length) this.rehash()
    return number
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2)
    const mask = slots.length - 1
    for (let number = 0; number < this.size; number++) {
      let slot = hashPair(this.firsts[number], this.seconds[number]) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = number + 1
    }
    this.slots = slots
  }
}

/** With the finisher of MurmurHash3 (Austin Appleby, public domain). */
const hashPair = (first: number, second: number): number => {
  let hash = Math.imul(first, 0x9e3779b1) ^ second
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
