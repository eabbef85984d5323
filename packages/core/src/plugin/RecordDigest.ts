/** Takes the fields of a record, in any order. */
export interface FieldDigest {
  /** Adds a field: its name and its value as written, each a range of bytes. */
  readonly add: (
    name: Uint8Array,
    nameStart: number,
    nameEnd: number,
    value: Uint8Array,
    start: number,
    end: number
  ) => void
}

/**
 * A 128-bit digest of a record as a set of written fields: two records with the same fields, each written the same,
 * have the same digest whatever the order of the fields. Four 32-bit lanes, each the sum of a mixed hash of every
 * field (name and value); the mixing follows MurmurHash3 (Austin Appleby, public domain). Not meant to withstand an
 * adversary who crafts collisions.
 */
export class RecordDigest implements FieldDigest {
  /** The digest of the fields added so far. */
  readonly lanes = new Int32Array(4)

  reset(): void {
    const { lanes } = this
    lanes[0] = 0
    lanes[1] = 0
    lanes[2] = 0
    lanes[3] = 0
  }

  add(name: Uint8Array, nameStart: number, nameEnd: number, value: Uint8Array, start: number, end: number): void {
    let a = nameEnd - nameStart
    let b = end - start
    let c = 0x2127599b
    let d = 0x5bd1e995
    // First the name, then the value; the state stays in local variables all the while.
    let bytes = name
    let i = nameStart
    let until = nameEnd
    for (let part = 0; part < 2; part++) {
      for (; i + 4 <= until; i += 4) {
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
      let tail = until - i
      for (; i < until; i++) tail = (tail << 8) | bytes[i]
      a = Math.imul(a ^ tail, 0xcc9e2d51)
      b = Math.imul(b ^ tail, 0x1b873593)
      c = Math.imul(c + tail, 0x85ebca6b)
      d = Math.imul(d + tail, 0xc2b2ae35)
      bytes = value
      i = start
      until = end
    }
    const { lanes } = this
    lanes[0] += mixed(a ^ Math.imul(b, 0x9e3779b1))
    lanes[1] += mixed(b ^ Math.imul(c, 0x9e3779b1))
    lanes[2] += mixed(c ^ Math.imul(d, 0x9e3779b1))
    lanes[3] += mixed(d ^ Math.imul(a, 0x9e3779b1))
  }
}

const mixed = (hash: number): number => {
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
