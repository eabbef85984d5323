import { alloc, free, word } from "./memory"

/** How often each byte comes at each of the eight places of a key. */
const counts = memory.data(8 * 256 * 4)

/** Sorts keys and, with them, an i32 each; equal keys stay in their order. Byte by byte, from the last on. */
export function sortKeys(keys: usize, codes: usize, size: i32): void {
  if (size < 2) return
  memory.fill(counts, 0, 8 * 256 * 4)
  for (let i = 0; i < size; i++) {
    const key = load<u64>(keys + ((<usize>i) << 3))
    for (let place: u64 = 0; place < 8; place++) {
      const count = counts + (<usize>place << 10) + (<usize>((key >> (place << 3)) & 255) << 2)
      store<i32>(count, load<i32>(count) + 1)
    }
  }
  const otherKeys = alloc(size * 8)
  const otherCodes = alloc(size * 4)
  let fromKeys = keys
  let fromCodes = codes
  let toKeys = otherKeys
  let toCodes = otherCodes
  for (let place: u64 = 0; place < 8; place++) {
    const starts = counts + (<usize>place << 10)
    const first = (load<u64>(fromKeys) >> (place << 3)) & 255
    // All have the same byte there.
    if (word(starts, <i32>first) === size) continue
    let total: i32 = 0
    for (let byte = 0; byte < 256; byte++) {
      const count = word(starts, byte)
      store<i32>(starts + ((<usize>byte) << 2), total)
      total += count
    }
    for (let i = 0; i < size; i++) {
      const key = load<u64>(fromKeys + ((<usize>i) << 3))
      const start = starts + (<usize>((key >> (place << 3)) & 255) << 2)
      const at = load<i32>(start)
      store<i32>(start, at + 1)
      store<u64>(toKeys + ((<usize>at) << 3), key)
      store<i32>(toCodes + ((<usize>at) << 2), word(fromCodes, i))
    }
    const k = fromKeys
    fromKeys = toKeys
    toKeys = k
    const c = fromCodes
    fromCodes = toCodes
    toCodes = c
  }
  if (fromKeys === otherKeys) {
    memory.copy(keys, otherKeys, size * 8)
    memory.copy(codes, otherCodes, size * 4)
  }
  free(otherKeys, size * 8)
  free(otherCodes, size * 4)
}
