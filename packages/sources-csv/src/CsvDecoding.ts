import {
  type DecodeRequest,
  type Decoding,
  type EventBatch,
  EventBatchBuilder,
  isUtf8,
  overCap,
  type RejectCode,
  type Settled
} from "@sojourn/core"
import { CleanRows } from "./CleanRows.ts"
import { detectDelimiter, headBytes } from "./Delimiter.ts"
import { type CsvOptions } from "./CsvOptions.ts"
import { makeHeader, numberedNames } from "./Header.ts"
import { type Row, RowReader } from "./RowReader.ts"
import { Utf8Input } from "@sojourn/core"

/** Records in a batch at most. */
const batchRecords = 65_536
/** Records that are held must all be in one batch of what was pushed. */
const heldBatchRecords = 2 ** 31 - 1

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** One CSV input being decoded. */
export class CsvDecoding implements Decoding {
  private readonly options: CsvOptions
  /** Without `known` once the header has no other names. */
  private request: DecodeRequest
  private readonly blockBytes: number
  private readonly input: Utf8Input
  private builder: EventBatchBuilder
  private readonly remarks: Array<string> = []
  private reader: RowReader | undefined
  /** Reads most rows, if there are kernels, once names are known. */
  private clean: CleanRows | undefined
  private names: ReadonlyArray<string> | undefined
  private nameBytes: ReadonlyArray<Uint8Array> = []
  /** For each wanted column the field it is read from, -1 for none. */
  private sources: ReadonlyArray<number> = []
  /** Names of fields that the builder is to be told of. */
  private told: ReadonlyArray<string> = []
  private events = 0
  private needed: number

  /** `blockBytes`: how much to gather before rows are read, so that small chunks do not make small batches. */
  constructor(options: CsvOptions, request: DecodeRequest, blockBytes: number) {
    this.options = options
    this.request = request
    this.input = new Utf8Input(request.continues === true)
    this.blockBytes = options.delimiter === undefined ? Math.max(blockBytes, headBytes) : blockBytes
    this.needed = this.blockBytes
    this.builder = new EventBatchBuilder(request, false)
    if (typeof options.header === "object") this.setNames(options.header)
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
    const { input } = this
    const batches = input.unread === 0 ? [] : this.read(false)
    const { reader } = this
    if (reader === undefined) return { batches, consumed: 0, lines: 0 }
    // The bytes of an oversized row are let go before its end is known.
    const consumed = reader.isSkipping ? reader.offset : input.offset + input.at
    return { batches, consumed, lines: reader.nextLine - 1 }
  }

  /** The options under which the rest of the input is read by itself; undefined if it cannot be. */
  get rest(): CsvOptions | undefined {
    const { input, names, reader } = this
    const delimiter = reader?.record.delimiter
    if (input.transcodedFrom !== undefined || delimiter === undefined || names === undefined) return undefined
    const [first, ...more] = names
    return first === undefined ? undefined : { delimiter, header: [first, ...more] }
  }

  notes(): ReadonlyArray<string> {
    return this.remarks
  }

  fields(): ReadonlyArray<string> {
    return this.names ?? []
  }

  private read(isEnd: boolean): ReadonlyArray<EventBatch> {
    const { input } = this
    const mostRecords = this.request.holds === true ? heldBatchRecords : batchRecords
    const reader = (this.reader ??= this.open())
    const batches: Array<EventBatch> = []
    let from = input.at
    const size = () => this.builder.rows + this.builder.rejected
    const finish = () => {
      batches.push(this.builder.finish(input.bytes.subarray(from, input.at), input.offset + from))
      from = input.at
    }
    this.clean?.begin()
    for (;;) {
      this.clean ??= this.openClean(reader)
      this.events += this.clean?.read(this.events, mostRecords - size()) ?? 0
      if (size() < mostRecords) {
        const row = reader.next(isEnd)
        if (row === undefined) break
        this.take(row, reader)
      }
      if (size() === mostRecords) finish()
    }
    if (size() > 0) finish()
    // A row that is not all there is looked at again once there is twice as much: no byte is read more than a few times.
    this.needed = Math.max(this.blockBytes, 2 * input.unread)
    return batches
  }

  private open(): RowReader {
    const { at, bytes, stop, transcodedFrom } = this.input
    if (transcodedFrom !== undefined) this.remarks.push(transcodedFrom)
    let delimiter = this.options.delimiter
    if (delimiter === undefined) {
      delimiter = detectDelimiter(bytes, at, Math.min(stop, at + headBytes))
      this.remarks.push(delimiter === undefined ? "one column" : `delimiter ${JSON.stringify(delimiter)}`)
    }
    return new RowReader(this.input, delimiter, this.request.maxRecordBytes)
  }

  private openClean(reader: RowReader): CleanRows | undefined {
    const { input, nameBytes: names, request, sources } = this
    if (names.length === 0 || request.table === undefined || request.known !== undefined) return undefined
    const delimiter = reader.record.delimiter?.charCodeAt(0)
    const fields = { names, delimiter, sources, digest: request.digest }
    return new CleanRows(request.table(false), fields, request.maxRecordBytes, input, reader)
  }

  private take(row: Row, reader: RowReader): void {
    // In a file of one column a blank line is all that a null can be.
    if (row === "blank" && this.names?.length !== 1) return
    if (this.names === undefined) {
      if (this.options.header !== "none") return this.setNames(this.readHeader(row, reader))
      if (row === "record") this.setNames(numberedNames(reader.record.count))
    }
    this.events++
    if (row === "record") this.takeRecord(reader)
    else if (row === "blank") this.keep(reader)
    else if (row === "oversized") this.reject(reader, "record.size", this.sizeReason(reader))
    else this.reject(reader, "csv.syntax", row)
  }

  private takeRecord(reader: RowReader): void {
    const { builder, nameBytes, sources } = this
    const { length, record, start } = reader
    if (!record.isAscii && !isUtf8(this.input.bytes, start, start + length)) {
      return this.reject(reader, "text.encoding", "invalid UTF-8")
    }
    const expected = nameBytes.length
    if (record.count !== expected) {
      const fields = expected === 1 ? "field" : "fields"
      return this.reject(reader, "csv.columns", `expected ${expected} ${fields}, found ${record.count}`)
    }
    for (let column = 0; column < sources.length; column++) {
      const field = sources[column]
      if (field >= 0 && record.read(field)) builder.cell(column, record.value, record.valueStart, record.valueEnd)
    }
    if (builder.digest !== undefined) {
      for (let field = 0; field < expected; field++) {
        const name = nameBytes[field]
        if (record.read(field)) {
          builder.digest.add(name, 0, name.length, record.value, record.valueStart, record.valueEnd)
        }
      }
    }
    this.keep(reader)
  }

  private keep(reader: RowReader): void {
    for (const name of this.told) this.builder.field(name)
    this.builder.record(this.events, reader.line, reader.offset, reader.length)
  }

  private reject(reader: RowReader, code: RejectCode, reason: string): void {
    const { length, line, offset, start } = reader
    const raw = code === "record.size" ? null : { bytes: this.input.bytes, start, end: start + length }
    this.builder.reject({ event: this.events, line, offset, length }, code, reason, null, raw)
  }

  private sizeReason(reader: RowReader): string {
    return overCap(reader.length, this.request.maxRecordBytes)
  }

  /** A header that is not well-formed is no reason to give up: its names are read without regard to quotes. */
  private readHeader(row: Row, reader: RowReader): ReadonlyArray<string> {
    const { length, record, start } = reader
    if (row === "record") return Array.from({ length: record.count }, (_, field) => record.text(field))
    this.remarks.push(`header: ${row === "oversized" ? this.sizeReason(reader) : row}`)
    if (row === "oversized") return []
    const text = decoder.decode(this.input.bytes.subarray(start, start + length)).replaceAll('"', "")
    return record.delimiter === undefined ? [text] : text.split(record.delimiter)
  }

  private setNames(written: ReadonlyArray<string>): void {
    const { names, notes } = makeHeader(written)
    this.names = names
    this.nameBytes = names.map((name) => encoder.encode(name))
    this.sources = this.request.columns.map((column) => names.indexOf(column.path))
    this.remarks.push(...notes)
    const { known, ...request } = this.request
    // Where rows were rejected before there were names, it goes on as it began.
    const hasNoOther = known !== undefined && names.every((name) => known.has(name)) && this.builder.rejected === 0
    this.told = known === undefined || hasNoOther ? [] : names
    if (!hasNoOther) return
    this.request = request
    this.builder = new EventBatchBuilder(request, false)
  }
}
