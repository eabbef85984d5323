import { grown } from "../arrow/grown.ts"
import { int64At } from "../time/Int64.ts"

const minus = 45
const point = 46
const zero = 48
const billion = 1e9

/** Bytes being written, in memory that grows and is used again after {@link ByteWriter.take}. */
export class ByteWriter {
  /** Written so far: `bytes[0..length)`. Replaced when it grows. */
  bytes = new Uint8Array(4096)
  length = 0

  /** Makes room for `count` bytes more, which may then be put at `bytes[length]` and counted in `length`. */
  reserve(count: number): void {
    const needed = this.length + count
    if (needed > this.bytes.length) this.bytes = grown(this.bytes, needed)
  }

  byte(value: number): void {
    this.reserve(1)
    this.bytes[this.length++] = value
  }

  /** Copies `source[start..end)`. */
  range(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start)
    const bytes = this.bytes
    let at = this.length
    for (let i = start; i < end; i++) bytes[at++] = source[i]
    this.length = at
  }

  /** Text of code points up to 0x7f. */
  ascii(text: string): void {
    this.reserve(text.length)
    for (let i = 0; i < text.length; i++) this.bytes[this.length++] = text.charCodeAt(i)
  }

  /** A safe integer in decimal. */
  integer(value: number): void {
    if (value < 0) {
      this.byte(minus)
      value = -value
    }
    if (value < billion) return this.digits(value, digitCount(value))
    const upper = Math.floor(value / billion)
    this.integer(upper)
    this.digits(value - upper * billion, 9)
  }

  /** The `index`-th int64 of memory seen as pairs of Int32, in decimal. */
  int64(lanes: Int32Array, index: number): void {
    const value = int64At(lanes, index)
    if (Number.isSafeInteger(value)) return this.integer(value)
    this.ascii(String((BigInt(lanes[2 * index + 1]) << 32n) | BigInt(lanes[2 * index] >>> 0)))
  }

  /** A finite double as `String` prints it: the shortest text that reads back as the same number. */
  double(value: number): void {
    if (Number.isSafeInteger(value)) return this.integer(value)
    // At most six decimals and 15 digits in all: no other text so short reads back as this number.
    const millionths = Math.round(value * 1e6)
    if (Math.abs(millionths) >= 1e15 || millionths / 1e6 !== value) return this.ascii(String(value))
    const magnitude = Math.abs(millionths)
    const whole = Math.floor(magnitude / 1e6)
    const fraction = magnitude - whole * 1e6
    if (millionths < 0) this.byte(minus)
    this.integer(whole)
    this.byte(point)
    this.digits(fraction, 6)
    while (this.bytes[this.length - 1] === zero) this.length--
  }

  /** A copy of what was written; the writer is empty afterwards. */
  take(): Uint8Array {
    const copy = this.bytes.slice(0, this.length)
    this.length = 0
    return copy
  }

  /** An integer from 0 to 10^9 - 1, with zeros before it to fill `width`. */
  private digits(value: number, width: number): void {
    this.reserve(width)
    const bytes = this.bytes
    let rest = value | 0
    for (let at = this.length + width - 1; at >= this.length; at--) {
      const tenth = (rest / 10) | 0
      bytes[at] = zero + rest - tenth * 10
      rest = tenth
    }
    this.length += width
  }
}

const digitCount = (value: number): number => {
  let count = 1
  for (let bound = 10; value >= bound; bound *= 10) count++
  return count
}
