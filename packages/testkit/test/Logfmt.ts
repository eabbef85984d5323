import {
  type DecodeRequest,
  type Decoding,
  defineDecoder,
  type EventBatch,
  EventBatchBuilder,
  overCap,
  type Settled
} from "@sojourn/core"
import * as Schema from "effect/Schema"

/** What a decoder can do wrong; each is for one of the kit's rules. */
export type Fault =
  | "wrong value"
  | "skips a number"
  | "cuts with chunks"
  | "loses the record before the last"
  | "keeps the order of the file"
  | "counts lines from 0"
  | "digests nothing"
  | "has no cap"
  | "writes into chunks"
  | "names no fields"
  | "makes an empty record"
  | "reads a header in pieces"
  | "keeps unknown fields to itself"

const newline = 0x0a
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Lines such as `user=ann type=view`, read in the plainest way, and, if asked for, wrong. */
class LogfmtDecoding implements Decoding {
  private readonly request: DecodeRequest
  private readonly fault: Fault | undefined
  private readonly builder: EventBatchBuilder
  private readonly seen = new Set<string>()
  private rest: Uint8Array = new Uint8Array(0)
  /** Bytes, newlines and records before `rest`. */
  private offset = 0
  private line = 0
  private event = 0

  constructor(request: DecodeRequest, fault: Fault | undefined) {
    this.request = request
    this.fault = fault
    this.builder = new EventBatchBuilder(request, false)
  }

  push(chunk: Uint8Array): ReadonlyArray<EventBatch> {
    const { rest } = this
    const bytes = new Uint8Array(rest.length + chunk.length)
    bytes.set(rest)
    bytes.set(chunk, rest.length)
    if (this.fault === "writes into chunks" && chunk.length > 0) chunk[0] = 0x20
    return this.read(bytes, this.fault === "cuts with chunks")
  }

  end(): ReadonlyArray<EventBatch> {
    if (this.fault === "makes an empty record" && this.event === 0) {
      this.builder.record(++this.event, 1, 0, 0)
      return [this.builder.finish(new Uint8Array(0), 0)]
    }
    return this.read(this.rest, true)
  }

  settle(): Settled {
    return { batches: [], consumed: this.offset, lines: this.line }
  }

  notes(): ReadonlyArray<string> {
    return ["logfmt"]
  }

  fields(): ReadonlyArray<string> {
    return this.fault === "names no fields" ? [] : [...this.seen]
  }

  private read(bytes: Uint8Array, isEnd: boolean): ReadonlyArray<EventBatch> {
    let at = 0
    for (;;) {
      const found = bytes.indexOf(newline, at)
      const end = found < 0 && isEnd ? bytes.length : found
      if (end < at || (found < 0 && at === bytes.length)) break
      if (end > at) this.take(bytes, at, end)
      at = found < 0 ? end : end + 1
      if (found >= 0) this.line++
    }
    const { offset } = this
    this.rest = bytes.slice(at)
    this.offset += at
    const isNothing = this.builder.rows + this.builder.rejected === 0
    return isNothing ? [] : [this.builder.finish(bytes.slice(0, at), offset)]
  }

  private take(bytes: Uint8Array, start: number, end: number): void {
    const { builder, fault, request } = this
    this.event += fault === "skips a number" && this.event === 1 ? 2 : 1
    const place = {
      event: this.event,
      line: this.line + (fault === "counts lines from 0" ? 0 : 1),
      offset: this.offset + start,
      length: end - start
    }
    if (place.length > request.maxRecordBytes && fault !== "has no cap") {
      return builder.reject(place, "record.size", overCap(place.length, request.maxRecordBytes), null, null)
    }
    const pairs = decoder
      .decode(bytes.subarray(start, end))
      .split(" ")
      .map((pair) => pair.split("="))
    if (pairs.some((pair) => pair.length !== 2)) {
      return builder.reject(place, "log.syntax", "a word has no =", null, { bytes, start, end })
    }
    for (const [i, [name, value]] of pairs.entries()) {
      this.seen.add(name)
      if (fault !== "keeps unknown fields to itself") builder.field(name)
      const text = encoder.encode(fault === "wrong value" ? value.toUpperCase() : value)
      const column =
        fault === "keeps the order of the file" ? i : request.columns.findIndex(({ path }) => path === name)
      if (column >= 0 && column < request.columns.length) builder.cell(column, text, 0, text.length)
      const key = encoder.encode(name)
      if (fault !== "digests nothing") builder.digest?.add(key, 0, key.length, text, 0, text.length)
    }
    if (fault === "loses the record before the last" && decoder.decode(bytes.subarray(start, end)).endsWith("lost=1")) {
      return builder.discard()
    }
    builder.record(place.event, place.line, place.offset, place.length)
  }
}

const Options = Schema.Struct({
  header: Schema.optionalKey(Schema.Boolean.annotate({ description: "The first line is not read." }))
})
type Options = typeof Options.Type

/** A decoder of logfmt, with a fault if asked for. */
export const logfmt = (fault?: Fault) =>
  defineDecoder<Options>({
    name: "logfmt",
    summary: "Lines of name=value",
    options: Options,
    extensions: ["logfmt"],
    open: (_, request) => {
      if (fault === "reads a header in pieces" && request.continues === true) return new Headed(request)
      return new LogfmtDecoding(request, fault)
    },
    pieces: (options) => ({ first: options, rest: options })
  })

/** Takes the first line for a header. */
class Headed extends LogfmtDecoding {
  private isHeader = true

  constructor(request: DecodeRequest) {
    super(request, undefined)
  }

  override push(chunk: Uint8Array): ReadonlyArray<EventBatch> {
    const from = this.isHeader ? chunk.indexOf(newline) + 1 : 0
    this.isHeader = false
    return super.push(chunk.subarray(from))
  }
}
