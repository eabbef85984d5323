import { alloc, copyText, free, grow } from "./memory"
import { noTime, parseIso8601 } from "./time"

const firstRows: i32 = 1024

/** A column of texts being filled: a code a row, and the texts that the codes stand for. */
@unmanaged
export class Column {
  /** i32 a row; -1 is null. */
  codes: usize
  /** i64 a row: microseconds, or {@link noTime} where only the text is known. 0 for a column that is no time. */
  micros: usize
  /** Number of texts. */
  size: i32
  /** i32 a text, and one more: where texts begin and end in `bytes`. */
  offsets: usize
  offsetsCapacity: i32
  bytes: usize
  bytesLength: i32
  bytesCapacity: i32
  /** A {@link shortSlot} or {@link longSlot} each, with the code as its fourth word; 0 is free. */
  slots: usize
  slotCount: i32
  /** Nearly every text is new: looking for them is not worth it. */
  distinct: bool
  /** Texts are JSON tokens: a time stands in quotes. */
  json: bool

  static make(isTime: bool): Column {
    const column = changetype<Column>(alloc(offsetof<Column>()))
    column.codes = alloc(firstRows * 4)
    column.micros = isTime ? alloc(firstRows * 8) : 0
    column.size = 0
    column.offsetsCapacity = 1024
    column.offsets = alloc(1024 * 4)
    store<i32>(column.offsets, 0)
    column.bytesCapacity = 16384
    column.bytes = alloc(16384)
    column.bytesLength = 0
    column.slotCount = 2048
    column.slots = alloc(2048 * 16)
    memory.fill(column.slots, 0, 2048 * 16)
    column.distinct = isTime
    column.json = false
    return column
  }

  growRows(from: i32, to: i32): void {
    this.codes = grow(this.codes, from * 4, from * 4, to * 4)
    if (this.micros !== 0) this.micros = grow(this.micros, from * 8, from * 8, to * 8)
  }

  /** Forgets the texts and keeps the memory. */
  clear(): void {
    this.size = 0
    this.bytesLength = 0
    if (!this.distinct) memory.fill(this.slots, 0, this.slotCount * 16)
  }

  @inline
  set(row: i32, at: usize, length: i32): void {
    if (this.micros !== 0) this.setTime(row, at, length)
    else store<i32>(this.codes + ((<usize>row) << 2), this.distinct ? this.add(at, length) : this.intern(at, length))
  }

  /** Sets `count` cells from `row` on; `cells` is an i64 each: length and place of the text, or -1 for null. */
  setAll(row: i32, cells: usize, count: i32): void {
    if (this.micros === 0 && !this.distinct) {
      for (let i = 0; i < count; i += blockTexts) {
        this.internAll(row + i, cells + ((<usize>i) << 3), min(blockTexts, count - i))
      }
      return
    }
    for (let i = 0; i < count; i++) {
      const cell = load<i64>(cells + ((<usize>i) << 3))
      if (cell < 0) this.unset(row + i)
      else this.set(row + i, <usize>cell, <i32>(cell >> 32))
    }
  }

  /**
   * Codes of at most {@link blockTexts} cells. Where each text is looked for first is read before any is compared: a
   * processor fetches those places at the same time, where it would wait for each if the next one came after a compare.
   */
  private internAll(row: i32, cells: usize, count: i32): void {
    for (let i: usize = 0; i < <usize>count; i++) {
      const cell = load<i64>(cells + (i << 3))
      const length = <i32>(cell >> 32)
      if (cell < 0 || length > longestKnown) {
        store<u32>(blockHashes + (i << 2), 0)
        continue
      }
      const wanted = slotOf(<usize>cell, length)
      v128.store(blockSlots + (i << 4), wanted)
      store<u32>(blockHashes + (i << 2), hashOf(wanted))
    }
    const slots = this.slots
    const mask = this.slotCount - 1
    let seen: i32 = 0
    for (let i: usize = 0; i < <usize>count; i++) {
      seen ^= load<i32>(slots + ((<usize>(load<u32>(blockHashes + (i << 2)) & mask)) << 4), 12)
    }
    store<i32>(blockSeen, seen)
    const codes = this.codes + ((<usize>row) << 2)
    for (let i: usize = 0; i < <usize>count; i++) {
      const cell = load<i64>(cells + (i << 3))
      const length = <i32>(cell >> 32)
      let code: i32 = -1
      if (length > longestKnown) code = this.add(<usize>cell, length)
      else if (cell >= 0) {
        code = this.find(v128.load(blockSlots + (i << 4)), load<u32>(blockHashes + (i << 2)), <usize>cell, length)
      }
      store<i32>(codes + (i << 2), code)
    }
  }

  setTime(row: i32, at: usize, length: i32): void {
    store<i32>(this.codes + ((<usize>row) << 2), this.add(at, length))
    const quoted = this.json && length > 2 && load<u8>(at) === 0x22
    const micros = quoted ? parseIso8601(at + 1, length - 2) : parseIso8601(at, length)
    store<i64>(this.micros + ((<usize>row) << 3), micros)
  }

  @inline
  unset(row: i32): void {
    store<i32>(this.codes + ((<usize>row) << 2), -1)
    if (this.micros !== 0) store<i64>(this.micros + ((<usize>row) << 3), noTime)
  }

  intern(at: usize, length: i32): i32 {
    if (length > longestKnown) return this.add(at, length)
    const wanted = slotOf(at, length)
    return this.find(wanted, hashOf(wanted), at, length)
  }

  /** The code of a text, which is added if it is new. */
  private find(wanted: v128, hash: u32, at: usize, length: i32): i32 {
    let slot = hash & (this.slotCount - 1)
    while (true) {
      const entry = v128.load(this.slots + ((<usize>slot) << 4))
      if ((i32x4.bitmask(i32x4.eq(entry, wanted)) & 7) === 7) {
        const code = i32x4.extract_lane(entry, 3)
        if (length <= longestShort || sameText(this.bytes + load<i32>(this.offsets + ((<usize>code) << 2)), at, length)) {
          return code
        }
      } else if (i32x4.extract_lane(entry, 2) === 0) break
      slot = (slot + 1) & (this.slotCount - 1)
    }
    const code = this.add(at, length)
    v128.store(this.slots + ((<usize>slot) << 4), i32x4.replace_lane(wanted, 3, code))
    // Kept rather empty as long as it is small: a second look costs more than the memory.
    if (this.size * (this.slotCount < smallTable ? 4 : 2) > this.slotCount) this.rehash()
    return code
  }

  add(at: usize, length: i32): i32 {
    const code = this.size++
    const start = this.bytesLength
    const end = start + length
    if (end > this.bytesCapacity) {
      const wanted = max(this.bytesCapacity * 2, end)
      this.bytes = grow(this.bytes, this.bytesCapacity, start, wanted)
      this.bytesCapacity = wanted
    }
    copyText(this.bytes + start, at, length)
    this.bytesLength = end
    if (code + 2 > this.offsetsCapacity) {
      const wanted = this.offsetsCapacity * 2
      this.offsets = grow(this.offsets, this.offsetsCapacity * 4, (code + 1) * 4, wanted * 4)
      this.offsetsCapacity = wanted
    }
    store<i32>(this.offsets + ((<usize>code) << 2), end, 4)
    return code
  }

  private rehash(): void {
    const count = this.slotCount * 2
    const slots = alloc(count * 16)
    memory.fill(slots, 0, count * 16)
    for (let i = 0; i < this.slotCount; i++) {
      const entry = v128.load(this.slots + ((<usize>i) << 4))
      if (i32x4.extract_lane(entry, 2) === 0) continue
      let slot = hashOf(i32x4.replace_lane(entry, 3, 0)) & (count - 1)
      while (load<i32>(slots + ((<usize>slot) << 4), 8) !== 0) slot = (slot + 1) & (count - 1)
      v128.store(slots + ((<usize>slot) << 4), entry)
    }
    free(this.slots, this.slotCount * 16)
    this.slots = slots
    this.slotCount = count
  }
}

const blockTexts: i32 = 256
/** What slots say of the texts of a block, and the hashes of that. */
const blockSlots = memory.data(256 * 16, 16)
const blockHashes = memory.data(256 * 4)
/** Something that depends on all the places read, as a compiler may leave out a read of which nothing depends. */
const blockSeen = memory.data(4)

const smallTable: i32 = 65536
/** Texts of so many bytes are held by their slot itself. */
const longestShort: i32 = 11
/** Longer ones are not looked for. */
export const longestKnown: i32 = 0xffffff

/** What a slot says of a text. */
// @ts-ignore: decorator
@inline
function slotOf(at: usize, length: i32): v128 {
  return length <= longestShort ? shortSlot(at, length) : longSlot(at, length)
}

/** What a slot says of a short text: its bytes, and its length plus 1. */
// @ts-ignore: decorator
@inline
function shortSlot(at: usize, length: i32): v128 {
  return i8x16.replace_lane(firstBytes(at, length), 11, <i8>(length + 1))
}

/** What a slot says of another text: two hashes, and its length. */
function longSlot(at: usize, length: i32): v128 {
  const hash = hashText(at, length)
  return i32x4.replace_lane(i64x2.replace_lane(i64x2.splat(0), 0, hash), 2, length | 0xff000000)
}

// @ts-ignore: decorator
@inline
function hashOf(slot: v128): u32 {
  return <u32>(mixed(0, slot) >> 32)
}

/** 16 bytes of ones before 16 of zeros. */
const masks = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0
])

/** At most 16 bytes, with zeros after them. */
// @ts-ignore: decorator
@inline
function firstBytes(at: usize, count: i32): v128 {
  return v128.and(v128.load(at), v128.load(masks + 16 - count))
}

// @ts-ignore: decorator
@inline
function mixed(hash: u64, bytes: v128): u64 {
  const a = (hash ^ i64x2.extract_lane(bytes, 0)) * 0xff51afd7ed558ccd
  const b = (hash ^ i64x2.extract_lane(bytes, 1)) * 0xc4ceb9fe1a85ec53
  const sum = a + rotl(b, 32)
  return (sum ^ (sum >> 32)) * 0x9e3779b97f4a7c15
}

/** A hash. No branch depends on the length of a short text, since lengths are hard to foresee. */
export function hashText(at: usize, length: i32): u64 {
  let hash: u64 = (<u64>length) * 0x9e3779b97f4a7c15
  let i = 0
  for (; i + 16 < length; i += 16) hash = mixed(hash, v128.load(at + i))
  return mixed(hash, firstBytes(at + i, length - i))
}

// @ts-ignore: decorator
@inline
export function sameText(a: usize, b: usize, length: i32): bool {
  let i = 0
  for (; i + 16 < length; i += 16) {
    if (v128.any_true(v128.xor(v128.load(a + i), v128.load(b + i)))) return false
  }
  return !v128.any_true(v128.xor(firstBytes(a + i, length - i), firstBytes(b + i, length - i)))
}
