import { bools, maskOf, placesOf, validityOf, type Values } from "../Values.ts"
import { as, type Kernel, type MakeKernel, plain } from "./Kernel.ts"

/**
 * `and` (deciding value 0) and `or` (deciding value 1). The right side cannot fail where the left one decides, so that
 * a test may guard a cast.
 */
const connective =
  (decides: 0 | 1): Kernel =>
  (inputs, rows) => {
    const left = as(inputs[0], "bool")
    const right = as(inputs[1], "bool")
    const mask = maskOf(inputs)
    const places = placesOf(rows, mask)
    const truths = new Uint8Array(places)
    const valid = left.valid === undefined && right.valid === undefined ? undefined : new Uint8Array(places).fill(1)
    const failed = left.failed === undefined && right.failed === undefined ? undefined : new Int32Array(places)
    for (let i = 0; i < places; i++) {
      const l = i & left.mask
      const r = i & right.mask
      const leftNull = left.valid !== undefined && left.valid[l] === 0
      const rightNull = right.valid !== undefined && right.valid[r] === 0
      if (failed !== undefined) {
        failed[i] = left.failed?.[l] ?? 0
        if (failed[i] === 0 && (leftNull || left.truths[l] !== decides)) failed[i] = right.failed?.[r] ?? 0
      }
      if ((!leftNull && left.truths[l] === decides) || (!rightNull && right.truths[r] === decides)) truths[i] = decides
      else if (leftNull || rightNull) (valid as Uint8Array)[i] = 0
      else truths[i] = 1 - decides
    }
    return { ...bools(truths, mask, valid), failed }
  }

const not: Kernel = ([operand]) => {
  const { mask, truths, valid } = as(operand, "bool")
  return bools(
    truths.map((truth) => 1 - truth),
    mask,
    valid
  )
}

const nullTest =
  (whenNull: number): Kernel =>
  ([operand], rows) => {
    const { mask } = operand
    const places = placesOf(rows, mask)
    const truths = new Uint8Array(places).fill(1 - whenNull)
    const valid = validityOf(operand)
    if (valid !== undefined) for (let i = 0; i < places; i++) if (valid[i] === 0) truths[i] = whenNull
    return bools(truths, mask)
  }

/** Whether each place is true: neither false nor null. */
export const isTrue = (values: Values): ((row: number) => boolean) => {
  const { mask, truths, valid } = as(values, "bool")
  return (row) => truths[row & mask] === 1 && (valid === undefined || valid[row & mask] === 1)
}

export const logic: Readonly<Record<string, MakeKernel>> = {
  and: plain(connective(0)),
  or: plain(connective(1)),
  not: plain(not),
  "is null": plain(nullTest(1)),
  "is not null": plain(nullTest(0))
}
