/**
 * Whether `bytes[start..end)` is well-formed UTF-8 as Unicode defines it: no overlong forms, no surrogates, nothing
 * above U+10FFFF, no sequence cut short.
 */
export const isUtf8 = (bytes: Uint8Array, start: number, end: number): boolean => {
  let i = start
  while (i < end) {
    const lead = bytes[i++]
    if (lead < 0x80) continue
    // The second byte's range rules out overlong forms, surrogates and values that are too large.
    let low = 0x80
    let high = 0xbf
    let following = 1
    if (lead >= 0xf0) {
      if (lead > 0xf4) return false
      if (lead === 0xf0) low = 0x90
      else if (lead === 0xf4) high = 0x8f
      following = 3
    } else if (lead >= 0xe0) {
      if (lead === 0xe0) low = 0xa0
      else if (lead === 0xed) high = 0x9f
      following = 2
    } else if (lead < 0xc2) return false
    if (i + following > end) return false
    if (bytes[i] < low || bytes[i] > high) return false
    i++
    for (; following > 1; following--) if ((bytes[i++] & 0xc0) !== 0x80) return false
  }
  return true
}
