import {
  type DecodeRequest,
  type Decoding,
  type EventBatch,
  EventBatchBuilder,
  isUtf8,
  overCap,
  type Settled
} from "@sojourn/core"

const newline = 0x0a
const equals = "="
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** One input being decoded. Bytes come in chunks of any size: a line that is not complete yet waits in `rest`. */
export class ExampleDecoding implements Decoding {
  private readonly separator: string
  private readonly request: DecodeRequest
  private readonly builder: EventBatchBuilder
  private readonly seen = new Set<string>()
  private rest: Uint8Array = new Uint8Array(0)
  /** Bytes, lines and records before `rest`. */
  private offset = 0
  private lines = 0
  private events = 0

  constructor(separator: string, request: DecodeRequest) {
    this.separator = separator
    this.request = request
    this.builder = new EventBatchBuilder(request, false)
  }

  push(chunk: Uint8Array): ReadonlyArray<EventBatch> {
    const bytes = new Uint8Array(this.rest.length + chunk.length)
    bytes.set(this.rest)
    bytes.set(chunk, this.rest.length)
    return this.read(bytes, bytes.lastIndexOf(newline) + 1)
  }

  end(): ReadonlyArray<EventBatch> {
    return this.read(this.rest, this.rest.length)
  }

  settle(): Settled {
    return { batches: [], consumed: this.offset, lines: this.lines }
  }

  /** What was decided about the input, for the summary. */
  notes(): ReadonlyArray<string> {
    return []
  }

  fields(): ReadonlyArray<string> {
    return [...this.seen]
  }

  /** Reads the lines that end before `complete`. */
  private read(bytes: Uint8Array, complete: number): ReadonlyArray<EventBatch> {
    for (let start = 0; start < complete;) {
      const found = bytes.indexOf(newline, start)
      const end = found < 0 || found >= complete ? complete : found
      // An empty line is no record.
      if (end > start) this.line(bytes, start, end)
      if (end < complete) this.lines++
      start = end + 1
    }
    const { builder, offset } = this
    this.rest = bytes.slice(complete)
    this.offset += complete
    const isNothing = builder.rows + builder.rejected === 0
    // The bytes of the records go along, so that a record that is rejected later can be kept as it was.
    return isNothing ? [] : [builder.finish(bytes.slice(0, complete), offset)]
  }

  /** Reads the record `bytes[start..end)`: keeps it, or rejects it with a reason. */
  private line(bytes: Uint8Array, start: number, end: number): void {
    const { builder, request } = this
    this.events++
    const length = end - start
    const place = { event: this.events, line: this.lines + 1, offset: this.offset + start, length }
    if (length > request.maxRecordBytes) {
      return builder.reject(place, "record.size", overCap(length, request.maxRecordBytes), null, null)
    }
    const raw = { bytes, start, end }
    if (!isUtf8(bytes, start, end)) return builder.reject(place, "text.encoding", "invalid UTF-8", null, raw)
    const words = decoder.decode(bytes.subarray(start, end)).split(this.separator)
    const bare = words.find((word) => !word.includes(equals))
    if (bare !== undefined) return builder.reject(place, "log.syntax", `no = in "${bare}"`, null, raw)
    for (const word of words) {
      const at = word.indexOf(equals)
      this.field(word.slice(0, at), encoder.encode(word.slice(at + 1)))
    }
    builder.record(place.event, place.line, place.offset, place.length)
  }

  /** A field of the record at hand: only the wanted ones are kept, and all of them count for the digest. */
  private field(name: string, value: Uint8Array): void {
    const { builder, request } = this
    this.seen.add(name)
    builder.field(name)
    for (const [column, { path }] of request.columns.entries()) {
      if (path === name) builder.cell(column, value, 0, value.length)
    }
    const key = encoder.encode(name)
    builder.digest?.add(key, 0, key.length, value, 0, value.length)
  }
}
