import { type Kernels, type RunSlice, SessionCutter } from "@sojourn/kernels"
import { recordBatch, textColumn, timestampColumn } from "../arrow/Columns.ts"
import type { Plan } from "../plan/Plan.ts"
import { mappedColumns, tableColumns } from "../plan/Tables.ts"
import type { Merge, Segments, UserStretches } from "../run/Merge.ts"
import { placeColumn } from "../run/Place.ts"
import type { Run } from "../run/Run.ts"
import { differenceMicros, microsAt, secondsAt } from "../time/Int64.ts"
import type { Computed } from "./Compute.ts"
import { type Counts, noGaps } from "./Counts.ts"
import type { Job } from "./Crew.ts"
import type { Durations } from "./Durations.ts"
import type { Expressions } from "./Expressions.ts"
import { asked } from "./Needs.ts"
import { noCuts } from "./range/Cuts.ts"
import { cause } from "./session/cutSessions.ts"
import { causesOf, firstSessions, type Sessions } from "./Sessionize.ts"
import { sessionTable } from "./SessionTable.ts"
import { noteCounted } from "./UserWarnings.ts"

/** The sessions of some users, and what is counted of them. */
export interface KernelBlock {
  readonly table: Computed["table"]
  readonly counts: Counts
}

/**
 * Computes sessions without moving an event: for jobs that ask for nothing but sessions cut by one gap, and for no
 * measure of their events. Everything else is computed by `compute`, with the same result.
 */
export class KernelSessions {
  private readonly job: Job
  private readonly cutter: SessionCutter
  private readonly merge: Merge
  private readonly columns: ReadonlyArray<string>
  private readonly durations: Durations
  private readonly expressions: Expressions
  private readonly scratch = new Scratch()

  /** Undefined where more is asked for. */
  static of(
    job: Job,
    kernels: Kernels,
    merge: Merge,
    durations: Durations,
    expressions: Expressions
  ): KernelSessions | undefined {
    return merge.hasVoid || !isPlain(job) ? undefined : new KernelSessions(job, kernels, merge, durations, expressions)
  }

  private constructor(job: Job, kernels: Kernels, merge: Merge, durations: Durations, expressions: Expressions) {
    const { dedupe, sessionize, validate } = job.plan
    this.job = job
    this.merge = merge
    this.durations = durations
    this.expressions = expressions
    const names = mappedColumns(job.plan).map(({ name }) => name)
    this.columns = dedupe.key === "none" ? [] : names.filter((name) => !isUserOrTime(validate, name))
    const [rule] = sessionize?.rules ?? []
    const isGap = rule?.rule === "gap"
    const gap = isGap && rule.gap.kind === "literal" ? Number(rule.gap.value) : Infinity
    const key = dedupe.key === "columns" ? dedupe.columns : []
    this.cutter = new SessionCutter(kernels, {
      key: dedupe.key === "none" ? undefined : this.columns.map((name) => key.includes(name)),
      gap,
      splits: isGap && rule.boundary === "split"
    })
  }

  /** Undefined if these users need the other way. */
  compute({ segments, users }: UserStretches): KernelBlock | undefined {
    const { runs, slices, ...stretches } = this.slicesOf(segments)
    const cut = this.cutter.cut(slices, { ends: segments.stretchEnds, runs, ...stretches })
    if (cut === undefined) return undefined
    const { plan } = this.job
    const count = cut.sessions
    const { causes, codes, firsts, lasts, micros, offsets, open, times } = this.scratch.of(count, this.openFor)
    codes.set(cut.users)
    times.set(cut.times)
    offsets.set(cut.offsets)
    setCauses(causes, codes)
    const events = recordBatch(
      [
        { name: plan.validate.user.name, data: textColumn(codes, users.vector()) },
        { name: plan.validate.time.name, data: timestampColumn(micros) }
      ],
      count * 2
    )
    const none = new Int32Array(0)
    const sessions: Sessions = {
      unique: none,
      rows: none,
      starts: offsets,
      firsts,
      lasts,
      open,
      cause: causes,
      causes: causesOf(plan.sessionize?.rules ?? []),
      outside: none,
      ties: cut.ties
    }
    this.durations.addSpans(times)
    const broken = brokenIn(times, offsets, causes) + (offsets[0] === 0 && offsets[count] === cut.unique ? 0 : 1)
    const instant = (row: number) => ({ seconds: secondsAt(times, row), micros: microsAt(times, row) })
    return {
      table: this.tableOf(events, sessions),
      counts: {
        accepted: segments.rows,
        unique: cut.unique,
        duplicates: cut.duplicates,
        duplicatesOf: new Map(),
        conflicting: cut.conflicting,
        users: cut.userEvents.length,
        inSessions: offsets[count],
        outside: 0,
        sessions: count,
        broken,
        ties: cut.ties,
        cuts: noCuts,
        span: count === 0 ? undefined : { first: instant(2 * cut.earliest), last: instant(2 * cut.latest + 1) },
        gaps: noGaps(),
        noted: noteCounted(users, cut.userEvents, cut.unique)
      }
    }
  }

  private get openFor(): number {
    const [rule] = this.job.plan.sessionize?.rules ?? []
    return rule?.rule === "gap" && rule.gap.kind === "literal" ? Number(rule.gap.value) : Infinity
  }

  private tableOf(events: Computed["events"], sessions: Sessions): Computed["table"] {
    const { asOfMicros, plan } = this.job
    const { sessionize } = plan
    if (sessionize === null) throw new Error("the plan cuts no sessions")
    return (_name, columns, rows) => {
      const some = rows === undefined ? sessions : firstSessions(sessions, rows + 1)
      const table = sessionTable({ ...plan, sessionize }, events, some, asOfMicros, columns, this.expressions)
      return rows === undefined ? table : table.slice(0, rows)
    }
  }

  /** The rows of each run that the stretches lie in: consecutive users have consecutive rows. */
  private slicesOf(segments: Segments) {
    this.merge.trim()
    const { first, last, numbers, runOf } = spansOf(segments)
    return {
      runs: runOf,
      froms: shifted(segments.froms, runOf, first),
      tos: shifted(segments.tos, runOf, first),
      slices: [...numbers].map(([run, i]) => this.sliceOf(run, first[i], last[i]))
    }
  }

  private sliceOf(run: Run, from: number, to: number): RunSlice {
    const column = (name: string) => {
      const found = run.columns.find((one) => one.name === name)
      if (found === undefined) throw new Error(`no column ${name} in a run`)
      return found
    }
    return {
      times: column(this.job.plan.validate.time.name).words.subarray(from * 2, to * 2),
      places: column(placeColumn).words.subarray(from * 2, to * 2),
      columns: this.columns.map((name) => this.merge.codes(column(name), from, to))
    }
  }
}

/**
 * Arrays for the sessions of a block, which the next block has again: tables are gathered from them. Two events a
 * session: the one that it starts with, and the one that it ends with.
 */
class Scratch {
  private size = -1
  private firsts = new Int32Array(0)
  private lasts = new Int32Array(0)
  private codes = new Int32Array(0)
  private micros = new BigInt64Array(0)
  private offsets = new Int32Array(0)
  private causes = new Uint16Array(0)
  private open = new Float64Array(0)

  /** For so many sessions, each of which is open for so many microseconds after its last event. */
  of(count: number, openFor: number) {
    if (count > this.size) {
      const size = Math.max(count, 2 * this.size)
      this.size = size
      this.firsts = everySecond(0, size)
      this.lasts = everySecond(1, size)
      this.codes = new Int32Array(size * 2)
      this.micros = new BigInt64Array(size * 2)
      this.offsets = new Int32Array(size + 1)
      this.causes = new Uint16Array(size)
      this.open = new Float64Array(size).fill(openFor)
    }
    const micros = this.micros.subarray(0, count * 2)
    return {
      firsts: this.firsts.subarray(0, count),
      lasts: this.lasts.subarray(0, count),
      codes: this.codes.subarray(0, count * 2),
      micros,
      times: new Int32Array(micros.buffer, 0, count * 4),
      offsets: this.offsets.subarray(0, count + 1),
      causes: this.causes.subarray(0, count),
      open: this.open.subarray(0, count)
    }
  }
}

/** The runs of stretches, numbered as they come; of each the first row and where the last one ends. */
const spansOf = ({ count, froms, runs, tos }: Segments) => {
  const numbers = new Map<Run, number>()
  const first: Array<number> = []
  const last: Array<number> = []
  const runOf = new Int32Array(count)
  for (let i = 0; i < count; i++) {
    let number = numbers.get(runs[i])
    if (number === undefined) {
      number = numbers.size
      numbers.set(runs[i], number)
      first.push(froms[i])
    }
    runOf[i] = number
    last[number] = tos[i]
  }
  return { numbers, first, last, runOf }
}

/** Rows as they are counted in the slices of their runs. */
const shifted = (rows: Int32Array, runOf: Int32Array, first: ReadonlyArray<number>): Int32Array => {
  const made = new Int32Array(runOf.length)
  for (let i = 0; i < made.length; i++) made[i] = rows[i] - first[runOf[i]]
  return made
}

// Loops over all sessions are functions of their own: an engine compiles the function that a long loop is in, and again
// for every such loop.

const everySecond = (first: number, size: number): Int32Array<ArrayBuffer> => {
  const rows = new Int32Array(size)
  for (let i = 0; i < size; i++) rows[i] = first + 2 * i
  return rows
}

/** `users`: by session, twice. */
const setCauses = (causes: Uint16Array, users: Int32Array): void => {
  for (let i = 0; i < causes.length; i++) {
    causes[i] = i > 0 && users[2 * i] === users[2 * i - 1] ? cause.gap : cause.first
  }
}

/** As `brokenSessions` has it, for sessions of which the starts and ends are known, and how many events are before each. */
const brokenIn = (times: Int32Array, offsets: Int32Array, causes: Uint16Array): number => {
  let broken = 0
  for (let i = 0; i < causes.length; i++) {
    if (offsets[i + 1] <= offsets[i] || differenceMicros(times, 2 * i + 1, 2 * i) < 0) broken++
    else if (causes[i] !== cause.first && differenceMicros(times, 2 * i, 2 * i - 1) < 0) broken++
  }
  return broken
}

const isUserOrTime = ({ time, user }: Plan["validate"], name: string): boolean =>
  name === user.name || name === time.name

/** As bits in a word. */
const mostColumns = 31

const isPlain = (job: Job): boolean => {
  const { countsInputs, gaps, heads, plan } = job
  const { dedupe, order, range, sessionize, validate } = plan
  if (range !== null || dedupe.within_micros !== undefined) return false
  if (sessionize === null || sessionize.by !== null || sessionize.passive !== null) return false
  const own = sessionize.columns.map(({ name }) => name)
  return (
    !gaps &&
    !countsInputs &&
    order.columns.length === 0 &&
    order.tie === "position" &&
    (dedupe.key === "none" || (dedupe.key === "columns" && dedupe.columns.includes(validate.time.name))) &&
    sessionize.rules.length <= 1 &&
    sessionize.rules.every((rule) => rule.rule === "gap" && rule.gap.kind === "literal") &&
    mappedColumns(plan).every(({ name, type }) => type === "text" || name === validate.time.name) &&
    mappedColumns(plan).length <= mostColumns &&
    asked(job).every(({ columns, from }) => from === "sessions" && !columns.some((name) => own.includes(name))) &&
    heads.tables.every((table) => table === "sessions" || tableColumns(plan, table) === undefined) &&
    (heads.tables.length === 0 || own.length === 0)
  )
}
