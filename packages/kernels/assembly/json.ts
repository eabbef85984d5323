import { Field, Keys } from "./jsonKeys"
import {
  blankRuns,
  copyCompact,
  hasNonAscii,
  passColon,
  passContainer,
  passScalar,
  passString,
  skip,
  textBegin
} from "./jsonText"
import { alloc } from "./memory"
import { Table } from "./table"
import { isUtf8 } from "./utf8"

/** Objects of the record that stand deeper are not clean. */
const maxDepth: i32 = 64

/** Records whose texts are gathered before they are looked for in the dictionaries, which is faster by the column. */
const blockRows: i32 = 256
/** Bytes for texts without their whitespace; a record that needs more than half of it may be left to the caller. */
const compactBytes: usize = 1 << 16

/** Reads clean records of JSON lines into a table. */
@unmanaged
export class Json {
  /** Of the last call: newlines passed, */
  lines: i32
  /** and records kept. */
  records: i32
  table: Table
  keys: Keys
  /** Numbers objects, so that a key that comes twice is seen. */
  objects: u32
  /** Records kept whose cells are not yet set, */
  waiting: i32
  /** and those cells: an i64 each as {@link Column.setAll} takes them, `blockRows` a column. */
  cells: usize
  /** Texts that cells take without their whitespace, and the end of the last one. */
  compact: usize
  compactEnd: usize

  /** That of the table, which knows no fields yet. */
  static of(table: Table): Json {
    if (table.json !== 0) {
      const json = changetype<Json>(table.json)
      json.keys.clear()
      return json
    }
    const json = changetype<Json>(alloc(offsetof<Json>()))
    memory.fill(changetype<usize>(json), 0, offsetof<Json>())
    json.table = table
    json.keys = Keys.make()
    json.cells = alloc(table.columnCount * blockRows * 8)
    json.compact = alloc(compactBytes)
    json.compactEnd = json.compact
    table.json = changetype<usize>(json)
    return json
  }

  learn(parent: Field, key: usize, length: i32, columns: usize, columnCount: i32, isOpened: bool): Field {
    const field = this.keys.learn(parent, key, length, columnCount, isOpened)
    if (changetype<usize>(field) === 0) return field
    for (let i = 0; i < columnCount; i++) {
      store<usize>(field.columns + (i << 2), this.cellsOf(load<i32>(columns + (i << 2))))
    }
    return field
  }

  /**
   * Keeps the records at `from`, and whitespace and newlines between them, up to the first that is not clean or not
   * complete: the place reached. Overwrites 32 bytes after `end`. The record at `from` is at `offset` of the input; the
   * position of the first is after `event` and at or after `line`.
   */
  read(from: usize, end: usize, offset: i64, event: i64, line: i64, cap: i32, maxRecords: i32): usize {
    v128.store(end, i64x2.splat(0))
    v128.store(end, i64x2.splat(0), 16)
    const table = this.table
    const root = this.keys.root
    let lines = 0
    let records = 0
    let at = from
    while (records < maxRecords) {
      let byte = load<u8>(at)
      while (byte <= 0x20 && (byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x09)) {
        lines += <i32>(byte === 0x0a)
        byte = load<u8>(++at)
      }
      if (byte !== 0x7b) break
      table.beginRow()
      for (let c = 0; c < table.columnCount; c++) store<i64>(this.cellsOf(c) + ((<usize>this.waiting) << 3), -1)
      textBegin()
      const after = this.object(at, root, 1)
      if (after === 0 || <i32>(after - at) > cap || (hasNonAscii && !isUtf8(at, after))) break
      table.keep(event + ++records, line + lines, offset + <i64>(at - from), <i64>(after - at))
      at = after
      if (++this.waiting === blockRows || this.compactEnd - this.compact > compactBytes / 2) this.setWaiting()
    }
    this.setWaiting()
    table.begin()
    this.lines = lines
    this.records = records
    return at
  }

  private object(at: usize, owner: Field, depth: i32): usize {
    if (depth > maxDepth) return 0
    const table = this.table
    const digests = depth === 1 && table.digest !== 0
    const number = ++this.objects
    let i = skip(at + 1)
    if (load<u8>(i) === 0x7d) return i + 1
    let before = changetype<Field>(0)
    let field = owner.first
    while (true) {
      const key = i
      if (changetype<usize>(field) !== 0 && field.standsAt(i)) i = skip(i + field.keyLength)
      else {
        if (load<u8>(i) !== 0x22) return 0
        i = passString(i + 1)
        if (i === 0) return 0
        field = this.keys.find(owner, key, <i32>(i - key))
        if (changetype<usize>(field) === 0) return 0
        if (changetype<usize>(before) === 0) owner.first = field
        else before.next = field
        i = passColon(i)
        if (i === 0) return 0
      }
      if (field.object === number) return 0
      field.object = number

      const start = i
      const runs = blankRuns
      const first = load<u8>(i)
      if (first === 0x22) i = passString(i + 1)
      else if (first === 0x7b && field.isOpened) i = this.object(i, field, depth + 1)
      else if (first === 0x7b || first === 0x5b) i = passContainer(i)
      else i = passScalar(i)
      if (i === 0) return 0
      if (digests || field.columnCount !== 0) {
        let value = start
        let length: usize = i - start
        if (blankRuns !== runs) {
          if (this.compactEnd + (i - start) > this.compact + compactBytes) return 0
          value = this.compactEnd
          this.compactEnd = copyCompact(value, start, i)
          length = this.compactEnd - value
        }
        if (digests) table.addToDigest(key + 1, field.keyLength - 3, value, <i32>length)
        const cell: i64 = first === 0x6e ? -1 : ((<i64>length) << 32) | <i64>value
        for (let c = 0; c < field.columnCount; c++) {
          store<i64>(load<usize>(field.columns + (c << 2)) + ((<usize>this.waiting) << 3), cell)
        }
      }

      i = skip(i)
      const byte = load<u8>(i)
      if (byte === 0x7d) return i + 1
      if (byte !== 0x2c) return 0
      i = skip(i + 1)
      before = field
      field = field.next
    }
  }

  @inline
  private cellsOf(column: i32): usize {
    return this.cells + ((<usize>(column * blockRows)) << 3)
  }

  /** Sets the cells of the records that wait for it. */
  private setWaiting(): void {
    const table = this.table
    const row = table.rows - this.waiting
    for (let c = 0; c < table.columnCount; c++) table.column(c).setAll(row, this.cellsOf(c), this.waiting)
    this.waiting = 0
    this.compactEnd = this.compact
  }
}
