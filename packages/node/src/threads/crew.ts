import {
  type Crew,
  type Finished,
  type Gathered,
  isRunFailure,
  type Job,
  type MakeCrew,
  type OnRead,
  type Part,
  type PartResult,
  type Piece,
  type PieceOptions,
  PluginError,
  type RangeResult,
  rangeRows,
  type RunFailure,
  type RunReader,
  sampleUsers,
  soloCrew,
  type Source,
  unpackBatch,
  type UserRange,
  Worker
} from "@sojourn/core"
import * as Effect from "effect/Effect"
import { fileError } from "../FileError.ts"
import { type FileSource, isFileSource, rawHead } from "../FileSource.ts"
import type { FormatChoice, Formats } from "../Formats.ts"
import { openGroups } from "../Groups.ts"
import { openWhereItLies } from "../OpenFile.ts"
import { divide, divideGroups } from "./Pieces.ts"
import type { Ask, PackedResult, Start, Tell } from "./Protocol.ts"
import { openRun, type StoredRun } from "./StoredRun.ts"
import { temporaryDirectory } from "./TemporaryDirectory.ts"
import { threadTools } from "./threadTools.ts"
import { type OnTell, ThreadHandle } from "./ThreadHandle.ts"

/** How a crew is made up. */
export interface CrewOptions {
  /** Those of the run's spec. */
  readonly formats: Formats
  readonly threads: number
  /** Bytes of events that all threads together may hold in memory. */
  readonly eventBytes: number
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
  private readonly start: Start
  private readonly limit: number | undefined
  private readonly pieceBytes: number
  /** None until there is enough to do. */
  private readonly handles: Array<ThreadHandle> = []
  private readonly free: Array<ThreadHandle> = []
  /** Those who wait for a thread. */
  private readonly queue: Array<(handle: ThreadHandle) => void> = []
  /** This thread's share: what the others cannot open, or everything if it is little. */
  private readonly own: Crew
  private readonly ownWorker: Worker
  private readonly ownRuns: Array<StoredRun> = []
  private fileBytes = 0
  /** The formats of the pieces of files. */
  private readonly formats = new Map<Source, PieceOptions<FormatChoice>>()

  constructor(job: Job, options: CrewOptions, directory: string, limit: number | undefined) {
    this.options = options
    this.start = { job, directory, mostBytes: options.eventBytes / options.threads }
    this.size = options.threads
    this.limit = limit
    this.pieceBytes = options.pieceBytes ?? defaultPieceBytes
    this.ownWorker = new Worker(job, threadTools(this.options.formats, this.start, 0, this.ownRuns))
    this.own = soloCrew(this.ownWorker, limit)
  }

  pieces(source: Source): Effect.Effect<ReadonlyArray<Piece>, PluginError> {
    const bytes = this.canOpen(source) ? source.bytes : undefined
    if (!isFileSource(source) || bytes === undefined) return Effect.succeed([])
    return Effect.tryPromise({
      try: () => rawHead(source.file, bytes >= 2 * this.pieceBytes),
      catch: (cause) => fileError("read", source.file.path, cause)
    }).pipe(
      Effect.flatMap(({ head, isPacked }) => {
        const { path } = source.file
        const format = isPacked ? undefined : this.options.formats.ofInput(source.format, path, head)
        return format !== undefined && this.options.formats.isFileFormat(format)
          ? this.groupPieces(source, format)
          : Effect.sync(() => this.bytePieces(source, bytes, head, isPacked))
      })
    )
  }

  private bytePieces(source: FileSource, bytes: number, head: Uint8Array, isPacked: boolean): ReadonlyArray<Piece> {
    this.fileBytes += isPacked ? bytes * packedFactor : bytes
    this.beginEnough()
    // Without threads a file is read as a whole, and from a store it comes in one stream.
    if (this.handles.length === 0 || bytes < 2 * this.pieceBytes || source.file.stored !== undefined) return []
    const formats = isPacked ? undefined : this.options.formats.ofPieces(source.format, source.file.path, head)
    if (formats === undefined) return []
    this.formats.set(source, formats)
    return divide(bytes, this.pieceBytes)
  }

  private groupPieces(source: FileSource, format: FormatChoice): Effect.Effect<ReadonlyArray<Piece>, PluginError> {
    const { path } = source.file
    return Effect.tryPromise({
      try: async () => {
        const file = await openWhereItLies(source.file)
        try {
          const { groups } = await openGroups(this.options.formats, path, format, this.ownWorker.request, file)
          this.fileBytes += groups.reduce((sum, { bytes }) => sum + bytes, 0) * columnFactor
          this.beginEnough()
          if (this.handles.length === 0) return []
          this.formats.set(source, { first: format, rest: format })
          return divideGroups(groups, this.pieceBytes / columnFactor)
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
    if (this.fileBytes >= enough) this.begin(1 + Math.floor(this.fileBytes / (enough * perThread)))
  }

  read(source: Source, piece: Piece | undefined, part: number, on: OnRead): Effect.Effect<PartResult, PluginError> {
    if (this.handles.length === 0 || !isFileSource(source) || !this.canOpen(source))
      return this.own.read(source, piece, part, on)
    const { file, format, uri } = source
    const { first = format, rest = null } = this.formats.get(source) ?? {}
    const origin = { uri, file, format: first, rest }
    return Effect.gen({ self: this }, function* () {
      const rejects: Array<Uint8Array> = []
      const answer = yield* this.ask({ ask: "read", origin, piece, part }, (told) => {
        if (told.tell === "progress") on.progress(told.bytes, told.records)
        else rejects.push(told.batch)
      })
      yield* Effect.forEach(rejects, (batch) => on.rejects(unpackBatch(batch)), { discard: true })
      return answer.tell === "read" ? answer.result : unexpected(answer)
    }) as Effect.Effect<PartResult, PluginError>
  }

  gather(parts: ReadonlyArray<Part>, voided: ReadonlyArray<number>): Effect.Effect<Gathered, PluginError> {
    return Effect.gen({ self: this }, function* () {
      const own = this.ownWorker.takeRuns()
      if (own.some(({ rows }) => rows >= enoughRows) || this.ownRuns.length > 0) this.begin(this.size)
      const answers = yield* this.askAll({ ask: "gather" })
      const runs: Array<StoredRun> = [...this.ownRuns, ...own.map((run) => ({ kind: "memory" as const, run }))]
      for (const answer of answers) if (answer.tell === "gathered") runs.push(...answer.runs)
      const readers = runs.map((run) => openRun(this.start.job.plan.validate.user.name, run))
      if (this.handles.length === 0) this.ownWorker.begin(readers, parts, voided)
      else yield* this.askAll({ ask: "begin", runs, parts, voided })
      return { samples: runs.flatMap((run, i) => samplesOf(readers[i], run)) }
    }) as Effect.Effect<Gathered, PluginError>
  }

  compute(
    range: UserRange,
    encode: ReadonlyArray<boolean>,
    heads: boolean
  ): Effect.Effect<RangeResult, PluginError | RunFailure> {
    if (this.handles.length === 0) return this.own.compute(range, encode, heads)
    return this.ask({ ask: "compute", range, encode, heads }).pipe(
      Effect.map((answer) => (answer.tell === "computed" ? unpacked(answer.result) : unexpected(answer)))
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
    await Promise.all(this.handles.map((handle) => handle.end()))
  }

  /** Sees to it that there are so many threads, or as many as there may be. */
  private begin(threads: number): void {
    const missing = Math.min(threads, this.size) - this.handles.length
    const more = Array.from({ length: Math.max(0, missing) }, () => new ThreadHandle(this.start))
    this.handles.push(...more)
    this.free.push(...more)
  }

  /** Whether a thread can open a source: a file that can be read more than once, and all of it is to be read. */
  private canOpen(source: Source): boolean {
    return this.limit === undefined && isFileSource(source) && source.file.bytes !== undefined
  }

  /** Asks the next thread that is free. */
  private ask(question: Ask, on?: OnTell): Effect.Effect<Tell, PluginError | RunFailure> {
    return failing(async () => {
      const handle = await this.take()
      try {
        return await handle.ask(question, on)
      } finally {
        this.give(handle)
      }
    })
  }

  private askAll(question: Ask): Effect.Effect<ReadonlyArray<Tell>, PluginError | RunFailure> {
    return failing(() => Promise.all(this.handles.map((handle) => handle.ask(question))))
  }

  private take(): Promise<ThreadHandle> {
    const handle = this.free.pop()
    return handle === undefined ? new Promise((take) => this.queue.push(take)) : Promise.resolve(handle)
  }

  private give(handle: ThreadHandle): void {
    const next = this.queue.shift()
    if (next === undefined) this.free.push(handle)
    else next(handle)
  }
}

/** From so many events on, threads are worth their start. */
const enoughRows = 500_000

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
  heads: heads.map(({ batch, table }) => ({ table, batch: unpackBatch(batch) }))
})
