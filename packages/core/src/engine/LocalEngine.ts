import { makeKernels } from "@sojourn/kernels"
import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Plan } from "../plan/Plan.ts"
import { redactedFields } from "../plan/redactedFields.ts"
import { isOfRun, lookupNamed } from "../plan/Tables.ts"
import { PluginError } from "../plugin/PluginError.ts"
import type { Sink } from "../plugin/Sink.ts"
import type { UserRange } from "../run/Merge.ts"
import { divideUsers } from "../run/Ranges.ts"
import type { Compared } from "./Changes.ts"
import { findingTable, historyTable } from "./check/checkTables.ts"
import { Checks, countsOf } from "./check/Checks.ts"
import { readHistory } from "./check/History.ts"
import { concurrency, type Crew, type Job, type RangeResult } from "./Crew.ts"
import type { RunState } from "./RunState.ts"
import type { Engine, RunOptions } from "./Engine.ts"
import { Heads } from "./Heads.ts"
import { inputTable } from "./InputTable.ts"
import { lookupTables } from "./lookupTables.ts"
import { allNeeds, asked } from "./Needs.ts"
import { openOutputs } from "./Outputs.ts"
import { edgesOf, type Margin } from "./range/Edges.ts"
import { widerMargin } from "./range/widerMargin.ts"
import { ReportGather } from "./report/ReportGather.ts"
import { runTable } from "./report/runTable.ts"
import { readLookups } from "./readLookups.ts"
import { Replays } from "./Replays.ts"
import { attempt } from "./RunFailure.ts"
import { rangeRows } from "./rangeRows.ts"
import { planScan, scanInputs, type Scanned } from "./Scan.ts"
import { soloCrew } from "./soloCrew.ts"
import { redactRejects } from "./redactRejects.ts"
import { Stages } from "./Stages.ts"
import { assertBalanced } from "./Summary.ts"
import { summarize } from "./summarize.ts"
import { type TableRows, Tables } from "./Tables.ts"
import { Totals } from "./Totals.ts"
import { ownMemory, Worker } from "./Worker.ts"

/**
 * A run of some dates reads what is near them, and again more, and all in the end, until nothing of what it makes may
 * depend on what it has not read; only then anything appears.
 */
const run = Effect.fn("LocalEngine.run")(function* (plan: Plan, options: RunOptions) {
  let done = yield* runWith(plan, options, { before: 0, after: 0 })
  while ("before" in done) done = yield* runWith(plan, options, done)
  return done
})

/** Gives the margin that is needed where this one is too small. */
const runWith = Effect.fn("LocalEngine.runWith")(function* (plan: Plan, options: RunOptions, margin: Margin) {
  const startedMicros = options.mark?.nowMicros() ?? 0
  const bindings = options.bindings ?? new Map<string, string>()
  yield* checkBound(plan, bindings)
  const files = yield* readLookups(plan, bindings)
  const history = yield* readHistory(plan, options.asOfMicros)
  const tables = new Tables(plan, bindings)
  const checks = new Checks(plan, bindings)
  const isOfEvents = (name: string) =>
    !isOfRun(name) && !plan.tables.some((table) => table.name === name) && lookupNamed(plan, name) === undefined
  const writes = options.dryRun === true ? [] : plan.write
  const documents = options.dryRun === true ? [] : plan.reports
  const reports = new ReportGather({ ...plan, reports: documents })
  const isAsked = (name: string) =>
    writes.some(({ table }) => table === name) || options.head?.tables.includes(name) === true || reports.shows(name)
  const feeds = allNeeds([...tables.needs, ...checks.needs, ...reports.needs], plan.validate.user.name)
  const written = writes.filter(({ table }) => isOfEvents(table))
  const edges = edgesOf(plan, asked({ feeds, writes: written }), margin)
  const job: Job = {
    plan,
    asOfMicros: options.asOfMicros,
    gaps: options.gaps ?? false,
    countsInputs: isAsked("inputs"),
    bindings: [...bindings],
    lookups: files.map(({ packed }) => packed),
    writes: written,
    keepsRejects: options.state !== undefined || isAsked("rejects") || tables.takes("rejects"),
    feeds,
    edges,
    heads: {
      rows: options.head?.rows ?? 0,
      tables: options.head?.tables.filter(isOfEvents) ?? []
    }
  }
  const kernels = options.plain === true ? undefined : makeKernels
  const crew: Crew =
    options.crew === undefined
      ? soloCrew(new Worker(job, { kernels, clock: options.clock, ...ownMemory }), options.limit)
      : yield* options.crew(job, options.limit)
  const { state } = options
  // Before the outputs: threads that start take their time while these are opened.
  const planned = yield* planScan(plan, crew, options.limit !== undefined, { state, lookups: job.lookups, edges })
  const outputs = yield* openOutputs(plan, writes, documents, job, crew, options.clock)

  const heads = new Heads(options.head)
  const writeTable = (name: string, batch: RecordBatch) => {
    heads.add(name, batch)
    reports.add(name, batch)
    return attempt(() => checks.add(name, batch)).pipe(Effect.andThen(outputs.write(name, batch)))
  }
  const writeTables = (rows: TableRows) => Effect.forEach(rows, ([name, batch]) => writeTable(name, batch))
  const writeWhole = Effect.fnUntraced(function* (name: string, rows: RecordBatch) {
    yield* writeTable(name, rows)
    yield* writeTables(yield* attempt(() => tables.addWhole(name, rows)))
  })
  for (const [name, rows] of lookupTables(plan, job.lookups)) yield* writeWhole(name, rows)
  const redacted = redactedFields(plan)
  const replays = state && new Replays(job, state)
  const scanned = yield* scanInputs(plan, crew, planned, {
    state,
    rejects: (rejects) => writeWhole("rejects", redactRejects(rejects, redacted)),
    wantsKept: writes.some(({ table }) => table === "rejects") || tables.takes("rejects"),
    progress: options.onProgress,
    replays
  })
  const { compares, samples } = yield* crew.gather(
    scanned.parts,
    scanned.voided,
    scanned.kept,
    replays?.takeRuns() ?? []
  )

  const ranges = divideUsers(samples, rangeRows)
  const only = state === undefined || !compares ? [] : yield* compared(plan, crew, ranges, state)
  const onlyOf = job.writes.map((write) => only.at(plan.write.indexOf(write)))

  const totals = new Totals()
  const spent = new Stages(options.clock)
  const encode = job.writes.map((write) => crew.encodes && outputs.takesEncoded(write))
  const take = Effect.fnUntraced(function* (result: RangeResult) {
    for (const counts of result.counts) totals.add(counts)
    for (const head of result.heads) heads.add(head.table, head.batch)
    for (const [i, { batches, encoded, rows }] of result.outputs.entries()) {
      const write = job.writes[i]
      for (const batch of batches) yield* outputs.writeTo(write, batch)
      if (encoded.length > 0) yield* outputs.writeEncoded(write, encoded, rows)
      else outputs.leave(write, rows - batches.reduce((sum, { numRows }) => sum + numRows, 0))
    }
    for (let block = 0; block < (result.feeds.at(0)?.length ?? 0); block++) {
      const table = (name: string) => result.feeds[job.feeds.findIndex(({ from }) => from === name)][block]
      yield* writeTables(yield* attempt(() => tables.add({ table })))
      yield* attempt(() => {
        for (const { from } of checks.needs) checks.add(from, table(from))
        for (const { from } of reports.needs) reports.add(from, table(from))
      })
    }
    result.release?.()
  })
  yield* Stream.fromIterable(ranges).pipe(
    Stream.mapEffect((range) => crew.compute(range, encode, heads.wants(job.heads.tables), onlyOf), concurrency(crew)),
    Stream.runForEach(take)
  )
  const wider = options.limit === undefined ? widerMargin(margin, scanned.leftOut, totals.cuts) : undefined
  if (wider !== undefined) return wider
  yield* writeTables(yield* attempt(() => tables.finish()))
  for (const finished of yield* crew.finish) {
    for (const durations of finished.durations) totals.durations.merge(durations)
    spent.add(finished.stages)
  }

  if (job.countsInputs) {
    const counted = scanned.inputs.map((input, i) => ({ ...input, duplicates: totals.duplicatesOf.get(i) ?? 0 }))
    const { mark } = options
    const marked = mark && { id: mark.id, startedMicros, finishedMicros: mark.nowMicros() }
    yield* writeTable("inputs", inputTable(counted, marked))
  }
  const counted = summarize(plan, files, scanned, totals, options.gaps ?? false)
  assertBalanced(counted.accounting, totals.sums.broken)
  const found = yield* attempt(() =>
    checks.finish(
      { asOfMicros: options.asOfMicros, previous: history.previous },
      countsOf(counted, plan.validate),
      scanned.counts
    )
  )
  const findings = found.map(({ bound: _, ...finding }) => finding)
  yield* writeTables(
    new Map([
      ["findings", findingTable(findings)],
      ["history", historyTable(history.with(found))],
      ["run", runTable(counted, options.asOfMicros)]
    ])
  )
  yield* outputs.writeReports(reports.finish())
  spent.add({ write: outputs.spent })
  const put = Effect.fnUntraced(function* (own: Plan["write"], isLast: boolean) {
    const committing = options.clock?.() ?? 0
    yield* isLast
      ? outputs.commitLast(own, state === undefined ? [] : [stateSink(state, scanned.read, totals)])
      : outputs.commit(own)
    spent.add({ commit: (options.clock?.() ?? 0) - committing })
    const made = isLast ? { findings, reports: outputs.reported() } : { findings: [], reports: [] }
    const summary = { ...counted, ...made, outputs: outputs.counted(own) }
    return { summary, heads: heads.tables, stages: spent.times }
  })
  const { rest, turns } = inTurns(writes, options.turns?.outputs ?? [])
  for (const own of turns) {
    const result = yield* put(own, false)
    if (options.turns !== undefined && !(yield* options.turns.done(result))) return result
  }
  return yield* put(rest, true)
}, Effect.scoped)

/** The outputs of each turn but the last, and the others. */
const inTurns = (writes: Plan["write"], sizes: ReadonlyArray<number>) => {
  const turns: Array<Plan["write"]> = []
  let from = 0
  for (const size of sizes.slice(0, -1)) turns.push(writes.slice(from, (from += size)))
  return { turns, rest: writes.slice(from) }
}

/** What a state puts in place with the outputs. */
const stateSink = (state: RunState, read: Scanned["read"], totals: Totals): Pick<Sink, "prepare" | "commit"> => ({
  prepare: state.prepare(read, latestOf(totals)),
  commit: state.commit
})

/** Compares users with what they were before the run: for each output, the partitions that are to be written. */
const compared = Effect.fnUntraced(function* (
  plan: Plan,
  crew: Crew,
  ranges: ReadonlyArray<UserRange>,
  state: RunState
) {
  const touched = plan.write.map(() => new Set<string>())
  const take = ({ changes, touched: paths }: Compared) => {
    for (const [i, own] of paths.entries()) for (const path of own) touched[i].add(path)
    return state.addChanges(changes)
  }
  yield* Stream.fromIterable(ranges).pipe(
    Stream.mapEffect((range) => crew.compare(range), concurrency(crew)),
    Stream.runForEach((all) => Effect.forEach(all, take, { discard: true }))
  )
  return yield* state.replaced(touched)
})

const latestOf = ({ span }: Totals): number | undefined => span && span.last.seconds * 1e6 + span.last.micros

/** Fails where a parameter of the plan's expressions has no value. */
const checkBound = ({ bindings }: Plan, given: ReadonlyMap<string, string>): Effect.Effect<void, PluginError> => {
  const unbound = bindings.filter((name) => !given.has(name)).map((name) => `\${${name}}`)
  if (unbound.length === 0) return Effect.void
  return Effect.fail(
    new PluginError({
      plugin: "engine",
      reason: "Config",
      message: `expressions of the plan need a value for ${unbound.join(", ")}`,
      hint: "set it in the environment, or bind it in the options of the run"
    })
  )
}

/** Runs plans in this process: by the crew of the options, else by this thread alone. */
export const localEngine: Engine = { name: "local", unsupported: () => [], run }
