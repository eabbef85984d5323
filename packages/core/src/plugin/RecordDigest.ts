/**
 * A 128-bit digest of a record as a set of written fields: two records with the same fields, each written the same,
 * have the same digest whatever the order of the fields. Four 32-bit lanes, each the sum of a mixed hash of every
 * field (name and value); the mixing follows MurmurHash3 (Austin Appleby, public domain). Not meant to withstand an
 * adversary who crafts collisions.
 */
export class RecordDigest {
  /** The digest of the fields added so far. */
  readonly lanes = new Int32Array(4)

  reset(): void {
    this.lanes.fill(0)
  }

  /** Adds a field: its name and its value as written, each a range of bytes. */
  add(name: Uint8Array, nameStart: number, nameEnd: number, value: Uint8Array, start: number, end: number): void {
    state[0] = nameEnd - nameStart
    state[1] = end - start
    state[2] = 0x2127599b
    state[3] = 0x5bd1e995
    absorb(name, nameStart, nameEnd)
    absorb(value, start, end)
    for (let lane = 0; lane < 4; lane++) {
      this.lanes[lane] += mixed(state[lane] ^ Math.imul(state[(lane + 1) & 3], 0x9e3779b1))
    }
  }
}

const state = new Int32Array(4)

const absorb = (bytes: Uint8Array, start: number, end: number): void => {
  let a = state[0]
  let b = state[1]
  let c = state[2]
  let d = state[3]
  let i = start
  for (; i + 4 <= end; i += 4) {
    const word = bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24)
    a = Math.imul(a ^ word, 0xcc9e2d51)
    a ^= a >>> 15
    b = Math.imul(b ^ word, 0x1b873593)
    b ^= b >>> 13
    c = Math.imul(c + word, 0x85ebca6b)
    c ^= c >>> 16
    d = Math.imul(d + word, 0xc2b2ae35)
    d ^= d >>> 14
  }
  let tail = end - i
  for (; i < end; i++) tail = (tail << 8) | bytes[i]
  a = Math.imul(a ^ tail, 0xcc9e2d51)
  b = Math.imul(b ^ tail, 0x1b873593)
  c = Math.imul(c + tail, 0x85ebca6b)
  d = Math.imul(d + tail, 0xc2b2ae35)
  state[0] = a
  state[1] = b
  state[2] = c
  state[3] = d
}

const mixed = (hash: number): number => {
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
