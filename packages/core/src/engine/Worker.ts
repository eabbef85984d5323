import type { Kernels } from "@sojourn/kernels"
import type { RecordBatch } from "apache-arrow"
import { pickColumns, textView } from "../arrow/Columns.ts"
import { unpackBatch } from "../arrow/Ipc.ts"
import { redactedFields } from "../plan/redactedFields.ts"
import { hasTime, tableColumns, userColumn } from "../plan/Tables.ts"
import type { DecodeRequest } from "../plugin/Decoder.ts"
import type { Encoding, Room } from "../plugin/Encoder.ts"
import { type EventBatch, position } from "../plugin/EventBatch.ts"
import { EventBatchBuilder } from "../plugin/EventBatchBuilder.ts"
import { kernelTable } from "../plugin/kernelTable.ts"
import { emptyBlock } from "../run/emptyBlock.ts"
import { KernelEvents } from "../run/KernelEvents.ts"
import { type Block, type Cursor, Merge, type UserRange, type UserStretches } from "../run/Merge.ts"
import { type Part, placeColumn } from "../run/Place.ts"
import { type Allocate, RunBuilder } from "../run/RunBuilder.ts"
import { bytesOf, type Run } from "../run/Run.ts"
import type { RunReader } from "../run/RunReader.ts"
import { timeTextMicros } from "../time/TimeText.ts"
import { jsonMarker } from "./jsonMarker.ts"
import { Changes, type Compared, type Former } from "./Changes.ts"
import { compute, type Computed, type ComputeContext } from "./Compute.ts"
import { countBlock, type Counts } from "./Counts.ts"
import type { Finished, Job, OnlyPaths, RangeResult } from "./Crew.ts"
import { Durations } from "./Durations.ts"
import { Expressions } from "./Expressions.ts"
import { type KernelBlock, KernelSessions } from "./KernelSessions.ts"
import { Lookup } from "./Lookup.ts"
import { allNeeds, asked } from "./Needs.ts"
import { knownFields } from "./requestFor.ts"
import { partitionPaths, rowsIn } from "./PartitionPaths.ts"
import { Stages } from "./Stages.ts"
import type { TimeRange } from "./TimeColumn.ts"
import type { Unmatched } from "./Unmatched.ts"
import { makeValidate, type Validated } from "./Validate.ts"

/** Rows of a block of users, at least. */
const blockRows = 65_536

/**
 * Events that are sorted at a time after so many runs: so few that they fit in the caches of a processor, and later more,
 * so that there are not too many runs to be merged.
 */
const runRows = (runs: number): number => 1_000_000 * Math.min(3, 1 + (runs >> 3))

/** What the runtime gives a worker. */
export interface Tools {
  /** Makes the kernels; without them everything is done by plain loops, with the same result. */
  readonly kernels: (() => Kernels | undefined) | undefined
  readonly allocate: Allocate
  /** Records may stay where the kernels put them: every batch is added before more is decoded. */
  readonly holds?: boolean
  /** Milliseconds from any beginning, to measure what the time is spent on. */
  readonly clock?: (() => number) | undefined
  /** Where runs are put when more than so many bytes of events are held; without it all are kept in memory. */
  readonly spill?: { readonly mostBytes: number; readonly allocate: Allocate; readonly store: (run: Run) => void }
  /** Encodes rows of an output of the job whose sink takes them encoded. */
  readonly encoding: (output: number, schema: RecordBatch["schema"]) => Encoding
  /** Memory for what is encoded; whoever gets it gives it back. */
  readonly room?: Room
}

/** Tools of a worker that hands nothing to other threads: its outputs are encoded by their sinks. */
export const ownMemory: Pick<Tools, "allocate" | "encoding"> = {
  allocate: (bytes) => new ArrayBuffer(bytes),
  encoding: () => {
    throw new Error("outputs are encoded by their sinks here")
  }
}

/** One thread's share of the work of a run: it validates and gathers what it reads, then computes ranges of users. */
export class Worker {
  /** What its decoders are asked for. */
  request: DecodeRequest
  readonly nothing: Validated
  /** Fields of which nobody is told. */
  readonly redacted: ReadonlySet<string>
  readonly stages: Stages
  private readonly durations = new Durations()
  private readonly job: Job
  private readonly tools: Tools
  private readonly builder: RunBuilder
  private readonly runs: Array<Run> = []
  /** Of all runs, also those that are elsewhere by now. */
  private runCount = 0
  private runBytes = 0
  /** Events that the kernels keep, where they can. */
  private kept: KernelEvents | undefined
  private readonly lookups: ReadonlyArray<Lookup>
  private readonly expressions: Expressions
  private readonly validate: ReturnType<typeof makeValidate>
  /** By table, all columns that the job asks for. */
  private readonly asked: ReadonlyMap<string, ReadonlyArray<string>>
  /** For each output of the job. */
  private readonly markers: ReadonlyArray<ReturnType<typeof jsonMarker>>
  private readonly encodings = new Map<number, Encoding>()
  private merge: Merge | undefined
  private sessions: KernelSessions | undefined
  private parts: ReadonlyArray<Part> = []
  private changes: Changes | undefined

  constructor(job: Job, tools: Tools) {
    const { scan, validate } = job.plan
    this.job = job
    this.tools = tools
    this.redacted = redactedFields(job.plan)
    this.asked = new Map(allNeeds(asked(job), validate.user.name).map(({ columns, from }) => [from, columns]))
    this.markers = job.writes.map(({ table }) => jsonMarker(job.plan, table))
    this.stages = new Stages(tools.clock)
    const time = validate.time.value
    const isTime = (path: string) => validate.time.format === "iso8601" && time.kind === "column" && path === time.name
    const request = {
      columns: scan.columns.map((column) => (isTime(column.path) ? { ...column, isTime: true } : column)),
      digest: scan.digest,
      ...(validate.strict ? { known: knownFields(scan.columns) } : {}),
      maxRecordBytes: scan.max_record_bytes
    }
    const kernels = tools.kernels?.()
    this.builder = new RunBuilder(validate.user.name, validate.time.name)
    this.lookups = validate.enrich.map((entry, i) => new Lookup(entry, unpackBatch(job.lookups[i])))
    const bindings = new Map(job.bindings)
    this.expressions = new Expressions(job.plan.timezone, bindings)
    const context = { bindings, lookups: this.lookups }
    this.validate = makeValidate(job.plan, timeRange(job), context)
    this.nothing = this.validate(new EventBatchBuilder(request, false).finish(new Uint8Array(0), 0), "")
    const { fields } = this.validate
    if (kernels !== undefined && fields !== undefined) {
      const order = this.nothing.events.schema.names.map((name) =>
        name === position.event ? placeColumn : String(name)
      )
      this.kept = new KernelEvents(kernels, fields, scan.columns, validate.user.name, order)
    }
    this.request =
      kernels === undefined
        ? request
        : {
            ...request,
            table: kernelTable(kernels, request),
            // Otherwise they would be held only to be copied.
            holds: tools.holds === true && this.kept !== undefined
          }
  }

  /** Validates a batch of a part and keeps what is accepted. `lateBefore`: see `Crew`. */
  add(batch: EventBatch, source: string, part: number, lateBefore: number | undefined): Validated {
    const validated = this.stages.measure("validate", () => {
      const held = lateBefore === undefined ? this.validateHeld(batch, source, part) : undefined
      const validated = held ?? this.validate(batch, source, lateBefore)
      this.builder.append(validated.events, validated.texts, part)
      batch.held?.held.release()
      return validated
    })
    const { kept } = this
    const { allocate } = this.tools
    if (kept !== undefined && kept.rows >= runRows(this.runCount)) this.finishRun(() => kept.takeRun(allocate))
    const { spill } = this.tools
    if (spill !== undefined && this.runBytes + this.builder.bytes + (kept?.bytes ?? 0) > spill.mostBytes) {
      for (const run of this.takeRuns(spill.allocate)) spill.store(run)
    }
    return validated
  }

  /** For each entry of the plan's enrich, what was not found since the last time: asked for at the end of a part. */
  takeUnmatched(): ReadonlyArray<Unmatched> {
    return this.lookups.map((lookup) => lookup.takeUnmatched())
  }

  /** The events gathered since the last time, as runs. */
  takeRuns(allocate: Allocate = this.tools.allocate): ReadonlyArray<Run> {
    const { builder, kept } = this
    if (kept !== undefined && kept.rows > 0) this.finishRun(() => kept.takeRun(allocate))
    if (builder.rows > 0) this.finishRun(() => builder.finish(allocate))
    this.runBytes = 0
    return this.runs.splice(0)
  }

  /** What each thread has added up by the end. */
  finish(): Finished {
    const { durations, sessions, stages } = this
    return {
      durations: [durations.toData(), ...(sessions === undefined ? [] : [sessions.durations()])],
      stages: stages.times
    }
  }

  private finishRun(take: () => Run): void {
    const run = this.stages.measure("sort", take)
    this.runs.push(run)
    this.runCount++
    this.runBytes += bytesOf(run)
  }

  /** Records that the kernels can judge are kept by them; the others of the batch are validated as all are elsewhere. */
  private validateHeld(batch: EventBatch, source: string, part: number): Validated | undefined {
    // Reading `records` would copy all of them.
    const { held, raw, rawOffset, rejects } = batch
    if (held === undefined || this.kept === undefined) return undefined
    const others = this.kept.accept(held, part)
    if (others === undefined) return undefined
    const validated =
      others.length === 0 && rejects.numRows === 0
        ? this.nothing
        : this.validate({ ...held.some(others), rejects, raw, rawOffset }, source)
    return held.local ? withLocal(validated, held.held.rows - others.length) : validated
  }

  /** From now on ranges of these runs are computed. `former`: what the sessions are compared with. */
  begin(
    runs: ReadonlyArray<RunReader>,
    parts: ReadonlyArray<Part>,
    voided: ReadonlyArray<number>,
    former?: Former
  ): void {
    const { asOfMicros, plan } = this.job
    const { expressions } = this
    const none = new Set(voided)
    this.merge = new Merge(plan.validate.user.name, runs, none)
    this.parts = parts
    this.changes = former && new Changes(former, plan, { asOfMicros, parts, expressions }, none)
    // Others than those that read, whose memory is as large as all events were.
    this.kept = undefined
    const { table: _, ...request } = this.request
    this.request = request
    const kernels = this.tools.kernels?.()
    this.sessions = kernels && KernelSessions.of(this.job, kernels, this.merge, this.expressions)
  }

  /** A range without any event. */
  computeNothing(): RangeResult {
    return this.computeBlocks([this.computeBlock(emptyBlock(this.nothing.events))], [], true, [])
  }

  /** What became of the users in a range since the run before. Throws `IntegerOverflow`. */
  compareRange(range: UserRange): ReadonlyArray<Compared> {
    const { changes, merge } = this
    if (merge === undefined || changes === undefined) return []
    const { time } = this.job.plan.validate
    return this.stages.measure("compute", () => {
      const found: Array<Compared> = []
      for (const stretches of merge.stretches(merge.cursors(range), blockRows)) {
        const touched = merge.gatherWhere(stretches, time.name, (part, ordinal, at) =>
          changes.touches(part, ordinal, at)
        )
        if (touched !== undefined) found.push(changes.of(touched))
      }
      return found
    })
  }

  /**
   * Everything that follows from the events of the users in a range. `only`: for outputs that are divided, the partitions
   * whose rows are wanted. Throws `IntegerOverflow`.
   */
  computeRange(range: UserRange, encode: ReadonlyArray<boolean>, heads: boolean, only: OnlyPaths): RangeResult {
    const before = this.stages.times.encode ?? 0
    const result = this.stages.measure("compute", () =>
      this.computeBlocks(this.computed(range, only, this.passes(encode, heads, only)), encode, heads, only)
    )
    // Encoding is a stage of its own.
    this.stages.add({ compute: before - (this.stages.times.encode ?? 0) })
    return result
  }

  /** Whether all that is made of a block is its one output, encoded before the next one is computed. */
  private passes(encode: ReadonlyArray<boolean>, wantsHeads: boolean, only: OnlyPaths): boolean {
    const { feeds, writes } = this.job
    return writes.length === 1 && encode[0] && feeds.length === 0 && !wantsHeads && only.at(0) === undefined
  }

  /** The blocks of a range, computed one after the other. `passes`: none of them is looked at after the next is asked for. */
  private *computed(range: UserRange, only: OnlyPaths, passes: boolean): Generator<OutputBlock> {
    const { merge, sessions } = this
    if (merge === undefined) return
    const narrows = this.narrows(only)
    const cursors = merge.cursors(range)
    if (sessions !== undefined) yield* this.cut(sessions, merge, cursors, narrows ? only : undefined, passes)
    for (const stretches of merge.stretches(cursors, blockRows)) {
      const block = this.computeBlock(merge.gather(stretches.users, stretches.segments, countedColumns(this.job)))
      yield narrows ? this.narrowed(merge, stretches, block, only) : block
    }
  }

  /** The blocks that the kernels can make. `only`: where blocks are to be narrowed. */
  private *cut(
    sessions: KernelSessions,
    merge: Merge,
    cursors: Array<Cursor>,
    only: OnlyPaths | undefined,
    passes: boolean
  ): Generator<OutputBlock> {
    while (cursors.length > 0) {
      const before = only && cursors.map((cursor) => cursor.copy())
      const block = sessions.compute(cursors, passes)
      if (block === undefined) return
      // No event of these users is left out, so the first stretches of so many rows are those of the block.
      const [stretches] = before === undefined ? [] : merge.stretches(before, block.counts.accepted)
      yield only === undefined || stretches === undefined ? block : this.narrowed(merge, stretches, block, only)
    }
  }

  /** Whether only rows of some users are wanted: where every output is divided, and nothing else is made of them. */
  private narrows(only: OnlyPaths): boolean {
    const { feeds, heads, writes } = this.job
    if (only.length === 0 || feeds.length > 0 || heads.tables.length > 0) return false
    return writes.every((_, i) => only.at(i) !== undefined)
  }

  /** A block whose outputs have rows only of those users who have some in the partitions that are wanted. */
  private narrowed(merge: Merge, stretches: UserStretches, block: KernelBlock, only: OnlyPaths): OutputBlock {
    const { job } = this
    const users = new Set<number>()
    const sizes: Array<number> = []
    for (const [i, { partition, table }] of job.writes.entries()) {
      const user = userColumn(job.plan, table)
      const rows = block.table(table, [...new Set([...partition, user])])
      sizes.push(rows.numRows)
      // Users are numbered by their place in the block.
      const { codes } = textView(rows, user)
      for (const [path, own] of partitionPaths(partition)(rows)) {
        if (only[i]?.has(path) === true) for (const row of own) users.add(codes[row])
      }
    }
    const some = merge.gatherUsers(stretches, users) ?? emptyBlock(this.nothing.events)
    const { table } = compute(job.plan, some, this.context)
    return { counts: block.counts, table, sizes }
  }

  private get context(): ComputeContext {
    return { asOfMicros: this.job.asOfMicros, parts: this.parts, expressions: this.expressions }
  }

  private computeBlock(block: Block): KernelBlock {
    const { plan } = this.job
    const computed = compute(plan, block, this.context)
    return { table: computed.table, counts: countBlock(plan, computed, this.job, this.parts, this.durations) }
  }

  private computeBlocks(
    blocks: Iterable<OutputBlock>,
    encode: ReadonlyArray<boolean>,
    wantsHeads: boolean,
    only: OnlyPaths
  ): RangeResult {
    const { heads, writes } = this.job
    const counts: Array<Counts> = []
    const outputs = writes.map(() => ({
      rows: 0,
      batches: [] as Array<RecordBatch>,
      encoded: [] as Array<Uint8Array>
    }))
    const firsts: Array<RangeResult["heads"][number]> = []
    const feeds = this.job.feeds.map((): Array<RecordBatch> => [])
    for (const block of blocks) {
      counts.push(block.counts)
      const table = this.askedOf(block)
      for (const [i, { columns, from }] of this.job.feeds.entries()) feeds[i].push(table(from, columns))
      for (const [i, { columns, partition, table: name }] of writes.entries()) {
        const all = table(name, columns)
        const paths = only.at(i)
        const rows = paths === undefined ? all : rowsIn(all, partition, paths)
        outputs[i].rows += block.sizes?.[i] ?? all.numRows
        if (encode[i]) {
          const marked = this.markers[i](rows)
          outputs[i].encoded.push(this.stages.measure("encode", () => this.encode(i, marked)))
        } else outputs[i].batches.push(rows)
      }
      if (wantsHeads) firsts.push(...this.headsOf(block, heads))
    }
    return { counts, outputs, feeds, heads: firsts }
  }

  /** The tables of a block, each of which is made once for all that is asked of it. */
  private askedOf(block: OutputBlock): Computed["table"] {
    const made = new Map<string, RecordBatch>()
    return (name, columns) => {
      const table = made.get(name) ?? block.table(name, this.asked.get(name) ?? columns)
      made.set(name, table)
      return pickColumns(table, columns)
    }
  }

  private headsOf(computed: KernelBlock, { rows, tables }: Job["heads"]) {
    return tables.flatMap((table) => {
      const columns = tableColumns(this.job.plan, table)?.map(({ name }) => name)
      return columns === undefined ? [] : [{ table, batch: computed.table(table, columns, rows) }]
    })
  }

  private encode(output: number, rows: RecordBatch): Uint8Array {
    const { encoding, room } = this.tools
    const known = this.encodings.get(output) ?? encoding(output, rows.schema)
    this.encodings.set(output, known)
    return room !== undefined && known.encodeInto !== undefined ? known.encodeInto(rows, room) : known.encode(rows)
  }
}

/** The columns that are looked at where events are only counted; undefined where more is made of them. */
const countedColumns = ({ feeds, heads, plan, writes }: Job): ReadonlySet<string> | undefined => {
  const { dedupe, order, sessionize, validate } = plan
  const isCounted =
    writes.length === 0 &&
    feeds.length === 0 &&
    heads.tables.length === 0 &&
    sessionize === null &&
    dedupe.key === "none" &&
    order.columns.length === 0 &&
    order.tie === "position"
  return isCounted ? new Set([validate.time.name, placeColumn]) : undefined
}

/** What some users came to; `sizes`: the rows of each output of the job, if it has only some of them. */
interface OutputBlock extends KernelBlock {
  readonly sizes?: ReadonlyArray<number>
}

/** With so many more accepted times that named no zone. */
const withLocal = (validated: Validated, more: number): Validated => {
  const { events, filtered, rejected, texts, times } = validated
  return {
    events,
    filtered,
    get rejects() {
      return validated.rejects
    },
    rejected,
    times: { ...times, local: times.local + more },
    texts
  }
}

const timeRange = ({ asOfMicros, plan: { validate } }: Job): TimeRange => {
  if (!hasTime(validate)) return { from: -Infinity, to: Infinity, outside: "warn" }
  const { from, outside, to } = validate.time_range
  // The plan's times are known to be good.
  const micros = (text: string) => timeTextMicros(text) ?? 0
  return { from: micros(from ?? earliest), to: to === null ? asOfMicros + 86_400e6 : micros(to), outside }
}

const earliest = "1990-01-01T00:00:00Z"
