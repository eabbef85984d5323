// The digest of a record as a set of written fields: the same function as RecordDigest of @sojourn/core, which says
// where it comes from.

// @ts-ignore: decorator
@inline
function mixed(hash: i32): i32 {
  hash ^= hash >>> 16
  hash = hash * <i32>0x85ebca6b
  hash ^= hash >>> 13
  hash = hash * <i32>0xc2b2ae35
  return hash ^ (hash >>> 16)
}

/** Adds a field, its name and its value as written, to the four sums at `lanes`. */
export function digestField(lanes: usize, name: usize, nameLength: i32, value: usize, valueLength: i32): void {
  let a = nameLength
  let b = valueLength
  let c: i32 = 0x2127599b
  let d: i32 = 0x5bd1e995
  let at = name
  let left = nameLength
  for (let part = 0; part < 2; part++) {
    for (; left >= 4; left -= 4, at += 4) {
      const word = load<i32>(at)
      a = (a ^ word) * <i32>0xcc9e2d51
      a ^= a >>> 15
      b = (b ^ word) * <i32>0x1b873593
      b ^= b >>> 13
      c = (c + word) * <i32>0x85ebca6b
      c ^= c >>> 16
      d = (d + word) * <i32>0xc2b2ae35
      d ^= d >>> 14
    }
    // The number of bytes left, then those: without a branch, since lengths are hard to foresee.
    const bits = <u64>left << 3
    const tail = <i32>((<u64>left << bits) | (<u64>bswap(load<u32>(at)) >> (32 - bits)))
    a = (a ^ tail) * <i32>0xcc9e2d51
    b = (b ^ tail) * <i32>0x1b873593
    c = (c + tail) * <i32>0x85ebca6b
    d = (d + tail) * <i32>0xc2b2ae35
    at = value
    left = valueLength
  }
  store<i32>(lanes, load<i32>(lanes) + mixed(a ^ (b * <i32>0x9e3779b1)))
  store<i32>(lanes, load<i32>(lanes, 4) + mixed(b ^ (c * <i32>0x9e3779b1)), 4)
  store<i32>(lanes, load<i32>(lanes, 8) + mixed(c ^ (d * <i32>0x9e3779b1)), 8)
  store<i32>(lanes, load<i32>(lanes, 12) + mixed(d ^ (a * <i32>0x9e3779b1)), 12)
}
