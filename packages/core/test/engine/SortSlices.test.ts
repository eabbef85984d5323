import { assert, describe, it } from "@effect/vitest"
import { sortSlices } from "../../src/engine/SortSlices.ts"
import { Random } from "../support/random.ts"

/** A stable sort of each slice, in the plain way. */
const oracle = (ends: ReadonlyArray<number>, compare: (a: number, b: number) => number): ReadonlyArray<number> =>
  ends.flatMap((end, i) => {
    const start = ends[i - 1] ?? 0
    return Array.from({ length: end - start }, (_, row) => start + row).toSorted(compare)
  })

/** Keys of slices that have some order already: runs that ascend, descend, or are equal. */
const randomKeys = (random: Random) => {
  const keys: Array<number> = []
  const ends: Array<number> = []
  for (let slices = random.int(8); slices > 0; slices--) {
    for (let runs = random.int(6); runs > 0; runs--) {
      const step = random.pick([1, 0, -1, 0.5])
      const first = random.pick([0, -3, 2 ** 50, random.int(20)])
      for (let i = random.int(random.pick([3, 90])); i > 0; i--) keys.push(first + step * i)
    }
    ends.push(keys.length)
  }
  return { keys: Float64Array.from(keys), ends }
}

describe("slices are sorted as by a stable sort of each", () => {
  const check = (random: Random, tieOf: (places: Int32Array) => (a: number, b: number) => number) => {
    const { ends, keys } = randomKeys(random)
    const places = Int32Array.from({ length: keys.length }, () => random.int(4))
    const tie = tieOf(places)
    const byKey = (a: number, b: number) => keys[a] - keys[b]
    const expected = oracle(ends, (a, b) => byKey(a, b) || tie(a, b))
    const isSorted = expected.every((row, i) => row === i)
    for (const key of [keys, byKey]) {
      const order = sortSlices(Int32Array.from(ends), key, tie)
      assert.strictEqual(order === undefined, isSorted)
      if (order !== undefined) assert.deepStrictEqual([...order], expected)
    }
  }

  it("by keys, then by a tie", () => {
    for (let seed = 1; seed <= 200; seed++) check(new Random(seed), (places) => (a, b) => places[a] - places[b])
  })

  it("by keys alone, where rows that are equal stay in order", () => {
    for (let seed = 1; seed <= 100; seed++) check(new Random(seed), () => () => 0)
  })

  it("by keys, then backwards", () => {
    for (let seed = 1; seed <= 100; seed++) check(new Random(seed), () => (a, b) => b - a)
  })
})

it("slices that are in order are left alone, and need no memory", () => {
  const tie = (a: number, b: number) => a - b
  assert.isUndefined(sortSlices(new Int32Array(0), new Float64Array(0), tie))
  assert.isUndefined(sortSlices(Int32Array.of(2, 2, 4), Float64Array.of(5, 6, 1, 1), tie))
})

it("a slice is sorted alone: rows of its neighbours stay", () => {
  const order = sortSlices(Int32Array.of(2, 4, 6), Float64Array.of(9, 9, 8, 7, 1, 2), () => 0)
  assert.deepStrictEqual([...(order ?? [])], [0, 1, 3, 2, 4, 5])
})

it("a large slice of many runs is sorted, with fewer comparisons of ties than there would be of all pairs", () => {
  const rows = 20_000
  const keys = Float64Array.from({ length: rows }, (_, i) => (i * 7919) % 1009)
  let ties = 0
  const order = sortSlices(Int32Array.of(rows), keys, (a, b) => {
    ties++
    return a - b
  })
  assert.deepStrictEqual(
    [...(order ?? [])],
    oracle([rows], (a, b) => keys[a] - keys[b])
  )
  assert.isBelow(ties, rows * 20)
})
