import { Bool, type Data, DateDay, Float64, type Int64, makeData, type Utf8, type Vector } from "apache-arrow"
import {
  boolColumn,
  isText,
  lanes,
  nullsOf,
  recordBatch,
  textColumn,
  textView,
  type TextView,
  validRows
} from "../arrow/Columns.ts"
import { Interner } from "../arrow/Interner.ts"
import { Pairs } from "./Pairs.ts"

/**
 * Gives every distinct value of a column a small number, the same in every batch, whatever dictionaries the batches
 * have; null is -1. So values can be grouped and counted by number, and made into a column again.
 */
export interface ValueCodes {
  /** How many distinct values there are. */
  readonly size: number
  /** By row, the number of the value. Only rows with `wanted[row] >= 0` are looked at; others are -1. */
  codes(data: Data, wanted?: Int32Array): Int32Array
  /** For each value of another numbering of the same type, its number here. */
  merge(other: this): Int32Array
  /** The column of some numbers. */
  column(codes: Int32Array): Data
}

/** The numbering that fits a column's type. */
export const makeValueCodes = (type: Data["type"]): ValueCodes => (isText(type) ? new TextCodes() : new WordCodes(type))

/** A column that stands alone as a text view. */
export const textOfData = (data: Data): TextView => textView(recordBatch([{ name: "", data }], data.length), "")

export class TextCodes implements ValueCodes {
  readonly values = new Interner()
  private dictionary: Vector<Utf8> | undefined
  /** By code of that dictionary, the number here + 1; 0 is not known yet. */
  private known = new Int32Array(0)

  get size(): number {
    return this.values.size
  }

  codes(data: Data, wanted?: Int32Array): Int32Array {
    const { bytes, codes, dictionary, offsets, size } = textOfData(data)
    if (this.dictionary !== dictionary) {
      this.dictionary = dictionary
      this.known = new Int32Array(size)
    }
    const { known, values } = this
    const numbers = new Int32Array(codes.length)
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]
      if (code < 0 || (wanted !== undefined && wanted[i] < 0)) {
        numbers[i] = -1
        continue
      }
      if (known[code] === 0) known[code] = 1 + values.intern(bytes, offsets[code], offsets[code + 1])
      numbers[i] = known[code] - 1
    }
    return numbers
  }

  merge({ values: { bytes, offsets, size } }: this): Int32Array {
    return Int32Array.from({ length: size }, (_, code) => this.values.intern(bytes, offsets[code], offsets[code + 1]))
  }

  column(codes: Int32Array): Data {
    return textColumn(codes, this.values.toVector())
  }

  /** Negative, zero or positive as the text `a` comes before, with or after `b`, by UTF-8 bytes. */
  compare(a: number, b: number): number {
    if (a === b) return 0
    const { bytes, offsets } = this.values
    const start = offsets[a]
    const other = offsets[b]
    const lengths = offsets[a + 1] - start - (offsets[b + 1] - other)
    const shared = lengths < 0 ? offsets[a + 1] - start : offsets[b + 1] - other
    for (let i = 0; i < shared; i++) {
      const difference = bytes[start + i] - bytes[other + i]
      if (difference !== 0) return difference
    }
    return lengths
  }
}

/** Values of one or two words. */
class WordCodes implements ValueCodes {
  private readonly type: Data["type"]
  private readonly pairs = new Pairs()

  constructor(type: Data["type"]) {
    this.type = type
  }

  get size(): number {
    return this.pairs.size
  }

  codes(data: Data, wanted?: Int32Array): Int32Array {
    const { pairs } = this
    const words = valueWords(data)
    const wide = words.length === 2 * data.length
    const valid = validRows(data)
    const numbers = new Int32Array(data.length)
    for (let i = 0; i < numbers.length; i++) {
      if ((wanted !== undefined && wanted[i] < 0) || valid?.[i] === 0) numbers[i] = -1
      else numbers[i] = wide ? pairs.number(words[2 * i], words[2 * i + 1]) : pairs.number(words[i], 0)
    }
    return numbers
  }

  merge({ pairs: { firsts, seconds, size } }: this): Int32Array {
    return Int32Array.from({ length: size }, (_, code) => this.pairs.number(firsts[code], seconds[code]))
  }

  column(codes: Int32Array): Data {
    const { firsts, seconds } = this.pairs
    if (this.type instanceof Bool) {
      const nulls = nullsOf(codes)
      const { values } = boolColumn(codes.length, (i) => codes[i] >= 0 && firsts[codes[i]] === 1)
      return makeData({ type: this.type, length: codes.length, ...nulls, data: values })
    }
    if (this.type instanceof DateDay) {
      return fixedColumn(
        this.type,
        Int32Array.from(codes, (code) => (code < 0 ? 0 : firsts[code])),
        nullsOf(codes)
      )
    }
    const words = new Int32Array(codes.length * 2)
    for (const [i, code] of codes.entries()) {
      if (code < 0) continue
      words[2 * i] = firsts[code]
      words[2 * i + 1] = seconds[code]
    }
    return wideColumn(this.type, words, nullsOf(codes))
  }
}

/** The values as words, so that equal words mean equal values: one a row for bool and date, else two. */
const valueWords = (data: Data): Int32Array => {
  if (data.type instanceof Bool) {
    const bit = (at: number) => (data.values[at >> 3] >> (at & 7)) & 1
    return Int32Array.from({ length: data.length }, (_, row) => bit(data.offset + row))
  }
  if (data.type instanceof DateDay) return data.values as Int32Array
  if (!(data.type instanceof Float64)) return lanes(data.values as BigInt64Array)
  // Of the two zeros one, and of the values that are no number one.
  const values = Float64Array.from(data.values as Float64Array, (value) => (value === 0 ? 0 : value))
  return new Int32Array(values.buffer)
}

type Nulls = ReturnType<typeof nullsOf>

/** A column of one of the types of eight bytes, from its words. */
export const wideColumn = (type: Data["type"], words: Int32Array, nulls: Nulls): Data =>
  fixedColumn(type, type instanceof Float64 ? new Float64Array(words.buffer) : new BigInt64Array(words.buffer), nulls)

export const fixedColumn = (type: Data["type"], data: BigInt64Array | Float64Array | Int32Array, nulls: Nulls): Data =>
  makeData({ type: type as Int64, length: data.length, ...nulls, data: data as BigInt64Array })
