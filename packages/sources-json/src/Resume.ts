import {
  backslash,
  bytesThat,
  closeBrace,
  closeBracket,
  comma,
  isBlank,
  newline,
  openBrace,
  openBracket,
  quote,
  space,
  tab
} from "./Bytes.ts"

/** Where in the bad record the byte at hand stands. */
type Place = "firstLine" | "closed" | "rest" | "margin" | "lead"

/**
 * Finds where a bad record ends, byte by byte, so that a record need not be held whole.
 *
 * If its own opening bracket closes on its first line and a record can end there by what follows, it ends there.
 * Otherwise it ends with its line if lines end records; else reading resumes at the first later line that opens an
 * object at the same or a smaller indent. In an array, text that opens nothing ends before the next separator.
 */
export class Resume {
  /** From the first byte to the last that is neither blank nor a comma. */
  length = 0
  /** Bytes passed, */
  passed = 0
  /** and newlines among them. */
  lines = 0
  /** The indent of the line where reading resumes. */
  indent = 0
  private readonly byLines: boolean
  private place: Place = "firstLine"
  private open = 0
  private close = 0
  private depth = 0
  private inString = false
  private escaped = false
  private ownIndent = 0
  private inArray = false

  /** `byLines`: a newline ends every record. */
  constructor(byLines: boolean) {
    this.byLines = byLines
  }

  /** A bad record with that first byte, on a line with that indent; `inArray` if it is an item of an array. */
  begin(first: number, indent: number, inArray: boolean): void {
    this.inArray = inArray
    this.length = this.lines = this.passed = this.depth = 0
    this.indent = this.ownIndent = indent
    this.inString = this.escaped = false
    this.place = "firstLine"
    const opens = first === openBrace || first === openBracket
    this.open = opens ? first : 0
    this.close = first === openBrace ? closeBrace : closeBracket
  }

  /** Goes on with `bytes[start..end)`: the position where reading resumes, or -1 if it is not among them. */
  find(bytes: Uint8Array, start: number, end: number): number {
    for (let i = start; i < end; i++) {
      if (this.place === "rest" || (this.place === "firstLine" && !this.escaped)) {
        const from = i
        while (i < end && marks[bytes[i]] === 0) i++
        if (i > from) this.length = this.passed += i - from
        if (i === end) break
      }
      const byte = bytes[i]
      if (this.isOver(byte)) return i
      this.passed++
      if (!isBlank(byte) && byte !== newline && byte !== comma) this.length = this.passed
    }
    return -1
  }

  /** Whether the record was over before this byte. */
  private isOver(byte: number): boolean {
    if (byte === newline) return this.isOverAtNewline()
    switch (this.place) {
      case "firstLine":
        return this.isOverOnFirstLine(byte)
      case "closed":
        if (byte === comma || byte === closeBracket || byte === openBrace) return true
        if (!isBlank(byte)) this.place = "rest"
        return false
      case "rest":
        return false
      case "margin":
        if (byte === space || byte === tab) {
          this.indent++
          return false
        }
        this.place = "lead"
        return this.isOverInLead(byte)
      case "lead":
        return this.isOverInLead(byte)
    }
  }

  /** Closing brackets and commas may stand before the next record on its line, as in `}, {`. */
  private isOverInLead(byte: number): boolean {
    if (byte === openBrace && this.indent <= this.ownIndent) return true
    if (byte !== closeBrace && byte !== closeBracket && byte !== comma && !isBlank(byte)) this.place = "rest"
    return false
  }

  private isOverAtNewline(): boolean {
    if (this.byLines || this.place === "closed") return true
    this.lines++
    this.indent = 0
    this.place = "margin"
    return false
  }

  private isOverOnFirstLine(byte: number): boolean {
    if (this.inString) {
      if (this.escaped) this.escaped = false
      else if (byte === backslash) this.escaped = true
      else if (byte === quote) this.inString = false
    } else if (byte === quote) this.inString = true
    else if (this.open === 0) return this.inArray && this.passed > 0 && separates(byte)
    else if (byte === this.open) this.depth++
    else if (byte === this.close && --this.depth === 0) this.place = "closed"
    return false
  }
}

const separates = (byte: number): boolean =>
  byte === comma || byte === closeBracket || byte === openBrace || byte === openBracket

/** What may matter inside a line, or at the end of a record. */
const marks = bytesThat((byte) => ` \t\r\n,"\\{}[]`.includes(String.fromCharCode(byte)))
