import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { int64Lanes, pickColumns } from "../arrow/Columns.ts"
import type { Plan } from "../plan/Plan.ts"
import { tableColumns } from "../plan/Tables.ts"
import { Connections } from "../plugin/Connections.ts"
import { EventBatchBuilder } from "../plugin/EventBatchBuilder.ts"
import type { DecodeRequest } from "../plugin/Decoder.ts"
import { type EventBatch, position } from "../plugin/EventBatch.ts"
import type { Sink } from "../plugin/Sink.ts"
import { int64At } from "../time/Int64.ts"
import { timeTextMicros } from "../time/TimeText.ts"
import { compute } from "./Compute.ts"
import type { Engine, RunOptions } from "./Engine.ts"
import { Events } from "./Events.ts"
import { IntegerOverflow } from "./Measures.ts"
import { RejectCounts } from "./RejectCounts.ts"
import { selectBatch } from "./Rows.ts"
import { assertBalanced, type Summary } from "./Summary.ts"
import { summarize } from "./summarize.ts"
import type { TimeNotes, TimeRange } from "./TimeColumn.ts"
import { makeValidate } from "./Validate.ts"

/** Rows that are encoded at a time. */
const outputRows = 65_536

const run = Effect.fn("LocalEngine.run")(function* (plan: Plan, options: RunOptions) {
  const connections = yield* Connections
  const writes = options.dryRun === true ? [] : plan.write
  const sinks: Array<{ readonly table: string; readonly uri: string; readonly sink: Sink; rows: number }> = []
  const open = Effect.fnUntraced(function* (write: Plan["write"][number], table: RecordBatch) {
    const sink = yield* connections.sink(write, table.schema)
    const opened = { table: write.table, uri: write.uri, sink, rows: 0 }
    sinks.push(opened)
    return opened
  })

  // The events as they arrived are given away: they are half of all memory, and only their ordered copy is needed on.
  const accepted = new Events()
  const scanned = yield* scan(plan, options, accepted, open)
  const computed = compute(plan, accepted.finish(), options.asOfMicros)
  const makeTable = (name: string, columns: ReadonlyArray<string>, rows?: number) =>
    Effect.try({
      try: () => computed.table(name, columns, rows),
      catch: (error) => {
        if (error instanceof IntegerOverflow) return error
        throw error
      }
    })

  for (const write of writes) {
    if (write.table === "rejects") continue
    const table = yield* makeTable(write.table, write.columns)
    const opened = yield* open(write, table)
    for (let at = 0; at < table.numRows; at += outputRows) {
      yield* opened.sink.write(table.slice(at, at + outputRows))
    }
    opened.rows = table.numRows
  }
  const outputs = writes.flatMap(({ table, uri }) =>
    sinks.filter((sink) => sink.table === table).map(({ rows }) => ({ table, uri, rows }))
  )
  const summary: Summary = summarize(plan, scanned, computed, outputs, options.gaps ?? false)
  assertBalanced(summary.accounting)

  const heads = new Map<string, RecordBatch>()
  for (const name of options.head?.tables ?? []) {
    const columns = tableColumns(plan, name)?.map((column) => column.name)
    if (columns !== undefined) heads.set(name, yield* makeTable(name, columns, options.head?.rows))
  }
  for (const { sink } of sinks) yield* sink.prepare
  // Not to be stopped half way: an interrupt between two commits would leave new beside old.
  yield* Effect.uninterruptible(Effect.forEach(sinks, ({ sink }) => sink.commit, { discard: true }))
  return { summary, heads }
}, Effect.scoped)

/** Runs plans in this process, on the columns of all accepted events in memory. */
export const localEngine: Engine = { name: "local", unsupported: () => [], run }

/** What reading and validating all inputs gave, besides the accepted events. */
export interface Scanned {
  readonly inputs: Summary["inputs"]
  /** Records as their decoders numbered them, counted apart from what became of them. */
  readonly read: number
  readonly rejects: RejectCounts
  readonly times: TimeNotes
}

const scan = Effect.fnUntraced(function* <E, R>(
  plan: Plan,
  options: RunOptions,
  events: Events,
  open: (write: Plan["write"][number], table: RecordBatch) => Effect.Effect<{ readonly sink: Sink; rows: number }, E, R>
) {
  const connections = yield* Connections
  const validate = makeValidate(plan, timeRange(plan, options.asOfMicros))
  const request: DecodeRequest = {
    columns: plan.scan.columns,
    digest: plan.scan.digest,
    maxRecordBytes: plan.scan.max_record_bytes
  }
  const rejects = new RejectCounts()
  const times = { local: 0, skipped: 0, doubled: 0, outside: 0 }

  // An empty batch first, so that every table has its columns even if nothing is read.
  const nothing = validate(new EventBatchBuilder(request, false).finish(new Uint8Array(0), 0), "")
  events.append(nothing.events, "")
  const rejectWrite = options.dryRun === true ? undefined : plan.write.find(({ table }) => table === "rejects")
  const chosen = (table: RecordBatch) => (rejectWrite ? pickColumns(table, rejectWrite.columns) : table)
  const rejectSink = rejectWrite && (yield* open(rejectWrite, chosen(nothing.rejects)))

  const sources = (yield* Effect.forEach(plan.scan.inputs, (input) => connections.sources(input))).flat()
  const sizes = sources.map(({ bytes }) => bytes)
  const totalBytes = sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0)
  let bytes = 0
  let read = 0
  const inputs: Array<Summary["inputs"][number]> = []
  for (const source of sources) {
    const before = read
    let ordinal = 0
    let notes: ReadonlyArray<string> = []
    const batches = source
      .read(request)
      .pipe(Stream.takeUntil(() => options.limit !== undefined && ordinal >= options.limit))
    yield* Stream.runForEach(batches, (whole) =>
      Effect.gen(function* () {
        const batch = options.limit === undefined ? whole : firstRecords(whole, options.limit)
        ordinal = Math.max(ordinal, lastOrdinal(batch))
        const validated = validate(batch, source.name)
        events.append(validated.events, source.name)
        rejects.add(validated.rejects)
        for (const key of ["local", "skipped", "doubled", "outside"] as const) times[key] += validated.times[key]
        if (rejectSink && validated.rejects.numRows > 0) {
          yield* rejectSink.sink.write(chosen(validated.rejects))
          rejectSink.rows += validated.rejects.numRows
        }
        notes = whole.notes
        bytes += whole.bytes
        read = before + ordinal
        options.onProgress?.({ bytes, totalBytes, records: read })
      })
    )
    inputs.push({ source: source.name, records: ordinal, notes })
  }
  return { inputs, read, rejects, times }
})

const timeRange = ({ validate }: Pick<Plan, "validate">, asOfMicros: number): TimeRange => {
  const { from, outside, to } = validate.time_range
  // The plan's times are known to be good.
  const micros = (text: string) => timeTextMicros(text) ?? 0
  return { from: micros(from ?? earliest), to: to === null ? asOfMicros + 86_400e6 : micros(to), outside }
}

const earliest = "1990-01-01T00:00:00Z"

/** The highest ordinal in a batch, 0 if it is empty. */
const lastOrdinal = ({ records, rejects }: EventBatch): number => {
  const last = (batch: RecordBatch) =>
    batch.numRows === 0 ? 0 : int64At(int64Lanes(batch, position.event), batch.numRows - 1)
  return Math.max(last(records), last(rejects))
}

/** The records of a batch with an ordinal up to `limit`. */
const firstRecords = (batch: EventBatch, limit: number): EventBatch => {
  const upTo = (rows: RecordBatch) => {
    const ordinals = int64Lanes(rows, position.event)
    let count = 0
    while (count < rows.numRows && int64At(ordinals, count) <= limit) count++
    return selectBatch(
      rows,
      Int32Array.from({ length: count }, (_, i) => i)
    )
  }
  return { ...batch, records: upTo(batch.records), rejects: upTo(batch.rejects) }
}
