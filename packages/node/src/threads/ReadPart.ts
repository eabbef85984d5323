import {
  type DecodeRequest,
  requestFor,
  type Decoding,
  type EventBatch,
  lastOrdinal,
  type PartResult,
  type Piece,
  RejectCounts,
  type Worker
} from "@sojourn/core"
import type { RecordBatch } from "apache-arrow"
import { fileError } from "../FileError.ts"
import { type InputFile, placeOf } from "../Files.ts"
import { decodedFile } from "../FileSource.ts"
import type { FormatChoice, Formats } from "../Formats.ts"
import { decodedGroups } from "../Groups.ts"
import { openWhereItLies } from "../OpenFile.ts"
import { readPiece } from "./Pieces.ts"
import type { Origin } from "./Protocol.ts"

/** How often it is told how far a part is read, in bytes. */
const progressBytes = 4 * 1024 * 1024

/** Told while a part is read. */
export interface OnPart {
  /** Rejects are told, not only counted. */
  readonly keepsRejects: boolean
  readonly progress: (bytes: number, records: number) => void
  readonly rejects: (rejects: RecordBatch) => void
}

/** Reads a file, or a piece of it, with a worker, which keeps its events. Throws `PluginError`. */
export const readPart = async (
  formats: Formats,
  worker: Worker,
  origin: Origin,
  piece: Piece | undefined,
  part: number,
  lateBefore: number | undefined,
  on: OnPart
): Promise<PartResult> => {
  const { file, format, rest, uri } = origin
  const wanted = requestFor(worker.request, origin.fields)
  const reading = new Reading(worker, file.path, part, lateBefore, on)
  try {
    if (piece === undefined) {
      let notes: ReadonlyArray<string> = []
      for await (const batch of decodedFile(formats, uri, file, format, wanted)) {
        notes = batch.notes
        reading.take(batch, batch.bytes)
      }
      return reading.finish({ start: 0, end: 0, settled: false, lines: 0, notes })
    }
    if (format !== null && formats.isFileFormat(format)) {
      return await readGroups(formats, wanted, reading, file, format, piece)
    }
    const isFirst = piece.start === 0
    const open = () => {
      const request = isFirst ? wanted : { ...wanted, continues: true }
      return formats.openDecoding(isFirst ? format : rest, file.path, new Uint8Array(0), request) as Decoding &
        Required<Pick<Decoding, "settle">>
    }
    const end = readPiece(placeOf(file), piece, open, worker.stages, (batch, bytes) => reading.take(batch, bytes))
    return reading.finish(end)
  } catch (cause) {
    throw isOfSystem(cause) ? fileError("read", file.path, cause) : cause
  }
}

const readGroups = async (
  formats: Formats,
  request: DecodeRequest,
  reading: Reading,
  input: InputFile,
  format: FormatChoice,
  { end, start }: Piece
) => {
  const file = await openWhereItLies(input)
  let notes: ReadonlyArray<string> = []
  try {
    const groups = { from: start, to: end }
    for await (const batch of decodedGroups(formats, input.path, format, request, file, groups)) {
      notes = batch.notes
      reading.take(batch, batch.bytes)
    }
  } finally {
    await file.close()
  }
  return reading.finish({ start, end, settled: false, lines: 0, notes })
}

/** What the operating system says, and no defect. */
const isOfSystem = (cause: unknown): boolean => cause instanceof Error && "syscall" in cause

/** A part while it is being read. */
class Reading {
  private readonly worker: Worker
  private readonly source: string
  private readonly part: number
  private readonly lateBefore: number | undefined
  private readonly on: OnPart
  private readonly rejects: RejectCounts
  private readonly times = { local: 0, skipped: 0, doubled: 0, outside: 0 }
  private records = 0
  private filtered = 0
  private untoldBytes = 0
  private untoldRecords = 0

  constructor(worker: Worker, source: string, part: number, lateBefore: number | undefined, on: OnPart) {
    this.worker = worker
    this.rejects = new RejectCounts(worker.redacted)
    this.source = source
    this.part = part
    this.lateBefore = lateBefore
    this.on = on
  }

  take(batch: EventBatch, bytes: number): void {
    const before = this.records
    this.records = Math.max(before, lastOrdinal(batch))
    const validated = this.worker.add(batch, this.source, this.part, this.lateBefore)
    this.filtered += validated.filtered
    for (const key of ["local", "skipped", "doubled", "outside"] as const) this.times[key] += validated.times[key]
    if (!this.on.keepsRejects) this.rejects.count(validated.rejected)
    else if (validated.rejects.numRows > 0) this.on.rejects(validated.rejects)
    this.untoldBytes += bytes
    this.untoldRecords += this.records - before
    if (this.untoldBytes >= progressBytes) this.progress()
  }

  finish(end: Pick<PartResult, "start" | "end" | "settled" | "lines" | "notes">): PartResult {
    this.progress()
    const { filtered, records, times } = this
    const unmatched = this.worker.takeUnmatched()
    return { records, filtered, times, rejected: this.rejects.toData(), unmatched, ...end }
  }

  private progress(): void {
    this.on.progress(this.untoldBytes, this.untoldRecords)
    this.untoldBytes = 0
    this.untoldRecords = 0
  }
}
