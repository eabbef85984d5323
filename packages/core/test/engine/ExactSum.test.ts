import { assert, describe, it } from "@effect/vitest"
import { ExactSum } from "../../src/engine/ExactSum.ts"
import { Random } from "../support/random.ts"

const sumOf = (values: ReadonlyArray<number>): number => {
  const sum = new ExactSum()
  for (const value of values) sum.add(value)
  return sum.value()
}

/** The double nearest to a sum, ties to even: all addends as multiples of 2^-1074. */
const exact = (values: ReadonlyArray<number>): number => {
  let sum = 0n
  for (const value of values) sum += units(value)
  const magnitude = sum < 0n ? -sum : sum
  const bits = magnitude.toString(2).length
  const shift = BigInt(Math.max(0, bits - 53))
  let kept = magnitude >> shift
  const rest = magnitude - (kept << shift)
  const half = shift === 0n ? 0n : 1n << (shift - 1n)
  if (shift > 0n && (rest > half || (rest === half && (kept & 1n) === 1n))) kept++
  // In two steps: 2 ** -1074 alone would lose the value on the way.
  const power = Number(shift) - 1074
  const low = Math.max(power, -1000)
  const value = Number(kept) * 2 ** low * 2 ** (power - low)
  return sum < 0n ? -value : value
}

const words = new DataView(new ArrayBuffer(8))
const units = (value: number): bigint => {
  words.setFloat64(0, value)
  const bits = words.getBigUint64(0)
  const exponent = (bits >> 52n) & 0x7ffn
  const fraction = bits & 0xf_ffff_ffff_ffffn
  const magnitude = exponent === 0n ? fraction : (fraction | 0x10_0000_0000_0000n) << (exponent - 1n)
  return value < 0 ? -magnitude : magnitude
}

describe("ExactSum", () => {
  it.each<[string, ReadonlyArray<number>, number]>([
    ["nothing", [], 0],
    ["one value", [0.1], 0.1],
    ["ten tenths", Array.from({ length: 10 }, () => 0.1), 1],
    ["what cancels", [1, 1e100, 1, -1e100], 2],
    ["a tie that the rest decides upwards", [2 ** 53, 1, 2 ** -100], 2 ** 53 + 2],
    ["a tie to even", [2 ** 53, 1], 2 ** 53],
    ["a tie that the rest decides downwards", [2 ** 53 + 2, 1, -(2 ** -100)], 2 ** 53 + 2],
    ["the cases of Python's fsum", [2 ** 53, -0.5, -(2 ** -54)], 2 ** 53 - 1],
    ["from Python's tests, a long carry", [2 ** 53 + 10, 1, 2 ** -100], 2 ** 53 + 12],
    ["the smallest doubles", [5e-324, 5e-324, -5e-324], 5e-324]
  ])("adds %s", (_, values, expected) => {
    assert.strictEqual(sumOf(values), expected)
    assert.strictEqual(exact(values), expected)
    assert.strictEqual(sumOf([...values].reverse()), expected)
  })

  it("agrees with exact arithmetic on random doubles of all sizes, and with itself in any order", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new Random(seed)
      const spread = random.pick([2, 60, 200])
      const values = Array.from({ length: random.int(40) }, () => {
        const value = (random.int(2 ** 31) - 2 ** 30) * 2 ** (random.int(spread) - spread / 2)
        return value
      })
      const withOpposites = random.int(2) === 0 ? values : [...values, ...values.slice(1).map((value) => -value)]
      const expected = exact(withOpposites)
      assert.strictEqual(sumOf(withOpposites), expected, `seed ${seed}`)
      assert.strictEqual(sumOf(random.shuffled(withOpposites)), expected, `seed ${seed}`)
    }
  })
})
