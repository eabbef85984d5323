/**
 * Negative, zero or positive as the UTF-8 bytes of one text are before, equal to or after those of another. UTF-16
 * agrees with UTF-8 except that surrogates come before the code units from U+E000 on.
 */
export const compareTexts = (a: string, b: string): number => {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

const rank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit)
