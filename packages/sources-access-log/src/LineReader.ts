import type { Utf8Input } from "@sojourn/core"
import { indexOf } from "./LogLine.ts"

const lineFeed = 0x0a
const carriageReturn = 0x0d

/** Cuts an input into lines. The last line read is `input.bytes[start..start + length)`, unless it is oversized. */
export class LineReader {
  /** 1-based number of the line. */
  line = 0
  /** Place of its first byte in the input. */
  offset = 0
  start = 0
  /** Without what ends it. */
  length = 0
  /** Whether the next bytes are the rest of an oversized line. */
  isSkipping = false
  private readonly input: Utf8Input
  private readonly maxBytes: number

  constructor(input: Utf8Input, maxBytes: number) {
    this.input = input
    this.maxBytes = maxBytes
  }

  /** Reads a line and passes over it. Undefined when the bytes do not reach to its end, or there are no more. */
  next(isEnd: boolean): "line" | "oversized" | undefined {
    if (this.isSkipping) return this.skip(isEnd)
    const { input, maxBytes } = this
    const { at, bytes, stop } = input
    if (at === stop) return undefined
    // What lies beyond the cap and what ends the line must not matter, for it may not be there yet.
    const limit = Math.min(stop, at + maxBytes + 2)
    const newline = indexOf(bytes, lineFeed, at, limit)
    const isCut = newline === limit
    if (isCut && limit < at + maxBytes + 2 && !isEnd) return undefined
    this.line++
    this.offset = input.offset + at
    this.start = at
    if (isCut && (limit < stop || !isEnd)) {
      this.isSkipping = true
      this.length = limit - 1 - at
      input.at = limit - 1
      return this.skip(isEnd)
    }
    this.length = endOfLine(bytes, at, newline) - at
    input.at = Math.min(newline + 1, stop)
    return this.length > maxBytes ? "oversized" : "line"
  }

  /** Passes over an oversized line up to the next newline, without keeping it. */
  private skip(isEnd: boolean): "oversized" | undefined {
    const { at, bytes, stop } = this.input
    const newline = indexOf(bytes, lineFeed, at, stop)
    if (newline === stop && !isEnd) {
      // The last byte stays: it may be the carriage return before the newline.
      this.length += stop - 1 - at
      this.input.at = stop - 1
      return undefined
    }
    this.length += endOfLine(bytes, at, newline) - at
    this.input.at = Math.min(newline + 1, stop)
    this.isSkipping = false
    return "oversized"
  }
}

/** Where the text of a line ends whose newline, or the end of the input, is at `at`: before a carriage return. */
const endOfLine = (bytes: Uint8Array, start: number, at: number): number =>
  at > start && bytes[at - 1] === carriageReturn ? at - 1 : at
