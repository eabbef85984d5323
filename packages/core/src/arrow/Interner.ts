import { grown } from "./grown.ts"
import { TextPool } from "./TextPool.ts"

/**
 * Gives every distinct byte string a small integer code, in order of first appearance, without making a JavaScript
 * string. The codes and the pool of bytes are the two halves of an Arrow dictionary column.
 *
 * Open addressing with linear probing over a power-of-two table that is at most half full. Texts that are added because
 * they are known to be new are put into it when the first one is looked for, if ever.
 */
export class Interner extends TextPool {
  private hashes = new Int32Array(256)
  private slots = new Int32Array(512)
  /** So many texts are in the table. */
  private indexed = 0

  /** The code of `source[start..end)`, new or known. */
  intern(source: Uint8Array, start: number, end: number): number {
    if (this.indexed < this.size) this.index()
    const hash = hashBytes(source, start, end)
    const mask = this.slots.length - 1
    let slot = hash & mask
    for (let taken = this.slots[slot]; taken !== 0; taken = this.slots[slot]) {
      const code = taken - 1
      if (this.hashes[code] === hash && this.equals(code, source, start, end)) return code
      slot = (slot + 1) & mask
    }
    return this.keep(hash, slot, source, start, end)
  }

  /** The code of `source[start..end)`; -1 if it is not known. */
  find(source: Uint8Array, start: number, end: number): number {
    if (this.indexed < this.size) this.index()
    const hash = hashBytes(source, start, end)
    const mask = this.slots.length - 1
    let slot = hash & mask
    for (let taken = this.slots[slot]; taken !== 0; taken = this.slots[slot]) {
      const code = taken - 1
      if (this.hashes[code] === hash && this.equals(code, source, start, end)) return code
      slot = (slot + 1) & mask
    }
    return -1
  }

  override clear(): void {
    super.clear()
    this.slots.fill(0)
    this.indexed = 0
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

  private keep(hash: number, slot: number, source: Uint8Array, start: number, end: number): number {
    const code = this.add(source, start, end)
    this.slots[slot] = code + 1
    if (code >= this.hashes.length) this.hashes = grown(this.hashes, code + 1)
    this.hashes[code] = hash
    this.indexed = this.size
    if (this.size * 2 > this.slots.length) this.rehash(this.slots.length * 2)
    return code
  }

  /** Puts into the table what was added without looking. */
  private index(): void {
    const { bytes, offsets, size } = this
    if (size > this.hashes.length) this.hashes = grown(this.hashes, size)
    for (let code = this.indexed; code < size; code++) {
      this.hashes[code] = hashBytes(bytes, offsets[code], offsets[code + 1])
    }
    this.indexed = size
    let length = this.slots.length
    while (size * 2 > length) length *= 2
    this.rehash(length)
  }

  private rehash(length: number): void {
    const slots = new Int32Array(length)
    const mask = slots.length - 1
    for (let code = 0; code < this.size; code++) {
      let slot = this.hashes[code] & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = code + 1
    }
    this.slots = slots
  }
}

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
