import { secondsPerDay } from "../../time/Calendar.ts"
import { maxSeconds, minSeconds } from "../../time/Instant.ts"
import { int64At, secondsAt } from "../../time/Int64.ts"
import { allValid, datesOf, longsOf, makeLongs, maskOf, placesOf, type Values } from "../Values.ts"
import { as, type CallContext, type Kernel, type MakeKernel, toDouble } from "./Kernel.ts"
import { addLongs, multiplyLongs, remainderLongs, storeWhole, subtractLongs } from "./Long.ts"
import { rounded } from "./rounded.ts"

const microsPerDay = 86_400_000_000
const minDay = minSeconds / secondsPerDay
const maxDay = (maxSeconds + 1) / secondsPerDay - 1

/** Stores at `place` a result from places `x` and `y` of the inputs; false if there is none that fits. */
type Store = (out: Int32Array, place: number, a: Int32Array, x: number, b: Int32Array, y: number) => boolean

/** int64 of two columns of int64. A place where `store` says false fails; one where `skips` says so is null. */
const longs =
  (store: Store, cause: number, skips?: (b: Int32Array, y: number) => boolean): Kernel =>
  (inputs, rows) => {
    const a = as(inputs[0], "long")
    const b = as(inputs[1], "long")
    const mask = maskOf(inputs)
    const places = placesOf(rows, mask)
    const out = makeLongs(places)
    let valid = allValid(inputs, places)
    let failed: Int32Array | undefined
    for (let i = 0; i < places; i++) {
      if (valid !== undefined && valid[i] === 0) continue
      const y = i & b.mask
      if (skips !== undefined && skips(b.longs, y)) {
        valid ??= new Uint8Array(places).fill(1)
        valid[i] = 0
      } else if (!store(out, i, a.longs, i & a.mask, b.longs, y)) {
        failed ??= new Int32Array(places)
        failed[i] = cause
      }
    }
    return longsOf(out, mask, withoutFailed(valid, failed), failed)
  }

/** Places that failed have no value. */
export const withoutFailed = (
  valid: Uint8Array | undefined,
  failed: Int32Array | undefined
): Uint8Array | undefined => {
  if (failed === undefined) return valid
  const both = valid ?? new Uint8Array(failed.length).fill(1)
  for (let i = 0; i < failed.length; i++) if (failed[i] !== 0) both[i] = 0
  return both
}

const isZero = (b: Int32Array, y: number): boolean => b[2 * y] === 0 && b[2 * y + 1] === 0

/** Whether a stored instant is one of the years 0001 to 9999. */
const isInstant = (out: Int32Array, place: number): boolean => {
  const seconds = secondsAt(out, place)
  return seconds >= minSeconds && seconds <= maxSeconds
}

const addToInstant: Store = (out, place, a, x, b, y) => addLongs(out, place, a, x, b, y) && isInstant(out, place)
const subtractFromInstant: Store = (out, place, a, x, b, y) =>
  subtractLongs(out, place, a, x, b, y) && isInstant(out, place)

/** Doubles of two columns; what is no finite number is null. */
const doubles = (operator: (a: number, b: number) => number): Kernel =>
  toDouble(([left, right]) => {
    const a = as(left, "double")
    const b = as(right, "double")
    return (row) => operator(a.doubles[row & a.mask], b.doubles[row & b.mask])
  })

/** An interval times or divided by a double, to the nearest microsecond. */
const scaled = (operator: (a: number, b: number) => number, cause: number): Kernel => {
  return (inputs, rows) => {
    const a = as(inputs[0], "long")
    const b = as(inputs[1], "double")
    const mask = maskOf(inputs)
    const places = placesOf(rows, mask)
    const out = makeLongs(places)
    let valid = allValid(inputs, places)
    let failed: Int32Array | undefined
    for (let i = 0; i < places; i++) {
      if (valid !== undefined && valid[i] === 0) continue
      const micros = rounded(operator(int64At(a.longs, i & a.mask), b.doubles[i & b.mask]))
      if (operator === quotient && b.doubles[i & b.mask] === 0) {
        valid ??= new Uint8Array(places).fill(1)
        valid[i] = 0
      } else if (!storeWhole(out, i, micros)) {
        failed ??= new Int32Array(places)
        failed[i] = cause
      }
    }
    return longsOf(out, mask, withoutFailed(valid, failed), failed)
  }
}

const product = (a: number, b: number): number => a * b
const quotient = (a: number, b: number): number => a / b

const ratio: Kernel = toDouble(([left, right]) => {
  const a = as(left, "long")
  const b = as(right, "long")
  return (row) => int64At(a.longs, row & a.mask) / int64At(b.longs, row & b.mask)
})

/** A date some whole days later (`sign` 1) or earlier (-1). */
const shiftedDate =
  (sign: number, cause: number): Kernel =>
  (inputs, rows) => {
    const a = as(inputs[0], "date")
    const b = as(inputs[1], "long")
    const mask = maskOf(inputs)
    const places = placesOf(rows, mask)
    const days = new Int32Array(places)
    const valid = allValid(inputs, places)
    let failed: Int32Array | undefined
    for (let i = 0; i < places; i++) {
      if (valid !== undefined && valid[i] === 0) continue
      const shift = int64At(b.longs, i & b.mask) / microsPerDay
      const day = a.days[i & a.mask] + sign * shift
      if (Number.isInteger(shift) && day >= minDay && day <= maxDay) days[i] = day
      else {
        failed ??= new Int32Array(places)
        failed[i] = cause
      }
    }
    return datesOf(days, mask, withoutFailed(valid, failed), failed)
  }

const dayDifference: Kernel = (inputs, rows) => {
  const a = as(inputs[0], "date")
  const b = as(inputs[1], "date")
  const mask = maskOf(inputs)
  const places = placesOf(rows, mask)
  const out = makeLongs(places)
  for (let i = 0; i < places; i++) storeWhole(out, i, a.days[i & a.mask] - b.days[i & b.mask])
  return longsOf(out, mask, allValid(inputs, places))
}

const overflow = "integer overflow"
const outOfRange = "time out of range"
const notDays = "not a date a whole number of days away"

const sums =
  (sign: 1 | -1): MakeKernel =>
  ({ cause, types: [left, right] }) => {
    if (left === "double") return doubles(sign === 1 ? (a, b) => a + b : (a, b) => a - b)
    if (left === "date") return right === "date" ? dayDifference : shiftedDate(sign, cause(notDays))
    if (left === "timestamp" && right === "interval") {
      return longs(sign === 1 ? addToInstant : subtractFromInstant, cause(outOfRange))
    }
    return longs(sign === 1 ? addLongs : subtractLongs, cause(overflow))
  }

const multiply: MakeKernel = ({ cause, types: [left, right] }) => {
  if (left === "double") return doubles(product)
  return right === "double" ? scaled(product, cause(overflow)) : longs(multiplyLongs, cause(overflow))
}

const divide: MakeKernel = ({ cause, types: [left, right] }) => {
  if (left === "double") return doubles(quotient)
  return right === "double" ? scaled(quotient, cause(overflow)) : ratio
}

const modulo: MakeKernel = ({ cause, types: [left] }) =>
  left === "double" ? doubles((a, b) => a % b) : longs(remainderLongs, cause(overflow), isZero)

const zero: Values = longsOf(makeLongs(1), 0)

const negate: MakeKernel = ({ cause, types: [type] }: CallContext) => {
  if (type === "double")
    return toDouble(([value]) => {
      const { doubles, mask } = as(value, "double")
      return (row) => 0 - doubles[row & mask]
    })
  const subtract = longs(subtractLongs, cause(overflow))
  return ([value], rows) => subtract([zero, value], rows)
}

export const arithmetic: Readonly<Record<string, MakeKernel>> = {
  "+": sums(1),
  "-": sums(-1),
  "*": multiply,
  "/": divide,
  "%": modulo,
  negate
}
