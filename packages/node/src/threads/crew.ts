import {
  requestFor,
  type Compared,
  type Crew,
  type Finished,
  type Former,
  type Gathered,
  isRunFailure,
  type Job,
  type MakeCrew,
  type OnlyPaths,
  type OnRead,
  type Part,
  type PartOfKept,
  type PartResult,
  type Piece,
  type PieceOptions,
  PluginError,
  type RangeResult,
  rangeRows,
  type Run,
  type ReadFailure,
  type RunFailure,
  type RunReader,
  sampleUsers,
  soloCrew,
  type Source,
  unpackBatch,
  type UserRange,
  Worker,
  type Write
} from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import * as Effect from "effect/Effect"
import { fileError } from "../FileError.ts"
import { type FileSource, isFileSource, rawHead } from "../FileSource.ts"
import type { FormatChoice, Formats } from "../Formats.ts"
import { openGroups } from "../Groups.ts"
import { openWhereItLies } from "../OpenFile.ts"
import { divide, divideGroups } from "./Pieces.ts"
import type { Ask, Origin, PackedResult, Start, Tell } from "./Protocol.ts"
import { packRows } from "./packRows.ts"
import { readPart } from "./ReadPart.ts"
import { leave } from "./Rooms.ts"
import { openRun, rowsOf, type StoredRun } from "./StoredRun.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"
import { threadTools } from "./threadTools.ts"
import type { OnTell, ThreadHandle } from "./ThreadHandle.ts"
import { ThreadPool } from "./ThreadPool.ts"

/** The events that a state keeps. */
export interface StateRuns {
  /** Told of the runs that were read now, of their parts, as which parts kept events count, and which of the runs are replays. */
  readonly gathered: (
    runs: ReadonlyArray<StoredRun>,
    parts: ReadonlyArray<Part>,
    voided: ReadonlyArray<number>,
    kept: ReadonlyArray<PartOfKept>,
    replayed: ReadonlyArray<Run>
  ) => KnownEvents
}

/** Events that were read by earlier runs. */
export interface KnownEvents {
  readonly runs: ReadonlyArray<StoredRun>
  /** Numbers of parts whose events count no more. */
  readonly forgotten: ReadonlyArray<number>
  readonly former: Former | undefined
}

/** What of a run's memory is for events: the rest is for the program, and for moving events when they are sorted. */
export const eventBytesOf = (memoryBytes: number): number => Math.max(32e6, (memoryBytes - 200e6) * 0.4)

/** How a crew is made up. */
export interface CrewOptions {
  /** Those of the run's spec. */
  readonly formats: Formats
  readonly threads: number
  /** Bytes of events that all threads together may hold in memory. */
  readonly eventBytes: number
  /** Where its threads come from, if they stay for other runs. */
  readonly pool?: ThreadPool
  /** What earlier runs have read. */
  readonly state?: StateRuns
  /** Bytes of a piece of a file. */
  readonly pieceBytes?: number
  /** Bytes of files from which on threads are worth their start. */
  readonly enoughBytes?: number
}

/** Worth a question, and so small that threads end at about the same time. */
const defaultPieceBytes = 8 * 1024 * 1024
const defaultEnoughBytes = 16 * 1024 * 1024
/** How many times that is asked for each further thread: it takes time to start, and threads wait for one memory. */
const perThread = 8
/** What stands in packed columns would be larger as text, by so much or more. */
const columnFactor = 8
/** What is unpacked is larger than what is packed, by so much or more. */
const packedFactor = 4

/** Threads that share the work of a run. Files are read by them, everything else by the thread that calls. */
export const threadCrew =
  (options: CrewOptions): MakeCrew =>
  (job, limit) =>
    temporaryDirectory.pipe(
      Effect.flatMap((directory) =>
        Effect.acquireRelease(
          Effect.sync(() => new ThreadCrew(job, options, directory, limit)),
          (crew) => Effect.promise(() => crew.end())
        )
      )
    )

class ThreadCrew implements Crew {
  readonly size: number
  readonly encodes = true
  private readonly options: CrewOptions
  private readonly pool: ThreadPool
  /** Whether threads have files open, which they close when they end. */
  private hasFiles = false
  private readonly start: Start
  private readonly limit: number | undefined
  private readonly pieceBytes: number
  /** None until there is enough to do. */
  private readonly handles: Array<ThreadHandle> = []
  /** Told, one at a time, when a question was answered: those who wait until they can ask. */
  private readonly queue: Array<() => void> = []
  /** This thread's share: what the others cannot open, or everything if it is little. */
  private readonly own: Crew
  private readonly ownWorker: Worker
  private readonly ownRuns: Array<StoredRun> = []
  private fileBytes = 0
  /** The formats of the pieces of files. */
  private readonly formats = new Map<Source, PieceOptions<FormatChoice>>()

  constructor(job: Job, options: CrewOptions, directory: string, limit: number | undefined) {
    this.options = options
    this.pool = options.pool ?? new ThreadPool()
    this.start = { job, directory, mostBytes: options.eventBytes / options.threads }
    this.size = options.threads
    this.limit = limit
    this.pieceBytes = options.pieceBytes ?? defaultPieceBytes
    this.ownWorker = new Worker(job, threadTools(this.options.formats, this.start, 0, this.ownRuns))
    this.own = soloCrew(this.ownWorker, limit)
  }

  pieces(source: Source, from: number): Effect.Effect<ReadonlyArray<Piece>, PluginError> {
    const bytes = this.canOpen(source) ? source.bytes : undefined
    if (!isFileSource(source) || bytes === undefined) return Effect.succeed([])
    return Effect.tryPromise({
      try: () => rawHead(source.file, this.options.state !== undefined || bytes >= 2 * this.pieceBytes),
      catch: (cause) => fileError("read", source.file.path, cause)
    }).pipe(
      Effect.flatMap(({ head, isPacked }) => {
        const { path } = source.file
        const format = isPacked ? undefined : this.options.formats.ofInput(source.format, path, head)
        return format !== undefined && this.options.formats.isFileFormat(format)
          ? this.groupPieces(source, format)
          : Effect.sync(() => this.bytePieces(source, bytes, head, isPacked, from))
      })
    )
  }

  private bytePieces(
    source: FileSource,
    bytes: number,
    head: Uint8Array,
    isPacked: boolean,
    from: number
  ): ReadonlyArray<Piece> {
    this.fileBytes += isPacked ? bytes * packedFactor : bytes - from
    this.beginEnough()
    // Without threads a file is read as a whole, unless it is to be known how far it was read.
    const isWhole = this.options.state === undefined && (this.handles.length === 0 || bytes < 2 * this.pieceBytes)
    const formats = isWhole || isPacked ? undefined : piecesOf(this.options.formats, source, head)
    if (formats === undefined) return []
    this.formats.set(source, formats)
    return divide(bytes, this.pieceBytes, from)
  }

  private groupPieces(source: FileSource, format: FormatChoice): Effect.Effect<ReadonlyArray<Piece>, PluginError> {
    const { path } = source.file
    return Effect.tryPromise({
      try: async () => {
        const file = await openWhereItLies(source.file)
        try {
          const { groups } = await openGroups(
            this.options.formats,
            path,
            format,
            requestFor(this.ownWorker.request, source.fields),
            file
          )
          this.fileBytes += groups.reduce((sum, { bytes }) => sum + bytes, 0) * columnFactor
          this.beginEnough()
          if (this.handles.length === 0) return []
          this.formats.set(source, { first: format, rest: format })
          const pieces = divideGroups(groups, this.pieceBytes / columnFactor)
          return pieces.length < 2 ? [] : pieces
        } finally {
          await file.close()
        }
      },
      catch: (cause) => fileError("read", path, cause)
    })
  }

  /** Starts as many threads as the files seen so far are worth. */
  private beginEnough(): void {
    const enough = this.options.enoughBytes ?? defaultEnoughBytes
    if (this.fileBytes < enough) return
    this.begin(Math.max(this.pool.ready, 1 + Math.floor(this.fileBytes / (enough * perThread))))
  }

  read(
    source: Source,
    piece: Piece | undefined,
    part: number,
    lateBefore: number | undefined,
    on: OnRead
  ): Effect.Effect<PartResult, ReadFailure> {
    const isOwn = this.handles.length === 0
    if (!isFileSource(source) || !this.canOpen(source) || (isOwn && piece === undefined))
      return this.own.read(source, piece, part, lateBefore, on)
    const { fields = {}, file, format, uri } = source
    const { first = format, rest = null } = this.formats.get(source) ?? {}
    const origin = { uri, file, format: first, rest, fields }
    if (isOwn) return this.readHere(origin, piece, part, lateBefore, on)
    return Effect.gen({ self: this }, function* () {
      const rejects: Array<Uint8Array> = []
      const answer = yield* this.ask({ ask: "read", origin, piece, part, lateBefore }, (told) => {
        if (told.tell === "progress") on.progress(told.bytes, told.records)
        else rejects.push(told.batch)
      })
      yield* Effect.forEach(rejects, (batch) => on.rejects(unpackBatch(batch)), { discard: true })
      return answer.tell === "read" ? answer.result : unexpected(answer)
    })
  }

  /** A piece of a file, by this thread. */
  private readHere(
    origin: Origin,
    piece: Piece | undefined,
    part: number,
    lateBefore: number | undefined,
    on: OnRead
  ): Effect.Effect<PartResult, ReadFailure> {
    const rejects: Array<RecordBatch> = []
    const told = {
      keepsRejects: this.start.job.keepsRejects,
      progress: on.progress,
      rejects: (batch: RecordBatch) => void rejects.push(batch)
    }
    return failing(() => readPart(this.options.formats, this.ownWorker, origin, piece, part, lateBefore, told)).pipe(
      Effect.tap(() => Effect.forEach(rejects, on.rejects, { discard: true }))
    )
  }

  gather(
    parts: ReadonlyArray<Part>,
    read: ReadonlyArray<number>,
    kept: ReadonlyArray<PartOfKept>,
    more: ReadonlyArray<Run>
  ): Effect.Effect<Gathered, PluginError> {
    const { state } = this.options
    return Effect.gen({ self: this }, function* () {
      const own = this.ownWorker.takeRuns()
      if (own.some(({ rows }) => rows >= enoughRows) || this.ownRuns.length > 0) this.begin(this.size)
      const answers = yield* this.askAll({ ask: "gather" })
      const runs: Array<StoredRun> = [
        ...this.ownRuns,
        ...[...own, ...more].map((run) => ({ kind: "memory" as const, run }))
      ]
      for (const answer of answers) if (answer.tell === "gathered") runs.push(...answer.runs)
      // With what a state keeps threads may be worth their start, too.
      const known = state?.gathered(runs, parts, read, kept, more)
      const knownRuns = known?.runs ?? []
      if (knownRuns.reduce((sum, run) => sum + rowsOf(run), 0) >= enoughRows) this.begin(this.size)
      runs.unshift(...knownRuns)
      this.hasFiles = runs.some(({ kind }) => kind === "file")
      const voided = [...read, ...(known?.forgotten ?? [])]
      const former = known?.former
      const readers = runs.map((run) => openRun(this.start.job.plan.validate.user.name, run))
      if (this.handles.length === 0) this.ownWorker.begin(readers, parts, voided, former)
      else yield* this.askAll({ ask: "begin", runs, parts, voided, former })
      return { samples: runs.flatMap((run, i) => samplesOf(readers[i], run)), compares: former !== undefined }
    }) as Effect.Effect<Gathered, PluginError>
  }

  compare(range: UserRange): Effect.Effect<ReadonlyArray<Compared>, PluginError | RunFailure> {
    if (this.handles.length === 0) return this.own.compare(range)
    return this.ask({ ask: "compare", range }).pipe(
      Effect.map((answer) =>
        answer.tell === "compared"
          ? answer.compared.map(({ changes, touched }) => ({ changes: unpackBatch(changes), touched }))
          : unexpected(answer)
      )
    )
  }

  compute(
    range: UserRange,
    encode: ReadonlyArray<boolean>,
    heads: boolean,
    only: OnlyPaths
  ): Effect.Effect<RangeResult, PluginError | RunFailure> {
    if (this.handles.length === 0) return this.own.compute(range, encode, heads, only)
    return this.ask({ ask: "compute", range, encode, heads, only }).pipe(
      Effect.map((answer) => (answer.tell === "computed" ? unpacked(answer.result) : unexpected(answer)))
    )
  }

  readonly pack = ({ format, uri }: Write, rows: Uint8Array): Effect.Effect<Uint8Array, PluginError | RunFailure> => {
    // Each thread has to load what packs.
    if (this.handles.length === 0 || rows.length < enoughToPack) {
      return failing(() => packRows(this.options.formats, format, uri, rows))
    }
    return this.ask({ ask: "pack", format, uri, rows }).pipe(
      Effect.map((answer) => (answer.tell === "packed" ? answer.packed : unexpected(answer)))
    )
  }

  get finish(): Effect.Effect<ReadonlyArray<Finished>, PluginError> {
    const { handles, own } = this
    if (handles.length === 0) return own.finish
    return this.askAll({ ask: "finish" }).pipe(
      Effect.map((answers) => [
        this.ownWorker.finish(),
        ...answers.flatMap((answer) => (answer.tell === "finished" ? [answer.finished] : []))
      ])
    ) as Effect.Effect<ReadonlyArray<Finished>, PluginError>
  }

  async end(): Promise<void> {
    await Promise.all(this.handles.map((handle) => (this.hasFiles ? handle.end() : this.pool.give(handle))))
    if (this.options.pool === undefined) await this.pool.end()
  }

  /** Sees to it that there are so many threads, or as many as there may be. */
  private begin(threads: number): void {
    const missing = Math.min(threads, this.size) - this.handles.length
    const more = Array.from({ length: Math.max(0, missing) }, () => this.pool.take(this.start))
    this.handles.push(...more)
  }

  /** Whether a thread can open a source: a file that can be read more than once, and all of it is to be read. */
  private canOpen(source: Source): boolean {
    return this.limit === undefined && isFileSource(source) && source.file.bytes !== undefined
  }

  /** Asks the thread that has least to do, as soon as there is room for a question. */
  private ask(question: Ask, on?: OnTell): Effect.Effect<Tell, PluginError | RunFailure> {
    return failing(async () => {
      let handle = this.leastAsked()
      for (; handle.asked >= mostAsked; handle = this.leastAsked()) {
        await new Promise<void>((answered) => this.queue.push(answered))
      }
      try {
        return await handle.ask(question, on)
      } finally {
        this.queue.shift()?.()
      }
    })
  }

  private askAll(question: Ask): Effect.Effect<ReadonlyArray<Tell>, PluginError | RunFailure> {
    return failing(() => Promise.all(this.handles.map((handle) => handle.ask(question))))
  }

  private leastAsked(): ThreadHandle {
    return this.handles.reduce((least, one) => (one.asked < least.asked ? one : least))
  }
}

/** Questions that a thread has at a time: one that it answers, and the next, for which it need not wait. */
const mostAsked = 2

/** Bytes of rows from which on threads pack them. */
const enoughToPack = 1024 * 1024

/** From so many events on, threads are worth their start. */
const enoughRows = 500_000

/** The format of the pieces of a file, by its first bytes; undefined if it is read as a whole. */
export const piecesOf = (
  formats: Formats,
  { file, format }: FileSource,
  head: Uint8Array
): PieceOptions<FormatChoice> | undefined =>
  // From a store it comes in one stream.
  file.stored === undefined ? formats.ofPieces(format, file.path, head) : undefined

/** What a thread fails with; anything else is a defect. */
const failing = <A>(run: () => Promise<A>): Effect.Effect<A, PluginError | RunFailure> =>
  Effect.tryPromise({
    try: run,
    catch: (error) => {
      if (error instanceof PluginError || isRunFailure(error)) return error
      throw error
    }
  })

const unexpected = (answer: Tell): never => {
  throw new Error(`a thread answered "${answer.tell}"`)
}

const samplesOf = (reader: RunReader, stored: StoredRun) =>
  stored.kind === "memory"
    ? sampleUsers(stored.run, rangeRows / 8)
    : reader.pieces.map(({ lastUser, rows }) => ({ user: lastUser, rows }))

const unpacked = ({ counts, feeds, heads, outputs }: PackedResult): RangeResult => ({
  counts,
  outputs: outputs.map(({ batches, encoded, rows }) => ({ rows, encoded, batches: batches.map(unpackBatch) })),
  feeds: feeds.map((batches) => batches.map(unpackBatch)),
  heads: heads.map(({ batch, table }) => ({ table, batch: unpackBatch(batch) })),
  release: () => {
    for (const { encoded } of outputs) for (const bytes of encoded) leave(bytes)
  }
})
