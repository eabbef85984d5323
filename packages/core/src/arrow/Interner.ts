import { makeData, Utf8, Vector } from "apache-arrow"

/**
 * Gives every distinct byte string a small integer code, in order of first appearance, without making a JavaScript
 * string. The codes and the pool of bytes are the two halves of an Arrow dictionary column.
 *
 * Open addressing with linear probing over a power-of-two table that is at most half full.
 */
export class Interner {
  /** Number of distinct values; the next new value gets this code. */
  size = 0
  /** `offsets[code]` to `offsets[code + 1]` is the value's place in `bytes`. Replaced when it grows. */
  offsets = new Int32Array(257)
  bytes = new Uint8Array(4096)
  private hashes = new Int32Array(256)
  private slots = new Int32Array(512)

  /** The code of `source[start..end)`, new or known. */
  intern(source: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(source, start, end)
    const mask = this.slots.length - 1
    let slot = hash & mask
    for (let taken = this.slots[slot]; taken !== 0; taken = this.slots[slot]) {
      const code = taken - 1
      if (this.hashes[code] === hash && this.equals(code, source, start, end)) return code
      slot = (slot + 1) & mask
    }
    return this.add(hash, slot, source, start, end)
  }

  /** The text of a code, for messages and the few places that need a string. */
  text(code: number): string {
    return decoder.decode(this.bytes.subarray(this.offsets[code], this.offsets[code + 1]))
  }

  /** Forgets every value and keeps the memory. */
  clear(): void {
    this.size = 0
    this.slots.fill(0)
  }

  /** A copy of the values as an Arrow vector, in code order. */
  toVector(): Vector<Utf8> {
    const length = this.offsets[this.size]
    return new Vector([
      makeData({
        type: new Utf8(),
        length: this.size,
        nullCount: 0,
        valueOffsets: this.offsets.slice(0, this.size + 1),
        data: this.bytes.slice(0, length)
      })
    ])
  }

  private equals(code: number, source: Uint8Array, start: number, end: number): boolean {
    const at = this.offsets[code]
    const length = end - start
    if (this.offsets[code + 1] - at !== length) return false
    const bytes = this.bytes
    for (let i = 0; i < length; i++) {
      if (bytes[at + i] !== source[start + i]) return false
    }
    return true
  }

  private add(hash: number, slot: number, source: Uint8Array, start: number, end: number): number {
    const code = this.size++
    const at = this.offsets[code]
    const until = at + end - start
    if (until > this.bytes.length) this.bytes = grown(this.bytes, until)
    for (let i = start, o = at; i < end; i++, o++) this.bytes[o] = source[i]
    this.slots[slot] = code + 1
    if (code + 2 > this.offsets.length) this.offsets = grown(this.offsets, code + 2)
    if (code + 1 > this.hashes.length) this.hashes = grown(this.hashes, code + 1)
    this.offsets[code + 1] = until
    this.hashes[code] = hash
    if (this.size * 2 > this.slots.length) this.rehash()
    return code
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2)
    const mask = slots.length - 1
    for (let code = 0; code < this.size; code++) {
      let slot = this.hashes[code] & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = code + 1
    }
    this.slots = slots
  }
}

const decoder = new TextDecoder()

/** A 32-bit hash, four bytes at a time, with the finisher of MurmurHash3 (Austin Appleby, public domain). */
const hashBytes = (source: Uint8Array, start: number, end: number): number => {
  let hash = end - start
  let i = start
  for (; i + 4 <= end; i += 4) {
    const word = source[i] | (source[i + 1] << 8) | (source[i + 2] << 16) | (source[i + 3] << 24)
    hash = Math.imul(hash ^ word, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; i < end; i++) hash = Math.imul(hash ^ source[i], 0x85ebca6b)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

type Growable = Int32Array | Uint8Array | Float64Array | BigInt64Array

/** A copy of at least twice the size that holds at least `needed` elements; new elements are zero. */
export const grown = <A extends Growable>(array: A, needed: number): A => {
  let length = Math.max(16, array.length * 2)
  while (length < needed) length *= 2
  const Constructor = array.constructor as new (length: number) => A
  const copy = new Constructor(length)
  copy.set(array as never)
  return copy
}
