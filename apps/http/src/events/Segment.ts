import { createReadStream } from "node:fs"
import { type FileHandle, open, readdir, readFile, rename, rm, stat, truncate } from "node:fs/promises"
import { join } from "node:path"
import { syncDirectory } from "../DataDirectory.ts"
import { digestBytes, digestOf } from "./RecentIds.ts"
import { idOf } from "./readRecords.ts"

/** A file of events that is not written to any more. */
export interface Segment {
  readonly number: number
  readonly bytes: number
  readonly events: number
  /** When it was last written to: milliseconds since 1970. */
  readonly written: number
}

/** The events are JSON lines in `000001.jsonl`, and the digests of their ids, in the same order, in `000001.ids`. */
const nameOf = (number: number): string => String(number).padStart(6, "0")
export const eventsFile = (number: number): string => `${nameOf(number)}.jsonl`
const idsFile = (number: number): string => `${nameOf(number)}.ids`

/** The segment that is written to. Its digests get their name when it is closed: before that they count for nothing. */
export class OpenSegment {
  readonly number: number
  /** When it was begun: milliseconds since 1970. */
  readonly begun: number
  bytes = 0
  events = 0
  private readonly directory: string
  private readonly handle: FileHandle
  private readonly ids: FileHandle

  private constructor(directory: string, number: number, handle: FileHandle, ids: FileHandle, begun: number) {
    this.directory = directory
    this.number = number
    this.handle = handle
    this.ids = ids
    this.begun = begun
  }

  static async begin(directory: string, number: number): Promise<OpenSegment> {
    const handle = await open(join(directory, eventsFile(number)), "ax")
    const ids = await open(join(directory, `${idsFile(number)}.new`), "w")
    await syncDirectory(directory)
    return new OpenSegment(directory, number, handle, ids, (await handle.stat()).mtimeMs)
  }

  /** Done when the events are on disk. */
  async append(lines: Uint8Array, digests: Uint32Array): Promise<void> {
    await this.handle.appendFile(lines)
    await this.handle.datasync()
    await this.ids.appendFile(new Uint8Array(digests.buffer, digests.byteOffset, digests.byteLength))
    this.bytes += lines.length
    this.events += digests.byteLength / digestBytes
  }

  async close(): Promise<Segment> {
    const { bytes, directory, events, number } = this
    const { mtimeMs } = await this.handle.stat()
    await this.handle.close()
    await this.ids.sync()
    await this.ids.close()
    await nameIds(directory, number)
    return { number, bytes, events, written: mtimeMs }
  }

  /** After a failure: what is there is read again when the log is opened. */
  async abandon(): Promise<void> {
    await Promise.allSettled([this.handle.close(), this.ids.close()])
  }
}

const nameIds = async (directory: string, number: number): Promise<void> => {
  await rename(join(directory, `${idsFile(number)}.new`), join(directory, idsFile(number)))
  await syncDirectory(directory)
}

/** The segments of a directory, oldest first; undefined for one that was not closed, as the server was killed. */
export const readSegments = async (
  directory: string
): Promise<ReadonlyArray<{ readonly number: number; readonly closed: Segment | undefined }>> => {
  const numbers = (await readdir(directory))
    .filter((name) => /^\d+\.jsonl$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b)
  return Promise.all(
    numbers.map(async (number) => {
      const { mtimeMs, size } = await stat(join(directory, eventsFile(number)))
      const ids = await stat(join(directory, idsFile(number))).catch(missing)
      const closed = ids && { number, bytes: size, events: ids.size / digestBytes, written: mtimeMs }
      return { number, closed }
    })
  )
}

const missing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code !== "ENOENT") throw error
}

/** Closes a segment that a killed server has left. A line without its end is removed: nobody was told that it was there. */
export const recoverSegment = async (directory: string, number: number, idField: string): Promise<Segment> => {
  const path = join(directory, eventsFile(number))
  const { mtimeMs, size } = await stat(path)
  const bytes = await wholeLines(path)
  if (bytes < size) await truncate(path, bytes)
  let events = 0
  const ids = await open(join(directory, `${idsFile(number)}.new`), "w")
  try {
    for await (const lines of linesOf(path)) {
      const digests = new Uint8Array(lines.length * digestBytes)
      for (const [i, line] of lines.entries()) {
        digests.set(new Uint8Array(digestOf(idOf(line, idField)).buffer), i * digestBytes)
      }
      await ids.appendFile(digests)
      events += lines.length
    }
    await ids.sync()
  } finally {
    await ids.close()
  }
  await nameIds(directory, number)
  return { number, bytes, events, written: mtimeMs }
}

/** The digests of the ids of a segment that is closed. */
export const readDigests = async (directory: string, number: number): Promise<Uint32Array> => {
  const bytes = await readFile(join(directory, idsFile(number)))
  return new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}

/** First the digests: without them a segment is recovered, without events there is none. */
export const removeSegment = async (directory: string, number: number): Promise<void> => {
  await rm(join(directory, idsFile(number)), { force: true })
  await rm(join(directory, eventsFile(number)), { force: true })
}

/** Lines end at newlines only: a JSON string may hold what else is called a line separator. */
const linesOf = async function* (path: string): AsyncGenerator<ReadonlyArray<string>> {
  let rest = ""
  for await (const chunk of createReadStream(path, "utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n")
    rest = lines.pop() ?? ""
    yield lines
  }
}

const newline = 0x0a
const chunkBytes = 65_536

/** Bytes up to and with the last newline of a file. */
const wholeLines = async (path: string): Promise<number> => {
  const handle = await open(path, "r")
  try {
    let end = (await handle.stat()).size
    const chunk = Buffer.alloc(chunkBytes)
    while (end > 0) {
      const start = Math.max(0, end - chunkBytes)
      const { bytesRead } = await handle.read(chunk, 0, end - start, start)
      const found = chunk.subarray(0, bytesRead).lastIndexOf(newline)
      if (found >= 0) return start + found + 1
      end = start
    }
    return 0
  } finally {
    await handle.close()
  }
}
