import { type Kernels, Region } from "./Kernels.ts"

/** Some rows of a run that is sorted by user, time and place: times and places as pairs of words, codes of texts. */
export interface RunSlice {
  readonly times: Int32Array
  readonly places: Int32Array
  readonly columns: ReadonlyArray<Int32Array>
}

/** How users' events are deduplicated and cut. */
export interface CutRules {
  /** For each column whether it belongs to the key; undefined where nothing is a duplicate. */
  readonly key: ReadonlyArray<boolean> | undefined
  /** Microseconds; Infinity for none. */
  readonly gap: number
  /** A gap of exactly that length cuts. */
  readonly splits: boolean
}

/** Which rows of which slices are the events of each user: `ends[i]` is where the stretches of user `i` end. */
export interface Stretches {
  readonly ends: Int32Array
  readonly runs: Int32Array
  readonly froms: Int32Array
  readonly tos: Int32Array
}

/** The sessions of some users, in order, where the kernels have them: good until the next cut. Times as pairs of words. */
export interface CutSessions {
  readonly unique: number
  readonly duplicates: number
  readonly conflicting: number
  readonly ties: number
  /** By user, his unique events. */
  readonly userEvents: Int32Array
  readonly sessions: number
  /** The sessions with the least start and with the greatest end. */
  readonly earliest: number
  readonly latest: number
  /** By session, its user, twice. */
  readonly users: Int32Array
  /** By session, its start and its end. */
  readonly times: Int32Array
  /** By session, and one more: how many unique events there are before it. */
  readonly offsets: Int32Array
}

/** Merges the events of users from several runs, and deduplicates and cuts them, in the memory of the kernels. */
export class SessionCutter {
  private readonly kernels: Kernels
  private readonly rules: CutRules
  private readonly pointer: number
  private readonly region: Region

  /** Where there is a key, time and user belong to it, besides its columns. */
  constructor(kernels: Kernels, rules: CutRules) {
    this.kernels = kernels
    this.rules = rules
    this.pointer = kernels.run.cutNew()
    this.region = new Region(kernels)
  }

  /** Undefined where a user has too many events at one instant for this way of finding duplicates. */
  cut(slices: ReadonlyArray<RunSlice>, { ends, froms, runs, tos }: Stretches): CutSessions | undefined {
    const { kernels, pointer, rules } = this
    const { gap, key, splits } = rules
    const columnCount = slices.at(0)?.columns.length ?? 0
    const rows = slices.reduce((sum, { times }) => sum + (times.length >> 1), 0)
    const layout = new Layout()
    const at = {
      ends: layout.place(ends.length),
      runs: layout.place(runs.length),
      froms: layout.place(froms.length),
      tos: layout.place(tos.length),
      times: layout.place(slices.length),
      places: layout.place(slices.length),
      columns: layout.place(slices.length * columnCount),
      userEvents: layout.place(ends.length),
      sessionUsers: layout.place(rows * 2),
      sessionTimes: layout.place(rows * 4),
      sessionOffsets: layout.place(rows + 1)
    }
    const parts = slices.map((slice) => ({
      times: layout.place(slice.times.length),
      places: layout.place(slice.places.length),
      columns: slice.columns.map((column) => layout.place(column.length))
    }))
    this.region.reserve(layout.words * 4)
    const base = this.region.at
    const pointerOf = (place: number) => base + place * 4
    const { int32 } = kernels
    const put = (place: number, words: Int32Array | ReadonlyArray<number>) => int32.set(words, (base >> 2) + place)
    put(at.ends, ends)
    put(at.runs, runs)
    put(at.froms, froms)
    put(at.tos, tos)
    put(
      at.times,
      parts.map(({ times }) => pointerOf(times))
    )
    put(
      at.places,
      parts.map(({ places }) => pointerOf(places))
    )
    put(
      at.columns,
      parts.flatMap(({ columns }) => columns.map(pointerOf))
    )
    for (const [i, { columns, places, times }] of parts.entries()) {
      put(times, slices[i].times)
      put(places, slices[i].places)
      for (const [column, place] of columns.entries()) put(place, slices[i].columns[column])
    }
    const keyBits = key?.reduce((bits, isKey, column) => (isKey ? bits | (1 << column) : bits), 0) ?? 0
    const limit = BigInt(gap === Infinity ? Number.MAX_SAFE_INTEGER : gap)
    int32.set(
      [
        ends.length,
        pointerOf(at.ends),
        pointerOf(at.runs),
        pointerOf(at.froms),
        pointerOf(at.tos),
        pointerOf(at.times),
        pointerOf(at.places),
        pointerOf(at.columns),
        columnCount,
        keyBits,
        key === undefined ? 0 : 1,
        splits ? 1 : 0,
        rows,
        // int64 stand on even words.
        0,
        Number(BigInt.asIntN(32, limit)),
        Number(limit >> 32n),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        pointerOf(at.userEvents),
        pointerOf(at.sessionUsers),
        pointerOf(at.sessionTimes),
        pointerOf(at.sessionOffsets)
      ],
      pointer >> 2
    )
    if (!kernels.run.cutSessions(pointer)) return undefined
    const [sessions, unique, duplicates, conflicting, ties, earliest, latest] = kernels.copyInt32(pointer + 64, 7)
    const view = (place: number, words: number) => {
      const at = (base >> 2) + place
      return kernels.int32.subarray(at, at + words)
    }
    return {
      unique,
      duplicates,
      conflicting,
      ties,
      userEvents: view(at.userEvents, ends.length),
      sessions,
      earliest,
      latest,
      users: view(at.sessionUsers, sessions * 2),
      times: view(at.sessionTimes, sessions * 4),
      offsets: view(at.sessionOffsets, sessions + 1)
    }
  }
}

/** Places for arrays of words one after the other, each on an even word. */
class Layout {
  words = 0

  place(length: number): number {
    const place = this.words
    this.words += (length + 1) & ~1
    return place
  }
}
