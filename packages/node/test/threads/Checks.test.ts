import { assert, describe, it } from "@effect/vitest"
import type { Summary } from "@sojourn/core"
import { directory } from "../support/directory.ts"
import { Random } from "./Random.ts"
import { memory, runFiles, type Setting } from "./runFiles.ts"

const spec = `version: 1
name: checked
source: { uri: $AT/in }
event: { id: id, user: user, time: t, type: k, columns: { n: "n::double" } }
sessions: { gap: 30m }
users: {}
tables:
  days: { from: events, by: [{ day: date(t) }], columns: { rows: count(*) } }
  few: { from: sessions, where: event_count < 2, columns: { user: user, start: session_start } }
checks:
  - { name: expect, on: events, expect: n > 1 }
  - { name: rows, on: few, expect: user = 'u1' }
  - { name: unique, on: events, unique: [n, k] }
  - { name: sessions, on: sessions, unique: session_start }
  - { name: references, on: few, references: { column: start, table: events, key: t } }
  - { name: missing, on: events, references: { column: t, table: few, key: start } }
  - { name: sum, on: events, assert: sum(n) + avg(n), at_least: 1e9 }
  - { name: rejects, rate: rejected / read, at_most: 1%, per: input }
  - { name: fresh, on: events, freshness: t, at_most: 2h }
  - { name: volume, on: events, volume: t, at_least: 90% }
outputs: { findings: { uri: $AT/out/f.json }, history: { uri: $AT/out/h.csv } }
`

const lines = (random: Random, count: number): string =>
  Array.from({ length: count }, () =>
    random.int(20) === 0
      ? "{broken\n"
      : `${JSON.stringify({
          id: random.int(count),
          user: `u${random.int(20)}`,
          t: new Date(Date.UTC(2024, 6, 1) + random.int(9 * 1440) * 60_000).toISOString(),
          k: random.pick(["a", "b"]),
          n: random.int(50) / 7
        })}\n`
  ).join("")

const settings: ReadonlyArray<Setting> = [
  {},
  { crew: { threads: 1, pieceBytes: 300, eventBytes: memory.none } },
  { crew: { threads: 2, pieceBytes: 500 } },
  { crew: { threads: 2, pieceBytes: 4000, eventBytes: memory.none } }
]

describe("checks", () => {
  it("find the same for any number of threads, pieces and memory", async () => {
    const random = new Random(3)
    const at = directory({ "in/a.jsonl": lines(random, 200), "in/b.jsonl": lines(random, 100) })
    const reference = await runFiles(at, spec, { plain: true })
    const { findings } = reference.summary as Summary
    const failed = findings.filter(({ outcome }) => outcome === "failed").map(({ check }) => check)
    assert.deepStrictEqual(
      [...new Set(failed)],
      ["expect", "rows", "unique", "sessions", "missing", "sum", "rejects", "fresh", "volume"]
    )
    assert.strictEqual(findings.filter(({ check }) => check === "rejects").length, 3)
    for (const setting of settings) {
      assert.deepStrictEqual(await runFiles(at, spec, setting), reference, JSON.stringify(setting))
    }
  })
})
