/** Bytes that are copied at a time, so that they are still in the cache of the processor when they are read. */
export const windowSize = 1 << 18
/** With so few left, the next bytes are copied before a record is taken for one that is not clean. */
const fewLeft = windowSize / 16

/** The part of some bytes that stands in the memory of the kernels for a loop to read. */
export class InputWindow {
  /** All there are: `bytes[0..stop)`. */
  bytes: Uint8Array = new Uint8Array(0)
  stop = 0
  /** The part that was copied: `bytes[start..end)`. */
  start = 0
  end = 0

  /** Replaces the bytes; nothing of them is copied yet. */
  show(bytes: Uint8Array, stop: number): void {
    this.bytes = bytes
    this.stop = stop
    this.start = this.end = 0
  }

  /** Whether there are more bytes to copy before the record at `bytes[at]` can be judged. */
  isUsedUp(at: number): boolean {
    const { end, start, stop } = this
    if (end === stop && end > 0) return false
    return at >= end || (at > start && end - at < fewLeft)
  }

  /** Goes on to the part from `bytes[from]` on, which is to be copied. */
  moveTo(from: number): void {
    this.start = from
    this.end = Math.min(from + windowSize, this.stop)
  }
}
