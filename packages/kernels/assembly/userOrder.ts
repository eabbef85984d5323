import { sortKeys } from "./keys"
import { alloc, free, word } from "./memory"
import { compareAlike, isInteger, isNegative, textKey, zero } from "./name"

/** More digits may not fit in an int64. */
const mostDigits: i32 = 18
/** Integers of more digits: at the ends of the order, where they are compared as a whole. */
const leastKey: u64 = 0
const greatestKey: u64 = u64.MAX_VALUE

/** Names of users, `size` of them: where they begin and end in `bytes`, an i32 each and one more. Filled by JavaScript. */
@unmanaged
export class Names {
  size: i32
  offsets: usize
  bytes: usize
  /** i32 each: the names in order. */
  codes: usize
  /** i32 each: the place of each name in that order. */
  ranks: usize
  /** Of the names that are used, in order: the names, and where their rows end. */
  usedOffsets: usize
  usedBytes: usize
  usedEnds: usize
  used: i32
}

// @ts-ignore: decorator
@inline
function startOf(names: Names, code: i32): usize {
  return names.bytes + word(names.offsets, code)
}

// @ts-ignore: decorator
@inline
function lengthOf(names: Names, code: i32): i32 {
  return word(names.offsets, code + 1) - word(names.offsets, code)
}

/** Orders names, by keys of eight bytes; names of one key are compared as a whole. */
export function orderNames(names: Names): void {
  const size = names.size
  const codes = names.codes
  let integers: i32 = 0
  for (let code = 0; code < size; code++) {
    if (!isInteger(startOf(names, code), lengthOf(names, code))) continue
    store<i32>(codes + ((<usize>(integers++)) << 2), code)
  }
  let next = integers
  for (let code = 0; code < size; code++) {
    if (isInteger(startOf(names, code), lengthOf(names, code))) continue
    store<i32>(codes + ((<usize>(next++)) << 2), code)
  }
  const keys = alloc(size * 8)
  for (let i = 0; i < integers; i++) {
    const code = word(codes, i)
    store<u64>(keys + ((<usize>i) << 3), integerKey(startOf(names, code), lengthOf(names, code)))
  }
  const skipped = commonPrefix(names, integers)
  for (let i = integers; i < size; i++) {
    const code = word(codes, i)
    const length = lengthOf(names, code) - skipped
    store<u64>(keys + ((<usize>i) << 3), textKey(startOf(names, code) + skipped, length))
  }
  sortNames(names, keys, 0, integers, true)
  sortNames(names, keys, integers, size, false)
  free(keys, size * 8)
  for (let rank = 0; rank < size; rank++) store<i32>(names.ranks + ((<usize>word(codes, rank)) << 2), rank)
}

/** Leaves out the names without rows. `ends`: an i32 a rank, where its rows end. */
export function useNames(names: Names, ends: usize): void {
  let used: i32 = 0
  let at: i32 = 0
  let before: i32 = 0
  store<i32>(names.usedOffsets, 0)
  for (let rank = 0; rank < names.size; rank++) {
    const end = word(ends, rank)
    if (end === before) continue
    before = end
    const code = word(names.codes, rank)
    const length = lengthOf(names, code)
    memory.copy(names.usedBytes + at, startOf(names, code), length)
    at += length
    store<i32>(names.usedEnds + ((<usize>(used++)) << 2), end)
    store<i32>(names.usedOffsets + ((<usize>used) << 2), at)
  }
  names.used = used
}

function integerKey(at: usize, length: i32): u64 {
  const negative = isNegative(at)
  const first = <i32>negative
  if (length - first > mostDigits) return negative ? leastKey : greatestKey
  let value: i64 = 0
  for (let i = first; i < length; i++) value = value * 10 + <i64>(<u32>load<u8>(at + i) - zero)
  return <u64>(negative ? -value : value) ^ (<u64>1 << 63)
}

/** How many bytes the names from `from` on all begin with. */
function commonPrefix(names: Names, from: i32): i32 {
  if (from === names.size) return 0
  const codes = names.codes
  const first = startOf(names, word(codes, from))
  let length = lengthOf(names, word(codes, from))
  for (let i = from + 1; i < names.size && length > 0; i++) {
    const code = word(codes, i)
    const most = min(length, lengthOf(names, code))
    const at = startOf(names, code)
    length = 0
    while (length < most && load<u8>(first + length) === load<u8>(at + length)) length++
  }
  return length
}

/** Sorts the names from `from` to before `to` by their keys, and then those of one key. */
function sortNames(names: Names, keys: usize, from: i32, to: i32, areIntegers: bool): void {
  sortKeys(keys + ((<usize>from) << 3), names.codes + ((<usize>from) << 2), to - from)
  for (let start = from; start < to; ) {
    const key = load<u64>(keys + ((<usize>start) << 3))
    let end = start + 1
    while (end < to && load<u64>(keys + ((<usize>end) << 3)) === key) end++
    if (end > start + 1) mergeNames(names, start, end, areIntegers)
    start = end
  }
}

/** Sorts names by merging, comparing them as a whole. */
function mergeNames(names: Names, start: i32, end: i32, areIntegers: bool): void {
  const length = end - start
  const other = alloc(length * 4)
  const codes = names.codes + ((<usize>start) << 2)
  let from = codes
  let to = other
  for (let width = 1; width < length; width *= 2) {
    for (let low = 0; low < length; low += 2 * width) {
      const middle = min(low + width, length)
      const high = min(low + 2 * width, length)
      let left = low
      let right = middle
      for (let at = low; at < high; at++) {
        const takesLeft =
          right === high ||
          (left < middle && compareCodes(names, word(from, left), word(from, right), areIntegers) <= 0)
        store<i32>(to + ((<usize>at) << 2), word(from, takesLeft ? left++ : right++))
      }
    }
    const f = from
    from = to
    to = f
  }
  if (from === other) memory.copy(codes, other, length * 4)
  free(other, length * 4)
}

/** Negative, zero or positive as name `a` comes before, is, or comes after `b`: two of one kind. */
function compareCodes(names: Names, a: i32, b: i32, areIntegers: bool): i32 {
  return compareAlike(startOf(names, a), lengthOf(names, a), startOf(names, b), lengthOf(names, b), areIntegers)
}
