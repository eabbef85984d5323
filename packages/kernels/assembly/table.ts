import { Column } from "./column"
import { digestField } from "./digest"
import { alloc, grow } from "./memory"

/** Records being decoded: the cells of the record at hand are set, then it is kept or forgotten. */
@unmanaged
export class Table {
  rows: i32
  capacity: i32
  columnCount: i32
  columns: usize
  /** i64 a row each. */
  events: usize
  lines: usize
  offsets: usize
  lengths: usize
  /** Four i32 a row, and those of the record at hand; 0 where no digest is wanted. */
  digests: usize
  digest: usize
  /** The {@link Json} that reads into this table, once there is one. */
  json: usize
  /** The {@link Pages} that are read into this table, once there are some. */
  pages: usize

  static make(columnCount: i32, wantsDigest: bool): Table {
    const table = changetype<Table>(alloc(offsetof<Table>()))
    table.rows = 0
    table.capacity = 1024
    table.columnCount = columnCount
    table.columns = alloc(columnCount * sizeof<usize>())
    table.events = alloc(1024 * 8)
    table.lines = alloc(1024 * 8)
    table.offsets = alloc(1024 * 8)
    table.lengths = alloc(1024 * 8)
    table.digests = wantsDigest ? alloc(1024 * 16) : 0
    table.digest = wantsDigest ? alloc(16) : 0
    if (wantsDigest) v128.store(table.digest, i64x2.splat(0))
    table.json = 0
    table.pages = 0
    return table
  }

  @inline
  column(index: i32): Column {
    return changetype<Column>(load<usize>(this.columns + ((<usize>index) << 2)))
  }

  /** Makes the cells of the record at hand null; before anything else is done with it. */
  begin(): void {
    this.beginRow()
    for (let i = 0; i < this.columnCount; i++) this.column(i).unset(this.rows)
  }

  /** As {@link begin}; the caller sets every cell itself, and may do so after the record was kept. */
  @inline
  beginRow(): void {
    if (this.rows === this.capacity) this.growRows()
    if (this.digest !== 0) v128.store(this.digest, i64x2.splat(0))
  }

  addToDigest(name: usize, nameLength: i32, value: usize, valueLength: i32): void {
    digestField(this.digest, name, nameLength, value, valueLength)
  }

  /** Keeps the record at hand. */
  @inline
  keep(event: i64, line: i64, offset: i64, length: i64): void {
    const row = <usize>this.rows
    store<i64>(this.events + (row << 3), event)
    store<i64>(this.lines + (row << 3), line)
    store<i64>(this.offsets + (row << 3), offset)
    store<i64>(this.lengths + (row << 3), length)
    if (this.digests !== 0) v128.store(this.digests + (row << 4), v128.load(this.digest))
    this.rows++
  }

  /** Makes room for so many rows. */
  reserve(rows: i32): void {
    while (this.capacity < rows) this.growRows()
  }

  private growRows(): void {
    const from = this.capacity
    const to = from * 2
    this.capacity = to
    this.events = grow(this.events, from * 8, from * 8, to * 8)
    this.lines = grow(this.lines, from * 8, from * 8, to * 8)
    this.offsets = grow(this.offsets, from * 8, from * 8, to * 8)
    this.lengths = grow(this.lengths, from * 8, from * 8, to * 8)
    if (this.digests !== 0) this.digests = grow(this.digests, from * 16, from * 16, to * 16)
    for (let i = 0; i < this.columnCount; i++) this.column(i).growRows(from, to)
  }
}
