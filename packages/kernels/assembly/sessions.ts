import { alloc, free } from "./memory"

/** Equal times of one user beyond which duplicates are not looked for here: it would be done one by one. */
const fewAtOnce: i32 = 32

/**
 * The events of some users, in runs that are sorted by user, time and place, and what is to be done with them. Filled
 * by JavaScript; the fields after `gap` are results.
 */
@unmanaged
export class Cut {
  /** Users one after the other: the stretches of runs that hold their events, and where those of a user end. */
  users: i32
  stretchEnds: usize
  stretchRuns: usize
  stretchFroms: usize
  stretchTos: usize
  /** A pointer a run; of columns, one a run and column. */
  times: usize
  places: usize
  columns: usize
  columnCount: i32
  /** Columns of the key, as bits; the others are only compared to see whether duplicates differ. */
  keyColumns: i32
  dedupes: i32
  splits: i32
  rows: i32
  gap: i64
  sessions: i32
  unique: i32
  duplicates: i32
  conflicting: i32
  ties: i32
  /** The sessions with the least start and with the greatest end. */
  earliest: i32
  latest: i32
  /** i32 a user: his unique events. */
  userEvents: usize
  /** Room for as many sessions as there are rows. Two i32 a session: its user, twice; */
  sessionUsers: usize
  /** two i64: its start and its end; */
  sessionTimes: usize
  /** and an i32, and one more: how many events there are before it. */
  sessionOffsets: usize
}

// @ts-ignore: decorator
@inline
function pointer(array: usize, index: i32): usize {
  return load<usize>(array + ((<usize>index) << 2))
}

// @ts-ignore: decorator
@inline
function word(array: usize, index: i32): i32 {
  return load<i32>(array + ((<usize>index) << 2))
}

// @ts-ignore: decorator
@inline
function long(array: usize, index: i32): i64 {
  return load<i64>(array + ((<usize>index) << 3))
}

/** Merges, deduplicates and cuts; false where a user has too many events at one instant for that. */
export function cutUsers(cut: Cut): bool {
  const rows = cut.rows
  // By place among a user's events: the time, the run and the row there.
  const times = alloc(rows * 8)
  const runs = alloc(rows * 4)
  const places = alloc(rows * 4)
  cut.sessions = 0
  cut.unique = 0
  cut.duplicates = 0
  cut.conflicting = 0
  cut.ties = 0
  cut.earliest = 0
  cut.latest = 0
  store<i32>(cut.sessionOffsets, 0)
  let first: i32 = 0
  let done = true
  for (let user: i32 = 0; user < cut.users && done; user++) {
    const last = word(cut.stretchEnds, user)
    const count = mergeStretches(cut, first, last, times, runs, places)
    done = cutUser(cut, user, count, times, runs, places)
    first = last
  }
  free(times, rows * 8)
  free(runs, rows * 4)
  free(places, rows * 4)
  return done
}

/** The events of one user in order; gives how many. The stretches are used up. */
function mergeStretches(cut: Cut, first: i32, last: i32, times: usize, runs: usize, rows: usize): i32 {
  let at: i32 = 0
  while (true) {
    // The stretch with the least event, and the least time of the others: until then all is of the one.
    let least: i32 = -1
    let leastTime: i64 = 0
    let until: i64 = i64.MAX_VALUE
    let others = false
    for (let stretch = first; stretch < last; stretch++) {
      const row = word(cut.stretchFroms, stretch)
      if (row === word(cut.stretchTos, stretch)) continue
      const run = word(cut.stretchRuns, stretch)
      const time = long(pointer(cut.times, run), row)
      if (least < 0) {
        least = stretch
        leastTime = time
        continue
      }
      others = true
      if (time > leastTime || (time === leastTime && placeOf(cut, stretch) > placeOf(cut, least))) {
        until = min(until, time)
        continue
      }
      until = min(until, leastTime)
      least = stretch
      leastTime = time
    }
    if (least < 0) return at
    const run = word(cut.stretchRuns, least)
    const from = pointer(cut.times, run)
    const end = word(cut.stretchTos, least)
    let row = word(cut.stretchFroms, least)
    let time = leastTime
    do {
      store<i64>(times + ((<usize>at) << 3), time)
      store<i32>(runs + ((<usize>at) << 2), run)
      store<i32>(rows + ((<usize>at) << 2), row)
      at++
      row++
      // Of events of one instant the places decide again.
    } while (row < end && ((time = long(from, row)) < until || !others))
    store<i32>(cut.stretchFroms + ((<usize>least) << 2), row)
  }
}

/** The place of the next event of a stretch. */
function placeOf(cut: Cut, stretch: i32): i64 {
  return long(pointer(cut.places, word(cut.stretchRuns, stretch)), word(cut.stretchFroms, stretch))
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
      if (++atOnce > fewAtOnce) return false
      if (cut.dedupes !== 0 && isDuplicate(cut, i, i - atOnce, runs, rows)) continue
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
  return true
}

// @ts-ignore: decorator
@inline
function beginSession(cut: Cut, session: i32, user: i32, time: i64): void {
  store<u64>(cut.sessionUsers + ((<usize>session) << 3), (<u64>user << 32) | <u64>user)
  const times = cut.sessionTimes
  store<i64>(times + ((<usize>session) << 4), time)
  if (time < long(times, cut.earliest << 1)) cut.earliest = session
}

/** `events`: unique events of the user so far. */
// @ts-ignore: decorator
@inline
function endSession(cut: Cut, session: i32, time: i64, events: i32): void {
  const times = cut.sessionTimes
  store<i64>(times + ((<usize>session) << 4), time, 8)
  if (time > long(times, (cut.latest << 1) + 1)) cut.latest = session
  store<i32>(cut.sessionOffsets + ((<usize>session) << 2), cut.unique + events, 4)
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

/** Whether two events have the same values in the columns of the key, or in the others. Null is no value of a key. */
function isSame(cut: Cut, a: i32, b: i32, runs: usize, rows: usize, ofKey: bool): bool {
  for (let column: i32 = 0; column < cut.columnCount; column++) {
    if ((((cut.keyColumns >> column) & 1) !== 0) !== ofKey) continue
    const left = word(pointer(cut.columns, word(runs, a) * cut.columnCount + column), word(rows, a))
    const right = word(pointer(cut.columns, word(runs, b) * cut.columnCount + column), word(rows, b))
    if (left !== right || (ofKey && left < 0)) return false
  }
  return true
}
