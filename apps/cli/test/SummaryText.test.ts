import { assert, describe, it } from "@effect/vitest"
import type { Summary } from "@sojourn/core"
import { styleFor } from "../src/Style.ts"
import { summaryText } from "../src/SummaryText.ts"

const accounting = {
  read: 1200,
  accepted: 1100,
  rejected: 100,
  filtered: 0,
  unique: 1000,
  duplicates: 100,
  in_sessions: 1000,
  outside: 0,
  late: 0
}
const summary: Summary = {
  name: "x",
  inputs: [{ source: "a.csv", records: 1200, rejected: 200, notes: ['delimiter ","'] }],
  accounting,
  rejected_by: [],
  duplicates: { removed: 100, conflicting: 3 },
  enriched: [],
  users: 12,
  sessions: { count: 40, median_duration_sec: 0, p90_duration_sec: 3661, ties_decided: 7 },
  time_span: { first: "2024-07-10T10:00:00Z", last: "2024-07-11T10:00:00Z" },
  gaps: [],
  warnings: [],
  findings: [],
  outputs: [],
  reports: []
}
const text = (changes: Partial<Summary>, seconds = 2) =>
  summaryText({ ...summary, ...changes }, seconds, styleFor({}, {}))

describe("summaryText", () => {
  it("has a line for every fact", () => {
    assert.strictEqual(
      text({
        outputs: [
          { table: "sessions", uri: "s.csv", rows: 40 },
          { table: "rejects", uri: "-", rows: 1 }
        ]
      }),
      `records     1,200 from a.csv
accepted    1,100
rejected    100 (8.33 %)
duplicates  100 (3 differ in other columns)
unique      1,000
users       12
sessions    40
duration    median 0s, 90th percentile 1h1m1s
ties        7 decided by place in the input
time span   2024-07-10T10:00:00Z to 2024-07-11T10:00:00Z
balance     read 1,200 = 1,100 accepted + 100 rejected; 1,100 = 1,000 unique + 100 duplicates; 1,000 = 1,000 in sessions
took        2.00 s, 600 records/s
wrote       s.csv (sessions, 40 rows)
wrote       standard output (rejects, 1 row)

a.csv: delimiter ","`
    )
  })

  it("balances what was left out and what met no session", () => {
    const some = { ...accounting, filtered: 50, unique: 950, in_sessions: 940, outside: 10 }
    const line = text({ accounting: some })
      .split("\n")
      .find((one) => one.startsWith("balance"))
    assert.strictEqual(
      line,
      "balance     read 1,200 = 1,100 accepted + 100 rejected; 1,100 = 50 filtered + 950 unique + 100 duplicates; 950 = 940 in sessions + 10 outside"
    )
  })

  it("says of each joined file what did not fit", () => {
    const fits = { rejected: 0, doubled: 0, unmatched: 0, unmatched_keys: 0 }
    const enriched = [
      { ...fits, name: "users", records: 1000, doubled: 2, unmatched: 1234, unmatched_keys: 12 },
      { ...fits, name: "one", records: 1, unmatched: 1, unmatched_keys: 1 },
      { ...fits, name: "none", records: 0 }
    ]
    const lines = text({ enriched }).split("\n")
    assert.deepStrictEqual(
      lines.filter((line) => line.startsWith("joined")),
      [
        "joined      users: 1,000 records, 2 with the key of an earlier one, not there for 1,234 events (12 different keys)",
        "joined      one: 1 record, not there for 1 event (1 different key)",
        "joined      none: 0 records"
      ]
    )
  })

  it("puts warnings first, and cuts long lists of reasons", () => {
    const rejected_by = Array.from({ length: 10 }, (_, i) => ({
      code: "x",
      reason: `reason ${i}`,
      field: null,
      count: 10 - i,
      samples: []
    }))
    const lines = text({ rejected_by, warnings: ["mind this"] }).split("\n")
    assert.deepStrictEqual(lines.slice(0, 2), ["warning  mind this", ""])
    assert.deepStrictEqual(
      lines.filter((line) => line.startsWith("    ")).map((line) => line.trim()),
      [...Array.from({ length: 8 }, (_, i) => `${10 - i} × reason ${i}`), "and 2 other reasons"]
    )
  })

  it("says once what holds for several inputs", () => {
    const inputs = ["a", "b", "c"].map((source) => ({
      source,
      records: 1,
      rejected: 0,
      notes: source === "c" ? ["JSON array"] : ["JSON lines"]
    }))
    const lines = text({ inputs }).split("\n")
    assert.include(lines, "records     1,200 from 3 files")
    assert.deepStrictEqual(lines.slice(-2), ["2 files: JSON lines", "c: JSON array"])
  })

  it("needs no sessions, no time and no records", () => {
    const none = { ...accounting, read: 0, accepted: 0, rejected: 0, unique: 0, duplicates: 0, in_sessions: null }
    const shown = text({ accounting: none, sessions: null, time_span: null, inputs: [] }, 0)
    assert.include(shown, "records     0 from 0 files\n")
    assert.include(shown, "took        0.00 s, 0 records/s")
    assert.include(shown, "balance     read 0 = 0 accepted + 0 rejected; 0 = 0 unique + 0 duplicates\n")
  })
})
