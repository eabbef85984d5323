import type { InputFile } from "@sojourn/node"
import { mkdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import { replaceFile } from "../DataDirectory.ts"
import { digestOf, digestWords, RecentIds } from "./RecentIds.ts"
import type { EventRecord } from "./readRecords.ts"
import {
  eventsFile,
  OpenSegment,
  readDigests,
  readSegments,
  recoverSegment,
  removeSegment,
  type Segment
} from "./Segment.ts"

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

/** What a dataset is. */
export interface Settings {
  /** The field of the ids. */
  readonly id: string
  /** Seconds that events are kept; null: until somebody deletes the dataset. */
  readonly keep: number | null
  /** A segment with this number, and those before it, may have been there and be gone: a number is used once. */
  readonly last: number
}

interface Waiting {
  readonly records: ReadonlyArray<EventRecord>
  readonly done: (appended: Appended) => void
  readonly fail: (error: unknown) => void
}

/** Bytes after which a segment is closed. */
const segmentBytes = 256 * 2 ** 20
/** A segment is closed after this part of the time that its events are kept, so that it can grow old. */
const partOfKept = 1 / 10
const settingsFile = "dataset.json"

/** What a dataset's directory says of it; undefined if there is none. */
export const readSettings = async (directory: string): Promise<Settings | undefined> => {
  const text = await readFile(join(directory, settingsFile), "utf8").catch(() => undefined)
  return text === undefined ? undefined : { keep: null, last: 0, ...(JSON.parse(text) as { readonly id: string }) }
}

/**
 * The events of a dataset, in segments of which only the last one is written to. A batch is acknowledged when it is on disk;
 * batches that come while the disk is busy go there together. An id that came before is not written again.
 */
export class EventLog {
  settings: Settings
  private readonly directory: string
  private readonly ids: RecentIds
  private segments: Array<Segment> = []
  private file: OpenSegment | undefined
  private last = 0
  private waiting: Array<Waiting> = []
  /** What is done one after the other: its end. */
  private tail: Promise<unknown> = Promise.resolve()
  private isBroken = false

  private constructor(directory: string, settings: Settings, rememberedIds: number) {
    this.directory = directory
    this.settings = settings
    this.ids = new RecentIds(rememberedIds)
  }

  /** Opens the log of a directory, or begins one whose events have their id in a field. */
  static async open(directory: string, idField: string, rememberedIds: number): Promise<EventLog> {
    await mkdir(directory, { recursive: true })
    const known = await readSettings(directory)
    const log = new EventLog(directory, known ?? { id: idField, keep: null, last: 0 }, rememberedIds)
    if (known === undefined) await log.configure({})
    log.last = log.settings.last
    for (const { closed, number } of await readSegments(directory)) {
      log.segments.push(closed ?? (await recoverSegment(directory, number, log.settings.id)))
      log.last = Math.max(log.last, number)
    }
    await log.remember(rememberedIds)
    return log
  }

  get bytes(): number {
    return this.segments.reduce((sum, { bytes }) => sum + bytes, this.file?.bytes ?? 0)
  }

  get events(): number {
    return this.segments.reduce((sum, { events }) => sum + events, this.file?.events ?? 0)
  }

  /** Bytes of the batches that wait. */
  get waitingBytes(): number {
    return this.waiting.reduce((sum, { records }) => sum + records.reduce((all, { text }) => all + text.length, 0), 0)
  }

  async configure(changes: Partial<Settings>): Promise<void> {
    this.settings = { ...this.settings, ...changes }
    await replaceFile(join(this.directory, settingsFile), JSON.stringify(this.settings))
  }

  /** Fails if the disk does; the log must then be opened again. */
  append(records: ReadonlyArray<EventRecord>): Promise<Appended> {
    return new Promise((done, fail) => {
      if (this.waiting.push({ records, done, fail }) > 1) return
      // Batches that come until it is their turn are taken together.
      void this.next(() => this.commit(this.waiting.splice(0)))
    })
  }

  /** The segments with all events so far, or with those up to an earlier mark: a run can read them. */
  seal(mark = Infinity): Promise<Sealed> {
    return this.next(async () => {
      if (mark >= this.last) await this.roll()
      const until = Math.min(mark, this.last)
      const files = this.segments
        .filter(({ number }) => number <= until)
        .map(({ bytes, number }): InputFile => {
          const path = eventsFile(number)
          return { path, at: join(this.directory, path), bytes }
        })
      return { files, until }
    })
  }

  /** Removes the segments that were last written to so long ago that their events are not kept any more. */
  expire(now: number): Promise<void> {
    return this.next(async () => {
      const { keep } = this.settings
      if (keep === null) return
      const oldest = now - keep * 1000
      if (this.file !== undefined && this.file.begun <= now - keep * 1000 * partOfKept) await this.roll()
      const old = this.segments.filter(({ written }) => written <= oldest)
      if (old.length > 0) await this.configure({ last: this.last })
      this.segments = this.segments.filter(({ written }) => written > oldest)
      for (const { number } of old) await removeSegment(this.directory, number)
    })
  }

  /** Nothing is taken afterwards. */
  close(): Promise<void> {
    return this.next(async () => {
      this.isBroken = true
      await this.roll()
    })
  }

  private next<A>(work: () => Promise<A>): Promise<A> {
    const done = this.tail.then(work)
    this.tail = done.catch(() => undefined)
    return done
  }

  private async commit(group: ReadonlyArray<Waiting>): Promise<void> {
    const lines: Array<string> = []
    const digests: Array<Uint32Array> = []
    const appended = group.map(({ records }): Appended => {
      let accepted = 0
      for (const { id, text } of records) {
        const digest = digestOf(id)
        if (!this.ids.add(digest)) continue
        accepted++
        digests.push(digest)
        lines.push(text, "\n")
      }
      return { accepted, duplicates: records.length - accepted }
    })
    try {
      // Ids are known that may not be on disk: from here on nothing is taken.
      if (this.isBroken) throw new Error("a write has failed before, or the log is closed")
      await this.write(Buffer.from(lines.join("")), digests)
    } catch (error) {
      this.isBroken = true
      await this.file?.abandon()
      this.file = undefined
      for (const { fail } of group) fail(error)
      return
    }
    for (const [i, { done }] of group.entries()) done(appended[i])
  }

  private async write(bytes: Buffer, digests: ReadonlyArray<Uint32Array>): Promise<void> {
    if (bytes.length === 0) return
    this.file ??= await OpenSegment.begin(this.directory, ++this.last)
    const all = new Uint32Array(digests.length * digestWords)
    for (const [i, digest] of digests.entries()) all.set(digest, i * digestWords)
    await this.file.append(bytes, all)
    if (this.file.bytes >= segmentBytes) await this.roll()
  }

  /** Closes the segment that is written to. */
  private async roll(): Promise<void> {
    const { file } = this
    this.file = undefined
    if (file !== undefined) this.segments.push(await file.close())
  }

  /** The ids that came last. */
  private async remember(most: number): Promise<void> {
    let count = 0
    const first = this.segments.findLastIndex(({ events }) => (count += events) >= most)
    for (const { number } of this.segments.slice(Math.max(0, first))) {
      const digests = await readDigests(this.directory, number)
      for (let at = 0; at < digests.length; at += digestWords) this.ids.add(digests.subarray(at, at + digestWords))
    }
  }
}
