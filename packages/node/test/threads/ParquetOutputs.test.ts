import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "../support/directory.ts"
import { memory, runEffect, type Setting } from "./runFiles.ts"

// Threads pack the row groups of Parquet files: the files are those of one thread that does everything, byte for byte.

const spec = `version: 1
name: parquet
source: { uri: $AT/events.jsonl }
event: { user: user, time: at, columns: { text: text, date: "at::timestamp::date" } }
dedupe: none
sessions: { gap: 30m }
tables: { texts: { from: events, columns: { user: user, text: text } } }
outputs:
  events: { uri: $AT/out/events.parquet, format: { name: parquet, row_group: 15000 } }
  sessions: { uri: $AT/out/sessions.parquet }
  texts: { uri: $AT/out/texts.parquet, format: { name: parquet, row_group: 15000, compression: zstd } }
  parts: { uri: $AT/out/parts, table: events, partition: [date], format: { name: parquet, row_group: 15000 } }
`

/** Enough for a few groups that are worth a thread, in each of two dates. */
const events = 80_000

const line = (i: number): string => {
  const at = new Date(Date.UTC(2024, 5, 10 + (i % 2)) + (i % 7919) * 1000).toISOString()
  return JSON.stringify({ user: `u${i % 613}`, at, text: `${i} `.repeat(20) })
}

/** Digests of all files below `out`, which are taken away. */
const digests = (at: string): Readonly<Record<string, string>> => {
  const out = join(at, "out")
  const files = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const found = files.map(({ name, parentPath }): readonly [string, string] => {
    const path = join(parentPath, name)
    return [path.slice(out.length + 1), createHash("sha256").update(readFileSync(path)).digest("hex")]
  })
  rmSync(out, { recursive: true })
  return Object.fromEntries(found.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

describe("row groups that threads pack", () => {
  it("make the same files as one thread, however the input is divided, and in little memory", async () => {
    const at = directory()
    writeFileSync(join(at, "events.jsonl"), Array.from({ length: events }, (_, i) => line(i)).join("\n"))
    const run = async (setting: Setting) => {
      await Effect.runPromise(runEffect(at, spec, setting))
      return digests(at)
    }
    const expected = await run({})
    assert.deepStrictEqual(Object.keys(expected), [
      "events.parquet",
      "parts/date=2024-06-10/part-0.parquet",
      "parts/date=2024-06-11/part-0.parquet",
      "sessions.parquet",
      "texts.parquet"
    ])
    for (const crew of [
      { threads: 1 },
      { threads: 2 },
      { threads: 4, pieceBytes: 100_000 },
      { threads: 2, eventBytes: memory.none }
    ]) {
      assert.deepStrictEqual(await run({ crew }), expected, JSON.stringify(crew))
    }
  })
})
