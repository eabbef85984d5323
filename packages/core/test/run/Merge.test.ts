import { assert, describe, it } from "@effect/vitest"
import { textColumn, int64Column, recordBatch, textView } from "../../src/arrow/Columns.ts"
import { Interner } from "../../src/arrow/Interner.ts"
import { Merge, type UserRange } from "../../src/run/Merge.ts"
import { divideUsers, sampleUsers } from "../../src/run/Ranges.ts"
import { wholeRun } from "../../src/run/RunReader.ts"
import { Random } from "../support/random.ts"
import { column } from "../support/table.ts"
import {
  builtRun,
  compareNames,
  type Dictionaries,
  mergeOracle,
  names,
  randomBatches,
  rowsOf,
  rowsOfBlocks
} from "./eventRuns.ts"

const everyone: UserRange = { from: undefined, to: undefined }

const randomRuns = (random: Random) => {
  const dictionaries = random.pick<Dictionaries>(["lasting", "changing", "mixed"])
  return Array.from({ length: random.int(5) }, (_, i) => {
    const sizes = Array.from({ length: 1 + random.int(4) }, () => random.int(25))
    return randomBatches(random, { sizes, dictionaries, firstPart: i * 100 })
  })
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

describe("a merge of runs", () => {
  it("has every user once, with the events of all runs, run by run, in blocks of whole users", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = new Random(seed)
      const runs = randomRuns(random)
      const merge = new Merge("user", runs.map(builtRun).map(wholeRun))
      const target = random.pick([1, 10, 1000])
      const blocks = [...merge.blocks(everyone, target)]
      assert.deepStrictEqual(rowsOfBlocks(blocks), mergeOracle(runs), `seed ${seed}`)
      for (const { events } of blocks.slice(0, -1)) assert.isAtLeast(events.numRows, target)
      // A block is no larger than it has to be.
      for (const { ends } of blocks) assert.isBelow(ends.at(-2) ?? 0, target)
    }
  })

  it("gives the same in ranges of users, however they are divided, taken one after the other or apart", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed)
      const runs = randomRuns(random)
      const built = runs.map(builtRun)
      const expected = mergeOracle(runs)
      const samples = built.flatMap((run) => sampleUsers(run, random.pick([1, 5, 30])))
      // Cuts at users that no run has, too.
      const cuts = random.shuffled(names).slice(0, random.int(5)).toSorted(compareNames).map(bytesOf)
      const others = [undefined, ...cuts].map((from, i): UserRange => ({ from, to: cuts[i] }))
      for (const ranges of [divideUsers(samples, random.pick([1, 20, 500])), others]) {
        const kept = new Merge("user", built.map(wholeRun))
        assert.deepStrictEqual(
          ranges.flatMap((range) => rowsOfBlocks(kept.blocks(range, 10))),
          expected,
          `seed ${seed}`
        )
        const apart = random.shuffled(ranges.map((range, i) => [i, range] as const)).map(([i, range]) => {
          const merge = new Merge("user", built.map(wholeRun))
          return [i, rowsOfBlocks(merge.blocks(range, 10))] as const
        })
        assert.deepStrictEqual(
          apart.toSorted(([a], [b]) => a - b).flatMap(([, rows]) => rows),
          expected,
          `seed ${seed}`
        )
      }
    }
  })

  it("leaves out the events of parts that are void, and users that have no others", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed)
      const runs = randomRuns(random)
      const parts = new Set(runs.flat().map(({ part }) => part))
      const voided = new Set([...parts, 4000].filter(() => random.int(2) === 0))
      const merge = new Merge("user", runs.map(builtRun).map(wholeRun), voided)
      const blocks = [...merge.blocks(everyone, 20)]
      assert.deepStrictEqual(
        rowsOfBlocks(blocks),
        mergeOracle(runs).filter(({ part }) => !voided.has(part)),
        `seed ${seed}`
      )
      assert.strictEqual(merge.hasVoid, voided.size > 0)
    }
  })

  it("begins a new dictionary where one has become too large, and loses no text", () => {
    const rows = 150_000
    const batchOf = (prefix: string) => {
      const users = new Interner()
      const ids = new Interner()
      const code = (interner: Interner, text: string) => interner.intern(bytesOf(text), 0, text.length)
      const userCodes = Int32Array.from({ length: rows }, (_, i) => code(users, `${i % 50_000}`))
      // Every other id is in both runs.
      const idCodes = Int32Array.from({ length: rows }, (_, i) => code(ids, i % 2 === 0 ? `${i}` : `${prefix}${i}`))
      return recordBatch(
        [
          { name: "user", data: textColumn(userCodes, users.toVector()) },
          { name: "time", data: column.timestamp(Array.from({ length: rows }, (_, i) => BigInt(i))) },
          { name: "id", data: textColumn(idCodes, ids.toVector()) },
          { name: "$event", data: int64Column(BigInt64Array.from({ length: rows }, (_, i) => BigInt(i + 1))) }
        ],
        rows
      )
    }
    const runs = ["a", "b"].map((prefix, i) => [{ batch: batchOf(prefix), texts: new Map(), part: i }])
    const blocks = [...new Merge("user", runs.map(builtRun).map(wholeRun)).blocks(everyone, 65_536)]
    const sizes = blocks.map(({ events }) => textView(events, "id").size)
    assert.isBelow(Math.max(...sizes), 65_536 + 2 * 65_536)
    assert.isAbove(sizes.length, 3)
    let count = 0
    for (const { events } of blocks) {
      for (const { id, ordinal, part, user } of rowsOf(events)) {
        const i = Number(ordinal) - 1
        count++
        if (user === `${i % 50_000}` && id === (i % 2 === 0 ? `${i}` : `${part === 0 ? "a" : "b"}${i}`)) continue
        assert.fail(`${user} has ${String(id)} in event ${i} of part ${part}`)
      }
    }
    assert.strictEqual(count, 2 * rows)
  })

  it("has no blocks where there are no runs or no users", () => {
    assert.isEmpty([...new Merge("user", []).blocks(everyone, 1)])
    const runs = [randomBatches(new Random(1), { sizes: [20], dictionaries: "lasting" })]
    const merge = new Merge("user", runs.map(builtRun).map(wholeRun))
    assert.isEmpty([...merge.blocks({ from: bytesOf("\u{1F6FF}"), to: undefined }, 1)])
    assert.isEmpty([...merge.blocks({ from: undefined, to: bytesOf("-99999999999999999999") }, 1)])
    assert.isEmpty([...merge.blocks({ from: bytesOf("b"), to: bytesOf("b") }, 1)])
  })
})
