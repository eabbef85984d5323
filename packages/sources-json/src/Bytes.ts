/** The bytes that have a meaning in JSON text. */
export const tab = 0x09
export const newline = 0x0a
export const carriageReturn = 0x0d
export const space = 0x20
export const quote = 0x22
export const comma = 0x2c
export const minus = 0x2d
export const dot = 0x2e
export const zero = 0x30
export const nine = 0x39
export const colon = 0x3a
export const openBracket = 0x5b
export const backslash = 0x5c
export const closeBracket = 0x5d
export const openBrace = 0x7b
export const closeBrace = 0x7d

/** Insignificant whitespace within a line: space, tab, carriage return. */
export const isBlank = (byte: number): boolean => byte === space || byte === tab || byte === carriageReturn

/** The length of the UTF-8 byte order mark that the text begins with. */
export const markLength = (text: Uint8Array): number =>
  text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? 3 : 0

/** A table of all bytes: 1 for those that pass the test. */
export const bytesThat = (test: (byte: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => (test(byte) ? 1 : 0))
