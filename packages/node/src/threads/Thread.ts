import {
  type Decoding,
  type EventBatch,
  type Job,
  lastOrdinal,
  packBatch,
  type PartResult,
  type Piece,
  type RangeResult,
  RejectCounts,
  Worker
} from "@sojourn/core"
import { fileError } from "../FileError.ts"
import { type InputFile, placeOf } from "../Files.ts"
import { decodedFile } from "../FileSource.ts"
import type { FormatChoice, Formats } from "../Formats.ts"
import { decodedGroups } from "../Groups.ts"
import { openWhereItLies } from "../OpenFile.ts"
import { readPiece } from "./Pieces.ts"
import type { Ask, Origin, PackedResult, Start, Tell } from "./Protocol.ts"
import { openRun, type StoredRun } from "./StoredRun.ts"
import { threadTools } from "./threadTools.ts"

/** How often a thread says how far it is, in bytes. */
const progressBytes = 4 * 1024 * 1024

/** What one thread of a crew does when it is asked. */
export class Thread {
  private readonly formats: Formats
  private readonly job: Job
  private readonly worker: Worker
  private readonly tell: (message: Tell) => void
  private readonly stored: Array<StoredRun> = []

  constructor(formats: Formats, start: Start, id: number, tell: (message: Tell) => void) {
    this.formats = formats
    this.job = start.job
    this.tell = tell
    this.worker = new Worker(start.job, { ...threadTools(formats, start, id, this.stored), holds: true })
  }

  async answer(ask: Ask): Promise<Tell> {
    switch (ask.ask) {
      case "read": {
        const result = await this.read(ask.origin, ask.piece, ask.part).catch((cause: unknown) => {
          throw isOfSystem(cause) ? fileError("read", ask.origin.file.path, cause) : cause
        })
        return { tell: "read", result }
      }
      case "gather":
        for (const run of this.worker.takeRuns()) this.stored.push({ kind: "memory", run })
        return { tell: "gathered", runs: this.stored.splice(0) }
      case "begin":
        this.worker.begin(
          ask.runs.map((run) => openRun(this.job.plan.validate.user.name, run)),
          ask.parts,
          ask.voided
        )
        return { tell: "begun" }
      case "finish":
        return { tell: "finished", finished: this.worker.finish() }
      case "compute":
        return { tell: "computed", result: packed(this.worker.computeRange(ask.range, ask.encode, ask.heads)) }
    }
  }

  private async read({ file, format, rest, uri }: Origin, piece: Piece | undefined, part: number) {
    const reading = new Reading(this.worker, this.job.keepsRejects, file.path, part, this.tell)
    if (piece === undefined) {
      let notes: ReadonlyArray<string> = []
      for await (const batch of decodedFile(this.formats, uri, file, format, this.worker.request)) {
        notes = batch.notes
        reading.take(batch, batch.bytes)
      }
      return reading.finish({ start: 0, end: 0, lines: 0, notes })
    }
    if (format !== null && this.formats.isFileFormat(format)) return this.readGroups(reading, file, format, piece)
    const isFirst = piece.start === 0
    const open = () => {
      const request = isFirst ? this.worker.request : { ...this.worker.request, continues: true }
      return this.formats.openDecoding(isFirst ? format : rest, file.path, new Uint8Array(0), request) as Decoding &
        Required<Pick<Decoding, "settle">>
    }
    const end = readPiece(placeOf(file), piece, open, this.worker.stages, (batch, bytes) => reading.take(batch, bytes))
    return reading.finish(end)
  }

  private async readGroups(reading: Reading, input: InputFile, format: FormatChoice, { end, start }: Piece) {
    const file = await openWhereItLies(input)
    let notes: ReadonlyArray<string> = []
    try {
      for await (const batch of decodedGroups(this.formats, input.path, format, this.worker.request, file, {
        from: start,
        to: end
      })) {
        notes = batch.notes
        reading.take(batch, batch.bytes)
      }
    } finally {
      await file.close()
    }
    return reading.finish({ start, end, lines: 0, notes })
  }
}

/** What the operating system says, and no defect. */
const isOfSystem = (cause: unknown): boolean => cause instanceof Error && "syscall" in cause

/** A part while it is being read. */
class Reading {
  private readonly worker: Worker
  private readonly source: string
  private readonly part: number
  private readonly tell: (message: Tell) => void
  private readonly keepsRejects: boolean
  private readonly rejects = new RejectCounts()
  private readonly times = { local: 0, skipped: 0, doubled: 0, outside: 0 }
  private records = 0
  private filtered = 0
  private untoldBytes = 0
  private untoldRecords = 0

  constructor(worker: Worker, keepsRejects: boolean, source: string, part: number, tell: (message: Tell) => void) {
    this.worker = worker
    this.keepsRejects = keepsRejects
    this.source = source
    this.part = part
    this.tell = tell
  }

  take(batch: EventBatch, bytes: number): void {
    const before = this.records
    this.records = Math.max(before, lastOrdinal(batch))
    const validated = this.worker.add(batch, this.source, this.part)
    this.filtered += validated.filtered
    for (const key of ["local", "skipped", "doubled", "outside"] as const) this.times[key] += validated.times[key]
    if (!this.keepsRejects) this.rejects.count(validated.rejected)
    else if (validated.rejects.numRows > 0) this.tell({ tell: "rejects", batch: packBatch(validated.rejects) })
    this.untoldBytes += bytes
    this.untoldRecords += this.records - before
    if (this.untoldBytes >= progressBytes) this.progress()
  }

  finish(end: Pick<PartResult, "start" | "end" | "lines" | "notes">): PartResult {
    this.progress()
    const { filtered, records, times } = this
    const unmatched = this.worker.takeUnmatched()
    return { records, filtered, times, rejected: this.rejects.toData(), unmatched, ...end }
  }

  private progress(): void {
    this.tell({ tell: "progress", bytes: this.untoldBytes, records: this.untoldRecords })
    this.untoldBytes = 0
    this.untoldRecords = 0
  }
}

const packed = ({ counts, feeds, heads, outputs }: RangeResult): PackedResult => ({
  counts,
  outputs: outputs.map(({ batches, encoded, rows }) => ({ rows, encoded, batches: batches.map(packBatch) })),
  feeds: feeds.map((batches) => batches.map(packBatch)),
  heads: heads.map(({ batch, table }) => ({ table, batch: packBatch(batch) }))
})
