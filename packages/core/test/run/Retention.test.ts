import { assert, it } from "@effect/vitest"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { int64Column, recordBatch, textColumn } from "../../src/arrow/Columns.ts"
import { Interner } from "../../src/arrow/Interner.ts"
import { Merge } from "../../src/run/Merge.ts"
import type { RunReader } from "../../src/run/RunReader.ts"
import { builtRun } from "./eventRuns.ts"
import { column } from "../support/table.ts"

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

const rows = 2000

/** Events of one user, with few kinds. */
const pieceOf = (user: string) => {
  const users = new Interner()
  users.intern(new TextEncoder().encode(user), 0, user.length)
  const codes = new Int32Array(rows)
  return builtRun([
    {
      part: 0,
      texts: new Map(),
      batch: recordBatch(
        [
          { name: "user", data: textColumn(codes, users.toVector()) },
          { name: "time", data: column.timestamp(Array.from({ length: rows }, (_, i) => BigInt(i))) },
          { name: "kind", data: column.text(Array.from({ length: rows }, (_, i) => `kind ${i % 3}`)) },
          { name: "$event", data: int64Column(new BigInt64Array(rows)) }
        ],
        rows
      )
    }
  ])
}

it("a merge of spilled runs keeps no piece that it has passed: all of them together do not fit into memory", async () => {
  const names = Array.from({ length: 20 }, (_, i) => String(100 + i))
  const read: Array<WeakRef<object>> = []
  const reader: RunReader = {
    pieces: names.map((name) => ({ rows, lastUser: new TextEncoder().encode(name) })),
    read: (piece) => {
      const run = pieceOf(names[piece])
      read.push(new WeakRef(run.columns[0].words), new WeakRef(run.columns[1].words))
      return run
    }
  }
  const merge = new Merge("user", [reader])
  let count = 0
  for (const { events } of merge.blocks({ from: undefined, to: undefined }, rows)) {
    count += events.numRows
    // What is referred to weakly lives until the next turn.
    await new Promise((resolve) => setImmediate(resolve))
    collect()
    const alive = read.filter((words) => words.deref() !== undefined).length
    assert.isAtMost(alive, 6, `after ${count} events`)
  }
  assert.strictEqual(count, rows * names.length)
  assert.strictEqual(merge.hasVoid, false)
})
