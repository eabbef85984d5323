import { assert, it } from "@effect/vitest"
import { median } from "../src/statistics.ts"

it("the median is the middle number, or the mean of the middle two, in whatever order they come", () => {
  assert.strictEqual(median([7]), 7)
  assert.strictEqual(median([10, 9, 1]), 9)
  assert.strictEqual(median([4, 100, 1, 2]), 3)
  assert.isNaN(median([]))
})

it("the median leaves the numbers as they are", () => {
  const numbers = [3, 1, 2]
  median(numbers)
  assert.deepStrictEqual(numbers, [3, 1, 2])
})
