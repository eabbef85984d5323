import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { benjaminiHochberg } from "../../../src/engine/compare/benjaminiHochberg.ts"
import { fisherExact } from "../../../src/engine/compare/fisherExact.ts"
import { erfc, twoProportions } from "../../../src/engine/compare/twoProportions.ts"
import { wilson } from "../../../src/engine/compare/wilson.ts"
import { Random } from "../../support/random.ts"

interface Figures {
  readonly fisher: ReadonlyArray<readonly [number, number, number, number, number]>
  readonly two_proportions: Figures["fisher"]
  readonly erfc: ReadonlyArray<readonly [number, number]>
  readonly wilson: ReadonlyArray<readonly [number, number, number, number]>
  readonly benjamini_hochberg: ReadonlyArray<readonly [ReadonlyArray<number>, ReadonlyArray<number>]>
}

/** Made by statistics.py beside it. */
const figures = JSON.parse(readFileSync(new URL("../../support/statistics.json", import.meta.url), "utf8")) as Figures

/** How far two numbers are from one another, as a part of the second. */
const error = (ours: number, theirs: number): number =>
  ours === theirs ? 0 : Math.abs(ours - theirs) / Math.abs(theirs)

const choose = (n: bigint, k: bigint): bigint => {
  let ways = 1n
  for (let i = 1n; i <= k; i++) ways = (ways * (n - k + i)) / i
  return ways
}

/** Fisher's test in whole numbers: ways of the splits that are no likelier, and of all splits. */
const exactFisher = (k1: number, n1: number, k2: number, n2: number): number => {
  const ways = (k: number) => choose(BigInt(n1), BigInt(k)) * choose(BigInt(n2), BigInt(k1 + k2 - k))
  const splits = Array.from({ length: n1 + 1 }, (_, k) => k).filter((k) => k1 + k2 - k >= 0 && k1 + k2 - k <= n2)
  const extreme = splits.map(ways).filter((one) => one <= ways(k1))
  const sum = (values: ReadonlyArray<bigint>) => values.reduce((total, one) => total + one, 0n)
  // To 18 digits.
  return Number((sum(extreme) * 10n ** 18n) / sum(splits.map(ways))) / 1e18
}

describe("Fisher's exact test", () => {
  it("is that of whole numbers for every small table", () => {
    for (let n1 = 1; n1 <= 9; n1++) {
      for (let n2 = 1; n2 <= 9; n2++) {
        for (let k1 = 0; k1 <= n1; k1++) {
          for (let k2 = 0; k2 <= n2; k2++) {
            assert.isAtMost(
              error(fisherExact(k1, n1, k2, n2), exactFisher(k1, n1, k2, n2)),
              1e-14,
              [k1, n1, k2, n2].join()
            )
          }
        }
      }
    }
  })

  it("is that of whole numbers for some larger tables, whose splits are as likely as others", () => {
    const random = new Random(7)
    for (let i = 0; i < 200; i++) {
      const n = 1 + random.int(120)
      const m = random.int(3) === 0 ? n : 1 + random.int(120)
      const table = [random.int(n + 1), n, random.int(m + 1), m] as const
      const expected = exactFisher(...table)
      // What is left of 18 digits.
      assert.isAtMost(Math.abs(fisherExact(...table) - expected), 1e-12 * expected + 1e-18, table.join())
    }
  })

  it.each(figures.fisher)("of %i in %i and %i in %i is that of scipy", (k1, n1, k2, n2, p) => {
    assert.isAtMost(error(fisherExact(k1, n1, k2, n2), p), 1e-9, "p")
  })

  it("does not mind which sample is the first, or what success is", () => {
    for (const [k1, n1, k2, n2] of figures.fisher) {
      const p = fisherExact(k1, n1, k2, n2)
      assert.isAtMost(error(fisherExact(k2, n2, k1, n1), p), 1e-12, "the other first")
      assert.isAtMost(error(fisherExact(n1 - k1, n1, n2 - k2, n2), p), 1e-12, "failures")
    }
  })
})

describe("the test of two proportions", () => {
  it.each(figures.two_proportions)("of %i in %i and %i in %i is that of statsmodels", (k1, n1, k2, n2, p) => {
    assert.isAtMost(error(twoProportions(k1, n1, k2, n2), p), 1e-9, "p")
  })

  it.each(figures.erfc)("erfc(%d) is that of scipy", (x, value) => {
    assert.isAtMost(error(erfc(x), value), 1e-13, "erfc")
  })
})

it.each(figures.wilson)("the Wilson interval of %i in %i is that of statsmodels", (k, n, low, high) => {
  const ours = wilson(k, n)
  // statsmodels gives ends that are 0 or 1 within rounding.
  assert.isAtMost(Math.abs(ours.low - low), 1e-12 * low + 1e-18)
  assert.isAtMost(Math.abs(ours.high - high), 1e-12)
  assert.isTrue(k > 0 || ours.low === 0)
  assert.isTrue(k < n || ours.high === 1)
})

it.each(figures.benjamini_hochberg)("adjusted p-values are those of statsmodels", (values, adjusted) => {
  for (const [i, ours] of benjaminiHochberg(values).entries())
    assert.isAtMost(error(ours, adjusted[i]), 1e-12, String(values[i]))
})
