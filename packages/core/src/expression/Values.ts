import type { Data } from "apache-arrow"
import { lanes } from "../arrow/Columns.ts"
import type { Texts } from "./Texts.ts"

/**
 * A column while it is computed. It has one value a row, or one value that stands for every row: row `i` is at place
 * `i & mask`.
 */
interface Column {
  /** 0 where one value stands for every row, else -1. */
  readonly mask: 0 | -1
  /** 1 at the places that have a value; undefined where all have one. */
  readonly valid: Uint8Array | undefined
  /** The number of the cause at the places that failed, else 0; undefined where none did. */
  readonly failed: Int32Array | undefined
}

/** Of text and json. A null has the code -1; `valid` is not used. */
export interface TextValues extends Column {
  readonly kind: "text"
  readonly codes: Int32Array
  readonly texts: Texts
}

/** Of int64, timestamp (microseconds) and interval (microseconds), as pairs of 32-bit halves, low half first. */
export interface LongValues extends Column {
  readonly kind: "long"
  readonly longs: Int32Array
}

/** Finite numbers. */
export interface DoubleValues extends Column {
  readonly kind: "double"
  readonly doubles: Float64Array
}

/** Days since 1970. */
export interface DateValues extends Column {
  readonly kind: "date"
  readonly days: Int32Array
}

/** 1 is true, 0 is false. */
export interface BoolValues extends Column {
  readonly kind: "bool"
  readonly truths: Uint8Array
}

/** Lists are passed on as they are. */
export interface ListValues extends Column {
  readonly kind: "list"
  readonly data: Data
}

export type Values = TextValues | LongValues | DoubleValues | DateValues | BoolValues | ListValues

export type ValuesOf<K extends Values["kind"]> = Extract<Values, { readonly kind: K }>

/** The kind of {@link Values} that has the values of each type. */
export const kindOf = {
  text: "text",
  json: "text",
  int64: "long",
  timestamp: "long",
  interval: "long",
  double: "double",
  date: "date",
  bool: "bool",
  list: "list"
} as const

/** How many values there are. */
export const placesOf = (rows: number, mask: number): number => (mask === 0 ? 1 : rows)

/** The mask of what is computed from some columns, row by row. */
export const maskOf = (inputs: ReadonlyArray<Values>): 0 | -1 => (inputs.every(({ mask }) => mask === 0) ? 0 : -1)

/** Validity of any kind of values: 1 at the places that have a value; undefined where all have one. */
export const validityOf = (values: Values): Uint8Array | undefined => {
  if (values.kind !== "text") return values.valid
  const { codes } = values
  let first = 0
  while (first < codes.length && codes[first] >= 0) first++
  if (first === codes.length) return undefined
  const valid = new Uint8Array(codes.length)
  for (let i = 0; i < codes.length; i++) valid[i] = codes[i] < 0 ? 0 : 1
  return valid
}

/** Where all of some columns have a value. */
export const allValid = (inputs: ReadonlyArray<Values>, places: number): Uint8Array | undefined => {
  let valid: Uint8Array | undefined
  for (const input of inputs) {
    const own = validityOf(input)
    if (own === undefined) continue
    valid ??= new Uint8Array(places).fill(1)
    for (let i = 0; i < places; i++) valid[i] &= own[i & input.mask]
  }
  return valid
}

/** Where any of some columns failed: the first cause counts. */
export const anyFailed = (inputs: ReadonlyArray<Values>, places: number): Int32Array | undefined => {
  let failed: Int32Array | undefined
  for (const { failed: own, mask } of inputs) {
    if (own === undefined) continue
    failed ??= new Int32Array(places)
    for (let i = 0; i < places; i++) if (failed[i] === 0) failed[i] = own[i & mask]
  }
  return failed
}

/** The values at the given places of values that are no constant. */
export const gather = (values: Values, places: Int32Array): Values => {
  if (values.mask === 0) return values
  const { length } = places
  const mask = -1
  const valid = values.valid === undefined ? undefined : new Uint8Array(length)
  const failed = values.failed === undefined ? undefined : new Int32Array(length)
  if (valid !== undefined) copy(values.valid as Uint8Array, places, valid)
  if (failed !== undefined) copy(values.failed as Int32Array, places, failed)
  switch (values.kind) {
    case "text":
      return { ...values, mask, valid, failed, codes: copy(values.codes, places, new Int32Array(length)) }
    case "bool":
      return { ...values, mask, valid, failed, truths: copy(values.truths, places, new Uint8Array(length)) }
    case "date":
      return { ...values, mask, valid, failed, days: copy(values.days, places, new Int32Array(length)) }
    case "double": {
      const { doubles } = values
      const out = new Float64Array(length)
      for (let i = 0; i < length; i++) out[i] = doubles[places[i]]
      return { ...values, mask, valid, failed, doubles: out }
    }
    case "long": {
      const { longs } = values
      const out = makeLongs(length)
      for (let i = 0; i < length; i++) {
        const from = 2 * places[i]
        out[2 * i] = longs[from]
        out[2 * i + 1] = longs[from + 1]
      }
      return { ...values, mask, valid, failed, longs: out }
    }
    case "list":
      throw new Error("lists are passed on as they are")
  }
}

const copy = <A extends Int32Array | Uint8Array>(from: A, places: Int32Array, out: A): A => {
  for (let i = 0; i < out.length; i++) out[i] = from[places[i]]
  return out
}

/** Memory for int64 values that can be seen as a BigInt64Array. */
export const makeLongs = (length: number): Int32Array => lanes(new BigInt64Array(length))

/** Zeroed columns, to be filled. */
export const bools = (truths: Uint8Array, mask: 0 | -1, valid?: Uint8Array): BoolValues => ({
  kind: "bool",
  truths,
  mask,
  valid,
  failed: undefined
})
export const doublesOf = (doubles: Float64Array, mask: 0 | -1, valid?: Uint8Array): DoubleValues => ({
  kind: "double",
  doubles,
  mask,
  valid,
  failed: undefined
})
export const longsOf = (longs: Int32Array, mask: 0 | -1, valid?: Uint8Array, failed?: Int32Array): LongValues => ({
  kind: "long",
  longs,
  mask,
  valid,
  failed
})
export const datesOf = (days: Int32Array, mask: 0 | -1, valid?: Uint8Array, failed?: Int32Array): DateValues => ({
  kind: "date",
  days,
  mask,
  valid,
  failed
})
export const textsOf = (codes: Int32Array, texts: Texts, mask: 0 | -1, failed?: Int32Array): TextValues => ({
  kind: "text",
  codes,
  texts,
  mask,
  valid: undefined,
  failed
})
