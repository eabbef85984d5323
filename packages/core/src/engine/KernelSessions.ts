import { type CutSessions, type DurationCounts, type Kernels, type RunPart, SessionCutter } from "@sojourn/kernels"
import { noNulls } from "../arrow/dataOf.ts"
import { int64Column, lanes, type NamedColumn, recordBatch, textColumn, timestampColumn } from "../arrow/Columns.ts"
import { textVector } from "../arrow/TextPool.ts"
import type { Plan } from "../plan/Plan.ts"
import { mappedColumns, tableColumns } from "../plan/Tables.ts"
import type { Cursor, Merge } from "../run/Merge.ts"
import { placeColumn } from "../run/Place.ts"
import { microsAt, secondsAt } from "../time/Int64.ts"
import type { Computed } from "./Compute.ts"
import { type Counts, noGaps } from "./Counts.ts"
import type { Job } from "./Crew.ts"
import type { Expressions } from "./Expressions.ts"
import { asked } from "./Needs.ts"
import { noCuts } from "./range/Cuts.ts"
import { cause } from "./session/cutSessions.ts"
import { causesOf, firstSessions, type Sessions } from "./Sessionize.ts"
import { sessionTable } from "./SessionTable.ts"
import { noteCounted, suspiciousLengths } from "./UserWarnings.ts"

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
  private readonly sessionize: NonNullable<Plan["sessionize"]>
  private readonly cutter: SessionCutter
  private readonly merge: Merge
  private readonly columns: ReadonlyArray<string>
  private readonly expressions: Expressions
  /** How long after its last event a session is open. */
  private readonly openFor: number

  /** Undefined where more is asked for. */
  static of(job: Job, kernels: Kernels, merge: Merge, expressions: Expressions): KernelSessions | undefined {
    const { sessionize } = job.plan
    if (sessionize === null || merge.hasVoid || !isPlain(job)) return undefined
    return new KernelSessions(job, sessionize, kernels, merge, expressions)
  }

  private constructor(
    job: Job,
    sessionize: NonNullable<Plan["sessionize"]>,
    kernels: Kernels,
    merge: Merge,
    expressions: Expressions
  ) {
    const { dedupe, validate } = job.plan
    this.job = job
    this.sessionize = sessionize
    this.merge = merge
    this.expressions = expressions
    const names = mappedColumns(job.plan).map(({ name }) => name)
    this.columns = dedupe.key === "none" ? [] : names.filter((name) => !isUserOrTime(validate, name))
    const [rule] = sessionize.rules
    const isGap = rule?.rule === "gap"
    const gap = isGap && rule.gap.kind === "literal" ? Number(rule.gap.value) : Infinity
    this.openFor = gap
    const key = dedupe.key === "columns" ? dedupe.columns : []
    this.cutter = new SessionCutter(kernels, {
      key: dedupe.key === "none" ? undefined : this.columns.map((name) => key.includes(name)),
      gap,
      splits: isGap && rule.boundary === "split",
      lengths: suspiciousLengths
    })
  }

  /**
   * The sessions of users before which cursors stand, which go on to those after them; cursors that have no more are taken
   * out. Undefined, and no cursor has moved, if these users need the other way. `stays`: the block is done with before
   * anything else is asked of the kernels, and may be left where they have it.
   */
  compute(cursors: Array<Cursor>, stays: boolean): KernelBlock | undefined {
    this.merge.trim()
    const cut = this.cutter.cut(
      cursors.map((cursor) => this.partOf(cursor)),
      stays
    )
    if (cut === undefined) return undefined
    const { taken } = cut
    cursors.splice(0, Infinity, ...cursors.filter((cursor, i) => cursor.advance(taken[i])))
    return { table: this.tableOf(cut), counts: countsOf(cut) }
  }

  /** The durations in microseconds of all sessions so far. */
  durations(): DurationCounts {
    return this.cutter.durations()
  }

  private partOf(cursor: Cursor): RunPart {
    const { hasMore, run, until, user } = cursor
    const { bytes, offsets } = run.users
    const firstRow = cursor.firstRow()
    const end = run.ends[until - 1]
    const column = (name: string) => {
      const found = run.columns.find((one) => one.name === name)
      if (found === undefined) throw new Error(`no column ${name} in a run`)
      return found
    }
    const wide = (name: string) => column(name).words.subarray(firstRow * 2, end * 2)
    return {
      offsets: offsets.subarray(user, until + 1),
      names: bytes.subarray(offsets[user], offsets[until]),
      ends: run.ends.subarray(user, until),
      firstRow,
      times: wide(this.job.plan.validate.time.name),
      places: wide(placeColumn),
      columns: this.columns.map((name) => this.merge.codes(column(name), firstRow, end)),
      hasMore
    }
  }

  private tableOf(cut: CutSessions): Computed["table"] {
    const { asOfMicros, plan } = this.job
    let made: ReturnType<typeof this.eventsOf> | undefined
    return (_name, columns, rows) => {
      const known = columns.flatMap((name) => this.knownColumn(cut, name))
      if (known.length === columns.length) {
        const table = recordBatch(known, cut.codes.length)
        return rows === undefined ? table : table.slice(0, rows)
      }
      const { events, sessions } = (made ??= this.eventsOf(cut))
      const some = rows === undefined ? sessions : firstSessions(sessions, rows + 1)
      const shape = { ...plan, sessionize: this.sessionize }
      const table = sessionTable(shape, events, some, asOfMicros, columns, this.expressions)
      return rows === undefined ? table : table.slice(0, rows)
    }
  }

  /** A column that is as the kernels have it; none if another is asked for. */
  private knownColumn({ codes, ends, events, starts, users }: CutSessions, name: string): ReadonlyArray<NamedColumn> {
    switch (name) {
      case this.job.plan.validate.user.name:
        return [{ name, data: textColumn(codes, textVector(users), noNulls) }]
      case "session_start":
        return [{ name, data: timestampColumn(starts) }]
      case "session_end":
        return [{ name, data: timestampColumn(ends) }]
      case "event_count":
        return [{ name, data: int64Column(events) }]
      default:
        return []
    }
  }

  /** Two events a session: the one that it starts with, and the one that it ends with. */
  private eventsOf({ codes, ends, offsets, starts, ties, users }: CutSessions) {
    const { time, user } = this.job.plan.validate
    const count = codes.length
    const none = new Int32Array(0)
    const events = recordBatch(
      [
        { name: user.name, data: textColumn(twice(codes), textVector(users)) },
        { name: time.name, data: timestampColumn(inTurns(starts, ends)) }
      ],
      count * 2
    )
    const sessions: Sessions = {
      unique: none,
      rows: none,
      starts: offsets,
      firsts: everySecond(0, count),
      lasts: everySecond(1, count),
      open: new Float64Array(count).fill(this.openFor),
      cause: causesBy(codes),
      causes: causesOf(this.sessionize.rules),
      outside: none,
      ties
    }
    return { events, sessions }
  }
}

const countsOf = (cut: CutSessions): Counts => {
  const { earliest, ends, latest, offsets, starts, userEvents, users } = cut
  const sessions = cut.codes.length
  const instant = (times: BigInt64Array, row: number) => ({
    seconds: secondsAt(lanes(times), row),
    micros: microsAt(lanes(times), row)
  })
  return {
    accepted: cut.accepted,
    unique: cut.unique,
    duplicates: cut.duplicates,
    duplicatesOf: new Map(),
    conflicting: cut.conflicting,
    users: users.size,
    inSessions: offsets[sessions],
    outside: 0,
    sessions,
    broken: cut.broken,
    ties: cut.ties,
    cuts: noCuts,
    span: sessions === 0 ? undefined : { first: instant(starts, earliest), last: instant(ends, latest) },
    gaps: noGaps(),
    noted: noteCounted(users, userEvents, cut.unique, cut.mostEvents, cut.likely)
  }
}

// Loops over all sessions are functions of their own: an engine compiles the function that a long loop is in, and again
// for every such loop.

const everySecond = (first: number, size: number): Int32Array<ArrayBuffer> => {
  const rows = new Int32Array(size)
  for (let i = 0; i < size; i++) rows[i] = first + 2 * i
  return rows
}

const twice = (codes: Int32Array): Int32Array => {
  const pairs = new Int32Array(codes.length * 2)
  for (let i = 0; i < pairs.length; i++) pairs[i] = codes[i >> 1]
  return pairs
}

const inTurns = (starts: BigInt64Array, ends: BigInt64Array): BigInt64Array<ArrayBuffer> => {
  const times = new BigInt64Array(starts.length * 2)
  const words = lanes(times)
  const from = [lanes(starts), lanes(ends)]
  for (let i = 0; i < starts.length; i++) {
    words[4 * i] = from[0][2 * i]
    words[4 * i + 1] = from[0][2 * i + 1]
    words[4 * i + 2] = from[1][2 * i]
    words[4 * i + 3] = from[1][2 * i + 1]
  }
  return times
}

const causesBy = (users: Int32Array): Uint16Array => {
  const causes = new Uint16Array(users.length)
  for (let i = 0; i < causes.length; i++) causes[i] = i > 0 && users[i] === users[i - 1] ? cause.gap : cause.first
  return causes
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
