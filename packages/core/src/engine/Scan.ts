import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { Plan } from "../plan/Plan.ts"
import { Connections } from "../plugin/Connections.ts"
import type { PluginError } from "../plugin/PluginError.ts"
import type { Source } from "../plugin/Source.ts"
import type { Part } from "../run/Place.ts"
import type { Crew, PartResult, Piece } from "./Crew.ts"
import type { Progress } from "./Engine.ts"
import { RejectCounts } from "./RejectCounts.ts"
import { shiftRejects } from "./shiftRejects.ts"
import type { Summary } from "./Summary.ts"
import type { TimeNotes } from "./TimeColumn.ts"
import { UnmatchedCounts } from "./Unmatched.ts"

/** What reading and validating all inputs gave, besides the accepted events. */
export interface Scanned {
  readonly inputs: Summary["inputs"]
  /** Records as their decoders numbered them, counted apart from what became of them. */
  readonly read: number
  readonly filtered: number
  readonly rejects: RejectCounts
  readonly times: TimeNotes
  /** For each entry of the plan's enrich. */
  readonly unmatched: ReadonlyArray<UnmatchedCounts>
  readonly parts: ReadonlyArray<Part>
  /** Parts that were read for nothing: see {@link Scan}. */
  readonly voided: ReadonlyArray<number>
}

/** How a scan is watched, and where its rejects go, in the order of the input. */
export interface OnScan {
  readonly rejects: (rejects: RecordBatch) => Effect.Effect<void, PluginError>
  readonly progress: ((progress: Progress) => void) | undefined
}

/**
 * Reads all inputs of a plan with a crew, whose threads share the pieces of inputs that can be read in pieces.
 * `whole`: no input is.
 */
export const scanInputs = Effect.fn("scanInputs")(function* (plan: Plan, crew: Crew, whole: boolean, on: OnScan) {
  const connections = yield* Connections
  const sources = (yield* Effect.forEach(plan.scan.inputs, (input) => connections.sources(input))).flat()
  const stretches: Array<Stretch> = []
  for (const [input, source] of sources.entries()) {
    const pieces = whole ? [] : yield* crew.pieces(source)
    // A piece has a second number, for the case that it must be read again.
    if (pieces.length < 2) stretches.push(new Stretch(source, input, undefined, stretches.length * 2))
    else for (const piece of pieces) stretches.push(new Stretch(source, input, piece, stretches.length * 2))
  }
  const scan = new Scan(plan, sources, stretches, crew, on)
  yield* Effect.forEach(stretches, (stretch) => scan.read(stretch), { concurrency: crew.size, discard: true })
  return scan.finish()
})

/** Something to be read in one go, and what came of it. */
class Stretch {
  readonly source: Source
  readonly input: number
  readonly piece: Piece | undefined
  readonly part: number
  rejects: Array<RecordBatch> = []
  result: PartResult | undefined

  constructor(source: Source, input: number, piece: Piece | undefined, part: number) {
    this.source = source
    this.input = input
    this.piece = piece
    this.part = part
  }
}

/**
 * Where a record begins inside a file is only known from what is before: a newline may stand in quotes. So a piece is
 * read from its first newline on, and what was read counts if the piece before ended just there; otherwise it is void
 * and the piece is read again from where that one ended. Results are taken in the order of the input.
 */
class Scan {
  private readonly sources: ReadonlyArray<Source>
  private readonly stretches: ReadonlyArray<Stretch>
  private readonly crew: Crew
  private readonly on: OnScan
  private readonly turn = Semaphore.makeUnsafe(1)
  private readonly totalBytes: number | undefined
  private readonly rejects = new RejectCounts()
  private readonly inputs: Array<{ records: number; rejected: number; lines: number; notes: Array<string> }>
  private readonly times = { local: 0, skipped: 0, doubled: 0, outside: 0 }
  private readonly unmatched: ReadonlyArray<UnmatchedCounts>
  private readonly parts: Array<Part> = []
  private readonly voided: Array<number> = []
  private filtered = 0
  private bytes = 0
  private records = 0
  /** The stretch whose results come next. */
  private next = 0
  /** Where the last piece taken ended. */
  private position = 0

  constructor(
    { validate }: Plan,
    sources: ReadonlyArray<Source>,
    stretches: ReadonlyArray<Stretch>,
    crew: Crew,
    on: OnScan
  ) {
    this.unmatched = validate.enrich.map(() => new UnmatchedCounts())
    this.sources = sources
    this.stretches = stretches
    this.crew = crew
    this.on = on
    this.inputs = sources.map(() => ({ records: 0, rejected: 0, lines: 0, notes: [] }))
    const sizes = sources.map(({ bytes }) => bytes)
    this.totalBytes = sizes.reduce((sum, size) => (sum === undefined || size === undefined ? undefined : sum + size), 0)
  }

  read(stretch: Stretch): Effect.Effect<void, PluginError> {
    return this.readAs(stretch, stretch.piece, stretch.part).pipe(
      Effect.andThen((result) => {
        stretch.result = result
        return this.turn.withPermit(this.takeResults())
      })
    )
  }

  finish(): Scanned {
    const { filtered, inputs, parts, rejects, sources, times, unmatched, voided } = this
    return {
      // Of an input without records nothing had to be decided.
      inputs: inputs.map(({ notes, records, rejected }, i) => ({
        source: sources[i].name,
        records,
        rejected,
        notes: records === 0 ? [] : notes
      })),
      read: inputs.reduce((sum, { records }) => sum + records, 0),
      filtered,
      rejects,
      times,
      unmatched,
      parts,
      voided
    }
  }

  private readAs(stretch: Stretch, piece: Piece | undefined, part: number): Effect.Effect<PartResult, PluginError> {
    return this.crew.read(stretch.source, piece, part, {
      progress: (bytes, records) => {
        this.bytes += bytes
        this.records += records
        this.on.progress?.({ bytes: this.bytes, totalBytes: this.totalBytes, records: this.records })
      },
      // A piece may turn out to be void; a whole input whose turn it is need not wait.
      rejects: (rejects) =>
        piece === undefined && this.stretches[this.next] === stretch
          ? this.writeRejects(stretch, [...stretch.rejects.splice(0), rejects], 0)
          : Effect.sync(() => stretch.rejects.push(rejects))
    })
  }

  private takeResults(): Effect.Effect<void, PluginError> {
    return Effect.gen({ self: this }, function* () {
      for (;;) {
        const stretch = this.stretches.at(this.next)
        if (stretch?.result === undefined) return
        yield* this.take(stretch, stretch.result)
        this.next++
      }
    })
  }

  private take(stretch: Stretch, result: PartResult): Effect.Effect<void, PluginError> {
    return Effect.gen({ self: this }, function* () {
      const { part, piece } = stretch
      if (piece === undefined) return yield* this.count(stretch, result, part)
      if (piece.start === 0) this.position = 0
      if (result.start === this.position) return yield* this.count(stretch, result, part)
      this.voided.push(part)
      stretch.rejects = []
      if (this.position >= piece.end) return
      const again = { start: this.position, end: piece.end, exact: true }
      yield* this.count(stretch, yield* this.readAs(stretch, again, part + 1), part + 1)
    })
  }

  private count(stretch: Stretch, result: PartResult, part: number): Effect.Effect<void, PluginError> {
    return Effect.gen({ self: this }, function* () {
      const input = this.inputs[stretch.input]
      this.parts[part] = { source: stretch.source.name, input: stretch.input, before: input.records }
      yield* this.writeRejects(stretch, stretch.rejects, result.start)
      stretch.rejects = []
      for (const note of result.notes) if (!input.notes.includes(note)) input.notes.push(note)
      input.records += result.records
      input.lines += result.lines
      this.filtered += result.filtered
      this.rejects.merge(result.rejected)
      input.rejected += result.rejected.reduce((sum, { count }) => sum + count, 0)
      this.position = result.end
      for (const key of ["local", "skipped", "doubled", "outside"] as const) this.times[key] += result.times[key]
      for (const [entry, counts] of this.unmatched.entries()) counts.add(result.unmatched[entry])
    })
  }

  private writeRejects(
    { input }: Stretch,
    batches: ReadonlyArray<RecordBatch>,
    offset: number
  ): Effect.Effect<void, PluginError> {
    const { lines, records } = this.inputs[input]
    return Effect.forEach(
      batches,
      (batch) => {
        const shifted = shiftRejects(batch, { event: records, line: lines, offset })
        this.rejects.add(shifted)
        this.inputs[input].rejected += batch.numRows
        return this.on.rejects(shifted)
      },
      { discard: true }
    )
  }
}
