import { Cursor } from "./cursor"
import { Durations } from "./durations"
import { alloc, copyText, free, word } from "./memory"

/** Equal times of one user beyond which duplicates are not looked for here: it would be done one by one. */
const fewAtOnce: i32 = 32

/** How {@link cutUsers} ended: with all users, after the last one here of a run that has more, or before a crowd. */
const done: i32 = 0
const needsMore: i32 = 1
const crowded: i32 = 2

/**
 * The events of some users, in runs, and what is to be done with them. Filled by JavaScript; the fields after `gap` are
 * results, all 0 at first.
 */
@unmanaged
export class Cut {
  cursorCount: i32
  cursors: usize
  columnCount: i32
  /** Columns of the key, as bits; the others are only compared to see whether duplicates differ. */
  keyColumns: i32
  dedupes: i32
  splits: i32
  rows: i32
  durations: Durations
  gap: i64
  users: i32
  accepted: i32
  sessions: i32
  unique: i32
  duplicates: i32
  conflicting: i32
  ties: i32
  /** Sessions that are none, which is a defect of what is here. */
  broken: i32
  /** The sessions with the least start and with the greatest end. */
  earliest: i32
  latest: i32
  /** i32 a user, and one more: where names begin and end in `names`; i32 a user: his unique events. */
  offsets: usize
  names: usize
  userEvents: usize
  /** Room for as many sessions as there are rows: an i32 each, its user; an i64 each, its start and its end; */
  sessionUsers: usize
  sessionStarts: usize
  sessionEnds: usize
  /** and an i32, and one more: how many unique events there are before it; an i64, and how many it has. */
  sessionOffsets: usize
  sessionEvents: usize
  /** By first byte, an i32 each: the lengths as bits of names of which it is to be told; */
  lengths: usize
  /** and room for the users that have such a name, how many there are, and the most unique events that a user has. */
  likely: usize
  likelyCount: i32
  mostEvents: i32
}

// @ts-ignore: decorator
@inline
function pointer(array: usize, index: i32): usize {
  return load<usize>(array + ((<usize>index) << 2))
}

// @ts-ignore: decorator
@inline
function long(array: usize, index: i32): i64 {
  return load<i64>(array + ((<usize>index) << 3))
}

/** Where the events of a user are: rows of a run each. */
@unmanaged
class Stretch {
  cursor: Cursor
  from: i32
  to: i32
}

/** Merges users, and deduplicates and cuts their events. */
export function cutUsers(cut: Cut): i32 {
  const rows = cut.rows
  const cursors = cut.cursorCount
  // By place among a user's events: the time, the run and the row there.
  const times = alloc(rows * 8)
  const runs = alloc(rows * 4)
  const places = alloc(rows * 4)
  const stretches = alloc(cursors * offsetof<Stretch>())
  store<i32>(cut.offsets, 0)
  store<i32>(cut.sessionOffsets, 0)
  for (let i = 0; i < cursors; i++) cursorOf(cut, i).look()
  let ending = done
  while (ending === done) {
    const least = leastCursor(cut)
    if (changetype<usize>(least) === 0) break
    keepName(cut, least)
    const count = stretchesOf(cut, least, stretches)
    const events = mergeStretches(stretches, count, times, runs, places)
    cut.accepted += events
    if (!cutUser(cut, cut.users, events, times, runs, places)) ending = crowded
    else {
      if (isLikely(cut, least)) {
        store<i32>(cut.likely + ((<usize>cut.likelyCount) << 2), cut.users)
        cut.likelyCount++
      }
      cut.users++
      for (let i = 0; i < count; i++) {
        const cursor = stretchAt(stretches, i).cursor
        cursor.advance()
        if (cursor.isUsedUp && cursor.hasMore) ending = needsMore
      }
    }
  }
  free(times, rows * 8)
  free(runs, rows * 4)
  free(places, rows * 4)
  free(stretches, cursors * offsetof<Stretch>())
  if (ending !== crowded) cut.broken = countBroken(cut)
  return ending
}

// @ts-ignore: decorator
@inline
function cursorOf(cut: Cut, index: i32): Cursor {
  return changetype<Cursor>(cut.cursors + <usize>index * offsetof<Cursor>())
}

// @ts-ignore: decorator
@inline
function stretchAt(stretches: usize, index: i32): Stretch {
  return changetype<Stretch>(stretches + <usize>index * offsetof<Stretch>())
}

/** The one whose next user comes first; 0 if all are used up. */
function leastCursor(cut: Cut): Cursor {
  let least = changetype<Cursor>(0)
  for (let i = 0; i < cut.cursorCount; i++) {
    const cursor = cursorOf(cut, i)
    if (cursor.isUsedUp) continue
    if (changetype<usize>(least) === 0 || cursor.compare(least) < 0) least = cursor
  }
  return least
}

/** Whether the name of the next user has such a length, and begins so, as is to be told. */
// @ts-ignore: decorator
@inline
function isLikely(cut: Cut, cursor: Cursor): bool {
  const length = cursor.length
  return length < 32 && ((word(cut.lengths, load<u8>(cursor.name)) >> length) & 1) !== 0
}

function keepName(cut: Cut, cursor: Cursor): void {
  const place = cut.offsets + ((<usize>cut.users) << 2)
  const at = load<i32>(place)
  copyText(cut.names + at, cursor.name, cursor.length)
  store<i32>(place, at + cursor.length, 4)
}

/** The rows of the next user of a cursor, in all runs; gives in how many. */
function stretchesOf(cut: Cut, least: Cursor, stretches: usize): i32 {
  let count: i32 = 0
  for (let i = 0; i < cut.cursorCount; i++) {
    const cursor = cursorOf(cut, i)
    if (cursor.isUsedUp || (cursor !== least && cursor.compare(least) !== 0)) continue
    const stretch = stretchAt(stretches, count++)
    stretch.cursor = cursor
    stretch.from = cursor.row
    stretch.to = cursor.end
  }
  return count
}

/** The events of one user in order; gives how many. The stretches are used up. */
function mergeStretches(stretches: usize, count: i32, times: usize, runs: usize, rows: usize): i32 {
  let at: i32 = 0
  while (true) {
    // The stretch with the least event, and the least time of the others: until then all is of the one.
    let least = changetype<Stretch>(0)
    let leastTime: i64 = 0
    let until: i64 = i64.MAX_VALUE
    let others = false
    for (let i = 0; i < count; i++) {
      const stretch = stretchAt(stretches, i)
      if (stretch.from === stretch.to) continue
      const time = long(stretch.cursor.times, stretch.from)
      if (changetype<usize>(least) === 0) {
        least = stretch
        leastTime = time
        continue
      }
      others = true
      if (time > leastTime || (time === leastTime && placeOf(stretch) > placeOf(least))) {
        until = min(until, time)
        continue
      }
      until = min(until, leastTime)
      least = stretch
      leastTime = time
    }
    if (changetype<usize>(least) === 0) return at
    const cursor = least.cursor
    const from = cursor.times
    const end = least.to
    let row = least.from
    let time = leastTime
    do {
      store<i64>(times + ((<usize>at) << 3), time)
      store<usize>(runs + ((<usize>at) << 2), changetype<usize>(cursor))
      store<i32>(rows + ((<usize>at) << 2), row)
      at++
      row++
      // Of events of one instant the places decide again.
    } while (row < end && ((time = long(from, row)) < until || !others))
    least.from = row
  }
}

/** The place of the next event of a stretch. */
function placeOf(stretch: Stretch): i64 {
  return long(stretch.cursor.places, stretch.from)
}

function cutUser(cut: Cut, user: i32, count: i32, times: usize, runs: usize, rows: usize): bool {
  const splits = cut.splits !== 0
  const gap = cut.gap
  let session = cut.sessions - 1
  let unique: i32 = 0
  let previous: i64 = 0
  let atOnce: i32 = 0
  for (let i: i32 = 0; i < count; i++) {
    const time = long(times, i)
    if (i > 0 && time === long(times, i - 1)) {
      if (cut.dedupes !== 0) {
        if (++atOnce > fewAtOnce) return false
        if (isDuplicate(cut, i, i - atOnce, runs, rows)) continue
      }
      // Events of one instant are all unique or repeat one that is, so the one before that is kept has this time.
      cut.ties++
    } else atOnce = 0
    const passed = time - previous
    if (unique === 0 || passed > gap || (splits && passed === gap)) {
      if (unique > 0) endSession(cut, session, previous, unique)
      beginSession(cut, ++session, user, time)
    }
    previous = time
    unique++
  }
  if (unique > 0) endSession(cut, session, previous, unique)
  cut.sessions = session + 1
  cut.unique += unique
  store<i32>(cut.userEvents + ((<usize>user) << 2), unique)
  cut.mostEvents = max(cut.mostEvents, unique)
  return true
}

// @ts-ignore: decorator
@inline
function beginSession(cut: Cut, session: i32, user: i32, time: i64): void {
  store<i32>(cut.sessionUsers + ((<usize>session) << 2), user)
  store<i64>(cut.sessionStarts + ((<usize>session) << 3), time)
  if (time < long(cut.sessionStarts, cut.earliest)) cut.earliest = session
}

/** `events`: unique events of the user so far. */
// @ts-ignore: decorator
@inline
function endSession(cut: Cut, session: i32, time: i64, events: i32): void {
  store<i64>(cut.sessionEnds + ((<usize>session) << 3), time)
  if (time > long(cut.sessionEnds, cut.latest)) cut.latest = session
  const offset = cut.sessionOffsets + ((<usize>session) << 2)
  store<i32>(offset, cut.unique + events, 4)
  store<i64>(cut.sessionEvents + ((<usize>session) << 3), cut.unique + events - load<i32>(offset))
}

/** Whether event `i` has the key of one from `start` on, all of one instant; counts it if so. */
function isDuplicate(cut: Cut, i: i32, start: i32, runs: usize, rows: usize): bool {
  for (let other = start; other < i; other++) {
    if (!isSame(cut, i, other, runs, rows, true)) continue
    cut.duplicates++
    if (!isSame(cut, i, other, runs, rows, false)) cut.conflicting++
    return true
  }
  return false
}

/** The code of an event in a column, the same in all runs; negative for null. */
function codeOf(runs: usize, rows: usize, event: i32, column: i32): i32 {
  const columns = changetype<Cursor>(pointer(runs, event)).columns
  const code = word(pointer(columns, 2 * column), word(rows, event))
  const meanings = pointer(columns, 2 * column + 1)
  return code < 0 || meanings === 0 ? code : word(meanings, code)
}

/** Whether two events have the same values in the columns of the key, or in the others. Null is no value of a key. */
function isSame(cut: Cut, a: i32, b: i32, runs: usize, rows: usize, ofKey: bool): bool {
  for (let column: i32 = 0; column < cut.columnCount; column++) {
    if ((((cut.keyColumns >> column) & 1) !== 0) !== ofKey) continue
    const left = codeOf(runs, rows, a, column)
    const right = codeOf(runs, rows, b, column)
    if (left !== right || (ofKey && left < 0)) return false
  }
  return true
}

/**
 * Adds the durations of the sessions, and counts those that are not what sessions are: without events, with an end before
 * the start, or with a start before the end of the one before of the same user.
 */
function countBroken(cut: Cut): i32 {
  let broken: i32 = 0
  const durations = cut.durations
  for (let i = 0; i < cut.sessions; i++) {
    const start = long(cut.sessionStarts, i)
    const duration = long(cut.sessionEnds, i) - start
    const isFirst = i === 0 || word(cut.sessionUsers, i) !== word(cut.sessionUsers, i - 1)
    if (duration < 0 || word(cut.sessionOffsets, i + 1) <= word(cut.sessionOffsets, i)) broken++
    else if (!isFirst && start < long(cut.sessionEnds, i - 1)) broken++
    durations.add(max(0, duration))
  }
  if (word(cut.sessionOffsets, cut.sessions) !== cut.unique) broken++
  return broken
}
