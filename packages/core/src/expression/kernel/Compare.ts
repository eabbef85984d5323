import { int64At } from "../../time/Int64.ts"
import { compareTexts } from "../compareTexts.ts"
import { allValid, type BoolValues, bools, maskOf, placesOf, validityOf, type Values } from "../Values.ts"
import { as, type Kernel, type MakeKernel, plain, textAt } from "./Kernel.ts"
import { bigAt } from "./Long.ts"

/**
 * -1, 0 or 1 for each place, as the first value is less than, equal to or greater than the second; anything where one
 * of them is null.
 */
export const signs = (a: Values, b: Values, places: number): Int8Array => {
  const out = new Int8Array(places)
  const { mask } = a
  const otherMask = b.mask
  switch (a.kind) {
    case "text":
      return textSigns(a, b, out)
    case "long": {
      const { longs } = a
      const other = as(b, "long").longs
      for (let i = 0; i < places; i++) {
        const x = 2 * (i & mask)
        const y = 2 * (i & otherMask)
        const high = longs[x + 1] - other[y + 1]
        const difference = high === 0 ? (longs[x] >>> 0) - (other[y] >>> 0) : high
        out[i] = difference < 0 ? -1 : difference > 0 ? 1 : 0
      }
      return out
    }
    case "double": {
      const { doubles } = a
      const other = as(b, "double").doubles
      for (let i = 0; i < places; i++) {
        const x = doubles[i & mask]
        const y = other[i & otherMask]
        out[i] = x < y ? -1 : x > y ? 1 : 0
      }
      return out
    }
    case "date": {
      const { days } = a
      const other = as(b, "date").days
      for (let i = 0; i < places; i++) {
        const difference = days[i & mask] - other[i & otherMask]
        out[i] = difference < 0 ? -1 : difference > 0 ? 1 : 0
      }
      return out
    }
    case "bool": {
      const { truths } = a
      const other = as(b, "bool").truths
      for (let i = 0; i < places; i++) out[i] = truths[i & mask] - other[i & otherMask]
      return out
    }
    case "list":
      throw new Error("lists have no order")
  }
}

const textSigns = (a: Values & { readonly kind: "text" }, b: Values, out: Int8Array): Int8Array => {
  const { codes, mask } = a
  const other = as(b, "text")
  const text = textAt(a)
  const otherText = textAt(b)
  for (let i = 0; i < out.length; i++) {
    if (codes[i & mask] < 0 || other.codes[i & other.mask] < 0) continue
    const difference = compareTexts(text(i), otherText(i))
    out[i] = difference < 0 ? -1 : difference > 0 ? 1 : 0
  }
  return out
}

/** Truth by sign: less, equal, greater. */
const truthOf: ReadonlyMap<string, readonly [number, number, number]> = new Map([
  ["=", [0, 1, 0]],
  ["<>", [1, 0, 1]],
  ["<", [1, 0, 0]],
  ["<=", [1, 1, 0]],
  [">", [0, 0, 1]],
  [">=", [0, 1, 1]]
] as const)

/** A comparison as bool; null where one of the values is. */
export const compared = (operator: string, a: Values, b: Values, rows: number): BoolValues => {
  const mask = maskOf([a, b])
  const places = placesOf(rows, mask)
  const table = truthOf.get(operator) as readonly [number, number, number]
  const sign = signs(a, b, places)
  const truths = new Uint8Array(places)
  for (let i = 0; i < places; i++) truths[i] = table[sign[i] + 1]
  return bools(truths, mask, allValid([a, b], places))
}

const comparison: MakeKernel =
  ({ tree }) =>
  ([a, b], rows) =>
    compared(tree.function, a, b, rows)

/** Nulls are equal to one another and to nothing else. Never null. */
const distinction =
  (whenDistinct: number): Kernel =>
  ([a, b], rows) => {
    const mask = maskOf([a, b])
    const places = placesOf(rows, mask)
    const sign = signs(a, b, places)
    const aValid = validityOf(a)
    const bValid = validityOf(b)
    const truths = new Uint8Array(places)
    for (let i = 0; i < places; i++) {
      const hasA = aValid === undefined ? 1 : aValid[i & a.mask]
      const hasB = bValid === undefined ? 1 : bValid[i & b.mask]
      const distinct = hasA !== hasB || (hasA === 1 && sign[i] !== 0)
      truths[i] = distinct ? whenDistinct : 1 - whenDistinct
    }
    return bools(truths, mask)
  }

/** What equal values of one kind share, and different ones do not. */
const keyAt = (values: Values): ((place: number) => string | number) => {
  switch (values.kind) {
    case "text":
      return (place) => values.texts.text(values.codes[place])
    case "double":
      return (place) => values.doubles[place]
    case "date":
      return (place) => values.days[place]
    case "bool":
      return (place) => values.truths[place]
    case "long":
      return (place) => {
        const value = int64At(values.longs, place)
        return Number.isSafeInteger(value) ? value : String(bigAt(values.longs, place))
      }
    case "list":
      throw new Error("lists are not equal to anything")
  }
}

/** True where the value is in the list; otherwise null if it or anything in the list is null. */
const isIn: Kernel = (inputs, rows) => {
  const [value, ...list] = inputs
  const mask = maskOf(inputs)
  const places = placesOf(rows, mask)
  const truths = new Uint8Array(places)
  const valid = new Uint8Array(places).fill(1)
  const constants = list.filter((item) => item.mask === 0)
  const known = new Set(constants.filter(hasValue).map((item) => keyAt(item)(0)))
  const open = !constants.every(hasValue)
  const valueValid = validityOf(value)
  const key = keyAt(value)
  for (let i = 0; i < places; i++) {
    const place = i & value.mask
    if (valueValid !== undefined && valueValid[place] === 0) valid[i] = 0
    else if (known.has(key(place))) truths[i] = 1
    else if (open) valid[i] = 0
  }
  for (const item of list) {
    if (item.mask === 0) continue
    const equal = compared("=", value, item, rows)
    for (let i = 0; i < places; i++) {
      if (equal.valid !== undefined && equal.valid[i] === 0) valid[i] = 0
      else if (equal.truths[i] === 1) truths[i] = 1
    }
  }
  for (let i = 0; i < places; i++) if (truths[i] === 1) valid[i] = 1
  return bools(truths, mask, valid)
}

/** Whether a constant is not null. */
const hasValue = (constant: Values): boolean => validityOf(constant) === undefined

/** `x >= low and x <= high`, nulls and all. */
const between: Kernel = ([value, low, high], rows) => {
  const above = compared(">=", value, low, rows)
  const below = compared("<=", value, high, rows)
  const mask = maskOf([value, low, high])
  const places = placesOf(rows, mask)
  const truths = new Uint8Array(places)
  const valid = new Uint8Array(places).fill(1)
  for (let i = 0; i < places; i++) {
    const a = above.valid?.[i & above.mask] === 0 ? 2 : above.truths[i & above.mask]
    const b = below.valid?.[i & below.mask] === 0 ? 2 : below.truths[i & below.mask]
    if (a === 0 || b === 0) continue
    if (a === 2 || b === 2) valid[i] = 0
    else truths[i] = 1
  }
  return bools(truths, mask, valid)
}

export const comparisons: Readonly<Record<string, MakeKernel>> = {
  ...Object.fromEntries([...truthOf.keys()].map((operator) => [operator, comparison])),
  "is distinct from": plain(distinction(1)),
  "is not distinct from": plain(distinction(0)),
  in: plain(isIn),
  between: plain(between)
}
