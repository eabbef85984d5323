import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { Plan } from "../plan/Plan.ts"
import { Connections } from "../plugin/Connections.ts"
import type { Source } from "../plugin/Source.ts"
import type { Part } from "../run/Place.ts"
import type { InputCounts } from "./check/Checks.ts"
import { concurrency, type Crew, type PartOfKept, type PartResult, type Piece } from "./Crew.ts"
import type { Progress } from "./Engine.ts"
import { InputTally } from "./InputTally.ts"
import { dayOfPath, type Edges } from "./range/Edges.ts"
import type { RejectCounts } from "./RejectCounts.ts"
import type { PartOf, Replays } from "./Replays.ts"
import type { ReadFailure } from "./RunFailure.ts"
import type { KeptInput, ReadInput, RunState } from "./RunState.ts"
import { shiftRejects } from "./shiftRejects.ts"
import type { Summary } from "./Summary.ts"
import type { TimeNotes } from "./TimeColumn.ts"
import type { UnmatchedCounts } from "./Unmatched.ts"

/** What reading and validating all inputs gave, besides the accepted events. */
export interface Scanned {
  readonly inputs: Summary["inputs"]
  /** What was counted of each input. */
  readonly counts: ReadonlyArray<InputCounts>
  /** Records as their decoders numbered them, counted apart from what became of them. */
  readonly records: number
  readonly filtered: number
  readonly rejects: RejectCounts
  readonly times: TimeNotes
  /** For each entry of the plan's enrich. */
  readonly unmatched: ReadonlyArray<UnmatchedCounts>
  readonly parts: ReadonlyArray<Part>
  /** Parts that were read for nothing: see {@link Scan}. */
  readonly voided: ReadonlyArray<number>
  readonly kept: ReadonlyArray<PartOfKept>
  /** Each input by itself. */
  readonly read: ReadonlyArray<ReadInput>
}

/** What decides what is read. */
interface BeforeScan {
  readonly state: RunState | undefined
  /** What is joined to events. */
  readonly lookups: ReadonlyArray<Uint8Array>
  /** Which directories are read, where the plan is about some dates. */
  readonly edges: Edges | undefined
}

/** How a scan is watched, what is known before it, and where its rejects go, in the order of the input. */
interface OnScan {
  readonly rejects: (rejects: RecordBatch) => Effect.Effect<void, ReadFailure>
  /** Somebody wants the rejects that a state keeps, which are counted already. */
  readonly wantsKept: boolean
  readonly progress: ((progress: Progress) => void) | undefined
  readonly state: RunState | undefined
  /** With a state. */
  readonly replays: Replays | undefined
}

/** What is to be read of the inputs of a plan, in their order. */
export interface ScanPlan {
  readonly sources: ReadonlyArray<Source>
  readonly stretches: ReadonlyArray<Stretch>
  /** Whether there are inputs before and after the dates that are read. */
  readonly leftOut: { readonly before: boolean; readonly after: boolean }
}

/**
 * Finds the inputs of a plan and what is to be read of them: pieces, where a crew's threads can share them, which start now.
 * What is kept of an input is not read. `whole`: no input is read in pieces.
 */
export const planScan = Effect.fn("planScan")(function* (
  plan: Plan,
  crew: Crew,
  whole: boolean,
  { edges, lookups, state }: BeforeScan
) {
  const connections = yield* Connections
  const found = (yield* Effect.forEach(plan.scan.inputs, (input) =>
    Effect.map(connections.sources(input), (all) =>
      all.map((source) => ({ ...source, fields: input.fields, day: dayOfPath(source.name, input.partition) }))
    )
  )).flat()
  const { firstDay, lastDay } = edges ?? { firstDay: -Infinity, lastDay: Infinity }
  const sources = found.filter(({ day }) => day === undefined || (day >= firstDay && day <= lastDay))
  const known = state === undefined ? [] : yield* state.begin(sources, lookups)
  const stretches: Array<Stretch> = []
  let part = 0
  for (const [input, source] of sources.entries()) {
    const { kept, lateBefore } = known.at(input) ?? { kept: undefined, lateBefore: undefined }
    if (kept !== undefined) {
      stretches.push(new Stretch(source, input, undefined, part, lateBefore, kept))
      part += kept.parts.length
      if (!kept.grown) continue
    }
    const pieces = whole ? [] : yield* crew.pieces(source, kept?.counts.end ?? 0)
    for (const piece of pieces.length === 0 ? [undefined] : pieces) {
      stretches.push(new Stretch(source, input, piece, part, lateBefore, undefined))
      // A piece has a second number, for the case that it must be read again.
      part += 2
    }
  }
  const leftOut = {
    before: found.some(({ day }) => day !== undefined && day < firstDay),
    after: found.some(({ day }) => day !== undefined && day > lastDay)
  }
  return { sources, stretches, leftOut } satisfies ScanPlan
})

/** Reads what there is to read with a crew, whose threads share it. */
export const scanInputs = Effect.fn("scanInputs")(function* (
  plan: Plan,
  crew: Crew,
  { leftOut, sources, stretches }: ScanPlan,
  on: OnScan
) {
  const scan = new Scan(plan, sources, stretches, crew, on)
  yield* Effect.forEach(stretches, (stretch) => scan.read(stretch), { ...concurrency(crew), discard: true })
  return { ...scan.finish(), leftOut }
})

/** Something to be read in one go, and what came of it; or what is kept of an input. */
class Stretch {
  readonly source: Source
  readonly input: number
  readonly piece: Piece | undefined
  readonly part: number
  readonly lateBefore: number | undefined
  readonly kept: KeptInput | undefined
  rejects: Array<RecordBatch> = []
  result: PartResult | undefined

  constructor(
    source: Source,
    input: number,
    piece: Piece | undefined,
    part: number,
    lateBefore: number | undefined,
    kept: KeptInput | undefined
  ) {
    this.source = source
    this.input = input
    this.piece = piece
    this.part = part
    this.lateBefore = lateBefore
    this.kept = kept
    if (kept !== undefined) this.result = { ...kept.counts, start: 0 }
  }
}

/**
 * Where a record begins inside a file is only known from what is before: a newline may stand in quotes. So a piece is
 * read from its first newline on, and what was read counts if the piece before ended just there; otherwise it is void
 * and the piece is read again from where that one ended. Results are taken in the order of the input.
 */
class Scan {
  private readonly plan: Plan
  private readonly sources: ReadonlyArray<Source>
  private readonly stretches: ReadonlyArray<Stretch>
  private readonly crew: Crew
  private readonly on: OnScan
  private readonly turn = Semaphore.makeUnsafe(1)
  private readonly totalBytes: number | undefined
  private readonly inputs: ReadonlyArray<InputTally>
  private readonly parts: Array<Part> = []
  private readonly voided: Array<number> = []
  private readonly kept: Array<PartOfKept> = []
  private bytes = 0
  private records = 0
  /** The stretch whose results come next. */
  private next = 0

  constructor(plan: Plan, sources: ReadonlyArray<Source>, stretches: ReadonlyArray<Stretch>, crew: Crew, on: OnScan) {
    this.plan = plan
    this.sources = sources
    this.stretches = stretches
    this.crew = crew
    this.on = on
    this.inputs = sources.map(() => new InputTally(plan))
    const sizes = sources.map(({ bytes }) => bytes)
    this.totalBytes = sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0)
    // What is kept counts as read.
    for (const { kept } of stretches) this.bytes += kept?.counts.end ?? 0
  }

  read(stretch: Stretch): Effect.Effect<void, ReadFailure> {
    const reading =
      stretch.result === undefined ? this.readAs(stretch, stretch.piece, stretch.part) : Effect.succeed(stretch.result)
    return reading.pipe(
      Effect.andThen((result) => {
        stretch.result = result
        return this.turn.withPermit(this.takeResults())
      })
    )
  }

  finish(): Scanned {
    const { inputs, kept, parts, plan, sources, voided } = this
    const all = new InputTally(plan)
    const read = inputs.map((input) => input.toData())
    for (const { counts } of read) all.add(counts)
    const { filtered, records, rejects, times, unmatched } = all
    return {
      // Of an input without records nothing had to be decided.
      inputs: inputs.map(({ notes, records, rejects: { total } }, i) => ({
        source: sources[i].name,
        records,
        rejected: total,
        notes: records === 0 ? [] : (sources[i].notes ?? notes)
      })),
      counts: inputs.map(({ filtered, records, rejects: { total } }, i) => ({
        input: sources[i].name,
        read: records,
        accepted: records - total,
        rejected: total,
        filtered
      })),
      records,
      filtered,
      rejects,
      times,
      unmatched,
      parts,
      voided,
      kept,
      read
    }
  }

  private readAs(stretch: Stretch, piece: Piece | undefined, part: number): Effect.Effect<PartResult, ReadFailure> {
    return this.crew.read(stretch.source, piece, part, stretch.lateBefore, {
      progress: (bytes, records) => {
        this.bytes += bytes
        this.records += records
        this.on.progress?.({ bytes: this.bytes, totalBytes: this.totalBytes, records: this.records })
      },
      // A piece may turn out to be void; a whole input whose turn it is need not wait.
      rejects: (rejects) =>
        piece === undefined && this.stretches[this.next] === stretch
          ? this.writeRejects(stretch, part, [...stretch.rejects.splice(0), rejects], 0)
          : Effect.sync(() => stretch.rejects.push(rejects))
    })
  }

  private takeResults(): Effect.Effect<void, ReadFailure> {
    return Effect.gen({ self: this }, function* () {
      for (;;) {
        const stretch = this.stretches.at(this.next)
        if (stretch?.result === undefined) return
        yield* stretch.kept === undefined
          ? this.take(stretch, stretch.result)
          : this.takeKept(stretch, stretch.kept, stretch.result)
        this.next++
      }
    })
  }

  private takeKept(stretch: Stretch, kept: KeptInput, result: PartResult): Effect.Effect<void, ReadFailure> {
    const { input, part, source } = stretch
    const { on } = this
    let before = 0
    for (const [i, { id, records }] of kept.parts.entries()) {
      this.parts[part + i] = { source: source.name, input, before, day: source.day }
      this.kept.push({ id, part: part + i })
      before += records
    }
    const tally = this.inputs[input]
    const { replayed } = kept
    // Rejects that may be fewer now are counted anew.
    tally.add(replayed ? { ...result, rejected: [] } : result)
    const isRead = replayed || on.wantsKept
    const batches = (isRead ? on.state?.rejects(input) : undefined) ?? Effect.succeed([])
    const take = (rejects: RecordBatch) =>
      replayed ? this.takeRejects(stretch, rejects, partIn(this.parts, part, kept.parts.length)) : on.rejects(rejects)
    return Effect.flatMap(batches, (all) => Effect.forEach(all, take, { discard: true }))
  }

  private take(stretch: Stretch, result: PartResult): Effect.Effect<void, ReadFailure> {
    return Effect.gen({ self: this }, function* () {
      const { input, part, piece } = stretch
      if (piece === undefined) return yield* this.count(stretch, result, part)
      const { end } = this.inputs[input]
      if (result.start === end) return yield* this.count(stretch, result, part)
      this.voided.push(part)
      stretch.rejects = []
      if (end >= piece.end) return
      const again = { start: end, end: piece.end, exact: true }
      yield* this.count(stretch, yield* this.readAs(stretch, again, part + 1), part + 1)
    })
  }

  private count(stretch: Stretch, result: PartResult, part: number): Effect.Effect<void, ReadFailure> {
    return Effect.gen({ self: this }, function* () {
      const input = this.inputs[stretch.input]
      this.parts[part] = {
        source: stretch.source.name,
        input: stretch.input,
        before: input.records,
        day: stretch.source.day
      }
      yield* this.writeRejects(stretch, part, stretch.rejects, result.start)
      stretch.rejects = []
      input.parts.push({ part, records: result.records })
      input.add(result)
    })
  }

  private writeRejects(
    stretch: Stretch,
    part: number,
    batches: ReadonlyArray<RecordBatch>,
    offset: number
  ): Effect.Effect<void, ReadFailure> {
    const { lines, records } = this.inputs[stretch.input]
    return Effect.forEach(
      batches,
      (batch) =>
        this.takeRejects(stretch, shiftRejects(batch, { event: records, line: lines, offset }), () => ({
          part,
          before: records
        })),
      { discard: true }
    )
  }

  /** Rejects with their places in the input; with a state some may turn out to be none. */
  private takeRejects(
    { input, source }: Stretch,
    rejects: RecordBatch,
    partOf: PartOf
  ): Effect.Effect<void, ReadFailure> {
    const { on } = this
    const tally = this.inputs[input]
    return Effect.gen(function* () {
      const left = (yield* on.replays?.take(input, source.name, rejects, partOf, tally) ?? Effect.undefined) ?? rejects
      if (left.numRows === 0) return
      tally.rejects.add(left)
      yield* on.state?.addRejects(input, left) ?? Effect.void
      yield* on.rejects(left)
    })
  }
}

/** The part that a record is in, of some that follow one another. */
const partIn =
  (parts: ReadonlyArray<Part>, first: number, count: number): PartOf =>
  (ordinal) => {
    let part = first
    while (part + 1 < first + count && parts[part + 1].before < ordinal) part++
    return { part, before: parts[part].before }
  }
