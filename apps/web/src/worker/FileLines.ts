import { LinePlaces } from "@sojourn/core"
import type { LinePage } from "../engine/Engine.ts"
import type { FileBytes, NamedFile } from "../engine/NamedFile.ts"
import { unpackedChunks } from "./Bytes.ts"
import { bytesOf } from "./StoredBytes.ts"

/** Characters of a line that are shown. */
const shownLength = 4000
const lineFeed = 10
const decoder = new TextDecoder()

/** The lines of a text file, found again from places that were remembered when it was read once. */
export class FileLines {
  readonly total: number
  private readonly bytes: FileBytes
  private readonly places: LinePlaces

  private constructor(bytes: FileBytes, places: LinePlaces) {
    this.bytes = bytes
    this.total = places.total
    this.places = places
  }

  /** Reads a file once. What is packed is kept unpacked, where the browser keeps large blobs. */
  static async of(file: NamedFile, isPlain: boolean): Promise<FileLines> {
    const kept: Array<Uint8Array<ArrayBuffer>> = []
    const places = new LinePlaces()
    for await (const chunk of unpackedChunks(file, () => {})) {
      places.add(chunk)
      if (!isPlain) kept.push(chunk as Uint8Array<ArrayBuffer>)
    }
    return new FileLines(isPlain ? bytesOf(file) : new Blob(kept), places)
  }

  /** Lines from number `from` (the first is 0) on. */
  async read(from: number, count: number): Promise<ReadonlyArray<Omit<LinePage["lines"][number], "reject">>> {
    const to = Math.min(this.total, from + count)
    const { at, line: first } = this.places.before(from)
    const bytes = new Uint8Array(await this.bytes.slice(at, this.places.after(to)).arrayBuffer())
    const lines: Array<Omit<LinePage["lines"][number], "reject">> = []
    let start = 0
    for (let line = first; line < to; line++) {
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
