import type { LinePage } from "../engine/Engine.ts"
import type { FileBytes, NamedFile } from "../engine/NamedFile.ts"
import { unpackedChunks } from "./Bytes.ts"
import { bytesOf } from "./StoredBytes.ts"

/** Lines between two places that are remembered. */
const stride = 1000
/** Characters of a line that are shown. */
const shownLength = 4000
const lineFeed = 10
const decoder = new TextDecoder()

/** The lines of a text file, found again from places that were remembered when it was read once. */
export class FileLines {
  readonly total: number
  private readonly bytes: FileBytes
  /** Where every {@link stride}th line begins, from the first on. */
  private readonly places: ReadonlyArray<number>

  private constructor(bytes: FileBytes, total: number, places: ReadonlyArray<number>) {
    this.bytes = bytes
    this.total = total
    this.places = places
  }

  /** Reads a file once. What is packed is kept unpacked, where the browser keeps large blobs. */
  static async of(file: NamedFile, isPlain: boolean): Promise<FileLines> {
    const kept: Array<Uint8Array<ArrayBuffer>> = []
    const places = [0]
    let lines = 0
    let size = 0
    let last = lineFeed
    for await (const chunk of unpackedChunks(file, () => {})) {
      for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) {
        if (++lines % stride === 0) places.push(size + at + 1)
      }
      if (!isPlain) kept.push(chunk as Uint8Array<ArrayBuffer>)
      size += chunk.length
      last = chunk.at(-1) ?? last
    }
    return new FileLines(isPlain ? bytesOf(file) : new Blob(kept), last === lineFeed ? lines : lines + 1, places)
  }

  /** Lines from number `from` (the first is 0) on. */
  async read(from: number, count: number): Promise<ReadonlyArray<Omit<LinePage["lines"][number], "reject">>> {
    const first = Math.floor(from / stride)
    const to = Math.min(this.total, from + count)
    const until = this.places.at(Math.ceil(to / stride)) ?? this.bytes.size
    const bytes = new Uint8Array(await this.bytes.slice(this.places[first], until).arrayBuffer())
    const lines: Array<Omit<LinePage["lines"][number], "reject">> = []
    let start = 0
    for (let line = first * stride; line < to; line++) {
      const found = bytes.indexOf(lineFeed, start)
      const end = found < 0 ? bytes.length : found
      if (line >= from) lines.push(shown(bytes.subarray(start, end)))
      start = end + 1
    }
    return lines
  }
}

const shown = (line: Uint8Array) => {
  const text = decoder.decode(line.subarray(0, shownLength)).replace(/\r$/, "")
  return { text, cut: Math.max(0, line.length - shownLength) }
}
