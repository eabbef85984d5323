import { type DecodeRequest, type EventBatch, EventBatchBuilder, isUtf8, overCap, type RejectCode } from "@sojourn/core"
import { isBlank, openBrace } from "./Bytes.ts"
import { CleanLines } from "./CleanLines.ts"
import { Frame } from "./Frame.ts"
import type { Decision, Layout } from "./Layout.ts"
import { RecordReader } from "./RecordReader.ts"
import { Resume } from "./Resume.ts"
import { incomplete, maxDepth, Scanner, syntaxError, tooDeep } from "./Scanner.ts"

const rowsPerBatch = 65_536
/** Records that are held must all be in one batch of what was pushed. */
const rowsPerHeldBatch = 2 ** 31 - 1

/** What is wrong with a record. */
interface Problem {
  readonly code: RejectCode
  readonly reason: string
}

const invalid: Problem = { code: "json.syntax", reason: "invalid JSON" }
const nested: Problem = { code: "json.syntax", reason: `nested deeper than ${maxDepth} levels` }
const notObject: Problem = { code: "json.syntax", reason: "not a JSON object" }
const badText: Problem = { code: "text.encoding", reason: "invalid UTF-8" }

/** A bad record whose end is being sought. */
interface Fault {
  readonly problem: Problem
  readonly line: number
  readonly offset: number
}

/** Takes an input apart into records, good and bad, and gives the builder every one of them. */
export class Records {
  /** What is before this position of the bytes at hand is done with. */
  at = 0
  readonly frame: Frame
  readonly layout: Layout
  readonly reader: RecordReader
  private readonly builder: EventBatchBuilder
  private readonly cap: number
  private readonly mostRows: number
  /** Reads most records of JSON lines, if there are kernels. */
  private readonly clean: CleanLines | undefined
  private readonly resume: Resume
  private readonly scanner: Scanner
  private bytes: Uint8Array = new Uint8Array(0)
  private end = 0
  private last = false
  /** The offset of the bytes at hand in the input. */
  private base: number
  private events = 0
  private fault: Fault | undefined
  /** Up to here the end of the bad record was sought. */
  private sought = 0

  /** The first bytes to be read are at offset `base` of the input. */
  constructor({ layout, list }: Decision, base: number, request: DecodeRequest) {
    this.layout = layout
    this.base = base
    this.builder = new EventBatchBuilder(request, true)
    this.cap = request.maxRecordBytes
    this.mostRows = request.holds === true ? rowsPerHeldBatch : rowsPerBatch
    this.resume = new Resume(layout === "lines")
    this.scanner = new Scanner(layout === "lines")
    this.reader = new RecordReader(request, this.scanner, this.builder)
    if (layout === "lines" && request.table !== undefined && request.known === undefined) {
      this.clean = new CleanLines(request.table(true), this.cap, this.reader.fields)
    }
    if (list === undefined) this.frame = new Frame(layout === "array" ? "outside" : "bare", "outside")
    else {
      this.frame = new Frame("inside", "wrapper")
      this.scanner.moveTo(list.line, list.indent)
    }
  }

  /** The offset in the input of what is not done with: the beginning of a bad record, even if its bytes are let go. */
  get offset(): number {
    return this.fault?.offset ?? this.base + this.at
  }

  /** Newlines before it. */
  get lines(): number {
    return (this.fault?.line ?? this.scanner.line) - 1
  }

  /**
   * Reads on. `bytes` begin with what was not done with before; with `last` they end with the input. Every batch holds
   * records of these bytes alone.
   */
  read(bytes: Uint8Array, last: boolean): ReadonlyArray<EventBatch> {
    const { builder, scanner } = this
    this.base += this.at
    this.sought -= this.at
    this.at = 0
    this.bytes = scanner.bytes = bytes
    this.clean?.show(bytes)
    this.end = scanner.end = bytes.length
    this.last = last
    const batches: Array<EventBatch> = []
    let from = 0
    for (let goesOn = true; goesOn;) {
      goesOn = this.step()
      const count = builder.rows + builder.rejected
      if (count < (goesOn ? this.mostRows : 1)) continue
      batches.push(builder.finish(bytes.subarray(from, this.at), this.base + from))
      from = this.at
    }
    return batches
  }

  /** Reads a record, or a bracket or comma between records; false when that takes more bytes. */
  private step(): boolean {
    if (this.fault !== undefined) return this.passFault(this.fault)
    if (this.at < this.end && this.clean?.isDue() === true) {
      this.passClean(this.clean)
      if (this.builder.rows === this.mostRows) return true
    }
    const { bytes, frame, scanner } = this
    const at = (this.at = scanner.skipLines(this.at))
    if (at === this.end) return false
    if (bytes[at] !== openBrace && frame.passes(bytes[at])) {
      this.at++
      return true
    }
    const { indent, line } = scanner
    if (frame.place === "outside") return this.seekEnd(line, indent, invalid)
    const limit = at + this.cap + 1
    scanner.end = Math.min(this.end, limit)
    scanner.last = this.last && scanner.end === this.end
    scanner.hasNonAscii = false
    const after = this.scan(at)
    scanner.end = this.end
    if (after === incomplete && !this.last && this.end < limit) {
      this.builder.discard()
      scanner.moveTo(line, indent)
      return false
    }
    if (after < 0) return this.seekEnd(line, indent, after === tooDeep ? nested : invalid)
    this.at = after
    if (frame.place !== "wrapper") this.take(at, after - at, line)
    return true
  }

  /** Reads clean records, as many as there are and as the batch can hold. */
  private passClean(clean: CleanLines): void {
    const { at, base, builder, events, scanner } = this
    this.at = clean.read(at, base + at, events, scanner.line, this.mostRows - builder.rows)
    this.events += clean.records
    scanner.moveTo(scanner.line + clean.lines, 0)
  }

  /** What stands at `at`: the position after it, or a negative result of the scanner. */
  private scan(at: number): number {
    const { bytes, frame, scanner } = this
    if (frame.place === "wrapper") {
      const value = scanner.key(at)
      return value < 0 ? value : scanner.value(value, 1)
    }
    if (bytes[at] === openBrace) return this.reader.read(at)
    const after = scanner.value(at, 0)
    if (after < 0) return after
    // What follows tells a value from broken text that only begins like one.
    let next = after
    while (next < scanner.end && isBlank(bytes[next])) next++
    if (next === scanner.end) return scanner.last ? after : incomplete
    return frame.canFollow(bytes[next]) ? after : syntaxError
  }

  /** A value that was read to its end. */
  private take(at: number, length: number, line: number): void {
    const problem = this.problemOf(at, length)
    if (problem === undefined) this.builder.record(++this.events, line, this.base + at, length)
    else this.reject(problem, line, this.base + at, length, true)
    this.frame.record()
  }

  private problemOf(at: number, length: number): Problem | undefined {
    if (length > this.cap) return tooLong(length, this.cap)
    if (this.bytes[at] !== openBrace) return notObject
    return this.scanner.hasNonAscii && !isUtf8(this.bytes, at, at + length) ? badText : undefined
  }

  /** Begins to look for the end of the bad record at `at`. */
  private seekEnd(line: number, indent: number, problem: Problem): boolean {
    const { at } = this
    this.builder.discard()
    this.scanner.moveTo(line, indent)
    this.resume.begin(this.bytes[at], indent, this.frame.isInArray)
    this.fault = { problem, line, offset: this.base + at }
    this.sought = at
    return true
  }

  /** Looks on for the end of the bad record, whose bytes are kept as long as they may be short enough to be shown. */
  private passFault({ line, offset, problem }: Fault): boolean {
    const { frame, resume } = this
    const found = resume.find(this.bytes, this.sought, this.end)
    const isKept = resume.passed <= 2 * this.cap
    if (found < 0 && !this.last) {
      this.sought = this.end
      if (!isKept) this.at = this.end
      return false
    }
    const { length } = resume
    this.reject(length > this.cap ? tooLong(length, this.cap) : problem, line, offset, length, isKept)
    this.fault = undefined
    this.scanner.moveTo(line + resume.lines, resume.indent)
    this.at = found < 0 ? this.end : found
    if (found < 0) frame.swallow()
    else if (resume.lines > 0) frame.resume()
    else frame.record()
    return true
  }

  private reject({ code, reason }: Problem, line: number, offset: number, length: number, isKept: boolean): void {
    const start = offset - this.base
    const raw = isKept && length <= this.cap ? { bytes: this.bytes, start, end: start + length } : null
    this.builder.reject({ event: ++this.events, line, offset, length }, code, reason, null, raw)
  }
}

const tooLong = (length: number, cap: number): Problem => ({
  code: "record.size",
  reason: overCap(length, cap)
})
