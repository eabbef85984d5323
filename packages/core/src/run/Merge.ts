import type { RunCodes } from "@sojourn/kernels"
import type { RecordBatch } from "apache-arrow"
import { int64Lanes, type NamedColumn, recordBatch, textColumn } from "../arrow/Columns.ts"
import { grown } from "../arrow/grown.ts"
import { Interner } from "../arrow/Interner.ts"
import { TextPool, textVector } from "../arrow/TextPool.ts"
import { selectBatch } from "../engine/Rows.ts"
import { int64At } from "../time/Int64.ts"
import { placeColumn } from "./Place.ts"
import { columnOf, widths } from "./RowWords.ts"
import type { Run, RunColumn } from "./Run.ts"
import type { RunReader } from "./RunReader.ts"
import { compareUsers } from "./UserOrder.ts"

/** Users from the first to before the last, in the order of users; undefined is from the very first, to the very last. */
export interface UserRange {
  readonly from: Uint8Array | undefined
  readonly to: Uint8Array | undefined
}

/** All events of some users that follow one another, each user's events by run and, within one, in order of arrival. */
export interface Block {
  readonly events: RecordBatch
  /** Where each user's events end. */
  readonly ends: Int32Array
}

/** Some users, in order, and where their events are. */
export interface UserStretches {
  readonly users: TextPool
  readonly segments: Segments
}

/** Chooses events by their place and their time, int64 microseconds since 1970. */
export type IsWanted = (part: number, ordinal: number, time: number) => boolean

/** Texts of a column of a block beyond which the next block begins a new dictionary. */
const mostTexts = 65_536
/** So many texts of a run are looked for all at once, whether its rows are there or not. */
const fewTexts = 1024

/** Merges runs by user. Kept from range to range, as are its dictionaries. */
export class Merge {
  private readonly user: string
  private readonly runs: ReadonlyArray<RunReader>
  private readonly dictionaries = new Map<string, Interner>()
  /** By column of a run, the codes in the dictionary of that name; -1 for what is not translated yet. */
  private readonly meanings = new WeakMap<RunColumn, { readonly of: Interner; readonly codes: Int32Array }>()

  /** Parts of the input whose events do not count. */
  private readonly voided: ReadonlySet<number>

  constructor(user: string, runs: ReadonlyArray<RunReader>, voided: ReadonlySet<number> = new Set()) {
    this.user = user
    this.runs = runs
    this.voided = voided
  }

  /** The events of the users in a range, in blocks of at least so many events (but for the last). */
  *blocks(range: UserRange, targetRows: number): Generator<Block> {
    for (const { segments, users } of this.stretches(this.cursors(range), targetRows)) {
      yield this.gather(users, segments)
    }
  }

  /** Where the users of a range are in each run that has some. */
  cursors(range: UserRange): Array<Cursor> {
    return this.runs.map((run) => new Cursor(run, range)).filter((cursor) => cursor.open())
  }

  /** The events of the users before which cursors stand, as they are before they are gathered; each is good until the next. */
  *stretches(cursors: Array<Cursor>, targetRows: number): Generator<UserStretches> {
    const segments = new Segments()
    while (cursors.length > 0) {
      const users = new TextPool()
      segments.clear()
      takeUsers(cursors, users, segments, targetRows)
      yield { users, segments }
    }
  }

  /** The events of some users as a block. `only`: the columns that are wanted besides the user; all without it. */
  gather(users: TextPool, segments: Segments, only?: ReadonlySet<string>): Block {
    const block = this.block(users, segments, only)
    return this.voided.size === 0 ? block : withoutParts(block, this.voided)
  }

  /**
   * All events of those users who have one of some events, also those that do not count; undefined where nobody has.
   * `time`: the name of its column.
   */
  gatherWhere(stretches: UserStretches, time: string, isWanted: IsWanted): Block | undefined {
    const chosen = chosenUsers(stretches, (user) => stretches.segments.hasEvent(user, time, isWanted))
    return chosen && this.block(chosen.users, chosen.segments)
  }

  /** The events of some of the users, by their numbers. */
  gatherUsers(stretches: UserStretches, wanted: ReadonlySet<number>): Block | undefined {
    const chosen = chosenUsers(stretches, (user) => wanted.has(user))
    return chosen && this.gather(chosen.users, chosen.segments)
  }

  /** Whether some events do not count. */
  get hasVoid(): boolean {
    return this.voided.size > 0
  }

  /** Codes of rows of a text column of a run, and what they are in the dictionary of that column until the next block. */
  codes(column: RunColumn, from: number, to: number): RunCodes {
    const dictionary = this.dictionaryOf(column.name)
    const meanings = this.meaningOf(column, dictionary)
    const own = column.words.subarray(from, to)
    if (meanings.length <= fewTexts) {
      for (let code = 0; code < meanings.length; code++) {
        if (meanings[code] < 0) translate(dictionary, column, meanings, code)
      }
      return { codes: own, meanings }
    }
    const codes = own.map((code) => {
      if (code < 0) return -1
      return meanings[code] < 0 ? translate(dictionary, column, meanings, code) : meanings[code]
    })
    return { codes, meanings: undefined }
  }

  /** Begins the dictionaries anew that have become too large. */
  trim(): void {
    for (const [name, dictionary] of this.dictionaries) if (dictionary.size > mostTexts) this.dictionaries.delete(name)
  }

  private block(users: TextPool, segments: Segments, only?: ReadonlySet<string>): Block {
    this.trim()
    const { ends, rows, runs } = segments
    const codes = new Int32Array(rows)
    let row = 0
    for (const [user, end] of ends.entries()) {
      codes.fill(user, row, end)
      row = end
    }
    const columns: Array<NamedColumn> = [{ name: this.user, data: textColumn(codes, users.vector()) }]
    for (const [index, column] of runs[0].columns.entries()) {
      if (only === undefined || only.has(column.name)) columns.push(this.gatherColumn(column, index, segments))
    }
    return { events: recordBatch(columns, rows), ends }
  }

  private gatherColumn({ name, type }: RunColumn, index: number, segments: Segments): NamedColumn {
    const width = widths[type]
    const { count, froms, rows, runs, tos } = segments
    const words = new Int32Array(rows * width)
    if (type === "text") return this.gatherText(name, index, segments, words)
    let at = 0
    let nullable = false
    for (let segment = 0; segment < count; segment++) {
      const column = runs[segment].columns[index]
      nullable ||= column.valid !== undefined
      const source = column.words
      for (let i = froms[segment] * width, end = tos[segment] * width; i < end; i++) words[at++] = source[i]
    }
    let valid: Uint8Array | undefined
    if (nullable) {
      valid = new Uint8Array(rows).fill(1)
      at = 0
      for (let segment = 0; segment < count; segment++) {
        const source = runs[segment].columns[index].valid
        const length = tos[segment] - froms[segment]
        if (source !== undefined) valid.set(source.subarray(froms[segment], tos[segment]), at)
        at += length
      }
    }
    return { name, data: columnOf(type, words, valid, undefined) }
  }

  private gatherText(name: string, index: number, segments: Segments, words: Int32Array): NamedColumn {
    const dictionary = this.dictionaryOf(name)
    const { count, froms, runs, tos } = segments
    let at = 0
    for (let segment = 0; segment < count; segment++) {
      const column = runs[segment].columns[index]
      const meaning = this.meaningOf(column, dictionary)
      const source = column.words
      for (let i = froms[segment], end = tos[segment]; i < end; i++) {
        const code = source[i]
        if (code < 0) words[at++] = -1
        else {
          let known = meaning[code]
          if (known < 0) known = translate(dictionary, column, meaning, code)
          words[at++] = known
        }
      }
    }
    return { name, json: runs[0].columns[index].json, data: textColumn(words, textVector(dictionary)) }
  }

  private dictionaryOf(name: string): Interner {
    const known = this.dictionaries.get(name)
    if (known !== undefined) return known
    const made = new Interner()
    this.dictionaries.set(name, made)
    return made
  }

  private meaningOf(column: RunColumn, dictionary: Interner): Int32Array {
    const known = this.meanings.get(column)
    if (known?.of === dictionary) return known.codes
    const codes = (known?.codes ?? new Int32Array(column.texts?.size ?? 0)).fill(-1)
    this.meanings.set(column, { of: dictionary, codes })
    return codes
  }
}

/** Moves users to a block until it has enough rows. Cursors that have no more are taken out. */
const takeUsers = (cursors: Array<Cursor>, users: TextPool, segments: Segments, targetRows: number): void => {
  while (cursors.length > 0 && segments.rows < targetRows) takeUser(cursors, users, segments)
}

/** The least user there is, and where his events are. */
const takeUser = (cursors: Array<Cursor>, users: TextPool, segments: Segments): void => {
  let least = cursors[0]
  for (let i = 1; i < cursors.length; i++) if (compareCursors(cursors[i], least) < 0) least = cursors[i]
  const { bytes, offsets } = least.run.users
  const name = users.add(bytes, offsets[least.user], offsets[least.user + 1])
  const user = { bytes: users.bytes, start: users.offsets[name], end: users.offsets[name + 1] }
  for (let i = 0; i < cursors.length; i++) {
    const cursor = cursors[i]
    if (cursor !== least && !cursor.standsAt(user)) continue
    segments.add(cursor.run, cursor.firstRow(), cursor.run.ends[cursor.user])
    if (!cursor.advance(1)) cursors.splice(i--, 1)
  }
  segments.endUser()
}

const chosenUsers = (
  { segments, users }: UserStretches,
  isChosen: (user: number) => boolean
): UserStretches | undefined => {
  const chosen = segments.choose(isChosen)
  if (chosen.users.length === 0) return undefined
  const names = new TextPool()
  for (const user of chosen.users) names.add(users.bytes, users.offsets[user], users.offsets[user + 1])
  return { users: names, segments: chosen.segments }
}

const translate = (dictionary: Interner, { texts }: RunColumn, meaning: Int32Array, code: number): number => {
  if (texts === undefined) return -1
  const known = dictionary.intern(texts.bytes, texts.offsets[code], texts.offsets[code + 1])
  meaning[code] = known
  return known
}

/** The events of a block that are of none of some parts. */
const withoutParts = ({ ends, events }: Block, parts: ReadonlySet<number>): Block => {
  const places = int64Lanes(events, placeColumn)
  const kept = new Int32Array(events.numRows)
  const keptEnds: Array<number> = []
  let count = 0
  let row = 0
  for (const end of ends) {
    const before = count
    for (; row < end; row++) if (!parts.has(places[2 * row + 1])) kept[count++] = row
    if (count > before) keptEnds.push(count)
  }
  return { events: selectBatch(events, kept.subarray(0, count)), ends: Int32Array.from(keptEnds) }
}

interface User {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

/** A place among the users of a run. */
export class Cursor {
  run: Run = none
  user = 0
  /** The user before which this piece's part of the range ends. */
  until = 0
  private readonly reader: RunReader
  private readonly range: UserRange
  private piece = -1

  constructor(reader: RunReader, range: UserRange) {
    this.reader = reader
    this.range = range
  }

  /** Goes to the first user of the range; false if there is none. */
  open(): boolean {
    const { from } = this.range
    if (from !== undefined) {
      const { pieces } = this.reader
      while (this.piece + 1 < pieces.length && compareTo(pieces[this.piece + 1].lastUser, from) < 0) this.piece++
    }
    return this.nextPiece()
  }

  /** Goes on by so many users of this piece; false if there is none after them. */
  advance(users: number): boolean {
    this.user += users
    return this.user < this.until || (this.hasMore && this.nextPiece())
  }

  /** Whether the range may go on in the next piece. One that ends inside a piece does not. */
  get hasMore(): boolean {
    return this.until === this.run.users.size && this.piece + 1 < this.reader.pieces.length
  }

  /** Another one at the same place. */
  copy(): Cursor {
    const copy = new Cursor(this.reader, this.range)
    copy.run = this.run
    copy.user = this.user
    copy.until = this.until
    copy.piece = this.piece
    return copy
  }

  firstRow(): number {
    return this.user === 0 ? 0 : this.run.ends[this.user - 1]
  }

  standsAt({ bytes, end, start }: User): boolean {
    const { bytes: own, offsets } = this.run.users
    const first = offsets[this.user]
    const length = offsets[this.user + 1] - first
    if (length !== end - start) return false
    for (let i = 0; i < length; i++) if (own[first + i] !== bytes[start + i]) return false
    return true
  }

  private nextPiece(): boolean {
    const { pieces, read } = this.reader
    while (++this.piece < pieces.length) {
      this.run = read(this.piece)
      const { size } = this.run.users
      const { from, to } = this.range
      this.user = from === undefined ? 0 : firstAtLeast(this.run, from)
      this.until = to === undefined ? size : firstAtLeast(this.run, to)
      if (this.user < this.until) return true
      if (this.until < size) return false
    }
    return false
  }
}

const none: Run = { rows: 0, users: new TextPool(), ends: new Int32Array(0), columns: [] }

const compareTo = (a: Uint8Array, b: Uint8Array): number => compareUsers(a, 0, a.length, b, 0, b.length)

const compareCursors = (a: Cursor, b: Cursor): number => {
  const left = a.run.users
  const right = b.run.users
  return compareUsers(
    left.bytes,
    left.offsets[a.user],
    left.offsets[a.user + 1],
    right.bytes,
    right.offsets[b.user],
    right.offsets[b.user + 1]
  )
}

/** The first user that is not before another, by place. */
export const firstAtLeast = ({ users: { bytes, offsets, size } }: Pick<Run, "users">, user: Uint8Array): number => {
  let low = 0
  let high = size
  while (low < high) {
    const middle = (low + high) >> 1
    if (compareUsers(bytes, offsets[middle], offsets[middle + 1], user, 0, user.length) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Rows that make up a block: stretches of runs, one after the other. */
export class Segments {
  rows = 0
  count = 0
  runs: Array<Run> = []
  froms = new Int32Array(1024)
  tos = new Int32Array(1024)
  private userEnds = new Int32Array(1024)
  private userStretches = new Int32Array(1024)
  private users = 0

  add(run: Run, from: number, to: number): void {
    if (this.count === this.froms.length) {
      this.froms = grown(this.froms, this.count + 1)
      this.tos = grown(this.tos, this.count + 1)
    }
    this.runs[this.count] = run
    this.froms[this.count] = from
    this.tos[this.count++] = to
    this.rows += to - from
  }

  endUser(): void {
    if (this.users === this.userEnds.length) {
      this.userEnds = grown(this.userEnds, this.users + 1)
      this.userStretches = grown(this.userStretches, this.users + 1)
    }
    this.userStretches[this.users] = this.count
    this.userEnds[this.users++] = this.rows
  }

  /** The stretches of some users, and which users these are. */
  choose(isChosen: (user: number) => boolean): { readonly users: ReadonlyArray<number>; readonly segments: Segments } {
    const segments = new Segments()
    const users: Array<number> = []
    for (let user = 0; user < this.users; user++) {
      if (!isChosen(user)) continue
      for (let i = this.firstOf(user); i < this.userStretches[user]; i++) {
        segments.add(this.runs[i], this.froms[i], this.tos[i])
      }
      segments.endUser()
      users.push(user)
    }
    return { users, segments }
  }

  /** Whether a user has one of some events. */
  hasEvent(user: number, time: string, isWanted: IsWanted): boolean {
    for (let i = this.firstOf(user); i < this.userStretches[user]; i++) {
      const { columns } = this.runs[i]
      const places = columns.find(({ name }) => name === placeColumn)?.words ?? new Int32Array(0)
      const times = columns.find(({ name }) => name === time)?.words ?? new Int32Array(0)
      for (let row = this.froms[i]; row < this.tos[i]; row++) {
        if (isWanted(places[2 * row + 1], places[2 * row] >>> 0, int64At(times, row))) return true
      }
    }
    return false
  }

  private firstOf(user: number): number {
    return user === 0 ? 0 : this.userStretches[user - 1]
  }

  /** Where the rows of each user end. */
  get ends(): Int32Array {
    return this.userEnds.slice(0, this.users)
  }

  clear(): void {
    this.rows = 0
    this.count = 0
    this.users = 0
    this.runs.length = 0
  }
}
