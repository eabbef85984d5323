import { int64At } from "../../time/Int64.ts"
import { longsOf, makeLongs, placesOf } from "../Values.ts"
import { withoutFailed } from "./Arithmetic.ts"
import { as, type CallContext, type Kernel, longAt, type MakeKernel, plain, toDouble, toLong } from "./Kernel.ts"
import { subtractLongs } from "./Long.ts"
import { rounded } from "./rounded.ts"

/** Of doubles; what is no finite number is null. */
const ofDouble = (f: (x: number) => number): Kernel =>
  toDouble(([value]) => {
    const { doubles, mask } = as(value, "double")
    return (row) => f(doubles[row & mask])
  })

/** Of a double or, where it changes nothing, of an integer. */
const ofNumber =
  (f: (x: number) => number): MakeKernel =>
  ({ types: [type] }) =>
    type === "int64" ? ([value]) => value : ofDouble(f)

const round: MakeKernel = (context) => {
  const decimals = context.types.length > 1 ? Number(context.literal(1)) : 0
  const power = 10 ** decimals
  return ofNumber((x) => {
    const scaled = x * power
    return Number.isFinite(scaled) ? rounded(scaled) / power : x
  })(context)
}

const zero = makeLongs(1)

const abs: MakeKernel = ({ cause, types: [type] }: CallContext) => {
  if (type === "double") return ofDouble(Math.abs)
  const overflow = cause("integer overflow")
  return ([value], rows) => {
    const { longs, mask, valid } = as(value, "long")
    const out = longs.slice(0, 2 * placesOf(rows, mask))
    let failed: Int32Array | undefined
    for (let i = 0; 2 * i < out.length; i++) {
      if (longs[2 * i + 1] >= 0 || subtractLongs(out, i, zero, 0, longs, i) || valid?.[i] === 0) continue
      failed ??= new Int32Array(out.length / 2)
      failed[i] = overflow
    }
    return longsOf(out, mask, withoutFailed(valid?.slice(), failed), failed)
  }
}

const sign: MakeKernel = ({ types: [type] }) =>
  type === "int64"
    ? toLong(([value]) => {
        const x = longAt(value)
        return (row) => Math.sign(x(row))
      })
    : toLong(([value]) => {
        const { doubles, mask } = as(value, "double")
        return (row) => Math.sign(doubles[row & mask])
      })

const power: Kernel = toDouble(([base, exponent]) => {
  const a = as(base, "double")
  const b = as(exponent, "double")
  return (row) => a.doubles[row & a.mask] ** b.doubles[row & b.mask]
})

const seconds: Kernel = toDouble(([value]) => {
  const { longs, mask } = as(value, "long")
  return (row) => int64At(longs, row & mask) / 1e6
})

export const numbers: Readonly<Record<string, MakeKernel>> = {
  abs,
  round,
  floor: ofNumber(Math.floor),
  ceil: ofNumber(Math.ceil),
  sign,
  sqrt: plain(ofDouble(Math.sqrt)),
  ln: plain(ofDouble(Math.log)),
  exp: plain(ofDouble(Math.exp)),
  power: plain(power),
  seconds: plain(seconds)
}
