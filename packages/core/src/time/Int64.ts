/**
 * int64 values in a buffer seen as 32-bit halves, low half first: `new Int32Array(column.buffer)`, value `i` in lanes
 * `2 * i` and `2 * i + 1`. Plain numbers in and out, since BigInt allocates.
 */

const two32 = 4_294_967_296
const two20 = 1_048_576
const microsPerSecond = 1_000_000

/** Stores microseconds since 1970 of any instant of the years 0001 to 9999. */
export const storeMicros = (lanes: Int32Array, index: number, seconds: number, micros: number): void => {
  // seconds = upper * 2^20 + lower, so that neither product with 10^6 leaves the exact integers.
  const upper = Math.floor(seconds / two20)
  const lower = seconds - upper * two20
  const product = upper * microsPerSecond
  const high = Math.floor(product / 4096)
  const low = (product - high * 4096) * two20 + lower * microsPerSecond + micros
  const carry = Math.floor(low / two32)
  lanes[2 * index] = low
  lanes[2 * index + 1] = high + carry
}

/** Whole seconds of a value in microseconds, rounded down. */
export const secondsAt = (lanes: Int32Array, index: number): number =>
  Math.floor(lanes[2 * index + 1] / microsPerSecond) * two32 + Math.floor(remainder(lanes, index) / microsPerSecond)

/** What {@link secondsAt} leaves: 0 to 999999 microseconds. */
export const microsAt = (lanes: Int32Array, index: number): number => remainder(lanes, index) % microsPerSecond

/** The value modulo 10^6 * 2^32, an exact integer below 2^52. */
const remainder = (lanes: Int32Array, index: number): number => {
  const high = lanes[2 * index + 1]
  return (high - Math.floor(high / microsPerSecond) * microsPerSecond) * two32 + (lanes[2 * index] >>> 0)
}

/** Negative, zero or positive as the value at `a` is less than, equal to or greater than the one at `b`. */
export const compareInt64 = (lanes: Int32Array, a: number, b: number): number =>
  lanes[2 * a + 1] - lanes[2 * b + 1] || (lanes[2 * a] >>> 0) - (lanes[2 * b] >>> 0)

/** The value at `later` minus the one at `earlier`: exact up to 2^53 (285 years of microseconds), else rounded. */
export const differenceMicros = (lanes: Int32Array, later: number, earlier: number): number =>
  (lanes[2 * later + 1] - lanes[2 * earlier + 1]) * two32 + ((lanes[2 * later] >>> 0) - (lanes[2 * earlier] >>> 0))

/** Stores a safe integer. */
export const storeInt64 = (lanes: Int32Array, index: number, value: number): void => {
  lanes[2 * index] = value
  lanes[2 * index + 1] = value >= 0 && value < two32 ? 0 : Math.floor(value / two32)
}

/** Stores one value minus another, which stand at the same place in two columns: exact, as int64 has it. */
export const storeDifference = (lanes: Int32Array, index: number, later: Int32Array, earlier: Int32Array): void => {
  const low = (later[2 * index] >>> 0) - (earlier[2 * index] >>> 0)
  lanes[2 * index] = low
  lanes[2 * index + 1] = later[2 * index + 1] - earlier[2 * index + 1] - (low < 0 ? 1 : 0)
}

/** The value as a double: exact up to 2^53, else rounded. */
export const int64At = (lanes: Int32Array, index: number): number =>
  lanes[2 * index + 1] * two32 + (lanes[2 * index] >>> 0)
