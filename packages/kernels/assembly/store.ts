import { sortKeys } from "./keys"
import { alloc, free, grow, word } from "./memory"
import { Table } from "./table"

/** What is asked of one column of a table, in this order; a row of which all hold is kept. */
@unmanaged
class Check {
  /** The column of the table. */
  column: i32
  isTime: bool
  /** i32 a text: what is kept in place of its code. */
  meaning: usize
  /** A byte a text: 0 if it is good. */
  verdicts: usize
  capacity: i32
  /** What null is: 0 if it is good. */
  ofNull: i32
  /** The column of the store that takes what is kept. */
  target: i32
  /** So many texts, from the first on, are good, */
  good: i32
  /** and so many are bad or stand for themselves. */
  own: i32
}

/** Rows that are judged together, a bit each: every check is a short loop over one column. */
const blockRows: i32 = 64

/** What is kept in place of the code of a good text. */
// @ts-ignore: decorator
@inline
function meant(check: Check, code: i32): i32 {
  return code < 0 ? -1 : word(check.meaning, code)
}

/** See {@link Store.judge}. */
function judgeTexts(check: Check, codes: usize, count: i32, areGood: bool): u64 {
  const ofNull = check.ofNull
  if (areGood) {
    if (ofNull === 0) return 0
    let any = i64x2.splat(0)
    for (let i: usize = 0; i < <usize>count; i += 4) any = v128.or(any, v128.load(codes + (i << 2)))
    if (i32x4.bitmask(any) === 0) return 0
  }
  let faults: u64 = 0
  for (let i = 0; i < count; i++) {
    const code = word(codes, i)
    const fault = code < 0 ? ofNull : areGood ? 0 : <i32>load<u8>(check.verdicts + <usize>code)
    faults |= <u64>(fault !== 0) << i
  }
  return faults
}

/** Rows from which on memory only doubles. */
const largest: i32 = 1 << 22

/** Accepted events of one thread: a place, a time and some codes each. Column 0 are the users. */
@unmanaged
export class Store {
  rows: i32
  capacity: i32
  checkCount: i32
  checks: usize
  columnCount: i32
  /** i32 a row each. */
  columns: usize
  /** i64 a row each. */
  times: usize
  places: usize
  from: i64
  to: i64
  /** i32 each: the rows of the table that were not kept. */
  doubtful: usize
  doubtfulCapacity: i32
  /** How many of them there are. */
  doubts: i32
  /** After sorting: i32 a row, which row comes there. */
  order: usize
  orderCapacity: i32

  static make(checkCount: i32, columnCount: i32): Store {
    const made = changetype<Store>(alloc(offsetof<Store>()))
    made.rows = 0
    made.capacity = 16384
    made.checkCount = checkCount
    made.checks = alloc(checkCount * offsetof<Check>())
    memory.fill(made.checks, 0, checkCount * offsetof<Check>())
    made.columnCount = columnCount
    made.columns = alloc(columnCount * sizeof<usize>())
    for (let i = 0; i < columnCount; i++) store<usize>(made.columns + ((<usize>i) << 2), alloc(16384 * 4))
    made.times = alloc(16384 * 8)
    made.places = alloc(16384 * 8)
    made.doubtfulCapacity = 1024
    made.doubtful = alloc(1024 * 4)
    made.orderCapacity = 0
    made.order = 0
    return made
  }

  @inline
  check(index: i32): Check {
    return changetype<Check>(this.checks + <usize>index * offsetof<Check>())
  }

  setCheck(index: i32, column: i32, isTime: bool, ofNull: i32, target: i32): void {
    const check = this.check(index)
    check.column = column
    check.isTime = isTime
    check.ofNull = ofNull
    check.target = target
  }

  /** Makes room for what is known of so many texts; what was there stays. */
  reserveTexts(index: i32, size: i32): void {
    const check = this.check(index)
    const from = check.capacity
    if (size <= from) return
    const to = max(size, from * 2)
    check.meaning = grow(check.meaning, from * 4, from * 4, to * 4)
    check.verdicts = grow(check.verdicts, from, from, to)
    check.capacity = to
  }

  private reserve(rows: i32): void {
    const from = this.capacity
    if (rows <= from) return
    // Memory that is not used costs nothing, and what is outgrown is lost: so few steps.
    const to = max(rows, from < largest ? from * 16 : from * 2)
    const used = this.rows
    for (let i = 0; i < this.columnCount; i++) {
      const at = this.columns + ((<usize>i) << 2)
      store<usize>(at, grow(load<usize>(at), from * 4, used * 4, to * 4))
    }
    this.times = grow(this.times, from * 8, used * 8, to * 8)
    this.places = grow(this.places, from * 8, used * 8, to * 8)
    this.capacity = to
  }

  /** Texts `from` to `to` of a check's column are known now. */
  learnTexts(index: i32, from: i32, to: i32): void {
    const check = this.check(index)
    const verdicts = check.verdicts
    if (check.good >= from) {
      let code = from
      while (code < to && load<u8>(verdicts + <usize>code) === 0) code++
      check.good = code
    }
    if (check.own >= from) {
      let code = from
      while (code < to && (word(check.meaning, code) === code || load<u8>(verdicts + <usize>code) !== 0)) code++
      check.own = code
    }
  }

  /** Keeps the good ones among the first rows of a table, of that part of the input; gives how many were not. */
  accept(table: Table, rows: i32, part: i32): i32 {
    this.reserve(this.rows + rows)
    if (rows > this.doubtfulCapacity) {
      free(this.doubtful, this.doubtfulCapacity * 4)
      this.doubtfulCapacity = rows
      this.doubtful = alloc(rows * 4)
    }
    this.doubts = 0
    // Where the good rows begin that are not yet kept.
    let from: i32 = 0
    for (let start = 0; start < rows; start += blockRows) {
      let faults: u64 = 0
      const count = min(blockRows, rows - start)
      for (let i = 0; i < this.checkCount; i++) faults |= this.judge(this.check(i), table, start, count)
      while (faults !== 0) {
        const row = start + <i32>ctz(faults)
        this.keep(table, from, row, part)
        store<i32>(this.doubtful + ((<usize>this.doubts) << 2), row)
        this.doubts++
        from = row + 1
        faults &= faults - 1
      }
    }
    this.keep(table, from, rows, part)
    return this.doubts
  }

  /** The rows of a block for which a check does not hold, a bit each. Mostly there are none, which is seen at once. */
  private judge(check: Check, table: Table, start: i32, count: i32): u64 {
    const column = table.column(check.column)
    return check.isTime
      ? this.judgeTimes(column.micros + ((<usize>start) << 3), count)
      : judgeTexts(check, column.codes + ((<usize>start) << 2), count, check.good === column.size)
  }

  private judgeTimes(micros: usize, count: i32): u64 {
    const from = i64x2.splat(this.from)
    const to = i64x2.splat(this.to)
    let any = i64x2.splat(0)
    for (let i: usize = 0; i < <usize>count; i += 2) {
      const times = v128.load(micros + (i << 3))
      any = v128.or(any, v128.or(i64x2.lt_s(times, from), i64x2.gt_s(times, to)))
    }
    if (!v128.any_true(any)) return 0
    let faults: u64 = 0
    for (let i = 0; i < count; i++) {
      const time = load<i64>(micros + ((<usize>i) << 3))
      faults |= <u64>(<i32>(time < this.from) | <i32>(time > this.to)) << i
    }
    return faults
  }

  /** Keeps the rows from `from` to before `end`. */
  private keep(table: Table, from: i32, end: i32, part: i32): void {
    const count = end - from
    if (count === 0) return
    const at = <usize>this.rows
    for (let i = 0; i < this.checkCount; i++) {
      const check = this.check(i)
      const column = table.column(check.column)
      if (check.isTime) {
        memory.copy(this.times + (at << 3), column.micros + ((<usize>from) << 3), <usize>count << 3)
        continue
      }
      const codes = column.codes + ((<usize>from) << 2)
      const to = this.column(check.target) + (at << 2)
      if (check.own === column.size) memory.copy(to, codes, <usize>count << 2)
      else for (let i = 0; i < count; i++) store<i32>(to + ((<usize>i) << 2), meant(check, word(codes, i)))
    }
    const events = table.events + ((<usize>from) << 3)
    const places = this.places + (at << 3)
    const high = i64x2.splat(<i64>part << 32)
    for (let i: usize = 0; i < <usize>count << 3; i += 16) {
      v128.store(places + i, v128.or(high, v128.load(events + i)))
    }
    this.rows += count
  }

  /** Makes room for the order of all rows, and for their times in that order, which it gives. */
  beginSort(): usize {
    const rows = this.rows
    if (rows > this.orderCapacity) {
      free(this.order, this.orderCapacity * 4)
      this.orderCapacity = rows
      this.order = alloc(rows * 4)
    }
    return alloc(this.capacity * 8)
  }

  /** The times are in order now. */
  endSort(times: usize): void {
    free(this.times, this.capacity * 8)
    this.times = times
  }

  @inline
  column(index: i32): usize {
    return load<usize>(this.columns + ((<usize>index) << 2))
  }
}

// Sorting by user, time and place, in steps: each of these takes some rows, or users, and is called again and again. An
// engine ends a call in the code that it began with, and has faster code only for the next one.

/** Puts ranks in place of users, which are needed once more, and counts the rows of each. */
export function rankRows(events: Store, ranks: usize, counts: usize, from: i32, to: i32): void {
  const users = events.column(0)
  for (let row = from; row < to; row++) {
    const rank = word(ranks, word(users, row))
    store<i32>(users + ((<usize>row) << 2), rank)
    const count = counts + ((<usize>rank) << 2)
    store<i32>(count, load<i32>(count) + 1)
  }
}

/** Puts in place of the count of each rank where its rows begin. */
export function startRanks(counts: usize, size: i32): void {
  let total: i32 = 0
  for (let rank = 0; rank < size; rank++) {
    const count = word(counts, rank)
    store<i32>(counts + ((<usize>rank) << 2), total)
    total += count
  }
}

/** Says where rows come; `next`, the next place of each rank, moves on, in the end to where its rows end. */
export function placeRows(events: Store, next: usize, from: i32, to: i32): void {
  const users = events.column(0)
  const order = events.order
  for (let row = from; row < to; row++) {
    const at = next + ((<usize>word(users, row)) << 2)
    const place = load<i32>(at)
    store<i32>(at, place + 1)
    store<i32>(order + ((<usize>place) << 2), row)
  }
}

/** Sorts the rows of some ranks by time: of times that are in order of rank, and of `order`. */
export function sortRanks(events: Store, times: usize, ends: usize, from: i32, to: i32): void {
  let start = from === 0 ? 0 : word(ends, from - 1)
  for (let rank = from; rank < to; rank++) {
    const end = word(ends, rank)
    sortSlice(times, events.order, start, end)
    start = end
  }
}

export function gatherWords(events: Store, values: usize, to: usize, from: i32, end: i32): void {
  const order = events.order
  for (let i = from; i < end; i++) store<i32>(to + ((<usize>i) << 2), word(values, word(order, i)))
}

export function gatherLongs(events: Store, values: usize, to: usize, from: i32, end: i32): void {
  const order = events.order
  for (let i = from; i < end; i++) {
    store<i64>(to + ((<usize>i) << 3), load<i64>(values + ((<usize>word(order, i)) << 3)))
  }
}

/** Moves of an insertion sort, by element, beyond which the slice is sorted by keys instead. */
const mostMoves = 8

/** Sorts times and, with them, rows; rows of one time stay in their order. */
function sortSlice(times: usize, rows: usize, start: i32, end: i32): void {
  let moves = (end - start) * mostMoves + 64
  for (let i = start + 1; i < end; i++) {
    const time = load<i64>(times + ((<usize>i) << 3))
    let j = i
    if (load<i64>(times + ((<usize>(j - 1)) << 3)) <= time) continue
    const row = load<i32>(rows + ((<usize>i) << 2))
    while (j > start && load<i64>(times + ((<usize>(j - 1)) << 3)) > time) {
      store<i64>(times + ((<usize>j) << 3), load<i64>(times + ((<usize>(j - 1)) << 3)))
      store<i32>(rows + ((<usize>j) << 2), load<i32>(rows + ((<usize>(j - 1)) << 2)))
      j--
    }
    store<i64>(times + ((<usize>j) << 3), time)
    store<i32>(rows + ((<usize>j) << 2), row)
    moves -= i - j
    if (moves < 0) return sortByKeys(times, rows, start, end)
  }
}

/** Sorts a slice that is far from being in order. Keys have no sign, so that of times is turned for them. */
function sortByKeys(times: usize, rows: usize, start: i32, end: i32): void {
  const from = times + ((<usize>start) << 3)
  turnSigns(from, end - start)
  sortKeys(from, rows + ((<usize>start) << 2), end - start)
  turnSigns(from, end - start)
}

function turnSigns(times: usize, count: i32): void {
  const end = times + ((<usize>count) << 3)
  for (let at = times; at < end; at += 8) store<u64>(at, load<u64>(at) ^ ((<u64>1) << 63))
}
