import type { DecodeRequest, Decoding, EventBatch, Settled } from "@sojourn/core"
import { markLength, newline } from "./Bytes.ts"
import { decide, headLength, type Layout } from "./Layout.ts"
import { Pending } from "./Pending.ts"
import { Records } from "./Records.ts"
import { Utf8Input } from "./Utf16.ts"

/** One JSON input being decoded. */
export class JsonDecoding implements Decoding {
  private readonly asked: Layout | "auto"
  private readonly request: DecodeRequest
  private readonly input: Utf8Input
  private readonly pending = new Pending()
  private readonly decided: Array<string> = []
  private records: Records | undefined

  constructor(asked: Layout | "auto", request: DecodeRequest) {
    this.asked = asked
    this.request = request
    this.input = new Utf8Input(request.continues === true)
  }

  push(chunk: Uint8Array): ReadonlyArray<EventBatch> {
    return this.read(this.input.read(chunk, false), false)
  }

  end(): ReadonlyArray<EventBatch> {
    const batches = this.read(this.input.read(new Uint8Array(0), true), true)
    this.records?.frame.end()
    return batches
  }

  settle(): Settled {
    const { pending } = this
    const records = this.records ?? this.start(true)
    if (records === undefined) return { batches: [], consumed: 0, lines: 0 }
    const batches = records.read(pending.join(), false)
    pending.drop(records.at)
    return { batches, consumed: records.offset, lines: records.lines }
  }

  notes(): ReadonlyArray<string> {
    return [...this.decided, ...(this.records?.frame.remarks ?? [])]
  }

  fields(): ReadonlyArray<string> {
    return this.records?.reader.fields.paths.slice() ?? []
  }

  private read(chunk: Uint8Array, last: boolean): ReadonlyArray<EventBatch> {
    const { pending } = this
    pending.add(chunk)
    if (!last && this.records !== undefined && !this.isDue(this.records, chunk)) return []
    const records = this.records ?? this.start(last)
    if (records === undefined) return []
    const batches = records.read(pending.join(), last)
    pending.drop(records.at)
    return batches
  }

  /** Whether a record may have become complete. */
  private isDue(records: Records, chunk: Uint8Array): boolean {
    return this.pending.isDue || (records.layout === "lines" && chunk.includes(newline))
  }

  /** Decides the layout as soon as there are more bytes than it takes, so that it is known whether those are all. */
  private start(last: boolean): Records | undefined {
    const { asked, input, pending } = this
    const enough = asked === "lines" || asked === "values" ? 3 : headLength
    if (!last && pending.length <= enough) return undefined
    const head = pending.join().subarray(0, headLength)
    const decision = decide(head, pending.length <= headLength, asked)
    const start = decision.list?.at ?? (this.request.continues === true ? 0 : markLength(head))
    if (input.encoding !== undefined && input.encoding !== "UTF-8") this.decided.push(`text in ${input.encoding}`)
    if (decision.note !== undefined) this.decided.push(decision.note)
    pending.drop(start)
    this.records = new Records(decision, start, this.request)
    return this.records
  }
}
