import type { InputFile } from "@sojourn/node"
import { createReadStream } from "node:fs"
import { type FileHandle, mkdir, open, readdir, readFile, stat, truncate } from "node:fs/promises"
import { join } from "node:path"
import { replaceFile, syncDirectory } from "../DataDirectory.ts"
import { type EventRecord, idOf } from "./readRecords.ts"
import { RecentIds } from "./RecentIds.ts"

/** What became of a batch that is on disk. */
export interface Appended {
  readonly accepted: number
  readonly duplicates: number
}

/** Files that are not written to any more, and a mark: what comes later is in files after it. */
export interface Sealed {
  readonly files: ReadonlyArray<InputFile>
  readonly until: number
}

interface Waiting {
  readonly records: ReadonlyArray<EventRecord>
  readonly done: (appended: Appended) => void
  readonly fail: (error: unknown) => void
}

/** Bytes after which a segment is closed. */
const segmentBytes = 256 * 2 ** 20
const settings = "dataset.json"

/**
 * The events of a dataset, as JSON lines in segments `000001.jsonl`, …, of which only the last one is written to. A batch
 * is acknowledged when it is on disk; batches that come while the disk is busy go there together. An id that came before is
 * not written again. After a crash a last line that is cut off is removed: nobody was told that it was there.
 */
export class EventLog {
  readonly idField: string
  /** Bytes and events of all segments. */
  bytes = 0
  events = 0
  private readonly directory: string
  private readonly ids: RecentIds
  private segments = 0
  private file: { readonly handle: FileHandle; bytes: number } | undefined
  private waiting: Array<Waiting> = []
  private working: Promise<void> | undefined
  private isBroken = false

  private constructor(directory: string, idField: string, rememberedIds: number) {
    this.directory = directory
    this.idField = idField
    this.ids = new RecentIds(rememberedIds)
  }

  /** Opens the log of a directory, or begins one whose events have their id in a field. */
  static async open(directory: string, idField: string, rememberedIds: number): Promise<EventLog> {
    await mkdir(directory, { recursive: true })
    const path = join(directory, settings)
    const known = await readFile(path, "utf8").catch(() => undefined)
    if (known === undefined) await replaceFile(path, JSON.stringify({ id: idField }))
    const { id } = known === undefined ? { id: idField } : (JSON.parse(known) as { readonly id: string })
    const log = new EventLog(directory, id, rememberedIds)
    for (const name of await segmentNames(directory)) await log.recover(name)
    return log
  }

  /** Bytes of the batches that wait. */
  get waitingBytes(): number {
    return this.waiting.reduce((sum, { records }) => sum + records.reduce((all, { text }) => all + text.length, 0), 0)
  }

  /** Fails if the disk does; the log must then be opened again. */
  append(records: ReadonlyArray<EventRecord>): Promise<Appended> {
    return new Promise((done, fail) => {
      this.waiting.push({ records, done, fail })
      this.working ??= this.work()
    })
  }

  /** The segments with all events so far, or with those up to an earlier mark: a run can read them. */
  async seal(mark = Infinity): Promise<Sealed> {
    while (this.working !== undefined) await this.working
    if (mark >= this.segments) await this.close()
    const until = Math.min(mark, this.segments)
    const names = (await segmentNames(this.directory)).filter((name) => numberOf(name) <= until)
    const files = names.map(async (name): Promise<InputFile> => {
      const at = join(this.directory, name)
      return { path: name, at, bytes: (await stat(at)).size }
    })
    return { files: await Promise.all(files), until }
  }

  async close(): Promise<void> {
    while (this.working !== undefined) await this.working
    const { file } = this
    this.file = undefined
    await file?.handle.close()
  }

  private async work(): Promise<void> {
    // Batches that are sent at once are taken together.
    await Promise.resolve()
    while (this.waiting.length > 0) await this.commit(this.waiting.splice(0))
    this.working = undefined
  }

  private async commit(group: ReadonlyArray<Waiting>): Promise<void> {
    const lines: Array<string> = []
    const appended = group.map(({ records }): Appended => {
      const fresh = records.filter(({ id }) => this.ids.add(id))
      for (const { text } of fresh) lines.push(text, "\n")
      return { accepted: fresh.length, duplicates: records.length - fresh.length }
    })
    try {
      // Ids are known that may not be on disk: from here on nothing is taken.
      if (this.isBroken) throw new Error("a write has failed before")
      await this.write(Buffer.from(lines.join("")), lines.length / 2)
    } catch (error) {
      this.isBroken = true
      await this.file?.handle.close().catch(() => undefined)
      this.file = undefined
      for (const { fail } of group) fail(error)
      return
    }
    for (const [i, { done }] of group.entries()) done(appended[i])
  }

  private async write(bytes: Buffer, events: number): Promise<void> {
    if (bytes.length === 0) return
    const file = (this.file ??= await this.begin())
    await file.handle.appendFile(bytes)
    await file.handle.datasync()
    file.bytes += bytes.length
    this.bytes += bytes.length
    this.events += events
    if (file.bytes < segmentBytes) return
    this.file = undefined
    await file.handle.close()
  }

  private async begin() {
    const path = join(this.directory, `${String(++this.segments).padStart(6, "0")}.jsonl`)
    const handle = await open(path, "ax")
    await syncDirectory(this.directory)
    return { handle, bytes: 0 }
  }

  /** Reads what a segment holds; a line without its end is removed. */
  private async recover(name: string): Promise<void> {
    const path = join(this.directory, name)
    const size = await wholeLines(path)
    await truncate(path, size)
    for await (const line of linesOf(path)) {
      this.ids.add(idOf(line, this.idField))
      this.events++
    }
    this.bytes += size
    this.segments = Math.max(this.segments, numberOf(name))
  }
}

const segmentNames = async (directory: string): Promise<ReadonlyArray<string>> =>
  (await readdir(directory)).filter((name) => /^\d+\.jsonl$/.test(name)).sort()

const numberOf = (segment: string): number => Number.parseInt(segment, 10)

/** Lines end at newlines only: a JSON string may hold what else is called a line separator. */
const linesOf = async function* (path: string): AsyncGenerator<string> {
  let rest = ""
  for await (const chunk of createReadStream(path, "utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n")
    rest = lines.pop() ?? ""
    yield* lines
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
