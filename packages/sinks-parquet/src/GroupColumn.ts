import { validRows } from "@sojourn/core"
import { type Data, DataType, Dictionary, Field, Float64, Int32, List, makeData, Utf8, Vector } from "apache-arrow"

/**
 * A column of a row group that rows are copied into: batches come in any size, and hold memory that their maker uses
 * again.
 */
export interface GroupColumn {
  /** What the column is in the file. */
  readonly type: DataType
  /** Bytes of what has no fixed width, since the last `take`. */
  readonly textBytes: number
  /** So many bytes, or fewer, come to these with rows `from` to `to` (excluded). */
  readonly mostText: (data: Data, from: number, to: number) => number
  /** Copies rows `from` to `to` (excluded) of a column, behind those that are there. */
  readonly add: (data: Data, from: number, to: number) => void
  /** The `rows` that are there; the column is empty afterwards, and what was taken valid until the next `add`. */
  readonly take: (rows: number) => Data
}

/** The column for a field's type, for at most `rows` rows; undefined if Parquet has no type for it. */
export const groupColumn = ({ type }: Field, rows: number): GroupColumn | undefined => {
  if (DataType.isUtf8(type) || (DataType.isDictionary(type) && DataType.isUtf8(type.dictionary))) {
    return new TextColumn(rows)
  }
  if (DataType.isDuration(type)) return new SecondsColumn(rows)
  if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isTimestamp(type) || DataType.isDate(type)) {
    return new FixedColumn(type, rows)
  }
  if (DataType.isBool(type)) return new BoolColumn(type, rows)
  if (DataType.isList(type) && DataType.isUtf8(type.valueType)) return new TextListColumn(rows)
  return undefined
}

/** Which rows hold a value. */
class Validity {
  nullCount = 0
  private readonly bits: Uint8Array

  constructor(rows: number) {
    this.bits = new Uint8Array((rows + 7) >> 3)
  }

  add(data: Data, from: number, to: number, at: number): void {
    const valid = validRows(data, from, to)
    if (valid === undefined) return setBits(this.bits, at, to - from)
    for (let row = from; row < to; row++) {
      if (valid[row - from] === 1) setBit(this.bits, at + row - from)
      else this.nullCount++
    }
  }

  take(rows: number) {
    const taken = {
      nullCount: this.nullCount,
      nullBitmap: this.nullCount === 0 ? null : this.bits.slice(0, (rows + 7) >> 3)
    }
    this.bits.fill(0)
    this.nullCount = 0
    return taken
  }
}

const setBit = (bits: Uint8Array, index: number): void => {
  bits[index >> 3] |= 1 << (index & 7)
}

const setBits = (bits: Uint8Array, from: number, count: number): void => {
  const to = from + count
  for (let i = from; i < to;) {
    if ((i & 7) === 0 && i + 8 <= to) {
      bits.fill(0xff, i >> 3, to >> 3)
      i = to & ~7
    } else setBit(bits, i++)
  }
}

type Numbers = Int32Array | BigInt64Array | Float64Array

const noText = () => 0

/** Numbers, times and dates. */
class FixedColumn implements GroupColumn {
  readonly textBytes = 0
  readonly mostText = noText
  readonly type: DataType
  private values: Numbers | undefined
  private at = 0
  private readonly rows: number
  private readonly validity: Validity

  constructor(type: DataType, rows: number) {
    this.type = type
    this.rows = rows
    this.validity = new Validity(rows)
  }

  add(data: Data, from: number, to: number): void {
    const source = data.values as Numbers
    this.values ??= new (source.constructor as new (length: number) => Numbers)(this.rows)
    this.values.set(source.subarray(from, to) as never, this.at)
    this.validity.add(data, from, to, this.at)
    this.at += to - from
  }

  take(rows: number): Data {
    this.at = 0
    const data = this.values?.subarray(0, rows) ?? new BigInt64Array(0)
    return makeData({ type: this.type as never, length: rows, data: data as never, ...this.validity.take(rows) })
  }
}

/** Intervals: Parquet has no type for them that others read, so they are seconds, as in text outputs. */
class SecondsColumn implements GroupColumn {
  readonly textBytes = 0
  readonly mostText = noText
  readonly type = new Float64()
  private readonly values: Float64Array
  private at = 0
  private readonly validity: Validity

  constructor(rows: number) {
    this.values = new Float64Array(rows)
    this.validity = new Validity(rows)
  }

  add(data: Data, from: number, to: number): void {
    this.validity.add(data, from, to, this.at)
    for (let row = from; row < to; row++) this.values[this.at++] = Number(data.values[row]) / 1e6
  }

  take(rows: number): Data {
    this.at = 0
    return makeData({ type: this.type, length: rows, data: this.values.subarray(0, rows), ...this.validity.take(rows) })
  }
}

class BoolColumn implements GroupColumn {
  readonly textBytes = 0
  readonly mostText = noText
  readonly type: DataType
  private readonly bits: Uint8Array
  private at = 0
  private readonly validity: Validity

  constructor(type: DataType, rows: number) {
    this.type = type
    this.bits = new Uint8Array((rows + 7) >> 3)
    this.validity = new Validity(rows)
  }

  add(data: Data, from: number, to: number): void {
    this.validity.add(data, from, to, this.at)
    for (let row = from; row < to; row++, this.at++) {
      const bit = data.offset + row
      if ((data.values[bit >> 3] >> (bit & 7)) & 1) setBit(this.bits, this.at)
    }
  }

  take(rows: number): Data {
    const data = this.bits.slice(0, (rows + 7) >> 3)
    this.bits.fill(0)
    this.at = 0
    return makeData({ type: this.type as never, length: rows, data, ...this.validity.take(rows) })
  }
}

/** Texts behind each other. */
class Texts {
  bytes = new Uint8Array(1024)
  offsets = new Int32Array(1024)
  count = 0

  get length(): number {
    return this.offsets[this.count]
  }

  add(source: Uint8Array, from: number, to: number): void {
    let at = this.length
    const end = at + to - from
    if (end > this.bytes.length) this.bytes = grown(this.bytes, end)
    if (this.count + 1 >= this.offsets.length) this.offsets = grown(this.offsets, this.count + 2)
    // Most texts are short, and a call takes longer than copying those.
    if (to - from < 64) for (let i = from; i < to; i++) this.bytes[at++] = source[i]
    else this.bytes.set(source.subarray(from, to), at)
    this.offsets[++this.count] = end
  }

  addAll(source: Uint8Array, offsets: Int32Array, from: number, to: number): void {
    const { count, length } = this
    const end = length + offsets[to] - offsets[from]
    if (end > this.bytes.length) this.bytes = grown(this.bytes, end)
    if (count + to - from >= this.offsets.length) this.offsets = grown(this.offsets, count + to - from + 1)
    this.bytes.set(source.subarray(offsets[from], offsets[to]), length)
    const shift = length - offsets[from]
    for (let i = from + 1; i <= to; i++) this.offsets[count + i - from] = offsets[i] + shift
    this.count += to - from
  }

  take(): Data<Utf8> {
    const { count, length } = this
    this.count = 0
    return makeData({
      type: new Utf8(),
      length: count,
      nullCount: 0,
      valueOffsets: this.offsets.subarray(0, count + 1),
      data: this.bytes.subarray(0, length)
    })
  }
}

const grown = <A extends Uint8Array | Int32Array>(array: A, length: number): A => {
  const larger = new (array.constructor as new (length: number) => A)(Math.max(length, array.length * 2))
  larger.set(array)
  return larger
}

const nothing = new Uint8Array(0)

/**
 * Texts as numbers of values. The values of a batch that has a dictionary are taken over with it, unless they are more than its
 * rows; so a value may have several numbers, and there may be values that no row has.
 */
class TextColumn implements GroupColumn {
  readonly type = new Dictionary(new Utf8(), new Int32())
  /** Of the rows, however often a value comes: where a group ends must not depend on what it came in. */
  textBytes = 0
  private readonly texts = new Texts()
  /** Grown as rows come: there may be thousands of files with few rows. */
  private codes = new Int32Array(1024)
  private at = 0
  private readonly validity: Validity

  constructor(rows: number) {
    this.validity = new Validity(rows)
  }

  mostText(data: Data, from: number, to: number): number {
    if (!DataType.isDictionary(data.type)) return data.valueOffsets[to] - data.valueOffsets[from]
    const { length, valueOffsets } = dictionaryOf(data)
    let longest = 0
    for (let i = 1; i <= length; i++) longest = Math.max(longest, valueOffsets[i] - valueOffsets[i - 1])
    return longest * (to - from)
  }

  add(data: Data, from: number, to: number): void {
    this.validity.add(data, from, to, this.at)
    const valid = validRows(data, from, to)
    const isCoded = DataType.isDictionary(data.type)
    const { length, valueOffsets, values } = isCoded ? dictionaryOf(data) : data
    const { texts } = this
    const first = texts.count
    if (this.at + to - from > this.codes.length) this.codes = grown(this.codes, this.at + to - from)
    if (isCoded && length <= to - from) {
      texts.addAll(values, valueOffsets, 0, length)
      this.addRows(data.values as Int32Array, valid, from, to, first, valueOffsets)
    } else if (!isCoded && valid === undefined) {
      texts.addAll(values, valueOffsets, from, to)
      for (let i = first; i < texts.count; i++) this.codes[this.at++] = i
      this.textBytes += valueOffsets[to] - valueOffsets[from]
    } else {
      for (let row = from; row < to; row++) {
        const at = isCoded ? (data.values[row] as number) : row
        const isNull = valid?.[row - from] === 0
        this.codes[this.at++] = isNull ? 0 : texts.count
        if (isNull) continue
        texts.add(values, valueOffsets[at], valueOffsets[at + 1])
        this.textBytes += valueOffsets[at + 1] - valueOffsets[at]
      }
    }
  }

  /** Rows whose values are there, from number `first` on. */
  private addRows(
    codes: Int32Array,
    valid: Uint8Array | undefined,
    from: number,
    to: number,
    first: number,
    offsets: Int32Array
  ): void {
    const { codes: own } = this
    let at = this.at
    let bytes = 0
    for (let row = from; row < to; row++) {
      const isNull = valid !== undefined && valid[row - from] === 0
      const code = codes[row]
      own[at++] = isNull ? 0 : first + code
      if (!isNull) bytes += offsets[code + 1] - offsets[code]
    }
    this.at = at
    this.textBytes += bytes
  }

  take(rows: number): Data {
    this.at = 0
    this.textBytes = 0
    // What is null has a number, too.
    if (this.texts.count === 0) this.texts.add(nothing, 0, 0)
    const dictionary = new Vector([this.texts.take()])
    return makeData({
      type: this.type,
      length: rows,
      data: this.codes.subarray(0, rows),
      dictionary,
      ...this.validity.take(rows)
    })
  }
}

const dictionaryOf = (data: Data): Pick<Data<Utf8>, "length" | "valueOffsets" | "values"> => {
  const [values] = (data.dictionary as Vector<Utf8>).data
  return values ?? { length: 0, valueOffsets: new Int32Array(1), values: nothing }
}

/** Lists of texts. */
class TextListColumn implements GroupColumn {
  readonly type = new List(new Field("element", new Utf8(), true))
  private readonly texts = new Texts()
  private readonly ends: Int32Array
  private at = 0
  private readonly validity: Validity

  constructor(rows: number) {
    this.ends = new Int32Array(rows + 1)
    this.validity = new Validity(rows)
  }

  get textBytes(): number {
    return this.texts.length + this.texts.count * Int32Array.BYTES_PER_ELEMENT
  }

  mostText(data: Data, from: number, to: number): number {
    const [{ valueOffsets }] = data.children as [Data<Utf8>]
    const [first, last] = [data.valueOffsets[from], data.valueOffsets[to]]
    return valueOffsets[last] - valueOffsets[first] + (last - first) * Int32Array.BYTES_PER_ELEMENT
  }

  add(data: Data, from: number, to: number): void {
    this.validity.add(data, from, to, this.at)
    const [{ valueOffsets, values }] = data.children as [Data<Utf8>]
    for (let row = from; row < to; row++) {
      for (let i = data.valueOffsets[row]; i < data.valueOffsets[row + 1]; i++) {
        this.texts.add(values, valueOffsets[i], valueOffsets[i + 1])
      }
      this.ends[++this.at] = this.texts.count
    }
  }

  take(rows: number): Data {
    this.at = 0
    return makeData({
      type: this.type,
      length: rows,
      valueOffsets: this.ends.subarray(0, rows + 1),
      child: this.texts.take(),
      ...this.validity.take(rows)
    })
  }
}
