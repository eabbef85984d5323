/** The sequence is not UTF-8. */
export const invalid = 0
/** What there is of the sequence is well-formed, but `end` cuts it off. */
export const cutOff = -1

/**
 * The length of the UTF-8 sequence at `at`, whose first byte is over 0x7f; {@link invalid} or {@link cutOff} if it is
 * not a whole one. Overlong forms, surrogates and code points over U+10FFFF are invalid.
 */
export const sequenceLength = (bytes: Uint8Array, at: number, end: number): number => {
  const lead = bytes[at]
  if (lead < 0xc2 || lead > 0xf4) return invalid
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
  if (at + 1 >= end) return cutOff
  const second = bytes[at + 1]
  const least = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const most = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return invalid
  for (let i = at + 2; i < at + length; i++) {
    if (i >= end) return cutOff
    if ((bytes[i] & 0xc0) !== 0x80) return invalid
  }
  return length
}
