import type { TextView } from "../arrow/Columns.ts"
import { compareBytes, compareUsers, isInteger } from "../run/UserOrder.ts"

/**
 * `utf8`: by UTF-8 bytes. `user`: canonical integers (`0`, `42`, `-7`; no leading zeros, no plus) first, by value, then
 * the rest by UTF-8 bytes.
 */
export type TextOrder = "utf8" | "user"

type Texts = Pick<TextView, "size" | "offsets" | "bytes">

/** The place of each value of a dictionary in an order: `ranks[code]`, from 0. */
export const textRanks = (column: Texts, order: TextOrder): Int32Array => {
  const codes = sortedCodes(column, order)
  const ranks = new Int32Array(codes.length)
  for (let rank = 0; rank < ranks.length; rank++) ranks[codes[rank]] = rank
  return ranks
}

/**
 * Sorted by the eight bytes after what all texts begin with, digit by digit of 16 bits; texts that are equal so far are
 * compared as a whole. Integers come before other texts, by the number of their digits and then the digits; so they are
 * ordered apart.
 */
const sortedCodes = (texts: Texts, order: TextOrder): Int32Array => {
  const { bytes, offsets, size } = texts
  const all = numbersTo(size)
  if (order === "utf8") return sortByBytes(texts, all)
  const isNumber = (code: number) => isInteger(bytes, offsets[code], offsets[code + 1])
  const integers = all.filter(isNumber)
  if (integers.length === 0) return sortByBytes(texts, all)
  const others = sortByBytes(
    texts,
    all.filter((code) => !isNumber(code))
  )
  all.set(sortIntegers(texts, integers))
  all.set(others, integers.length)
  return all
}

/** From 0 on. A loop: `Int32Array.from` makes an object a number. */
const numbersTo = (length: number): Int32Array<ArrayBuffer> => {
  const numbers = new Int32Array(length)
  for (let i = 0; i < length; i++) numbers[i] = i
  return numbers
}

const sortByBytes = (texts: Texts, codes: Int32Array): Int32Array => {
  const { bytes, offsets } = texts
  const skipped = commonPrefix(texts, codes)
  const high = new Uint32Array(codes.length)
  const low = new Uint32Array(codes.length)
  for (let i = 0; i < codes.length; i++) {
    const start = offsets[codes[i]] + skipped
    const end = offsets[codes[i] + 1]
    high[i] = fourBytes(bytes, start, end)
    low[i] = fourBytes(bytes, start + 4, end)
  }
  return sortByKeys(codes, high, low, (a, b) =>
    compareBytes(bytes, offsets[a], offsets[a + 1], bytes, offsets[b], offsets[b + 1])
  )
}

/** Values up to 2^52 are keys; larger ones share a key and are compared as a whole. */
const sortIntegers = (texts: Texts, codes: Int32Array): Int32Array => {
  const { bytes, offsets } = texts
  const high = new Uint32Array(codes.length)
  const low = new Uint32Array(codes.length)
  for (let i = 0; i < codes.length; i++) {
    const start = offsets[codes[i]]
    const end = offsets[codes[i] + 1]
    const negative = bytes[start] === minus
    let value = 0
    for (let at = negative ? start + 1 : start; at < end; at++) value = Math.min(value * 10 + bytes[at] - 0x30, middle)
    // Offset so that negative ones are below; what is too large for a key shares the last or the first one.
    const key = negative ? middle - value : middle + Math.min(value, middle - 1)
    high[i] = Math.floor(key / two32)
    low[i] = key - high[i] * two32
  }
  return sortByKeys(codes, high, low, (a, b) =>
    compareUsers(bytes, offsets[a], offsets[a + 1], bytes, offsets[b], offsets[b + 1])
  )
}

const minus = 0x2d
const two32 = 4_294_967_296
/** Half of the exact integers of a double. */
const middle = 2 ** 52

/** How many bytes all of some texts begin with. */
const commonPrefix = ({ bytes, offsets }: Texts, codes: Int32Array): number => {
  if (codes.length === 0) return 0
  const first = offsets[codes[0]]
  let length = offsets[codes[0] + 1] - first
  for (let i = 1; i < codes.length && length > 0; i++) {
    const start = offsets[codes[i]]
    length = Math.min(length, offsets[codes[i] + 1] - start)
    let same = 0
    while (same < length && bytes[first + same] === bytes[start + same]) same++
    length = same
  }
  return length
}

/** As a number that orders as the bytes do; a text that ends is filled up with zeros. */
const fourBytes = (bytes: Uint8Array, start: number, end: number): number => {
  let key = 0
  for (let i = start; i < start + 4; i++) key = (key << 8) | (i < end ? bytes[i] : 0)
  return key >>> 0
}

/** Codes by their keys; those of one key by comparison. */
const sortByKeys = (
  codes: Int32Array,
  high: Uint32Array,
  low: Uint32Array,
  compare: (a: number, b: number) => number
): Int32Array => {
  const order = sortedPlaces(high, low)
  const sorted = order.map((place) => codes[place])
  for (let start = 0, end = 0; start < order.length; start = end) {
    for (end = start + 1; end < order.length; end++) {
      if (low[order[end]] !== low[order[start]] || high[order[end]] !== high[order[start]]) break
    }
    if (end > start + 1) sorted.subarray(start, end).sort(compare)
  }
  return sorted
}

/** A radix sort is worth its counters from so many keys on. */
const enoughKeys = 4096

const sortedPlaces = (high: Uint32Array, low: Uint32Array): Int32Array => {
  const places = numbersTo(high.length)
  if (places.length < enoughKeys) return places.sort((a, b) => high[a] - high[b] || low[a] - low[b])
  let from = places
  let to = new Int32Array(places.length)
  for (const [keys, shift] of [
    [low, 0],
    [low, 16],
    [high, 0],
    [high, 16]
  ] as const) {
    const starts = new Int32Array(65_537)
    for (let i = 0; i < keys.length; i++) starts[((keys[i] >>> shift) & 0xffff) + 1]++
    // All keys have the same digit.
    if (starts.includes(keys.length)) continue
    for (let digit = 1; digit < starts.length; digit++) starts[digit] += starts[digit - 1]
    for (let i = 0; i < from.length; i++) to[starts[(keys[from[i]] >>> shift) & 0xffff]++] = from[i]
    const other = from
    from = to
    to = other
  }
  return from
}
