import { LinePlaces } from "@sojourn/core"
import { chunksFrom } from "./Excerpt.ts"
import type { InputFile } from "./Files.ts"

/** A line as it stands in its file, without its end: its beginning, and how many bytes of it are not shown. */
export interface TextLine {
  readonly text: string
  readonly cut: number
}

/** Bytes of a line that are shown. */
const shownBytes = 4000
const lineFeed = 10
const carriageReturn = 13

/**
 * The lines of a local text file by number: found from places that were remembered when it was read once. What is packed
 * is unpacked from its beginning for every reading.
 */
export class TextLines {
  readonly total: number
  private readonly file: InputFile
  private readonly places: LinePlaces

  private constructor(file: InputFile, places: LinePlaces) {
    this.file = file
    this.total = places.total
    this.places = places
  }

  /** Reads a file once; undefined if it is no text. Rejects with what reading and unpacking fail with. */
  static async of(file: InputFile, signal: AbortSignal): Promise<TextLines | undefined> {
    const places = new LinePlaces()
    for await (const { bytes } of chunksFrom(file, 0, signal)) {
      if (bytes.includes(0)) return undefined
      places.add(bytes)
    }
    return new TextLines(file, places)
  }

  /** At most `count` lines from number `from` (the first is 0) on. */
  async read(from: number, count: number, signal: AbortSignal): Promise<ReadonlyArray<TextLine>> {
    const to = Math.min(this.total, from + count)
    if (from >= to) return []
    const { at: start, line: first } = this.places.before(from)
    const lines: Array<TextLine> = []
    let line = new ShownLine()
    let number = first
    for await (const { at, bytes } of chunksFrom(this.file, start, signal)) {
      for (let begin = Math.max(0, start - at); begin < bytes.length;) {
        const found = bytes.indexOf(lineFeed, begin)
        const end = found < 0 ? bytes.length : found
        if (number >= from) line.add(bytes.subarray(begin, end))
        begin = end + 1
        if (found < 0) break
        if (number++ < from) continue
        lines.push(line.finish())
        if (number === to) return lines
        line = new ShownLine()
      }
    }
    return [...lines, line.finish()]
  }
}

/** The beginning of a line that is put together. */
class ShownLine {
  private readonly bytes = new Uint8Array(shownBytes)
  private size = 0
  private last = 0

  add(bytes: Uint8Array): void {
    this.bytes.set(bytes.subarray(0, Math.max(0, shownBytes - this.size)), Math.min(this.size, shownBytes))
    this.size += bytes.length
    this.last = bytes.at(-1) ?? this.last
  }

  finish(): TextLine {
    const size = this.last === carriageReturn ? this.size - 1 : this.size
    const cut = Math.max(0, size - shownBytes)
    // A character that is cut in two is left out.
    const text = new TextDecoder().decode(this.bytes.subarray(0, size), { stream: cut > 0 })
    return { text, cut }
  }
}
