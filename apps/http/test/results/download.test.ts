import { assert, describe, it } from "@effect/vitest"
import { int64Column, recordBatch } from "@sojourn/core"
import { makeData, type RecordBatch, Utf8 } from "apache-arrow"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { mkdtemp, open, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { downloadTable } from "../../src/results/download.ts"
import type { OpenResults } from "../../src/results/readPage.ts"
import { TableWriter } from "../../src/results/TableFile.ts"

/** Rows whose ids are texts beside each other, in no dictionary, as those of sessions are. */
const batchOf = (from: number, count: number): RecordBatch => {
  const ids = Array.from({ length: count }, (_, i) => new TextEncoder().encode(`id ${from + i}`))
  const valueOffsets = new Int32Array(count + 1)
  for (const [i, id] of ids.entries()) valueOffsets[i + 1] = valueOffsets[i] + id.length
  const data = new Uint8Array(Buffer.concat(ids))
  return recordBatch(
    [
      { name: "id", data: makeData({ type: new Utf8(), length: count, nullCount: 0, valueOffsets, data }) },
      { name: "n", data: int64Column(BigInt64Array.from(ids, (_, i) => BigInt(from + i))) }
    ],
    count
  )
}

describe("downloadTable", () => {
  it.live("gives all rows of a table that came in large and small batches", () =>
    Effect.gen(function* () {
      const directory = yield* Effect.promise(() => mkdtemp(join(tmpdir(), "sojourn-download-")))
      yield* Effect.addFinalizer(() => Effect.promise(() => rm(directory, { recursive: true })))
      const sizes = [40_000, 1000, 30_000, 70_000, 10]
      const table = yield* Effect.promise(async () => {
        const handle = await open(join(directory, "0"), "wx")
        const writer = new TableWriter(handle, batchOf(0, 0).schema)
        let from = 0
        for (const size of sizes) {
          await writer.write(batchOf(from, size))
          from += size
        }
        const blocks = await writer.finish()
        await handle.close()
        const columns = ["id", "n"].map((name, i) => ({ name, type: ["text", "int64"][i] }))
        return { name: "t", file: "0", rows: from, columns, blocks, shown: ["id", "n"] }
      })
      const results: OpenResults = {
        directory,
        tables: [table],
        user: "id",
        timezone: "UTC",
        summary: {} as OpenResults["summary"]
      }
      const bytes = yield* Effect.flatMap(downloadTable(results, table, { format: "csv" }), Stream.runCollect)
      const numbers = Array.from({ length: table.rows }, (_, n) => n)
      assert.strictEqual(Buffer.concat(bytes).toString(), `id,n\n${numbers.map((n) => `id ${n},${n}\n`).join("")}`)
    })
  )
})
