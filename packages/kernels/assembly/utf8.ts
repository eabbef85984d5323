/** Whether the bytes are UTF-8 (RFC 3629). Up to 16 bytes after the end are read. */
export function isUtf8(start: usize, end: usize): bool {
  let i = start
  while (i < end) {
    const others = i8x16.bitmask(v128.load(i))
    if (others === 0) {
      i += 16
      continue
    }
    i += ctz(others)
    // What comes after the text is of no concern.
    if (i >= end) return true
    while (i < end) {
      const lead = load<u8>(i)
      if (lead < 0x80) break
      const length = sequence(i, lead)
      if (length === 0) return false
      i += length
    }
    if (i > end) return false
  }
  return true
}

/** The length of the sequence that begins with that byte, which is not ASCII; 0 if it is none. */
// @ts-ignore: decorator
@inline
function sequence(at: usize, lead: u32): usize {
  const second: u32 = load<u8>(at, 1)
  if (lead < 0xe0) return lead >= 0xc2 && (second & 0xc0) === 0x80 ? 2 : 0
  // The range of the second byte rules out overlong forms, surrogates and values that are too large.
  const low: u32 = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const high: u32 = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  if ((load<u8>(at, 2) & 0xc0) !== 0x80) return 0
  if (lead < 0xf0) return 3
  return lead <= 0xf4 && (load<u8>(at, 3) & 0xc0) === 0x80 ? 4 : 0
}
