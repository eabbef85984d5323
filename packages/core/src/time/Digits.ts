/** Numbers and offsets in ASCII, read straight from bytes. Bounds are the caller's to check. */

export const isDigit = (byte: number): boolean => (byte - 48) >>> 0 <= 9

/** Two digits of a value up to `max`, else -1. */
export const digits2 = (bytes: Uint8Array, at: number, max: number): number => {
  const tens = bytes[at] - 48
  const ones = bytes[at + 1] - 48
  if (tens >>> 0 > 9 || ones >>> 0 > 9) return -1
  const value = tens * 10 + ones
  return value > max ? -1 : value
}

/** Four digits, else a negative number. */
export const digits4 = (bytes: Uint8Array, at: number): number => {
  const high = digits2(bytes, at, 99)
  const low = digits2(bytes, at + 2, 99)
  return (high | low) < 0 ? -1 : high * 100 + low
}

/** What {@link readOffset} returns for text that is no offset. */
export const noOffset = 0x7fffffff

/**
 * Seconds east of UTC of an offset `±hh` with its minutes at `minuteAt`, or without minutes when that is -1. Hours up
 * to 23 and minutes up to 59.
 */
export const readOffset = (bytes: Uint8Array, at: number, minuteAt: number): number => {
  const sign = bytes[at]
  if (sign !== 43 /* + */ && sign !== 45 /* - */) return noOffset
  const hours = digits2(bytes, at + 1, 23)
  const minutes = minuteAt < 0 ? 0 : digits2(bytes, minuteAt, 59)
  if ((hours | minutes) < 0) return noOffset
  const seconds = hours * 3600 + minutes * 60
  return sign === 43 ? seconds : 0 - seconds
}

/** Whether three bytes are `UTC` or `GMT`. */
export const isUtc = (bytes: Uint8Array, at: number): boolean => {
  const letters = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2]
  return letters === 0x555443 || letters === 0x474d54
}
