/** Negative, zero or positive as the user `a[aStart..aEnd)` comes before, is, or comes after `b[bStart..bEnd)`. */
export const compareUsers = (
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number
): number => {
  const aInteger = isInteger(a, aStart, aEnd)
  if (aInteger !== isInteger(b, bStart, bEnd)) return aInteger ? -1 : 1
  if (!aInteger) return compareBytes(a, aStart, aEnd, b, bStart, bEnd)
  const aNegative = a[aStart] === minus
  if (aNegative !== (b[bStart] === minus)) return aNegative ? -1 : 1
  const order = aEnd - aStart - (bEnd - bStart) || compareBytes(a, aStart, aEnd, b, bStart, bEnd)
  return aNegative ? -order : order
}

/** A canonical integer: `0`, `42`, `-7`; no leading zeros, no plus. */
export const isInteger = (bytes: Uint8Array, start: number, end: number): boolean => {
  const first = bytes[start] === minus ? start + 1 : start
  if (first >= end) return false
  if (bytes[first] === zero) return first + 1 === end && first === start
  for (let i = first; i < end; i++) if (bytes[i] < zero || bytes[i] > nine) return false
  return true
}

export const compareBytes = (
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number
): number => {
  const length = Math.min(aEnd - aStart, bEnd - bStart)
  for (let i = 0; i < length; i++) {
    const difference = a[aStart + i] - b[bStart + i]
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}

const minus = 0x2d
const zero = 0x30
const nine = 0x39
