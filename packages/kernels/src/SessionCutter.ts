import { type Kernels, Region } from "./Kernels.ts"
import type { TextArrays } from "./Texts.ts"

/**
 * Some users of a run that is sorted by user, time and place, one after the other, and their rows: times and places as
 * pairs of words, codes of texts.
 */
export interface RunPart {
  /** One offset more than there are users; the first of them is where the first name begins in `names`. */
  readonly offsets: Int32Array
  readonly names: Uint8Array
  /** Where the rows of each user end; those of the first begin at `firstRow`, where the columns begin. */
  readonly ends: Int32Array
  readonly firstRow: number
  readonly times: Int32Array
  readonly places: Int32Array
  readonly columns: ReadonlyArray<RunCodes>
  /** Whether more users of the run come after these. */
  readonly hasMore: boolean
}

/** Codes of texts, and what each of them is in all runs; undefined where that is the same. */
export interface RunCodes {
  readonly codes: Int32Array
  readonly meanings: Int32Array | undefined
}

/** How users' events are deduplicated and cut. */
export interface CutRules {
  /** For each column whether it belongs to the key; undefined where nothing is a duplicate. */
  readonly key: ReadonlyArray<boolean> | undefined
  /** Microseconds; Infinity for none. */
  readonly gap: number
  /** A gap of exactly that length cuts. */
  readonly splits: boolean
  /** By first byte: the lengths of names as bits, of which it is told who has them. */
  readonly lengths: Int32Array
}

/** The sessions of some users, in order. */
export interface CutSessions {
  /** How many users of each part are done with. */
  readonly taken: Int32Array
  readonly accepted: number
  readonly unique: number
  readonly duplicates: number
  readonly conflicting: number
  readonly ties: number
  /** Sessions without events, with an end before the start, or with a start before the end of the one before. */
  readonly broken: number
  readonly users: TextArrays
  /** By user, his unique events; and the most that one has. */
  readonly userEvents: Int32Array
  readonly mostEvents: number
  /** The users whose names have one of the rules' lengths. */
  readonly likely: Int32Array
  /** By session: its user, its start and its end, int64 microseconds. */
  readonly codes: Int32Array
  readonly starts: BigInt64Array
  readonly ends: BigInt64Array
  /** By session, and one more: how many unique events there are before it. */
  readonly offsets: Int32Array
  /** By session, its unique events. */
  readonly events: BigInt64Array
  /** The sessions with the least start and with the greatest end. */
  readonly earliest: number
  readonly latest: number
}

/** Durations that were counted in small steps, in ascending order: an entry a step. */
export interface DurationCounts {
  /** By power of two, and the number of the step there. */
  readonly pages: Uint8Array
  readonly steps: Int32Array
  /** The least duration of the step, in microseconds, and how many there are. */
  readonly least: Float64Array
  readonly counts: Float64Array
}

/** Words of a cursor and of the results, as assembly/cursor.ts and assembly/sessions.ts have them. */
const cursorWords = 16
const durationsAt = 7
const resultsAt = 10
const likelyCountAt = 30
const mostEventsAt = 31
const crowded = 2
/** More than that is not handed over at once: pointers are to stay far below 2^31. */
const mostWords = 2 ** 28

/** Merges the events of users from several runs, and deduplicates and cuts them, in the memory of the kernels. */
export class SessionCutter {
  private readonly kernels: Kernels
  private readonly rules: CutRules
  private readonly pointer: number
  private readonly durationsAt: number
  private readonly region: Region

  /** Where there is a key, time and user belong to it, besides its columns. */
  constructor(kernels: Kernels, rules: CutRules) {
    this.kernels = kernels
    this.rules = rules
    this.pointer = kernels.run.cutNew()
    this.durationsAt = kernels.int32[(this.pointer >> 2) + durationsAt]
    this.region = new Region(kernels)
  }

  /**
   * All users of the parts, up to and with the last one of a part that has more. Undefined, and nothing is counted, where
   * there are too many events for this memory, or a user has too many at one instant for this way of finding duplicates.
   * `stays`: names and what there is by session may be left where the kernels have them, until they are used again.
   */
  cut(parts: ReadonlyArray<RunPart>, stays = false): CutSessions | undefined {
    const { kernels, pointer, region, rules } = this
    const { gap, key, lengths, splits } = rules
    const columnCount = parts.at(0)?.columns.length ?? 0
    const users = parts.reduce((sum, { ends }) => sum + ends.length, 0)
    const rows = parts.reduce((sum, { times }) => sum + times.length / 2, 0)
    const layout = new Layout()
    const at = {
      cursors: layout.place(parts.length * cursorWords),
      columns: layout.place(parts.length * columnCount * 2),
      offsets: layout.place(users + 1),
      // Names are copied in pieces of 16 bytes.
      names: layout.place(parts.reduce((sum, { names }) => sum + (names.length >> 2) + 1, 8)),
      userEvents: layout.place(users),
      lengths: layout.place(256),
      likely: layout.place(users),
      sessionUsers: layout.place(rows),
      sessionStarts: layout.place(rows * 2),
      sessionEnds: layout.place(rows * 2),
      sessionOffsets: layout.place(rows + 1),
      sessionEvents: layout.place(rows * 2)
    }
    const placed = parts.map(({ columns, ends, names, offsets, places, times }) => ({
      offsets: layout.place(offsets.length),
      names: layout.place((names.length >> 2) + 5),
      ends: layout.place(ends.length),
      times: layout.place(times.length),
      places: layout.place(places.length),
      columns: columns.map(({ codes, meanings }) => ({
        codes: layout.place(codes.length),
        meanings: meanings && layout.place(meanings.length)
      }))
    }))
    if (layout.words > mostWords) return undefined
    region.reserve(layout.words * 4)
    const base = region.at
    const pointerOf = (place: number) => base + place * 4
    const { bytes, int32 } = kernels
    const put = (place: number, words: Int32Array | ReadonlyArray<number>) => int32.set(words, (base >> 2) + place)
    for (const [i, part] of parts.entries()) {
      const to = placed[i]
      const { firstRow } = part
      put(to.offsets, part.offsets)
      bytes.set(part.names, pointerOf(to.names))
      put(to.ends, part.ends)
      put(to.times, part.times)
      put(to.places, part.places)
      for (const [column, { codes, meanings }] of part.columns.entries()) {
        const place = to.columns[column]
        put(place.codes, codes)
        if (meanings !== undefined && place.meanings !== undefined) put(place.meanings, meanings)
      }
      // Rows and bytes of names go on being counted from the beginning of the run.
      put(
        at.columns + i * columnCount * 2,
        to.columns.flatMap(({ codes, meanings }) => [
          pointerOf(codes) - firstRow * 4,
          meanings === undefined ? 0 : pointerOf(meanings)
        ])
      )
      put(at.cursors + i * cursorWords, [
        0,
        part.ends.length,
        firstRow,
        part.hasMore ? 1 : 0,
        pointerOf(to.offsets),
        pointerOf(to.names) - part.offsets[0],
        pointerOf(to.ends),
        pointerOf(to.times) - firstRow * 8,
        pointerOf(to.places) - firstRow * 8,
        pointerOf(at.columns + i * columnCount * 2)
      ])
    }
    put(at.lengths, lengths)
    const limit = gap === Infinity ? 2n ** 63n - 1n : BigInt(gap)
    int32.set(
      [
        parts.length,
        pointerOf(at.cursors),
        columnCount,
        key?.reduce((bits, isKey, column) => (isKey ? bits | (1 << column) : bits), 0) ?? 0,
        key === undefined ? 0 : 1,
        splits ? 1 : 0,
        rows,
        this.durationsAt,
        Number(BigInt.asIntN(32, limit)),
        Number(limit >> 32n),
        ...Array<number>(10).fill(0),
        pointerOf(at.offsets),
        pointerOf(at.names),
        pointerOf(at.userEvents),
        pointerOf(at.sessionUsers),
        pointerOf(at.sessionStarts),
        pointerOf(at.sessionEnds),
        pointerOf(at.sessionOffsets),
        pointerOf(at.sessionEvents),
        pointerOf(at.lengths),
        pointerOf(at.likely),
        0,
        0
      ],
      pointer >> 2
    )
    if (kernels.run.cutSessions(pointer) === crowded) return undefined
    const [cutUsers, accepted, sessions, unique, duplicates, conflicting, ties, broken, earliest, latest] =
      kernels.copyInt32(pointer + resultsAt * 4, 10)
    const made = kernels.int32
    const words = (place: number, count: number) => {
      const from = (base >> 2) + place
      return stays ? made.subarray(from, from + count) : made.slice(from, from + count)
    }
    const longs = (place: number, count: number) => {
      const { buffer, byteOffset } = words(place, count * 2)
      return new BigInt64Array(buffer, byteOffset, count)
    }
    const offsets = words(at.offsets, cutUsers + 1)
    const names = pointerOf(at.names)
    const end = names + offsets[cutUsers]
    return {
      taken: Int32Array.from(parts, (_, i) => made[(base >> 2) + at.cursors + i * cursorWords]),
      accepted,
      unique,
      duplicates,
      conflicting,
      ties,
      broken,
      users: {
        size: cutUsers,
        offsets,
        bytes: stays ? kernels.bytes.subarray(names, end) : kernels.bytes.slice(names, end)
      },
      userEvents: words(at.userEvents, cutUsers),
      mostEvents: made[(pointer >> 2) + mostEventsAt],
      likely: kernels.copyInt32(pointerOf(at.likely), made[(pointer >> 2) + likelyCountAt]),
      codes: words(at.sessionUsers, sessions),
      starts: longs(at.sessionStarts, sessions),
      ends: longs(at.sessionEnds, sessions),
      offsets: words(at.sessionOffsets, sessions + 1),
      events: longs(at.sessionEvents, sessions),
      earliest,
      latest
    }
  }

  /** The durations in microseconds of all sessions that were cut. */
  durations(): DurationCounts {
    const { kernels, pointer, region } = this
    const size = kernels.run.cutDurations(pointer)
    region.reserve(size * 24)
    kernels.run.cutPutDurations(pointer, region.at)
    const words = kernels.copyInt32(region.at, size * 6)
    const doubles = new Float64Array(words.buffer)
    return {
      pages: Uint8Array.from({ length: size }, (_, i) => words[6 * i]),
      steps: Int32Array.from({ length: size }, (_, i) => words[6 * i + 1]),
      least: Float64Array.from({ length: size }, (_, i) => doubles[3 * i + 1]),
      counts: Float64Array.from({ length: size }, (_, i) => doubles[3 * i + 2])
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
