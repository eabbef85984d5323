import { Bool, type Data, DateDay, Float64, List, makeData } from "apache-arrow"
import { boolColumn, doubleColumn, isText, lanes, nullsOf } from "../../arrow/Columns.ts"
import { fixedColumn, TextCodes, wideColumn } from "../ValueCodes.ts"
import { listColumn } from "./listColumn.ts"
import { reserved } from "./reserved.ts"

/** One value a group, of any type that can be ordered. */
export interface Slots {
  reserve(groups: number): void
  /** The rows that are meant from now on. */
  load(data: Data, groupOf: Int32Array): void
  /** Puts the value of a row, which is not null, into a group. */
  set(group: number, row: number): void
  /** Negative, zero or positive as the value of a row is before, equal to or after a group's. */
  compare(row: number, group: number): number
  /** The values of another one become rows. */
  loadSlots(other: this): void
  /** The values; null where `isValid` is not 1. */
  column(groups: number, isValid: Uint8Array): Data
}

export const makeSlots = (type: Data["type"]): Slots => {
  if (isText(type)) return new TextSlots()
  if (type instanceof List) return new ListSlots()
  return type instanceof Float64 || type instanceof DateDay || type instanceof Bool
    ? new NumberSlots(type)
    : new WideSlots(type)
}

const validCodes = (groups: number, isValid: Uint8Array): Int32Array => {
  const codes = new Int32Array(groups)
  for (let group = 0; group < groups; group++) codes[group] = isValid[group] === 1 ? group : -1
  return codes
}

class TextSlots implements Slots {
  private readonly texts = new TextCodes()
  private slots: Int32Array = new Int32Array(0)
  private rows: Int32Array = new Int32Array(0)

  reserve(groups: number): void {
    this.slots = reserved(this.slots, groups)
  }

  load(data: Data, groupOf: Int32Array): void {
    this.rows = this.texts.codes(data, groupOf)
  }

  set(group: number, row: number): void {
    this.slots[group] = this.rows[row]
  }

  compare(row: number, group: number): number {
    return this.texts.compare(this.rows[row], this.slots[group])
  }

  loadSlots(other: this): void {
    const meaning = this.texts.merge(other.texts)
    this.rows = other.slots.map((code) => meaning[code] ?? -1)
  }

  column(groups: number, isValid: Uint8Array): Data {
    return this.texts.column(validCodes(groups, isValid).map((group) => (group < 0 ? -1 : this.slots[group])))
  }
}

/** Lists of texts. They have no order. */
class ListSlots implements Slots {
  private readonly texts = new TextCodes()
  private slots: Array<Int32Array> = []
  private rows: (row: number) => Int32Array = () => noTexts

  reserve(): void {}

  load(data: Data): void {
    const { valueOffsets } = data
    const codes = this.texts.codes(data.children[0])
    this.rows = (row) => codes.subarray(valueOffsets[row], valueOffsets[row + 1])
  }

  set(group: number, row: number): void {
    this.slots[group] = this.rows(row)
  }

  compare(): number {
    return 0
  }

  loadSlots({ slots, texts }: this): void {
    const meaning = this.texts.merge(texts)
    this.rows = (row) => slots[row].map((code) => meaning[code])
  }

  column(groups: number, isValid: Uint8Array): Data {
    const lists = Array.from({ length: groups }, (_, group) => this.slots[group] ?? noTexts)
    const offsets = new Int32Array(groups + 1)
    for (const [i, list] of lists.entries()) offsets[i + 1] = offsets[i] + list.length
    const codes = new Int32Array(offsets[groups])
    for (const [i, list] of lists.entries()) codes.set(list, offsets[i])
    return listColumn(offsets, codes, this.texts.values, nullsOf(validCodes(groups, isValid)))
  }
}

const noTexts = new Int32Array(0)

/** Values of 64 bits, as words. */
class WideSlots implements Slots {
  private readonly type: Data["type"]
  private slots: Int32Array = new Int32Array(0)
  private rows: Int32Array = new Int32Array(0)

  constructor(type: Data["type"]) {
    this.type = type
  }

  reserve(groups: number): void {
    this.slots = reserved(this.slots, groups * 2)
  }

  load(data: Data): void {
    this.rows = lanes(data.values as BigInt64Array)
  }

  set(group: number, row: number): void {
    this.slots[2 * group] = this.rows[2 * row]
    this.slots[2 * group + 1] = this.rows[2 * row + 1]
  }

  compare(row: number, group: number): number {
    const { rows, slots } = this
    return rows[2 * row + 1] - slots[2 * group + 1] || (rows[2 * row] >>> 0) - (slots[2 * group] >>> 0)
  }

  loadSlots(other: this): void {
    this.rows = other.slots
  }

  column(groups: number, isValid: Uint8Array): Data {
    return wideColumn(this.type, this.slots.slice(0, groups * 2), nullsOf(validCodes(groups, isValid)))
  }
}

/** Doubles, dates and bools, which are 0 and 1. */
class NumberSlots implements Slots {
  private readonly type: Data["type"]
  private slots = new Float64Array(0)
  private rows: ArrayLike<number> = []

  constructor(type: Data["type"]) {
    this.type = type
  }

  reserve(groups: number): void {
    this.slots = reserved(this.slots, groups)
  }

  load(data: Data): void {
    this.rows = data.type instanceof Bool ? boolValues(data) : (data.values as Float64Array | Int32Array)
  }

  set(group: number, row: number): void {
    this.slots[group] = this.rows[row]
  }

  compare(row: number, group: number): number {
    return this.rows[row] - this.slots[group]
  }

  loadSlots(other: this): void {
    this.rows = other.slots
  }

  column(groups: number, isValid: Uint8Array): Data {
    const { slots, type } = this
    const valid = (group: number) => isValid[group] === 1
    if (type instanceof Float64) return doubleColumn(slots.slice(0, groups), valid)
    const nulls = nullsOf(validCodes(groups, isValid))
    if (type instanceof DateDay) return fixedColumn(type, Int32Array.from(slots.subarray(0, groups)), nulls)
    const { values } = boolColumn(groups, (group) => slots[group] === 1)
    return makeData({ type: type as Bool, length: groups, ...nulls, data: values })
  }
}

/** 1 for true, 0 for false; a null may be either. */
export const boolValues = (data: Data): Uint8Array => {
  const { length, offset } = data
  const bits = data.values as Uint8Array
  const values = new Uint8Array(length)
  for (let i = 0; i < length; i++) values[i] = (bits[(offset + i) >> 3] >> ((offset + i) & 7)) & 1
  return values
}
