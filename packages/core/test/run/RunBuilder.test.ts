import { assert, describe, it } from "@effect/vitest"
import { wholeRun } from "../../src/run/RunReader.ts"
import { Merge } from "../../src/run/Merge.ts"
import { bytesOf, type Run } from "../../src/run/Run.ts"
import { RunBuilder, sharedBytes } from "../../src/run/RunBuilder.ts"
import { Random } from "../support/random.ts"
import {
  builtRun,
  compareNames,
  type Dictionaries,
  ownBytes,
  randomBatches,
  rowsOfBlocks,
  runOracle
} from "./eventRuns.ts"

const everyone = { from: undefined, to: undefined }
const rowsOfRun = (run: Run) => rowsOfBlocks(new Merge("user", [wholeRun(run)]).blocks(everyone, Infinity))

const usersOf = ({ users: { bytes, offsets, size } }: Run): ReadonlyArray<string> =>
  Array.from({ length: size }, (_, i) => new TextDecoder().decode(bytes.slice(offsets[i], offsets[i + 1])))

const everyDictionary: ReadonlyArray<Dictionaries> = ["lasting", "changing", "mixed"]

describe("a run of batches", () => {
  it.each(everyDictionary)(
    "has every event with all its values, by user, time and arrival; dictionaries are %s",
    (dictionaries) => {
      for (let seed = 1; seed <= 30; seed++) {
        const random = new Random(seed)
        const sizes = Array.from({ length: random.int(6) }, () => random.int(random.pick([3, 60])))
        const appended = randomBatches(random, { sizes, dictionaries })
        const run = builtRun(appended)
        const expected = runOracle(appended)
        assert.strictEqual(run.rows, expected.length)
        assert.deepStrictEqual(rowsOfRun(run), expected, `seed ${seed}`)
        const users = [...new Set(expected.map(({ user }) => user))].toSorted(compareNames)
        assert.deepStrictEqual(usersOf(run), users)
        assert.strictEqual(run.ends.at(-1) ?? 0, run.rows)
      }
    }
  )

  it("is in the memory that it is told to use", () => {
    const random = new Random(7)
    const builder = new RunBuilder("user", "time")
    for (const { batch, part, texts } of randomBatches(random, { sizes: [20, 5], dictionaries: "mixed" }))
      builder.append(batch, texts, part)
    const { columns, ends, users } = builder.finish(sharedBytes)
    const arrays = [
      ends,
      users.offsets,
      users.bytes,
      ...columns.flatMap(({ texts, valid, words }) => [words, valid, texts?.offsets, texts?.bytes])
    ]
    for (const array of arrays) if (array !== undefined) assert.instanceOf(array.buffer, SharedArrayBuffer)
    assert.isTrue(columns.some(({ valid }) => valid !== undefined))
  })

  it("leaves the builder empty, for the next run", () => {
    const random = new Random(3)
    const builder = new RunBuilder("user", "time")
    for (let round = 0; round < 3; round++) {
      const appended = randomBatches(random, { sizes: [9, 0, 4], dictionaries: "mixed", firstPart: round })
      for (const { batch, part, texts } of appended) builder.append(batch, texts, part)
      assert.strictEqual(builder.rows, 13)
      assert.isAbove(builder.bytes, 13 * 60)
      assert.deepStrictEqual(rowsOfRun(builder.finish(ownBytes)), runOracle(appended))
      assert.deepStrictEqual([builder.rows, builder.bytes], [0, 0])
    }
  })

  it("is empty without events", () => {
    const run = new RunBuilder("user", "time").finish(ownBytes)
    assert.deepStrictEqual([run.rows, run.users.size, run.ends.length, run.columns.length], [0, 0, 0, 0])
    assert.isEmpty(wholeRun(run).pieces)
  })

  it("counts its bytes: each word, validity and text", () => {
    const appended = randomBatches(new Random(1), { sizes: [10], dictionaries: "lasting" })
    const run = builtRun(appended)
    // Words: 3 texts and bools and dates of one, 5 of two and a place, a digest of four.
    const words = 4 * 10 * (2 + 1 + 1 + 2 * 6 + 4)
    assert.isAtLeast(bytesOf(run), words)
    assert.isBelow(bytesOf(run), words + 10 * 8 + 1000)
  })
})
