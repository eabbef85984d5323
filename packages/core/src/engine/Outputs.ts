import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import { pickColumns } from "../arrow/Columns.ts"
import type { Plan, Write } from "../plan/Plan.ts"
import { Connections } from "../plugin/Connections.ts"
import { PluginError } from "../plugin/PluginError.ts"
import type { ReportSink, ReportTables } from "../plugin/ReportSink.ts"
import type { Sink } from "../plugin/Sink.ts"
import { findingTable, historyTable } from "./check/checkTables.ts"
import type { Crew, Job } from "./Crew.ts"
import { inputTable } from "./InputTable.ts"
import type { Summary } from "./Summary.ts"
import { jsonMarker } from "./jsonMarker.ts"
import { lookupTables } from "./lookupTables.ts"
import { Tables } from "./Tables.ts"
import { PackedGroups, PackingRoom } from "./Packing.ts"
import type { RunFailure } from "./RunFailure.ts"
import { ownMemory, Worker } from "./Worker.ts"

/** Rows that are encoded at a time. */
const outputRows = 65_536

interface Output {
  readonly write: Write
  readonly sink: Sink
  /** Some rows of its table, with its columns. */
  readonly chosen: (rows: RecordBatch) => RecordBatch
  /** Where threads pack its rows. */
  readonly packed?: PackedGroups | undefined
  rows: number
}

type Placed = Pick<Sink, "prepare" | "commit">

type Writing = Effect.Effect<void, PluginError | RunFailure>

interface ReportOutput {
  readonly name: string
  readonly uri: string
  readonly sink: ReportSink
}

/** The sinks of a run, each with the table that it gets, and those of its reports. */
export class Outputs {
  /** Milliseconds spent on writing; 0 without a clock. */
  spent = 0
  private readonly outputs: ReadonlyArray<Output>
  private readonly reports: ReadonlyArray<ReportOutput>
  private readonly clock: () => number

  constructor(outputs: ReadonlyArray<Output>, reports: ReadonlyArray<ReportOutput>, clock: (() => number) | undefined) {
    this.outputs = outputs
    this.reports = reports
    this.clock = clock ?? (() => 0)
  }

  /** Writes the next rows of a table, in pieces, wherever that table is written. */
  write(table: string, rows: RecordBatch): Writing {
    const outputs = this.outputs.filter(({ write }) => write.table === table)
    return Effect.forEach(outputs, (output) => this.writeRows(output, rows), { discard: true })
  }

  /** Writes the next rows of one output. */
  writeTo(write: Write, rows: RecordBatch): Writing {
    return this.writeRows(this.of(write), rows)
  }

  private writeRows(output: Output, rows: RecordBatch): Writing {
    if (rows.numRows === 0) return Effect.void
    const { packed, sink } = output
    const chosen = output.chosen(rows)
    output.rows += rows.numRows
    const write = (some: RecordBatch) => packed?.add(some) ?? sink.write(some)
    const starts = Array.from({ length: Math.ceil(rows.numRows / outputRows) }, (_, i) => i * outputRows)
    return this.timed(Effect.forEach(starts, (at) => write(chosen.slice(at, at + outputRows)), { discard: true }))
  }

  /** After the last rows: groups that are not full yet, and those that are not written yet. */
  private finishGroups(): Writing {
    const packed = this.outputs.flatMap((output) => output.packed ?? [])
    return Effect.forEach(packed, ({ rest }) => rest, { discard: true }).pipe(
      Effect.andThen(Effect.forEach(packed, ({ written }) => written, { discard: true }))
    )
  }

  /** Counts rows that are in place already. */
  leave(write: Write, rows: number): void {
    this.of(write).rows += rows
  }

  takesEncoded(write: Write): boolean {
    return this.of(write).sink.writeEncoded !== undefined
  }

  writeEncoded(write: Write, chunks: ReadonlyArray<Uint8Array>, rows: number): Effect.Effect<void, PluginError> {
    const output = this.of(write)
    const { writeEncoded } = output.sink
    if (writeEncoded === undefined) return Effect.void
    output.rows += rows
    return this.timed(Effect.forEach(chunks, writeEncoded, { discard: true }))
  }

  writeReports(tables: ReportTables): Effect.Effect<void, PluginError> {
    return this.timed(Effect.forEach(this.reports, ({ sink }) => sink.write(tables), { discard: true }))
  }

  reported(): Summary["reports"] {
    return this.reports.map(({ name, uri }) => ({ name, uri }))
  }

  counted(writes: ReadonlyArray<Write>): Summary["outputs"] {
    return this.ofWrites(writes).map(({ rows, write: { table, uri } }) => ({ table, uri, rows }))
  }

  /** Puts outputs in place, before others. */
  commit(writes: ReadonlyArray<Write>): Writing {
    return this.put(writes, [], [])
  }

  /** Puts outputs in place, and the reports, and something else with them, which is prepared when they are. */
  commitLast(writes: ReadonlyArray<Write>, last: ReadonlyArray<Placed>): Writing {
    return this.put(
      writes,
      this.reports.map(({ sink }) => sink),
      last
    )
  }

  private put(writes: ReadonlyArray<Write>, reports: ReadonlyArray<Placed>, last: ReadonlyArray<Placed>): Writing {
    const own = this.ofWrites(writes).map(({ sink }) => sink)
    const prepared = (sinks: ReadonlyArray<Placed>) =>
      Effect.forEach(sinks, ({ prepare }) => prepare, { discard: true })
    const all = [...own, ...reports, ...last]
    // Threads pack while reports are drawn.
    return Effect.all([this.finishGroups(), prepared(reports)], { concurrency: 2, discard: true }).pipe(
      Effect.andThen(prepared([...own, ...last])),
      Effect.andThen(
        // Not to be stopped half way: an interrupt between two commits would leave new beside old.
        Effect.uninterruptible(Effect.forEach(all, ({ commit }) => commit, { discard: true }))
      )
    )
  }

  private timed<E>(writing: Effect.Effect<void, E>): Effect.Effect<void, E> {
    return Effect.suspend(() => {
      const started = this.clock()
      return writing.pipe(Effect.tap(() => Effect.sync(() => (this.spent += this.clock() - started))))
    })
  }

  private ofWrites(writes: ReadonlyArray<Write>): ReadonlyArray<Output> {
    return this.outputs.filter(({ write }) => writes.includes(write))
  }

  private of(write: Write): Output {
    const output = this.outputs.find((one) => one.write === write)
    if (output === undefined) throw new Error(`the output ${write.output} is not open`)
    return output
  }
}

/** Opens the sinks of a plan's tables and reports, each with the columns that its table has even if it gets no row. */
export const openOutputs = Effect.fnUntraced(function* (
  plan: Plan,
  writes: Plan["write"],
  reports: Plan["reports"],
  job: Job,
  crew: Pick<Crew, "pack" | "size">,
  clock: (() => number) | undefined
) {
  const connections = yield* Connections
  const scope = yield* Effect.scope
  const room = new PackingRoom(crew.size + 1, scope)
  const emptyOf = emptyTables(plan, job)
  const opened: Array<Output> = []
  for (const write of writes) {
    const mark = jsonMarker(plan, write.table)
    const chosen = (rows: RecordBatch) => mark(pickColumns(rows, write.columns))
    const sink = yield* connections.sink(write, chosen(emptyOf(write)).schema)
    const pack = crew.pack
    const packed = pack && sink.groups && new PackedGroups(sink.groups, (rows) => pack(write, rows), room)
    opened.push({ write, sink, chosen, packed, rows: 0 })
  }
  const documents: Array<ReportOutput> = []
  for (const report of reports) {
    for (const uri of report.uris) {
      if (connections.report === undefined) return yield* noReports(uri)
      documents.push({ name: report.name, uri, sink: yield* connections.report(report, uri) })
    }
  }
  return new Outputs(opened, documents, clock)
})

const noReports = (uri: string): PluginError =>
  new PluginError({ plugin: "engine", reason: "Unsupported", message: `cannot write ${uri}: no report is made here` })

/** Makes the function that gives the table of an output without rows. */
const emptyTables = (plan: Plan, job: Job): ((write: Write) => RecordBatch) => {
  const worker = new Worker(job, { kernels: undefined, ...ownMemory })
  const { feeds, outputs } = worker.computeNothing()
  const tables = new Tables(plan, new Map(job.bindings))
  const table = (name: string) => feeds[job.feeds.findIndex(({ from }) => from === name)][0]
  const lookups = [...lookupTables(plan, job.lookups)].map(([name, rows]) => [name, rows.slice(0, 0)] as const)
  const known = new Map([
    ...lookups,
    ...lookups.flatMap(([name, rows]) => Array.from(tables.addWhole(name, rows))),
    ["rejects", worker.nothing.rejects],
    ...tables.addWhole("rejects", worker.nothing.rejects),
    ["inputs", inputTable([], undefined)],
    ["findings", findingTable([])],
    ["history", historyTable([])],
    ...tables.add({ table }),
    ...tables.finish()
  ])
  return (write) => {
    const own = outputs.at(job.writes.indexOf(write))
    const empty = job.writes.includes(write) ? own?.batches[0] : known.get(write.table)
    if (empty === undefined) throw new Error(`no table ${write.table}`)
    return empty
  }
}
