import { maskOf, placesOf, validityOf, type Values } from "../Values.ts"
import { byValue } from "./byValue.ts"
import { choose } from "./Choose.ts"
import { compared, signs } from "./Compare.ts"
import { type Kernel, type MakeKernel, plain } from "./Kernel.ts"
import { isTrue } from "./Logic.ts"

/** Says where values are not null. */
const hasValue = (values: Values): ((row: number) => boolean) => {
  const valid = validityOf(values)
  return valid === undefined ? () => true : (row) => valid[row & values.mask] === 1
}

/** The cause of failure at a row, or 0. */
const causeAt = ({ failed, mask }: Values, row: number): number => (failed === undefined ? 0 : failed[row & mask])

/**
 * Takes the value of the first branch whose condition holds. What stands after it cannot fail, so that a condition may
 * guard a cast.
 */
const firstBranch = (
  conditions: ReadonlyArray<Values>,
  holds: ReadonlyArray<(row: number) => boolean>,
  results: ReadonlyArray<Values>,
  inputs: ReadonlyArray<Values>,
  rows: number
): Values => {
  const mask = maskOf(inputs)
  const places = placesOf(rows, mask)
  const choice = new Int32Array(places)
  const failed = inputs.some((input) => input.failed !== undefined) ? new Int32Array(places) : undefined
  for (let i = 0; i < places; i++) {
    let branch = 0
    while (branch < holds.length && !holds[branch](i) && causeAt(conditions[branch], i) === 0) branch++
    choice[i] = branch
    if (failed === undefined) continue
    const guard = branch < holds.length ? causeAt(conditions[branch], i) : 0
    failed[i] = guard === 0 ? causeAt(results[branch], i) : guard
  }
  return choose(results, choice, mask, failed)
}

/** Conditions and values in turn, then the value otherwise. */
const cases: Kernel = (inputs, rows) => {
  const conditions = inputs.slice(0, -1).filter((_, i) => i % 2 === 0)
  const results = [...inputs.slice(0, -1).filter((_, i) => i % 2 === 1), inputs[inputs.length - 1]]
  return firstBranch(conditions, conditions.map(isTrue), results, inputs, rows)
}

/** The subject, values to compare it with and results in turn, then the result otherwise. */
const casesOf: Kernel = ([subject, ...inputs], rows) => {
  const whens = inputs.slice(0, -1).filter((_, i) => i % 2 === 0)
  const results = [...inputs.slice(0, -1).filter((_, i) => i % 2 === 1), inputs[inputs.length - 1]]
  const conditions = whens.map((when) => withFailures(equality([subject, when], rows), when, rows))
  const made = firstBranch(conditions, conditions.map(isTrue), results, [subject, ...inputs], rows)
  if (subject.failed === undefined) return made
  const failed = made.failed?.slice() ?? new Int32Array(placesOf(rows, made.mask))
  for (let i = 0; i < failed.length; i++) failed[i] = causeAt(subject, i) || failed[i]
  return { ...made, failed }
}

const equality = byValue(([a, b], rows) => compared("=", a, b, rows))

const withFailures = (equal: Values, { failed, mask }: Values, rows: number): Values =>
  failed === undefined
    ? equal
    : { ...equal, failed: Int32Array.from({ length: placesOf(rows, equal.mask) }, (_, i) => failed[i & mask]) }

/** The first value that is not null; the values after it cannot fail. */
const coalesce: Kernel = (inputs, rows) => {
  const holds = inputs.slice(0, -1).map(hasValue)
  return firstBranch(inputs.slice(0, -1), holds, inputs, inputs, rows)
}

/** The first value, null where the second is equal to it. */
const nullif: Kernel = ([a, b], rows) => {
  const equal = compared("=", a, b, rows)
  const holds = isTrue(equal)
  const choice = new Int32Array(placesOf(rows, equal.mask))
  for (let i = 0; i < choice.length; i++) choice[i] = holds(i) ? -1 : 0
  return choose([a], choice, equal.mask, undefined)
}

/** The least (`sign` -1) or greatest (1) value; nulls are skipped. */
const extreme =
  (sign: number): Kernel =>
  (inputs, rows) => {
    const mask = maskOf(inputs)
    const places = placesOf(rows, mask)
    let best: Values = inputs[0]
    for (const other of inputs.slice(1)) {
      const choice = new Int32Array(places)
      const order = signs(other, best, places)
      const has = hasValue(best)
      const otherHas = hasValue(other)
      for (let i = 0; i < places; i++) choice[i] = !has(i) || (otherHas(i) && order[i] === sign) ? 1 : 0
      best = choose([best, other], choice, mask, undefined)
    }
    return best
  }

export const conditionals: Readonly<Record<string, MakeKernel>> = {
  case: plain(cases),
  "case of": plain(casesOf),
  coalesce: plain(coalesce),
  nullif: plain(nullif),
  least: plain(extreme(-1)),
  greatest: plain(extreme(1))
}
