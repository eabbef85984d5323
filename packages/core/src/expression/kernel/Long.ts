import { int64At, storeInt64 } from "../../time/Int64.ts"

/** Exact arithmetic of int64 values in memory seen as pairs of 32-bit halves, low half first. */

const two32 = 4_294_967_296
const two31 = 2_147_483_648

/** A value as a BigInt, for the few that a double does not hold. */
export const bigAt = (longs: Int32Array, place: number): bigint =>
  (BigInt(longs[2 * place + 1]) << 32n) | BigInt(longs[2 * place] >>> 0)

/** Stores a value; false if it is beyond 64 bits. */
export const storeBig = (longs: Int32Array, place: number, value: bigint): boolean => {
  longs[2 * place] = Number(BigInt.asIntN(32, value))
  longs[2 * place + 1] = Number(BigInt.asIntN(32, value >> 32n))
  return BigInt.asIntN(64, value) === value
}

/** Stores a whole number that a double holds; false if it is beyond 64 bits. */
export const storeWhole = (longs: Int32Array, place: number, value: number): boolean => {
  if (!(value >= -two31 * two32 && value < two31 * two32)) return false
  storeInt64(longs, place, value)
  return true
}

/** Stores `a + b`; false if it is beyond 64 bits. */
export const addLongs = (
  out: Int32Array,
  place: number,
  a: Int32Array,
  x: number,
  b: Int32Array,
  y: number
): boolean => {
  const low = (a[2 * x] >>> 0) + (b[2 * y] >>> 0)
  const high = a[2 * x + 1] + b[2 * y + 1] + (low >= two32 ? 1 : 0)
  out[2 * place] = low
  out[2 * place + 1] = high
  return high >= -two31 && high < two31
}

/** Stores `a - b`; false if it is beyond 64 bits. */
export const subtractLongs = (
  out: Int32Array,
  place: number,
  a: Int32Array,
  x: number,
  b: Int32Array,
  y: number
): boolean => {
  const low = (a[2 * x] >>> 0) - (b[2 * y] >>> 0)
  const high = a[2 * x + 1] - b[2 * y + 1] - (low < 0 ? 1 : 0)
  out[2 * place] = low
  out[2 * place + 1] = high
  return high >= -two31 && high < two31
}

/** Stores `a * b`; false if it is beyond 64 bits. */
export const multiplyLongs = (
  out: Int32Array,
  place: number,
  a: Int32Array,
  x: number,
  b: Int32Array,
  y: number
): boolean => {
  const product = int64At(a, x) * int64At(b, y)
  if (!Number.isSafeInteger(product)) return storeBig(out, place, bigAt(a, x) * bigAt(b, y))
  storeInt64(out, place, product)
  return true
}

/** Stores the remainder of `a / b`, which has the sign of `a`. `b` is not zero. */
export const remainderLongs = (
  out: Int32Array,
  place: number,
  a: Int32Array,
  x: number,
  b: Int32Array,
  y: number
): boolean => {
  const dividend = int64At(a, x)
  const divisor = int64At(b, y)
  if (!Number.isSafeInteger(dividend) || !Number.isSafeInteger(divisor)) {
    return storeBig(out, place, bigAt(a, x) % bigAt(b, y))
  }
  storeInt64(out, place, dividend % divisor)
  return true
}
