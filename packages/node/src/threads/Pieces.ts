import type { Decoding, EventBatch, Piece, RecordGroup, Settled, Stages } from "@sojourn/core"
import { closeSync, openSync, readSync } from "node:fs"

const newline = 0x0a
/** Bytes read at a time. */
const chunkBytes = 2 * 1024 * 1024

/** The pieces of a file of so many bytes, each of about `pieceBytes`, from a place on where a record begins. */
export const divide = (bytes: number, pieceBytes: number, from: number): ReadonlyArray<Piece> =>
  Array.from({ length: Math.ceil((bytes - from) / pieceBytes) }, (_, i) => ({
    start: from + i * pieceBytes,
    end: Math.min(bytes, from + (i + 1) * pieceBytes),
    exact: i === 0
  }))

/** The groups of a file, as many together as take `pieceBytes`. */
export const divideGroups = (groups: ReadonlyArray<RecordGroup>, pieceBytes: number): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  let start = 0
  let bytes = 0
  for (const [i, group] of groups.entries()) {
    bytes += group.bytes
    if (bytes < pieceBytes && i + 1 < groups.length) continue
    pieces.push({ start, end: i + 1, exact: true })
    start = i + 1
    bytes = 0
  }
  return pieces
}

/** What was read of a piece: see PartResult. */
export interface PieceEnd {
  readonly start: number
  readonly end: number
  readonly settled: boolean
  readonly lines: number
  /** What was decided and met by the end: the last records may have met something that their batch did not tell. */
  readonly notes: ReadonlyArray<string>
}

/**
 * Decodes the records that begin in a piece of a file: the bytes from its first record's to where a record ends at or
 * after its end. `open` begins the decoding; `take` gets every batch, with the bytes read since the last.
 */
export const readPiece = (
  path: string,
  piece: Piece,
  open: () => Decoding & Required<Pick<Decoding, "settle">>,
  stages: Stages,
  take: (batch: EventBatch, bytes: number) => void
): PieceEnd => {
  const file = new FileBytes(path)
  try {
    const start = piece.exact ? piece.start : file.afterNewline(piece.start - 1)
    const decoding = open()
    let at = start
    let taken = start
    const give = (batches: ReadonlyArray<EventBatch>) => {
      for (const batch of batches) {
        take(batch, at - taken)
        taken = at
      }
    }
    let settled: Settled = { batches: [], consumed: 0, lines: 0 }
    while (at < piece.end) {
      const chunk = stages.measure("read", () => file.read(at, chunkBytes))
      if (chunk.length === 0) break
      // A chunk is cut after its last newline, so that the decoder has no rest to keep; the last one after the first
      // newline at the end of the piece.
      const last = at + chunk.length < piece.end ? -1 : chunk.indexOf(newline, Math.max(0, piece.end - 1 - at))
      const cut = last < 0 ? chunk.lastIndexOf(newline) : last
      const bytes = cut < 0 ? chunk : chunk.subarray(0, cut + 1)
      at += bytes.length
      give(stages.measure("decode", () => decoding.push(bytes)))
      settled = stages.measure("decode", () => decoding.settle())
      give(settled.batches)
      // Nothing of the chunk is kept: the next one may have its memory.
      if (settled.consumed === at - start) file.reuse(chunk)
    }
    // The last record may go on after that newline.
    for (let more = chunkBytes; start + settled.consumed < piece.end; more *= 2) {
      const chunk = stages.measure("read", () => file.read(at, more))
      if (chunk.length === 0) break
      at += chunk.length
      give(decoding.push(chunk))
      settled = decoding.settle()
      give(settled.batches)
    }
    const isEnd = file.isEnd(at)
    if (isEnd) give(decoding.end())
    const end = isEnd ? at : start + settled.consumed
    return { start, end, settled: end === start + settled.consumed, lines: settled.lines, notes: decoding.notes() }
  } finally {
    file.close()
  }
}

/**
 * Memory that the next chunk may have, of this piece or of another: a piece is read without a pause, so there is never
 * more than one at a time. New memory for each would make the collector run again and again.
 */
let spare: Uint8Array | undefined

class FileBytes {
  private readonly descriptor: number

  constructor(path: string) {
    this.descriptor = openSync(path, "r")
  }

  /** Up to so many bytes; fewer at the end of the file only. */
  read(at: number, length: number): Uint8Array {
    const bytes = spare?.length === length ? spare : new Uint8Array(length)
    if (bytes === spare) spare = undefined
    let filled = 0
    while (filled < length) {
      const count = readSync(this.descriptor, bytes, filled, length - filled, at + filled)
      if (count === 0) break
      filled += count
    }
    return bytes.subarray(0, filled)
  }

  /** Gives back what was read. */
  reuse({ buffer }: Uint8Array): void {
    spare = new Uint8Array(buffer)
  }

  /** The place after the first newline at or after `at`, or the end of the file. */
  afterNewline(at: number): number {
    for (let from = at; ;) {
      const bytes = this.read(from, 65_536)
      const found = bytes.indexOf(newline)
      if (found >= 0) return from + found + 1
      from += bytes.length
      if (bytes.length < 65_536) return from
    }
  }

  isEnd(at: number): boolean {
    return readSync(this.descriptor, new Uint8Array(1), 0, 1, at) === 0
  }

  close(): void {
    closeSync(this.descriptor)
  }
}
