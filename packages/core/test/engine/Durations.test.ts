import { assert, describe, it } from "@effect/vitest"
import { Durations } from "../../src/engine/Durations.ts"
import { quantileOf } from "../../src/engine/Summary.ts"
import { Random } from "../support/random.ts"

const of = (micros: ReadonlyArray<number>): Durations => {
  const durations = new Durations()
  for (const one of micros) durations.add(one)
  return durations
}

/** Durations of any magnitude up to the longest span of time that there is. */
const random = (seed: number, count: number): ReadonlyArray<number> => {
  const random = new Random(seed)
  return Array.from({ length: count }, () => Math.floor(random.int(1_000_000) * 2 ** random.int(39)))
}

describe("Durations", () => {
  it("gives a duration alone back exactly, at every border between steps", () => {
    for (let power = 0; power <= 58; power++) {
      for (const micros of [2 ** power - 1, 2 ** power, 2 ** power + 1]) {
        assert.strictEqual(of([micros]).quantile(0.5), micros / 1e6, `2^${power}`)
      }
    }
  })

  it("counts a duration by its highest 15 bits, also just below a power of two, where logarithms round up", () => {
    for (let power = 15; power <= 53; power++) {
      const { pages, steps } = of([2 ** power - 1]).toData()
      assert.deepStrictEqual([pages[0], steps[0]], [power - 15, 2 ** 15 - 1], `2^${power}`)
    }
  })

  it("gives quantiles of random durations within one part in 16,000 of the exact ones", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const values = random(seed, 500)
      const sorted = values.toSorted((a, b) => a - b)
      for (const q of [0, 0.25, 0.5, 0.9, 1]) {
        const exact = quantileOf(sorted.length, (n) => sorted[n] / 1e6, q) ?? 0
        assert.approximately(of(values).quantile(q) ?? 0, exact, exact / 16_000 + 1e-9, `seed ${seed}, ${q}`)
      }
    }
  })

  it("does not depend on the order nor on how it was put together", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const values = random(seed, 300)
      const shuffled = new Random(seed).shuffled(values)
      const merged = of(shuffled.slice(0, 100))
      merged.merge(of(shuffled.slice(100, 250)).toData())
      merged.merge(of(shuffled.slice(250)).toData())
      assert.deepStrictEqual(merged.toData(), of(values).toData())
      assert.strictEqual(merged.count, 300)
    }
  })

  it("is null of nothing", () => {
    assert.isNull(of([]).quantile(0.5))
  })
})
