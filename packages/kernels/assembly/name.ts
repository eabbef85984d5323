// Names of users and their order: canonical integers (`0`, `42`, `-7`; no leading zeros, no plus) first, by value, then the
// rest by UTF-8 bytes. Up to 16 bytes after a name are read.

const minus: u32 = 0x2d
export const zero: u32 = 0x30

// @ts-ignore: decorator
@inline
export function isNegative(at: usize): bool {
  return load<u8>(at) === minus
}

export function isInteger(at: usize, length: i32): bool {
  const first: i32 = length > 0 && isNegative(at) ? 1 : 0
  if (first >= length) return false
  if (load<u8>(at + first) === zero) return length === 1
  for (let i = first; i < length; i++) if (<u32>load<u8>(at + i) - zero > 9) return false
  return true
}

/** The first eight bytes as a number that has their order; zeros stand for those that are missing. */
// @ts-ignore: decorator
@inline
export function textKey(at: usize, length: i32): u64 {
  const bytes = bswap<u64>(load<u64>(at))
  return length >= 8 ? bytes : length <= 0 ? 0 : bytes & ~(u64.MAX_VALUE >> ((<u64>length) << 3))
}

/** Negative, zero or positive as one name comes before, is, or comes after another that is an integer like it, or none. */
export function compareAlike(left: usize, leftLength: i32, right: usize, rightLength: i32, areIntegers: bool): i32 {
  if (!areIntegers) return compareBytes(left, leftLength, right, rightLength)
  const negative = isNegative(left)
  if (negative !== isNegative(right)) return negative ? -1 : 1
  const order = leftLength !== rightLength ? leftLength - rightLength : compareBytes(left, leftLength, right, rightLength)
  return negative ? -order : order
}

function compareBytes(left: usize, leftLength: i32, right: usize, rightLength: i32): i32 {
  const shared = min(leftLength, rightLength)
  for (let i = 0; i < shared; i += 16) {
    let others = i8x16.bitmask(i8x16.ne(v128.load(left + i), v128.load(right + i)))
    // What comes after the shorter one is of no concern.
    if (shared - i < 16) others &= (1 << (shared - i)) - 1
    if (others === 0) continue
    const at = i + ctz(others)
    return <i32>load<u8>(left + at) - <i32>load<u8>(right + at)
  }
  return leftLength - rightLength
}
