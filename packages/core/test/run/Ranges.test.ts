import { assert, describe, it } from "@effect/vitest"
import type { UserRange } from "../../src/run/Merge.ts"
import { divideUsers, sampleUsers } from "../../src/run/Ranges.ts"
import { compareUsers } from "../../src/run/UserOrder.ts"
import { Random } from "../support/random.ts"
import { builtRun, compareNames, names, randomBatches } from "./eventRuns.ts"

const encode = (name: string): Uint8Array => new TextEncoder().encode(name)
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const isIn = ({ from, to }: UserRange, name: string): boolean =>
  (from === undefined || compareNames(decode(from), name) <= 0) &&
  (to === undefined || compareNames(name, decode(to)) < 0)

describe("ranges of users", () => {
  it("hold every user once and follow one another, whatever the samples", () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new Random(seed)
      const samples = Array.from({ length: random.int(12) }, () => ({
        user: encode(random.pick(names)),
        rows: random.int(50)
      }))
      const ranges = divideUsers(samples, random.pick([1, 30, 1000]))
      assert.strictEqual(ranges[0].from, undefined)
      assert.strictEqual(ranges[ranges.length - 1].to, undefined)
      for (const [i, { to }] of ranges.slice(0, -1).entries()) {
        assert.strictEqual(ranges[i + 1].from, to)
        const next = ranges[i + 1].to
        if (to !== undefined && next !== undefined)
          assert.isBelow(compareUsers(to, 0, to.length, next, 0, next.length), 0)
      }
      for (const name of [...names, "zz", "-8"])
        assert.strictEqual(ranges.filter((range) => isIn(range, name)).length, 1)
    }
  })

  it("have about as many rows as asked for", () => {
    const samples = Array.from({ length: 100 }, (_, i) => ({ user: encode(String(i)), rows: 10 }))
    const ranges = divideUsers(samples, 100)
    assert.isAtLeast(ranges.length, 9)
    assert.isAtMost(ranges.length, 11)
  })

  it("are one where there is nothing to divide by", () => {
    assert.deepStrictEqual(divideUsers([], 10), [{ from: undefined, to: undefined }])
  })
})

describe("samples of a run", () => {
  it("have all rows, each up to a user of the run, the last user always among them", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = new Random(seed)
      const run = builtRun(randomBatches(random, { sizes: [random.int(60), random.int(5)], dictionaries: "mixed" }))
      const every = random.pick([1, 7, 1000])
      const samples = sampleUsers(run, every)
      assert.strictEqual(
        samples.reduce((sum, { rows }) => sum + rows, 0),
        run.rows
      )
      for (const { rows } of samples.slice(0, -1)) assert.isAtLeast(rows, every)
      const { bytes, offsets, size } = run.users
      const users = Array.from({ length: size }, (_, i) => decode(bytes.slice(offsets[i], offsets[i + 1])))
      let rows = 0
      for (const sample of samples)
        assert.strictEqual(run.ends[users.indexOf(decode(sample.user))], (rows += sample.rows))
      assert.strictEqual(samples.length === 0 ? undefined : decode(samples[samples.length - 1].user), users.at(-1))
    }
  })
})
