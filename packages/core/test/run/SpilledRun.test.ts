import { assert, describe, it } from "@effect/vitest"
import { int64Column, recordBatch, textColumn } from "../../src/arrow/Columns.ts"
import { Interner } from "../../src/arrow/Interner.ts"
import { Merge, type UserRange } from "../../src/run/Merge.ts"
import type { Run } from "../../src/run/Run.ts"
import { type RunReader, wholeRun } from "../../src/run/RunReader.ts"
import { readSpilled, spillRun } from "../../src/run/SpilledRun.ts"
import { Random } from "../support/random.ts"
import { column } from "../support/table.ts"
import {
  builtRun,
  compareNames,
  type Dictionaries,
  mergeOracle,
  randomBatches,
  rowsOf,
  rowsOfBlocks,
  runOracle
} from "./eventRuns.ts"

const everyone: UserRange = { from: undefined, to: undefined }
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** As a thread reads it that has nothing but the bytes; notes which pieces were read. */
const spilled = (run: Run, read: Array<number> = []): RunReader => {
  const pieces = [...spillRun("user", run)]
  return {
    pieces,
    read: (piece) => {
      read.push(piece)
      return readSpilled("user", pieces[piece].bytes.slice())
    }
  }
}

describe("a run that was spilled", () => {
  it("comes back with every event, of every type, with nulls", () => {
    for (const dictionaries of ["lasting", "changing"] as ReadonlyArray<Dictionaries>) {
      for (let seed = 1; seed <= 20; seed++) {
        const random = new Random(seed)
        const appended = randomBatches(random, { sizes: [random.int(30), 1, random.int(30)], dictionaries })
        const reader = spilled(builtRun(appended))
        const merge = new Merge("user", [reader])
        assert.deepStrictEqual(rowsOfBlocks(merge.blocks(everyone, 10)), runOracle(appended), `seed ${seed}`)
        assert.strictEqual(reader.pieces.length, 1)
      }
    }
  })

  it("merges with runs in memory as if it were in memory too, void parts left out", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = new Random(seed)
      const runs = Array.from({ length: 4 }, (_, i) =>
        randomBatches(random, { sizes: [15, 10], dictionaries: "mixed", firstPart: i * 100 })
      )
      const voided = new Set([random.pick(random.pick(runs)).part])
      const readers = runs.map(builtRun).map((run) => (random.int(2) === 0 ? spilled(run) : wholeRun(run)))
      const expected = mergeOracle(runs).filter(({ part }) => !voided.has(part))
      assert.deepStrictEqual(rowsOfBlocks(new Merge("user", readers, voided).blocks(everyone, 20)), expected)
    }
  })

  it("has no pieces without events", () => {
    assert.isEmpty(spilled(builtRun([])).pieces)
  })
})

describe("a run of several pieces", () => {
  const rows = 200_000
  const nameOf = (i: number) => `${(i * 7919) % 60_000}`
  const codesOf = (name: (i: number) => string) => {
    const interner = new Interner()
    const codes = Int32Array.from({ length: rows }, (_, i) => interner.intern(bytesOf(name(i)), 0, name(i).length))
    return textColumn(codes, interner.toVector())
  }
  const bytesOf = (name: string) => new TextEncoder().encode(name)
  const batch = recordBatch(
    [
      { name: "user", data: codesOf(nameOf) },
      { name: "time", data: column.timestamp(Array.from({ length: rows }, (_, i) => BigInt(i))) },
      { name: "id", data: codesOf((i) => `id${i}`) },
      { name: "$event", data: int64Column(BigInt64Array.from({ length: rows }, (_, i) => BigInt(i + 1))) }
    ],
    rows
  )
  const run = builtRun([{ batch, texts: new Map(), part: 3 }])

  it("has them in the order of users, each known by its rows and its last user, each read without the others", () => {
    const { pieces, read } = spilled(run)
    assert.isAbove(pieces.length, 2)
    assert.strictEqual(
      pieces.reduce((sum, piece) => sum + piece.rows, 0),
      rows
    )
    let before: string | undefined
    let seen = 0
    for (const [i, piece] of pieces.entries()) {
      const part = read(i)
      const found = rowsOfBlocks(new Merge("user", [wholeRun(part)]).blocks(everyone, Infinity))
      assert.strictEqual(found.length, piece.rows)
      assert.strictEqual(found[found.length - 1].user, text(piece.lastUser))
      if (before !== undefined) assert.isBelow(compareNames(before, found[0].user), 0)
      before = text(piece.lastUser)
      for (const { id, ordinal, user } of found) {
        const n = Number(ordinal) - 1
        seen++
        if (user !== nameOf(n) || id !== `id${n}`) assert.fail(`${user} has ${String(id)}`)
      }
    }
    assert.strictEqual(seen, rows)
  })

  it("is read only where a range of users needs it", () => {
    const read: Array<number> = []
    const reader = spilled(run, read)
    const merge = new Merge("user", [reader])
    const after = (user: Uint8Array) => bytesOf(String(Number(text(user)) + 1))
    const from = after(reader.pieces[0].lastUser)
    const to = reader.pieces[1].lastUser
    const found = [...merge.blocks({ from, to }, 1000)].flatMap(({ events }) => rowsOf(events))
    assert.deepStrictEqual([...new Set(read)], [1])
    assert.strictEqual(found[0].user, text(from))
    assert.strictEqual(found[found.length - 1].user, String(Number(text(to)) - 1))
    read.length = 0
    assert.isNotEmpty([...merge.blocks({ from: to, to: undefined }, 1000)])
    assert.deepStrictEqual([...new Set(read)], [...reader.pieces.keys()].slice(1))
  })
})
