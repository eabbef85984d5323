import { Column } from "./column"
import { alloc, free } from "./memory"
import { noTime } from "./time"
import { Table } from "./table"
import { isUtf8 } from "./utf8"

/** How values stand in pages: texts behind their lengths, or times in one of these units. The numbers are known to JavaScript. */
const kindText: i32 = 0
const kindMillis: i32 = 1
const kindMicros: i32 = 2
const kindNanos: i32 = 3
/** Nanoseconds of a day, and the day in the Julian calendar. */
const kindDays: i32 = 4

/** The years 0001 to 9999, in microseconds since 1970. */
const leastMicros: i64 = -62135596800000000
const mostMicros: i64 = 253402300799999999
const dayMicros: i64 = 86400000000
const julianEpoch: i64 = 2440588
/** More days than there are in those years. */
const mostDays: i64 = 4000000

/** What is kept while the pages of a column are read. */
@unmanaged
export class Pages {
  /** What the values of the dictionary mean: an i32 each, the code of a text; or an i64, microseconds. */
  known: usize
  knownBytes: usize
  knownCount: i32
  /** i32 each: definition levels. */
  levels: usize
  levelsBytes: usize

  /** The one of a table. */
  static of(table: Table): Pages {
    if (table.pages === 0) {
      table.pages = alloc(offsetof<Pages>())
      memory.fill(table.pages, 0, offsetof<Pages>())
    }
    return changetype<Pages>(table.pages)
  }

  /** Reads the values of a dictionary; false if something is wrong with one of them. */
  learn(column: Column, kind: i32, at: usize, end: usize, count: i32): bool {
    const bytes = <usize>count << (kind === kindText ? 2 : 3)
    if (bytes > this.knownBytes) {
      free(this.known, this.knownBytes)
      this.known = alloc(bytes)
      this.knownBytes = bytes
    }
    this.knownCount = count
    return kind === kindText ? readTexts(column, at, end, count, this.known) : readTimes(kind, at, end, count, this.known)
  }

  /**
   * Sets `entries` cells from `row` on by a page: levels, of which `most` says that there is a value, in
   * `[levelsAt..levelsEnd)`, none if that is 0; then values, or places in the dictionary. False if something is wrong
   * with it.
   */
  read(
    column: Column,
    kind: i32,
    row: i32,
    entries: i32,
    most: i32,
    levelsAt: usize,
    levelsEnd: usize,
    at: usize,
    end: usize,
    isCoded: bool
  ): bool {
    let present = entries
    if (levelsAt !== 0) {
      const bytes = <usize>entries << 2
      if (bytes > this.levelsBytes) {
        free(this.levels, this.levelsBytes)
        this.levels = alloc(bytes)
        this.levelsBytes = bytes
      }
      if (!readHybrid(levelsAt, levelsEnd, 32 - clz<i32>(most), this.levels, entries)) return false
      present = 0
      for (let i = 0; i < entries; i++) present += <i32>(load<i32>(this.levels + ((<usize>i) << 2)) === most)
    }
    const codes = column.codes + ((<usize>row) << 2)
    const micros = column.micros + ((<usize>row) << 3)
    const isText = kind === kindText
    if (isCoded) {
      // No value needs no width.
      if (present > 0) {
        if (at >= end) return false
        const width = <i32>load<u8>(at)
        if (width > 32 || !readHybrid(at + 1, end, width, codes, present)) return false
      }
      if (!(isText ? this.toTexts(codes, present) : this.toTimes(codes, micros, present))) return false
    } else if (!(isText ? readTexts(column, at, end, present, codes) : readTimes(kind, at, end, present, micros))) {
      return false
    }
    // The texts of times are made when they are asked for.
    if (!isText) memory.fill(codes, 0xff, (<usize>entries) << 2)
    if (present === entries) return true
    if (isText) this.spread<i32>(codes, entries, present, most, -1)
    else this.spread<i64>(micros, entries, present, most, noTime)
    return true
  }

  private toTexts(codes: usize, count: i32): bool {
    const known = this.known
    const size = <u32>this.knownCount
    for (let i = 0; i < count; i++) {
      const cell = codes + ((<usize>i) << 2)
      const code = load<u32>(cell)
      if (code >= size) return false
      store<i32>(cell, load<i32>(known + ((<usize>code) << 2)))
    }
    return true
  }

  private toTimes(codes: usize, micros: usize, count: i32): bool {
    const known = this.known
    const size = <u32>this.knownCount
    for (let i = 0; i < count; i++) {
      const code = load<u32>(codes + ((<usize>i) << 2))
      if (code >= size) return false
      store<i64>(micros + ((<usize>i) << 3), load<i64>(known + ((<usize>code) << 3)))
    }
    return true
  }

  /** Moves values to the entries that have one, from the last on, as they lie before them. */
  private spread<T>(cells: usize, entries: i32, present: i32, most: i32, none: T): void {
    let from = present
    for (let i = entries - 1; i >= 0; i--) {
      const cell = cells + <usize>i * sizeof<T>()
      if (load<i32>(this.levels + ((<usize>i) << 2)) === most) store<T>(cell, load<T>(cells + <usize>--from * sizeof<T>()))
      else store<T>(cell, none)
    }
  }
}

/** Makes `count` cells from `row` on null. */
export function unsetRows(column: Column, row: i32, count: i32): void {
  for (let i = 0; i < count; i++) column.unset(row + i)
}

/** Makes the first rows records whose ordinals go on from `before`. */
export function numberRows(table: Table, rows: i32, before: i64): void {
  const events = table.events
  for (let row = 0; row < rows; row++) store<i64>(events + ((<usize>row) << 3), before + row + 1)
  table.rows = rows
}

/** Texts in UTF-8 behind their lengths of 4 bytes each: their codes. */
function readTexts(column: Column, from: usize, end: usize, count: i32, codes: usize): bool {
  let at = from
  for (let i = 0; i < count; i++) {
    if (at + 4 > end) return false
    const length = load<u32>(at)
    at += 4
    if (length > end - at || !isUtf8(at, at + length)) return false
    store<i32>(codes + ((<usize>i) << 2), column.intern(at, length))
    at += length
  }
  return true
}

function readTimes(kind: i32, at: usize, end: usize, count: i32, micros: usize): bool {
  const width: usize = kind === kindDays ? 12 : 8
  if (<usize>count * width > end - at) return false
  for (let i = 0; i < count; i++) {
    const time = microsOf(kind, at + <usize>i * width)
    if (time < leastMicros || time > mostMicros) return false
    store<i64>(micros + ((<usize>i) << 3), time)
  }
  return true
}

/** {@link noTime} if it is no int64. */
// @ts-ignore: decorator
@inline
function microsOf(kind: i32, at: usize): i64 {
  const value = load<i64>(at)
  if (kind === kindMicros) return value
  if (kind === kindMillis) return value < leastMicros / 1000 || value > mostMicros / 1000 ? noTime : value * 1000
  if (kind === kindNanos) return thousandth(value)
  const days = <i64>load<i32>(at, 8) - julianEpoch
  return days < -mostDays || days > mostDays ? noTime : days * dayMicros + thousandth(value)
}

// @ts-ignore: decorator
@inline
function thousandth(value: i64): i64 {
  return value / 1000 - <i64>(value % 1000 < 0)
}

/**
 * Runs that are either one value many times or values packed in `width` bits (0 to 32). Method: Parquet's specification,
 * "Run Length Encoding / Bit-Packing Hybrid". False if they end before `count` values, or have a form that is unusual.
 */
function readHybrid(from: usize, end: usize, width: i32, to: usize, count: i32): bool {
  let at = from
  let filled: i32 = 0
  const valueBytes = <usize>((width + 7) >> 3)
  const mask: u64 = ((<u64>1) << width) - 1
  while (filled < count) {
    let header: u32 = 0
    let shift: u32 = 0
    while (true) {
      if (at >= end || shift > 28) return false
      const byte = <u32>load<u8>(at++)
      header |= (byte & 0x7f) << shift
      if (byte < 0x80) break
      shift += 7
    }
    const left = <u32>(count - filled)
    if ((header & 1) === 0) {
      const run = <i32>min(left, header >> 1)
      if (run === 0) continue
      if (valueBytes > end - at) return false
      const value = <i32>(load<u64>(at) & (((<u64>1) << (valueBytes << 3)) - 1))
      at += valueBytes
      for (let i = 0; i < run; i++) store<i32>(to + ((<usize>(filled + i)) << 2), value)
      filled += run
      continue
    }
    const groups = header >> 1
    const run = <i32>min(<u64>left, <u64>groups << 3)
    // Some writers leave out the padding of the last run.
    if ((((<u64>run) * <u64>width + 7) >> 3) > <u64>(end - at)) return false
    let bit: u64 = 0
    for (let i = 0; i < run; i++) {
      const value = (load<u64>(at + <usize>(bit >> 3)) >> (bit & 7)) & mask
      store<i32>(to + ((<usize>(filled + i)) << 2), <i32>value)
      bit += width
    }
    at = <usize>min(<u64>end, <u64>at + <u64>groups * <u64>width)
    filled += run
  }
  return true
}
