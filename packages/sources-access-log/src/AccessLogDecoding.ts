import {
  type DecodeRequest,
  type Decoding,
  type EventBatch,
  EventBatchBuilder,
  isUtf8,
  overCap,
  type RejectCode,
  type Settled,
  Utf8Input
} from "@sojourn/core"
import type { AccessLogOptions } from "./AccessLogOptions.ts"
import { CombinedLine } from "./CombinedLine.ts"
import { ExtendedLine } from "./ExtendedLine.ts"
import { LineReader } from "./LineReader.ts"

/** Records in a batch at most. */
const batchRecords = 65_536
/** Records that are held must all be in one batch of what was pushed. */
const heldBatchRecords = 2 ** 31 - 1
const hash = 0x23

const encoder = new TextEncoder()

/** One access log being decoded. */
export class AccessLogDecoding implements Decoding {
  private readonly options: AccessLogOptions
  private readonly request: DecodeRequest
  private readonly blockBytes: number
  private readonly input: Utf8Input
  private readonly reader: LineReader
  private readonly builder: EventBatchBuilder
  private readonly remarks: Array<string> = []
  private line: CombinedLine | ExtendedLine | undefined
  /** Of the line's layout now: its fields, and for each wanted column the field it is read from, -1 for none. */
  private names: ReadonlyArray<string> = []
  private nameBytes: ReadonlyArray<Uint8Array> = []
  private sources: ReadonlyArray<number> = []
  private readonly seen = new Set<string>()
  private events = 0
  private needed: number

  /** `blockBytes`: how much to gather before lines are read, so that small chunks do not make small batches. */
  constructor(options: AccessLogOptions, request: DecodeRequest, blockBytes: number) {
    this.options = options
    this.request = request
    this.blockBytes = blockBytes
    this.needed = blockBytes
    this.input = new Utf8Input(request.continues === true)
    this.reader = new LineReader(this.input, request.maxRecordBytes)
    this.builder = new EventBatchBuilder(request, false)
  }

  push(chunk: Uint8Array): ReadonlyArray<EventBatch> {
    this.input.push(chunk)
    return this.input.unread < this.needed ? [] : this.read(false)
  }

  end(): ReadonlyArray<EventBatch> {
    this.input.end()
    return this.read(true)
  }

  settle(): Settled {
    const { input, reader } = this
    const batches = input.unread === 0 ? [] : this.read(false)
    // The bytes of an oversized line are let go before its end is known.
    return reader.isSkipping
      ? { batches, consumed: reader.offset, lines: reader.line - 1 }
      : { batches, consumed: input.offset + input.at, lines: reader.line }
  }

  notes(): ReadonlyArray<string> {
    return this.remarks
  }

  fields(): ReadonlyArray<string> {
    return [...this.seen]
  }

  /** The layout, once a line told it; undefined also where the input is not UTF-8. */
  get layout(): AccessLogOptions["layout"] {
    if (this.line === undefined || this.input.transcodedFrom !== undefined) return undefined
    return this.line instanceof ExtendedLine ? "w3c" : "combined"
  }

  private read(isEnd: boolean): ReadonlyArray<EventBatch> {
    const { builder, input, reader, request } = this
    const mostRecords = request.holds === true ? heldBatchRecords : batchRecords
    const batches: Array<EventBatch> = []
    let from = input.at
    const finish = () => {
      batches.push(builder.finish(input.bytes.subarray(from, input.at), input.offset + from))
      from = input.at
    }
    for (let found = reader.next(isEnd); found !== undefined; found = reader.next(isEnd)) {
      if (found === "oversized") {
        this.events++
        this.reject("record.size", overCap(reader.length, request.maxRecordBytes))
      } else if (reader.length > 0) this.take()
      if (builder.rows + builder.rejected === mostRecords) finish()
    }
    if (builder.rows + builder.rejected > 0) finish()
    // A line that is not all there is looked at again once there is twice as much: no byte is read more than a few times.
    this.needed = Math.max(this.blockBytes, 2 * input.unread)
    return batches
  }

  private take(): void {
    const { bytes } = this.input
    const { length, start } = this.reader
    const line = (this.line ??= this.open(bytes[start] === hash))
    if (line instanceof ExtendedLine && bytes[start] === hash) return line.directive(bytes, start, start + length)
    this.events++
    if (!isUtf8(bytes, start, start + length)) return this.reject("text.encoding", "invalid UTF-8")
    const problem = line.scan(bytes, start, start + length)
    if (problem !== undefined) return this.reject("log.syntax", problem)
    this.keep(line)
  }

  private open(isDirective: boolean): CombinedLine | ExtendedLine {
    const { transcodedFrom } = this.input
    if (transcodedFrom !== undefined) this.remarks.push(transcodedFrom)
    const isExtended = this.options.layout === undefined ? isDirective : this.options.layout === "w3c"
    this.remarks.push(isExtended ? "access log, W3C extended format" : "access log, Common or Combined Log Format")
    return isExtended ? new ExtendedLine() : new CombinedLine()
  }

  private keep(line: CombinedLine | ExtendedLine): void {
    const { builder } = this
    const { length, line: number, offset } = this.reader
    if (line.names !== this.names) this.setNames(line.names)
    for (let column = 0; column < this.sources.length; column++) {
      const field = this.sources[column]
      if (field >= 0 && line.read(field)) builder.cell(column, line.value, line.valueStart, line.valueEnd)
    }
    if (builder.digest !== undefined) {
      for (let field = 0; field < this.nameBytes.length; field++) {
        const name = this.nameBytes[field]
        if (line.read(field)) builder.digest.add(name, 0, name.length, line.value, line.valueStart, line.valueEnd)
      }
    }
    if (this.request.known !== undefined) for (const name of this.names) builder.field(name)
    builder.record(this.events, number, offset, length)
  }

  private setNames(names: ReadonlyArray<string>): void {
    this.names = names
    this.nameBytes = names.map((name) => encoder.encode(name))
    this.sources = this.request.columns.map(({ path }) => names.indexOf(path))
    for (const name of names) this.seen.add(name)
  }

  private reject(code: RejectCode, reason: string): void {
    const { length, line, offset, start } = this.reader
    const raw = code === "record.size" ? null : { bytes: this.input.bytes, start, end: start + length }
    this.builder.reject({ event: this.events, line, offset, length }, code, reason, null, raw)
  }
}
