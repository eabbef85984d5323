import {
  backslash,
  bytesThat,
  closeBrace,
  closeBracket,
  colon,
  comma,
  dot,
  isBlank,
  minus,
  newline,
  nine,
  openBrace,
  openBracket,
  quote,
  space,
  zero
} from "./Bytes.ts"

/** The bytes end before the value does. */
export const incomplete = -1
/** The bytes are not JSON. */
export const syntaxError = -2
/** Arrays and objects stand in one another more than {@link maxDepth} levels deep. */
export const tooDeep = -3

/** Levels of arrays and objects, the outermost counted. */
export const maxDepth = 512

/**
 * Checks JSON text (RFC 8259) in bytes. A method takes the position where something starts and gives the position
 * after it, or one of the negative results above. Nothing is built.
 *
 * Whether strings are UTF-8 is left to the caller, since where a value ends does not depend on it.
 */
export class Scanner {
  bytes: Uint8Array = new Uint8Array(0)
  /** Bytes from here on are not looked at. */
  end = 0
  /** `end` is the end of the input, so that a number may end there. */
  last = false
  /** The 1-based line of the position reached. */
  line = 1
  /** The number of blanks that the line of the position reached begins with. */
  indent = 0
  /** Only blanks stand before the place reached on its line. */
  private atMargin = true
  /** A string passed was not all ASCII. */
  hasNonAscii = false
  /** Grows with every run of whitespace passed. */
  blankRuns = 0
  private readonly newlineEnds: boolean
  private readonly closers = new Uint8Array(maxDepth + 1)

  /** `newlineEnds`: a newline is no whitespace inside a value. */
  constructor(newlineEnds: boolean) {
    this.newlineEnds = newlineEnds
  }

  /** Sets the place reached, which is not at the margin of its line. */
  moveTo(line: number, indent: number): void {
    this.line = line
    this.indent = indent
    this.atMargin = false
  }

  /** The position of the first byte that is not whitespace, or `end`. */
  skip(at: number): number {
    return at < this.end && this.bytes[at] > space ? at : this.blanks(at, this.newlineEnds)
  }

  /** As {@link Scanner.skip}, between values, where a newline is always whitespace. */
  skipLines(at: number): number {
    return this.blanks(at, false)
  }

  /** Any value; it stands inside `depth` arrays and objects. */
  value(at: number, depth: number): number {
    const { bytes, closers, end } = this
    let level = depth
    let i = at
    for (;;) {
      if (i >= end) return incomplete
      const first = bytes[i]
      if (first === openBrace || first === openBracket) {
        if (++level > maxDepth) return tooDeep
        closers[level] = first === openBrace ? closeBrace : closeBracket
        i = this.skip(i + 1)
        if (i >= end) return incomplete
        if (bytes[i] !== closers[level]) {
          if (first === openBrace && (i = this.key(i)) < 0) return i
          continue
        }
      } else {
        i = this.scalar(i)
        if (i < 0 || level === depth) return i
        i = this.skip(i)
      }
      while (i < end && bytes[i] === closers[level]) {
        if (--level === depth) return i + 1
        i = this.skip(i + 1)
      }
      if (i >= end) return incomplete
      if (bytes[i] !== comma) return syntaxError
      i = this.skip(i + 1)
      if (closers[level] === closeBrace && (i = this.key(i)) < 0) return i
    }
  }

  /** A key and its colon: the position of the value. */
  key(at: number): number {
    if (at >= this.end) return incomplete
    if (this.bytes[at] !== quote) return syntaxError
    const after = this.string(at + 1)
    return after < 0 ? after : this.colon(after)
  }

  /** The colon after a key: the position of the value. */
  colon(at: number): number {
    const i = this.skip(at)
    if (i >= this.end) return incomplete
    return this.bytes[i] === colon ? this.skip(i + 1) : syntaxError
  }

  /** The rest of a string whose opening quote is before `at`. */
  string(at: number): number {
    const { bytes, end } = this
    let i = at
    for (;;) {
      while (i < end && plain[bytes[i]] === 1) i++
      if (i >= end) return incomplete
      const byte = bytes[i]
      if (byte === quote) return i + 1
      if (byte < space) return syntaxError
      if (byte === backslash) {
        i = this.escape(i + 1)
        if (i < 0) return i
      } else {
        this.hasNonAscii = true
        while (i < end && bytes[i] >= 0x80) i++
      }
    }
  }

  private scalar(at: number): number {
    switch (this.bytes[at]) {
      case quote:
        return this.string(at + 1)
      case 0x74:
        return this.word(at, words.true)
      case 0x66:
        return this.word(at, words.false)
      case 0x6e:
        return this.word(at, words.null)
      default:
        return this.number(at)
    }
  }

  private escape(at: number): number {
    const { bytes, end } = this
    if (at >= end) return incomplete
    if (bytes[at] !== 0x75) return escapable[bytes[at]] === 1 ? at + 1 : syntaxError
    for (let i = at + 1; i < at + 5; i++) {
      if (i >= end) return incomplete
      if (hexadecimal[bytes[i]] === 0) return syntaxError
    }
    return at + 5
  }

  private word(at: number, letters: Uint8Array): number {
    for (let i = 1; i < letters.length; i++) {
      if (at + i >= this.end) return incomplete
      if (this.bytes[at + i] !== letters[i]) return syntaxError
    }
    return at + letters.length
  }

  private number(at: number): number {
    const { bytes, end } = this
    let i = bytes[at] === minus ? at + 1 : at
    i = i < end && bytes[i] === zero ? i + 1 : this.digits(i)
    if (i > 0 && i < end && bytes[i] === dot) i = this.digits(i + 1)
    if (i > 0 && i < end && (bytes[i] | 0x20) === 0x65) {
      i++
      if (i < end && (bytes[i] === 0x2b || bytes[i] === minus)) i++
      i = this.digits(i)
    }
    return i === end && !this.last ? incomplete : i
  }

  /** One digit or more. */
  private digits(at: number): number {
    const { bytes, end } = this
    let i = at
    while (i < end && bytes[i] >= zero && bytes[i] <= nine) i++
    if (i > at) return i
    return i < end ? syntaxError : incomplete
  }

  private blanks(at: number, newlineEnds: boolean): number {
    const { bytes, end } = this
    let margin = at
    let i = at
    for (; i < end; i++) {
      if (bytes[i] === newline) {
        if (newlineEnds) break
        this.line++
        this.indent = 0
        this.atMargin = true
        margin = i + 1
      } else if (!isBlank(bytes[i])) break
    }
    if (i > at) this.blankRuns++
    if (this.atMargin) {
      this.indent += i - margin
      this.atMargin = i === end
    }
    return i
  }
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text)

const words = { true: encode("true"), false: encode("false"), null: encode("null") }

/** What stands for itself in a string, in ASCII. */
const plain = bytesThat((byte) => byte >= space && byte < 0x80 && byte !== quote && byte !== backslash)
const escapable = bytesThat((byte) => `"\\/bfnrt`.includes(String.fromCharCode(byte)))
const hexadecimal = bytesThat((byte) => /[0-9a-f]/i.test(String.fromCharCode(byte)))
