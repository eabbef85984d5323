import { CsvRecord, type Delimiter, endOfLine, indexOfLineFeed } from "./CsvRecord.ts"
import type { Utf8Input } from "@sojourn/core"

/** What was read: a record, a line without any byte, or something to be rejected. */
export type Row = "record" | "blank" | "stray quote" | "unclosed quote" | "oversized"

/** Cuts an input into rows. The last row read is `input.bytes[start..start + length)`, unless it is oversized. */
export class RowReader {
  /** The fields of the last row, if it is a record. */
  readonly record: CsvRecord
  /** 1-based line of the row's first byte. */
  line = 1
  /** Place of that byte in the input. */
  offset = 0
  start = 0
  length = 0
  /** Line on which the next row begins. */
  nextLine = 1
  /** Whether the next bytes are the rest of an oversized row. */
  isSkipping = false
  private readonly input: Utf8Input
  private readonly maxBytes: number

  constructor(input: Utf8Input, delimiter: Delimiter | undefined, maxBytes: number) {
    this.input = input
    this.record = new CsvRecord(delimiter)
    this.maxBytes = maxBytes
  }

  /** Reads a row and passes over it. Undefined when the bytes do not reach to its end, or there are no more. */
  next(isEnd: boolean): Row | undefined {
    if (this.isSkipping) return this.skip(isEnd)
    const { input, record } = this
    const { at, bytes, stop } = input
    if (at === stop) return undefined
    this.line = this.nextLine
    this.offset = input.offset + at
    this.start = at
    // What lies beyond the cap and a newline after it must not matter, for it may not be there yet.
    const limit = Math.min(stop, at + this.maxBytes + 2)
    const isLast = isEnd && limit === stop
    const ending = record.scan(bytes, at, limit, isLast)
    if (ending === "complete") return this.found(record.isBlank ? "blank" : "record", record.end, record.next)
    if (ending === "stray") return this.found("stray quote", record.end, record.next)
    if (limit === stop && !isEnd) return undefined
    if (ending === "open") {
      const newline = indexOfLineFeed(bytes, record.opened, limit)
      if (newline < limit || isLast) {
        return this.found("unclosed quote", endOfLine(bytes, at, newline), Math.min(newline + 1, stop))
      }
    }
    this.isSkipping = true
    this.length = limit - 1 - at
    input.at = limit - 1
    return this.skip(isEnd)
  }

  /** Passes over rows up to `input.bytes[at]`, with so many newlines, that were read by other means. */
  pass(at: number, lines: number): void {
    this.input.at = at
    this.nextLine += lines
  }

  private found(row: Row, end: number, next: number): Row {
    this.length = end - this.start
    this.pass(next, this.record.newlines + 1)
    return this.length > this.maxBytes ? "oversized" : row
  }

  /** Passes over an oversized row up to the next newline, without keeping it. */
  private skip(isEnd: boolean): Row | undefined {
    const { at, bytes, stop } = this.input
    const newline = indexOfLineFeed(bytes, at, stop)
    if (newline === stop && !isEnd) {
      // The last byte stays: it may be the carriage return before the newline.
      this.length += stop - 1 - at
      this.input.at = stop - 1
      return undefined
    }
    this.length += endOfLine(bytes, at, newline) - at
    this.pass(Math.min(newline + 1, stop), this.record.newlines + 1)
    this.isSkipping = false
    return "oversized"
  }
}
