import { alloc, free } from "./memory"
import { Table } from "./table"
import { isUtf8 } from "./utf8"

const lineFeed: u32 = 0x0a
const carriageReturn: u32 = 0x0d
const quote: u32 = 0x22

/** Records whose texts are gathered before they are looked for in the dictionaries, which is faster by the column. */
const blockRows: i32 = 256
/** Bytes for texts with doubled quotes; a record that needs more than half of it may be left to the caller. */
const unescapedBytes: usize = 1 << 16

/** The texts of the records kept last: by column `blockRows` of i64 as `Column.setAll` takes them. */
let cells: usize = 0
let cellsBytes: i32 = 0
/** Texts with single quotes for doubled ones. */
let unescaped: usize = 0
/** Newlines of the record at hand. */
let newlines: i32 = 0
/** Whether the quoted field passed last has doubled quotes. */
let isDoubled: bool = false

/** The columns of a file, as JavaScript writes them before the bytes to be read. */
@unmanaged
export class CsvColumns {
  /** Of the last call: newlines passed, */
  lines: i32
  /** and records kept. */
  records: i32
  /** Fields that a record has. */
  fields: i32
  /** A newline in a file of one column. */
  delimiter: i32
  /** Whether the bytes to be read are all ASCII: 1 yes, 0 no, -1 not yet known. */
  ascii: i32
  /** Where, from here, the pairs of i32 are that say where the name of a field is and how long; 0: not needed. */
  names: i32
  /** Where the columns are that take no field, an i32 each; -1 ends them. */
  absent: i32
  /** The first of the pairs of i32, in the order of fields: a field, and the column that takes it; -1 ends them. */
  firstTarget: i32
}

/**
 * Keeps the records at `from`, and passes blank lines between them, up to the first that is not clean or not complete:
 * the place reached. Overwrites two bytes after `end` and reads up to 80. The record at `from` is at `offset` of the
 * input and on `line`, and comes after `event` records.
 */
export function readCsv(
  csv: CsvColumns,
  table: Table,
  from: usize,
  end: usize,
  offset: i64,
  event: i64,
  line: i64,
  cap: i32,
  maxRecords: i32
): usize {
  // What is sought is found at the end, if not before. A quote that ends the bytes is not doubled by these.
  store<u8>(end, lineFeed)
  store<u8>(end, quote, 1)
  if (csv.ascii < 0) csv.ascii = <i32>isAscii(from, end)
  prepareCells(csv, table)
  const ascii = csv.ascii !== 0
  const fields = csv.fields
  const delimiter = <u32>csv.delimiter
  const delimiters = i8x16.splat(<i8>delimiter)
  const names = csv.names
  const firstTarget = changetype<usize>(csv) + offsetof<CsvColumns>("firstTarget")
  let unescapedEnd = unescaped
  let lines = 0
  let records = 0
  /** Records kept whose cells are not yet set. */
  let waiting = 0
  let at = from
  let base = from
  /** Of the 64 bytes at `base`, where a delimiter or newline is that was not yet passed. */
  let ends = endsOfFields(base, delimiters)
  while (records < maxRecords) {
    table.beginRow()
    let target = firstTarget
    let wanted = load<i32>(target)
    let field = 0
    let start = at
    let stop: usize
    let recordEnd: usize
    let byte: u32
    newlines = 1
    while (true) {
      let value = start
      if (load<u8>(start) === quote) {
        recordEnd = stop = passQuoted(start + 1, end)
        byte = load<u8>(stop)
        if (byte === carriageReturn) byte = load<u8>(++stop) === lineFeed ? lineFeed : 0
        if (recordEnd > end || (byte !== delimiter && byte !== lineFeed)) {
          byte = 0
          break
        }
        if (stop - base >= 64) {
          base = stop
          ends = endsOfFields(base, delimiters)
        }
        ends &= (<u64>-2) << <u64>(stop - base)
        if (field === wanted || names !== 0) {
          value++
          let valueEnd = recordEnd - 1
          if (isDoubled) {
            if (unescapedEnd + (valueEnd - value) > unescaped + unescapedBytes) {
              byte = 0
              break
            }
            const copy = unescapedEnd
            unescapedEnd = valueEnd = unescape(copy, value, valueEnd)
            value = copy
          }
          for (; field === wanted; wanted = load<i32>(target)) {
            setCell(load<i32>(target, 4), waiting, <i64>value | (<i64>(valueEnd - value) << 32))
            target += 8
          }
          if (names !== 0) digestField(csv, table, field, value, valueEnd)
        }
      } else {
        while (ends === 0) {
          base += 64
          ends = endsOfFields(base, delimiters)
        }
        recordEnd = stop = base + <usize>ctz(ends)
        ends &= ends - 1
        byte = load<u8>(stop)
        if (byte === lineFeed && stop > at && load<u8>(stop - 1) === carriageReturn) recordEnd--
        for (; field === wanted; wanted = load<i32>(target)) {
          setCell(load<i32>(target, 4), waiting, value === recordEnd ? -1 : <i64>value | (<i64>(recordEnd - value) << 32))
          target += 8
        }
        if (names !== 0 && value !== recordEnd) digestField(csv, table, field, value, recordEnd)
      }
      field++
      if (byte === lineFeed || field === fields) break
      start = stop + 1
    }
    if (byte !== lineFeed || stop >= end) break
    if (field === fields) {
      const length = recordEnd - at
      if (length > <usize>cap || (!ascii && !isUtf8(at, recordEnd))) break
      table.keep(event + ++records, line + <i64>lines, offset + <i64>(at - from), <i64>length)
      if (++waiting === blockRows || unescapedEnd - unescaped > unescapedBytes / 2) {
        setCells(table, waiting)
        waiting = 0
        unescapedEnd = unescaped
      }
    } else if (recordEnd !== at) break
    lines += newlines
    at = stop + 1
  }
  setCells(table, waiting)
  table.begin()
  csv.lines = lines
  csv.records = records
  return at
}

/**
 * The rest of a quoted field, whose first quote is before `at`: the place after the last one, or after `end` if there
 * is none. Counts {@link newlines} and says whether a quote {@link isDoubled}.
 */
function passQuoted(at: usize, end: usize): usize {
  isDoubled = false
  let i = at
  while (true) {
    const bytes = v128.load(i)
    const quotes = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>quote)))
    const feeds = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(<i8>lineFeed)))
    if (quotes === 0) {
      newlines += popcnt(feeds)
      i += 16
      continue
    }
    newlines += popcnt(feeds & (quotes ^ (quotes - 1)))
    i += ctz(quotes) + 1
    if (i > end || load<u8>(i) !== quote) return i
    isDoubled = true
    i++
  }
}

// @ts-ignore: decorator
@inline
function setCell(column: i32, row: i32, cell: i64): void {
  store<i64>(cellsOf(column) + ((<usize>row) << 3), cell)
}

function digestField(csv: CsvColumns, table: Table, field: i32, value: usize, valueEnd: usize): void {
  const name = changetype<usize>(csv) + csv.names + ((<usize>field) << 3)
  const nameAt = changetype<usize>(csv) + load<i32>(name)
  table.addToDigest(nameAt, load<i32>(name, 4), value, <i32>(valueEnd - value))
}

/** Where delimiters and newlines are in 64 bytes. */
// @ts-ignore: decorator
@inline
function endsOfFields(at: usize, delimiters: v128): u64 {
  return (
    endsIn(v128.load(at), delimiters) |
    (endsIn(v128.load(at, 16), delimiters) << 16) |
    (endsIn(v128.load(at, 32), delimiters) << 32) |
    (endsIn(v128.load(at, 48), delimiters) << 48)
  )
}

// @ts-ignore: decorator
@inline
function endsIn(bytes: v128, delimiters: v128): u64 {
  return <u64>(<u32>i8x16.bitmask(v128.or(i8x16.eq(bytes, delimiters), i8x16.eq(bytes, i8x16.splat(<i8>lineFeed)))))
}

function isAscii(from: usize, end: usize): bool {
  let i = from
  for (; i + 16 <= end; i += 16) if (i8x16.bitmask(v128.load(i)) !== 0) return false
  for (; i < end; i++) if (load<u8>(i) > 0x7f) return false
  return true
}

/** Copies the text of a quoted field to `to`: where the copy ends. */
function unescape(to: usize, from: usize, end: usize): usize {
  for (let i = from; i < end; i++) {
    const byte = load<u8>(i)
    store<u8>(to++, byte)
    if (byte === quote) i++
  }
  return to
}

// @ts-ignore: decorator
@inline
function cellsOf(column: i32): usize {
  return cells + <usize>(column * blockRows * 8)
}

/** Makes room for the cells, and those null that take no field. */
function prepareCells(csv: CsvColumns, table: Table): void {
  const needed = table.columnCount * blockRows * 8
  if (needed > cellsBytes) {
    free(cells, cellsBytes)
    cells = alloc(needed)
    cellsBytes = needed
  }
  if (unescaped === 0) unescaped = alloc(unescapedBytes)
  let column = changetype<usize>(csv) + csv.absent
  for (; load<i32>(column) >= 0; column += 4) memory.fill(cellsOf(load<i32>(column)), 0xff, blockRows * 8)
}

/** Sets the cells of the last `count` records kept. */
function setCells(table: Table, count: i32): void {
  const row = table.rows - count
  for (let c = 0; c < table.columnCount; c++) table.column(c).setAll(row, cellsOf(c), count)
}
