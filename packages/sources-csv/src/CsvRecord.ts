import { grown } from "@sojourn/core"

const quote = 34
const lineFeed = 10
const carriageReturn = 13

/** In the order in which they win a tie when the delimiter is detected. */
export const delimiters = [",", ";", "\t", "|"] as const
export type Delimiter = (typeof delimiters)[number]

/**
 * How the search for a record's end went: `complete`; `stray`, there is text after a closing quote and the record ends
 * at the next newline; `cut`, the bytes ran out; `open`, they ran out inside a quoted field.
 */
export type Ending = "complete" | "stray" | "cut" | "open"

const decoder = new TextDecoder()

/** One record of a buffer as the places of its fields. A single value serves a whole input, record by record. */
export class CsvRecord {
  readonly delimiter: Delimiter | undefined
  /** Number of fields. */
  count = 0
  /** Where the last field ends. */
  end = 0
  /** Where the next record begins. */
  next = 0
  /** Newlines inside those quoted fields that are closed. */
  newlines = 0
  /** Whether no byte in its fields is above 0x7f. */
  isAscii = true
  /** Where the quoted field begins that is still open. */
  opened = 0
  /** The field last read, without its quotes, is `value[valueStart..valueEnd)`. */
  value: Uint8Array = new Uint8Array(0)
  valueStart = 0
  valueEnd = 0
  private readonly delimiterByte: number
  private bytes: Uint8Array = this.value
  private start = 0
  private ends = new Int32Array(64)
  private unescaped = new Uint8Array(256)

  /** Without a delimiter a record has one field. */
  constructor(delimiter: Delimiter | undefined) {
    this.delimiter = delimiter
    this.delimiterByte = delimiter === undefined ? -1 : delimiter.charCodeAt(0)
  }

  /**
   * Finds the fields of the record that begins at `start`. `isEnd`: the input ends at `stop`, so that the record needs
   * no newline.
   */
  scan(bytes: Uint8Array, start: number, stop: number, isEnd: boolean): Ending {
    const delimiter = this.delimiterByte
    // Most bytes of text are above both, which takes one comparison to see.
    const highest = Math.max(delimiter, lineFeed)
    this.bytes = bytes
    this.start = start
    this.newlines = 0
    let count = 0
    let newlines = 0
    let seen = 0
    let i = start
    for (;;) {
      if (i < stop && bytes[i] === quote) {
        this.opened = i++
        for (;;) {
          for (; i < stop && bytes[i] !== quote; i++) {
            seen |= bytes[i]
            if (bytes[i] === lineFeed) newlines++
          }
          if (i === stop) return "open"
          i++
          if (i === stop || bytes[i] !== quote) break
          i++
        }
        this.newlines = newlines
        if (i < stop && bytes[i] === carriageReturn && (i + 1 === stop || bytes[i + 1] === lineFeed)) i++
        if (i < stop && bytes[i] !== delimiter && bytes[i] !== lineFeed) {
          i = indexOfLineFeed(bytes, i, stop)
          if (i === stop && !isEnd) return "cut"
          this.finish(count, i, stop)
          return "stray"
        }
      } else {
        let byte = 0
        while (i < stop && ((byte = bytes[i]) > highest || (byte !== delimiter && byte !== lineFeed))) {
          seen |= byte
          i++
        }
      }
      if (i === stop || bytes[i] === lineFeed) break
      this.push(count++, i++)
    }
    if (i === stop && !isEnd) return "cut"
    this.isAscii = seen < 0x80
    this.finish(count, i, stop)
    return "complete"
  }

  /** Whether a line without any byte was found. */
  get isBlank(): boolean {
    return this.count === 1 && this.end === this.start
  }

  /** Makes `value` a field's text. False when the field is null: empty and not quoted. */
  read(field: number): boolean {
    const bytes = this.bytes
    const start = field === 0 ? this.start : this.ends[field - 1] + 1
    const end = this.ends[field]
    if (start === end) return false
    this.value = bytes
    this.valueStart = start
    this.valueEnd = end
    if (bytes[start] === quote) {
      this.valueStart = start + 1
      this.valueEnd = end - 1
      for (let i = start + 1; i < end - 1; i++) {
        if (bytes[i] === quote) {
          this.unescape()
          break
        }
      }
    }
    return true
  }

  /** A field as a string, empty for null. */
  text(field: number): string {
    return this.read(field) ? decoder.decode(this.value.subarray(this.valueStart, this.valueEnd)) : ""
  }

  /** The field read holds doubled quotes: makes `value` a copy with single ones. */
  private unescape(): void {
    const { bytes, valueEnd } = this
    const room = valueEnd - this.valueStart
    if (room > this.unescaped.length) this.unescaped = grown(this.unescaped, room)
    let length = 0
    for (let i = this.valueStart; i < valueEnd; i++) {
      this.unescaped[length++] = bytes[i]
      if (bytes[i] === quote) i++
    }
    this.value = this.unescaped
    this.valueStart = 0
    this.valueEnd = length
  }

  /** Ends the record at the newline or the end of the input at `at`. */
  private finish(count: number, at: number, stop: number): void {
    this.end = endOfLine(this.bytes, this.start, at)
    this.push(count, this.end)
    this.count = count + 1
    this.next = at === stop ? stop : at + 1
  }

  private push(index: number, end: number): void {
    if (index === this.ends.length) this.ends = grown(this.ends, index + 1)
    this.ends[index] = end
  }
}

/** The next newline, or `stop`. */
export const indexOfLineFeed = (bytes: Uint8Array, start: number, stop: number): number => {
  let i = start
  while (i < stop && bytes[i] !== lineFeed) i++
  return i
}

/** Where the text of a line ends whose newline, or the end of the input, is at `at`: before a carriage return. */
export const endOfLine = (bytes: Uint8Array, start: number, at: number): number =>
  at > start && bytes[at - 1] === carriageReturn ? at - 1 : at
