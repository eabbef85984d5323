import { writeDate, writeDouble, writeInstant, writeInteger } from "./csvText"
import { alloc, grow } from "./memory"

const lineFeed: u32 = 0x0a
const carriageReturn: u32 = 0x0d
const quote: u32 = 0x22

/** What a value that is no text needs at most, with its delimiter. */
const valueBytes: usize = 32

const kindCodes: i32 = 0
const kindTexts: i32 = 1
const kindInt64: i32 = 2
const kindTimestamp: i32 = 3
const kindDate: i32 = 4
const kindDouble: i32 = 5

/** How {@link encodeCsv} ended: with all rows, before a double that it cannot write, before a value without a text. */
const done: i32 = 0
const hardDouble: i32 = 1
const noText: i32 = 2

/** Where rows are written, which is used again and again. */
let output: usize = 0
let outputBytes: usize = 0

/** A column of the table, as JavaScript writes it. */
@unmanaged
class Cells {
  kind: i32
  /** Codes, values or, of truth values, bits. */
  values: usize
  /** Of texts: an i32 each, and one more, where they begin and end in `bytes`. */
  offsets: usize
  bytes: usize
  /** A bit a row, the first of them at `firstValid`; 0 if no row is null. */
  validity: usize
  firstValid: i32
  /** Of truth values. */
  firstBit: i32
}

/** A table to be written. The columns come right after it. */
@unmanaged
export class CsvTable {
  /** The next cell to be written. */
  row: i32
  column: i32
  rows: i32
  columns: i32
  delimiter: i32
  /** What was written. */
  at: usize
  length: usize
}

/** Writes rows from the next cell on. Before a double that it cannot write there is room for it. */
export function encodeCsv(csv: CsvTable): i32 {
  const columns = csv.columns
  const delimiter = csv.delimiter
  const delimiters = i8x16.splat(<i8>delimiter)
  const first = changetype<usize>(csv) + offsetof<CsvTable>()
  const rowBytes = <usize>columns * valueBytes + 64
  let row = csv.row
  let c = csv.column
  let out = output + csv.length
  let ending = done
  while (row < csv.rows) {
    if (out + rowBytes > output + outputBytes) out = growOutput(out, rowBytes)
    let cells = changetype<Cells>(first + <usize>c * offsetof<Cells>())
    for (; c < columns; c++, cells = changetype<Cells>(changetype<usize>(cells) + offsetof<Cells>())) {
      if (c > 0) store<u8>(out++, delimiter)
      if (cells.validity !== 0 && !bit(cells.validity, cells.firstValid + row)) continue
      let after = out
      switch (cells.kind) {
        case kindCodes:
        case kindTexts: {
          const code = cells.kind === kindCodes ? load<i32>(cells.values + ((<usize>row) << 2)) : row
          const place = cells.offsets + ((<usize>code) << 2)
          const start = load<i32>(place)
          const length = <usize>(load<i32>(place, 4) - start)
          const needed: usize = 2 * length + rowBytes
          if (out + needed > output + outputBytes) out = growOutput(out, needed)
          after = writeText(out, cells.bytes + start, length, delimiters)
          break
        }
        case kindInt64:
          after = writeInteger(out, load<i64>(cells.values + ((<usize>row) << 3)))
          break
        case kindTimestamp:
          after = writeInstant(out, load<i64>(cells.values + ((<usize>row) << 3)))
          break
        case kindDate:
          after = writeDate(out, load<i32>(cells.values + ((<usize>row) << 2)))
          break
        case kindDouble: {
          const value = load<f64>(cells.values + ((<usize>row) << 3))
          // What is no number is null.
          if (value - value === 0) after = writeDouble(out, value)
          break
        }
        default:
          if (bit(cells.values, cells.firstBit + row)) {
            store<u32>(out, 0x65757274)
            after = out + 4
          } else {
            store<u64>(out, 0x65736c6166)
            after = out + 5
          }
      }
      if (after === 0) {
        ending = cells.kind === kindDouble ? hardDouble : noText
        break
      }
      out = after
    }
    if (ending !== done) break
    store<u8>(out++, lineFeed)
    row++
    c = 0
  }
  csv.row = row
  csv.column = c
  csv.at = output
  csv.length = out - output
  return ending
}

// @ts-ignore: decorator
@inline
function bit(bits: usize, index: i32): bool {
  return ((load<u8>(bits + (index >> 3)) >> (<u32>index & 7)) & 1) !== 0
}

/** Makes room for so many bytes more: where `out` is now. */
function growOutput(out: usize, needed: usize): usize {
  const used = out - output
  const wanted = <i32>max(2 * outputBytes, used + needed)
  output = output === 0 ? alloc(wanted) : grow(output, outputBytes, used, wanted)
  outputBytes = wanted
  return output + used
}

// @ts-ignore: decorator
@inline
function writeText(out: usize, text: usize, length: usize, delimiters: v128): usize {
  if (length === 0) {
    store<u16>(out, 0x2222)
    return out + 2
  }
  let i: usize = 0
  while (true) {
    const bytes = v128.load(text + i)
    v128.store(out + i, bytes)
    const special = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, delimiters), i8x16.eq(bytes, i8x16.splat(<i8>quote))),
        v128.or(i8x16.eq(bytes, i8x16.splat(<i8>lineFeed)), i8x16.eq(bytes, i8x16.splat(<i8>carriageReturn)))
      )
    )
    if (special !== 0 && i + ctz(special) < length) return writeQuoted(out, text, length)
    i += 16
    if (i >= length) return out + length
  }
}

function writeQuoted(out: usize, text: usize, length: usize): usize {
  store<u8>(out++, quote)
  for (let i: usize = 0; i < length; i++) {
    const byte = load<u8>(text + i)
    if (byte === quote) store<u8>(out++, quote)
    store<u8>(out++, byte)
  }
  store<u8>(out++, quote)
  return out
}
