import { chunksFrom } from "./Excerpt.ts"
import type { InputFile } from "./Files.ts"

/** A line as it stands in its file, without its end: its beginning, and how many bytes of it are not shown. */
export interface TextLine {
  readonly text: string
  readonly cut: number
}

/** Places that are remembered at most: then every other one is forgotten. */
const mostPlaces = 65_536
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
  /** Where every `stride`th line begins, from the first on. */
  private readonly places: ReadonlyArray<number>
  private readonly stride: number

  private constructor(file: InputFile, total: number, places: ReadonlyArray<number>, stride: number) {
    this.file = file
    this.total = total
    this.places = places
    this.stride = stride
  }

  /** Reads a file once; undefined if it is no text. Rejects with what reading and unpacking fail with. */
  static async of(file: InputFile, signal: AbortSignal): Promise<TextLines | undefined> {
    let places = [0]
    let stride = 1024
    let lines = 0
    let last = lineFeed
    for await (const { at, bytes } of chunksFrom(file, 0, signal)) {
      if (bytes.includes(0)) return undefined
      for (let found = bytes.indexOf(lineFeed); found >= 0; found = bytes.indexOf(lineFeed, found + 1)) {
        if (++lines % stride !== 0) continue
        places.push(at + found + 1)
        if (places.length < mostPlaces) continue
        places = places.filter((_, i) => i % 2 === 0)
        stride *= 2
      }
      last = bytes.at(-1) ?? last
    }
    return new TextLines(file, last === lineFeed ? lines : lines + 1, places, stride)
  }

  /** At most `count` lines from number `from` (the first is 0) on. */
  async read(from: number, count: number, signal: AbortSignal): Promise<ReadonlyArray<TextLine>> {
    const to = Math.min(this.total, from + count)
    if (from >= to) return []
    const first = Math.floor(from / this.stride)
    const start = this.places[first]
    const lines: Array<TextLine> = []
    let line = new ShownLine()
    let number = first * this.stride
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
