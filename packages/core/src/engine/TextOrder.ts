import type { TextView } from "../arrow/Columns.ts"

/**
 * `utf8`: by UTF-8 bytes. `user`: canonical integers (`0`, `42`, `-7`; no leading zeros, no plus) first, by value, then
 * the rest by UTF-8 bytes.
 */
export type TextOrder = "utf8" | "user"

/** The place of each value of a dictionary in an order: `ranks[code]`, from 0. */
export const textRanks = (column: Pick<TextView, "size" | "offsets" | "bytes">, order: TextOrder): Int32Array => {
  const { bytes, offsets, size } = column
  // A double that orders as the value's first six bytes (or the integer) do decides nearly every comparison.
  const keys = new Float64Array(size)
  const integer = new Uint8Array(size)
  for (let code = 0; code < size; code++) {
    const start = offsets[code]
    const end = offsets[code + 1]
    if (order === "user" && isInteger(bytes, start, end)) {
      integer[code] = 1
      keys[code] = leadingInteger(bytes, start, end)
    } else keys[code] = prefix(bytes, start, end)
  }
  const codes = Int32Array.from(keys.keys()).sort((a, b) => {
    if (integer[a] !== integer[b]) return integer[b] - integer[a]
    return (
      keys[a] - keys[b] ||
      (integer[a] === 1
        ? compareLongIntegers(column, a, b)
        : compareBytes(bytes, offsets[a], offsets[a + 1], offsets[b], offsets[b + 1]))
    )
  })
  const ranks = new Int32Array(size)
  for (let rank = 0; rank < size; rank++) ranks[codes[rank]] = rank
  return ranks
}

const minus = 0x2d

const isInteger = (bytes: Uint8Array, start: number, end: number): boolean => {
  const first = bytes[start] === minus ? start + 1 : start
  if (first >= end) return false
  if (bytes[first] === 0x30) return first + 1 === end && first === start
  for (let i = first; i < end; i++) if (bytes[i] < 0x30 || bytes[i] > 0x39) return false
  return true
}

const keyDigits = 13

/** Orders as the integer does, as far as it tells them apart: how many digits there are, then the first of them. */
const leadingInteger = (bytes: Uint8Array, start: number, end: number): number => {
  const negative = bytes[start] === minus
  const first = negative ? start + 1 : start
  let value = 0
  for (let i = first; i < end && i < first + keyDigits; i++) value = value * 10 + bytes[i] - 0x30
  const key = (end - first) * 10 ** keyDigits + value
  return negative ? -key : key
}

/** Integers with equal keys: by sign, number of digits, digits. */
const compareLongIntegers = ({ bytes, offsets }: Pick<TextView, "offsets" | "bytes">, a: number, b: number): number => {
  const sign = bytes[offsets[a]] === minus ? -1 : 1
  const lengths = offsets[a + 1] - offsets[a] - (offsets[b + 1] - offsets[b])
  return sign * (lengths || compareBytes(bytes, offsets[a], offsets[a + 1], offsets[b], offsets[b + 1]))
}

const prefix = (bytes: Uint8Array, start: number, end: number): number => {
  let key = 0
  for (let i = start; i < start + 6; i++) key = key * 256 + (i < end ? bytes[i] : 0)
  return key
}

const compareBytes = (bytes: Uint8Array, aStart: number, aEnd: number, bStart: number, bEnd: number): number => {
  const length = Math.min(aEnd - aStart, bEnd - bStart)
  for (let i = 0; i < length; i++) {
    const difference = bytes[aStart + i] - bytes[bStart + i]
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}
