/** Bytes that may be read, and thrown away, after any block: loads of 16 bytes need no check. */
export const slack: usize = 32

/** Free blocks by the exponent of their size. */
const freed = memory.data(32 * sizeof<usize>())
let top: usize = __heap_base

/** Pages of 64 KiB by which the memory grows at least. */
const leastPages: i32 = 256

// @ts-ignore: decorator
@inline
function exponent(bytes: usize): u32 {
  return bytes <= 64 ? 6 : 32 - clz<u32>(<u32>bytes - 1)
}

/** A block of at least so many bytes and {@link slack}, not cleared. Sizes are powers of two. */
export function alloc(bytes: usize): usize {
  const k = exponent(bytes + slack)
  const head = freed + ((<usize>k) << 2)
  const first = load<usize>(head)
  if (first !== 0) {
    store<usize>(head, load<usize>(first))
    return first
  }
  const block = top
  top = block + ((<usize>1) << k)
  const missing = <i64>top - ((<i64>memory.size()) << 16)
  if (missing > 0) {
    const pages = <i32>((missing + 0xffff) >> 16)
    // Far more than asked for: memory that is not used costs nothing, but whenever it grows JavaScript gets a new buffer,
    // and a collector counts all of it as new.
    if (memory.grow(max(pages, max(leastPages, memory.size() >> 1))) < 0 && memory.grow(pages) < 0) unreachable()
  }
  return block
}

/** Gives a block back; `bytes` as it was asked for. */
export function free(block: usize, bytes: usize): void {
  if (block === 0) return
  const head = freed + ((<usize>exponent(bytes + slack)) << 2)
  store<usize>(block, load<usize>(head))
  store<usize>(head, block)
}

/** A larger block with the first `used` bytes of this one, which is given back. */
export function grow(block: usize, bytes: usize, used: usize, wanted: usize): usize {
  const larger = alloc(wanted)
  if (used > 0) memory.copy(larger, block, used)
  free(block, bytes)
  return larger
}

/** An i32 of an array. */
// @ts-ignore: decorator
@inline
export function word(array: usize, index: i32): i32 {
  return load<i32>(array + ((<usize>index) << 2))
}

/** Copies a text; up to 15 bytes after it are written as well. */
// @ts-ignore: decorator
@inline
export function copyText(to: usize, from: usize, length: usize): void {
  let done: usize = 0
  do {
    v128.store(to + done, v128.load(from + done))
    done += 16
  } while (done < length)
}
