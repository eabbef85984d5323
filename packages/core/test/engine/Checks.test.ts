import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { RunOptions } from "../../src/engine/Engine.ts"
import { ExpressionFailed } from "../../src/engine/Expressions.ts"
import { localEngine } from "../../src/engine/LocalEngine.ts"
import type { Finding } from "../../src/engine/check/Finding.ts"
import { PluginError } from "../../src/plugin/PluginError.ts"
import { timeTextMicros } from "../../src/time/TimeText.ts"
import { MemoryConnections, type MemoryInput } from "../support/MemoryConnections.ts"
import { Broken, type Row } from "../support/records.ts"
import { planOf } from "../support/runSpec.ts"

const asOf = (text: string): number => timeTextMicros(text) ?? NaN

/** Days 1 to 5 of July 2024 with 2, 4, 1, 0 and 3 events. */
const rows: ReadonlyArray<Row> = [
  { id: "1", u: "a", t: "2024-07-01T10:00:00Z", k: "x", n: 1 },
  { id: "2", u: "a", t: "2024-07-01T10:01:00Z", k: "y", n: 2 },
  { id: "3", u: "b", t: "2024-07-02T10:00:00Z", k: "x", n: null },
  { id: "4", u: "b", t: "2024-07-02T10:10:00Z", k: null, n: 4 },
  { id: "5", u: "c", t: "2024-07-02T10:00:00Z", k: "z", n: 0 },
  { id: "6", u: "c", t: "2024-07-02T23:59:59Z", k: "x", n: -3 },
  { id: "7", u: "a", t: "2024-07-03T10:00:00Z", k: "x", n: 1 },
  { id: "8", u: null, t: "2024-07-03T10:00:00Z", k: "x", n: 1 },
  new Broken("json.syntax", "unexpected end"),
  { id: "9", u: "b", t: "2024-07-05T08:00:00Z", k: "y", n: 5 },
  { id: "10", u: "b", t: "2024-07-05T08:30:00Z", k: "y", n: 5 },
  { id: "11", u: "d", t: "2024-07-05T09:00:00Z", k: "x", n: 7 }
]

const base = `event: { id: id, user: u, time: t, type: k, columns: { n: "n::int64" } }
sessions: { gap: 30m }
users: {}
tables: { days: { from: events, by: [{ day: date(t) }], columns: { rows: count(*), total: sum(n) } } }
`
const specOf = (checks: ReadonlyArray<string>, outputs = ""): string =>
  `${base}checks:\n${checks.map((check, i) => `  - { name: c${i + 1}, ${check} }\n`).join("")}${outputs}`

const inputs = (changes: Readonly<Record<string, ReadonlyArray<MemoryInput>>> = {}) => ({
  "events.json": [{ rows }],
  ...changes
})

const run = (spec: string, connections: MemoryConnections, options: Partial<RunOptions> = {}) =>
  localEngine
    .run(planOf(spec), { asOfMicros: asOf("2024-07-05T12:00:00Z"), ...options })
    .pipe(Effect.provide(connections.layer))

const found = (check: string, options: Partial<RunOptions> = {}) =>
  run(specOf([check]), new MemoryConnections(inputs()), options).pipe(
    Effect.map(({ summary }) => summary.findings.map(brief))
  )
const brief = ({ message, n, outcome, value }: Finding) => [outcome, value, n, message] as const

type Case = readonly [check: string, outcome: Finding["outcome"], value: number | null, n: number, message: string]

describe("checks", () => {
  it.effect.each<Case>([
    ["on: events, expect: n > 0", "failed", 3, 10, "3 of 10 rows fail, expected at most 0"],
    ["on: events, expect: n is null or n > -9", "passed", 0, 10, "0 of 10 rows fail, expected at most 0"],
    ["on: events, expect: n > 0, severity: warn", "warning", 3, 10, "3 of 10 rows fail, expected at most 0"],
    ["on: events, expect: n > 0, at_most: 3", "passed", 3, 10, "3 of 10 rows fail, expected at most 3"],
    ["on: events, expect: n > 0, at_most: 30%", "passed", 3, 10, "3 of 10 rows fail, expected at most 30 %"],
    ["on: events, expect: n > 0, at_most: 29.9 %", "failed", 3, 10, "3 of 10 rows fail, expected at most 29.9 %"],
    ["on: users, expect: event_count < 5", "passed", 0, 4, "0 of 4 rows fail, expected at most 0"],
    ["on: days, expect: rows > 1", "failed", 1, 4, "1 of 4 rows fails, expected at most 0"],
    ["on: events, not_null: [k, n]", "failed", 2, 10, "2 of 10 rows fail, expected at most 0"],
    [
      "on: events, accepted: { k: [x, y], n: ['1', '2', '4', '5', '-3', '0'] }",
      "failed",
      2,
      10,
      "2 of 10 rows fail, expected at most 0"
    ],
    ["on: events, unique: id", "passed", 0, 10, "0 of 10 rows fail, expected at most 0"],
    ["on: events, unique: n", "failed", 2, 10, "2 of 10 rows fail, expected at most 0"],
    ["on: events, unique: [k, n]", "failed", 2, 10, "2 of 10 rows fail, expected at most 0"],
    [
      "on: events, references: { column: user, table: users }",
      "passed",
      0,
      10,
      "0 of 10 rows fail, expected at most 0"
    ],
    [
      "on: events, references: { column: n, table: days, key: rows }",
      "failed",
      5,
      10,
      "5 of 10 rows fail, expected at most 0"
    ],
    [
      "on: days, references: { column: rows, table: events, key: n }",
      "failed",
      1,
      4,
      "1 of 4 rows fails, expected at most 0"
    ],
    ["on: events, references: { column: n, table: events }", "passed", 0, 10, "0 of 10 rows fail, expected at most 0"],
    ["on: events, assert: sum(n) > 22", "failed", 22, 10, "22 (n = 10), expected sum(n) > 22"],
    ["on: events, assert: 21 < sum(n)", "passed", 22, 10, "22 (n = 10), expected 21 < sum(n)"],
    ["on: events, assert: min(k) = 'y'", "failed", null, 10, "false (n = 10), expected min(k) = 'y'"],
    ["on: events, assert: any(n > 100) and null", "failed", null, 10, "false (n = 10), expected any(n > 100) and null"],
    [
      "on: events, assert: sum(n) filter (where n > 9) > 0",
      "failed",
      null,
      10,
      "null (n = 10), expected sum(n) filter (where n > 9) > 0"
    ],
    ["on: events, assert: sum(n) / 3, at_most: 7.3", "failed", 22 / 3, 10, "7.33333 (n = 10), expected at most 7.3"],
    [
      "on: events, assert: avg(n) filter (where n > 9), at_most: 9",
      "failed",
      null,
      10,
      "null (n = 10), expected at most 9"
    ],
    ["rate: rejected / read, at_most: 5%", "failed", 2 / 12, 12, "16.6667 % (n = 12), expected at most 5 %"],
    ["rate: rejected / read, at_most: 0.17", "passed", 2 / 12, 12, "0.166667 (n = 12), expected at most 0.17"],
    ["rate: in_sessions = unique", "passed", 10, 12, "10 (n = 12), expected in_sessions = unique"],
    [
      "rate: in_sessions + outside - duplicates + accepted - filtered + conflicting, at_least: 21",
      "failed",
      20,
      12,
      "20 (n = 12), expected at least 21"
    ],
    [
      "on: events, freshness: time, at_most: 3h",
      "passed",
      10800,
      10,
      "the last of 10 rows is 3h old, expected at most 3h"
    ],
    [
      "on: events, freshness: time, at_most: 2h59m",
      "failed",
      10800,
      10,
      "the last of 10 rows is 3h old, expected at most 2h59m"
    ],
    [
      "on: sessions, volume: session_start, at_least: 2",
      "failed",
      0,
      3,
      "0 rows on 2024-07-04, of 3 full days, expected at least 2"
    ],
    ["on: events, volume: t, at_most: 3", "failed", 4, 3, "4 rows on 2024-07-02, of 3 full days, expected at most 3"],
    [
      "on: events, volume: t, at_least: 50%",
      "failed",
      0,
      3,
      "0 rows on 2024-07-04, of 3 full days, expected at least 50 % of 2.5, the average of the days before"
    ],
    [
      "on: events, volume: t, at_most: 50%",
      "passed",
      1,
      3,
      "1 row on 2024-07-03, of 3 full days, expected at most 50 % of 4, the average of the days before"
    ],
    ["on: days, volume: day, at_least: 1", "failed", 0, 3, "0 rows on 2024-07-04, of 3 full days, expected at least 1"]
  ])("%s", ([check, ...expected]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* found(check), [expected])
    })
  )

  it.effect("a day is full when it is over, in the spec's zone, and no data that is older may be missing", () =>
    Effect.gen(function* () {
      const check = "on: events, volume: t, at_least: 1"
      const on = (time: string) => found(check, { asOfMicros: asOf(time) })
      const last = yield* on("2024-07-06T00:00:00Z")
      assert.deepStrictEqual(last, [["failed", 0, 4, "0 rows on 2024-07-04, of 4 full days, expected at least 1"]])
      assert.deepStrictEqual(yield* on("2024-07-03T23:00:00Z"), [
        ["passed", 4, 1, "4 rows on 2024-07-02, of 1 full day, expected at least 1"]
      ])
      assert.deepStrictEqual(yield* on("2024-07-01T23:00:00Z"), [
        ["passed", null, 0, "no full day to judge, expected at least 1"]
      ])
      const spec = `timezone: Europe/Berlin\n${specOf([check])}`
      const { summary } = yield* run(spec, new MemoryConnections(inputs()), {
        asOfMicros: asOf("2024-07-02T21:59:00Z")
      })
      assert.deepStrictEqual(summary.findings.map(brief), [
        ["passed", null, 0, "no full day to judge, expected at least 1"]
      ])
    })
  )

  it.effect("each limit is judged", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* found("on: events, volume: t, at_least: 1, at_most: 5"), [
        ["failed", 0, 3, "0 rows on 2024-07-04, of 3 full days, expected at least 1"],
        ["passed", 4, 3, "4 rows on 2024-07-02, of 3 full days, expected at most 5"]
      ])
    })
  )

  it.effect("of nothing, conditions on measures fail, and there is nothing to say of rows and rates", () =>
    Effect.gen(function* () {
      const checks = [
        "on: events, expect: n > 0",
        "on: sessions, unique: user",
        "on: events, references: { column: n, table: days, key: rows }",
        "on: events, assert: sum(n) > 0",
        "on: events, freshness: t, at_most: 2h",
        "on: events, volume: t, at_least: 1",
        "rate: rejected / read, at_most: 5%",
        "rate: rejected / read < 0.05, per: input"
      ]
      const { summary } = yield* run(specOf(checks), new MemoryConnections(inputs({ "events.json": [{ rows: [] }] })))
      assert.deepStrictEqual(
        summary.findings.map(({ message, outcome }) => `${outcome}: ${message}`),
        [
          "passed: 0 of 0 rows fail, expected at most 0",
          "passed: 0 of 0 rows fail, expected at most 0",
          "passed: 0 of 0 rows fail, expected at most 0",
          "failed: null (n = 0), expected sum(n) > 0",
          "failed: no time in 0 rows, expected at most 2h",
          "passed: no full day to judge, expected at least 1",
          "passed: null (n = 0), expected at most 5 %",
          "passed: null (n = 0), expected rejected / read < 0.05"
        ]
      )
    })
  )

  it.effect("samples are the first rows that fail, with what tells them apart", () =>
    Effect.gen(function* () {
      const checks = [
        "on: events, expect: n > 0",
        "on: events, expect: n > 100",
        "on: sessions, expect: session_duration_sec > 60",
        "on: days, not_null: rows",
        "on: events, unique: k",
        "on: events, references: { column: n, table: days, key: rows }"
      ]
      const { summary } = yield* run(specOf(checks), new MemoryConnections(inputs()))
      const [few, many, sessions, none, unique, missing] = summary.findings.map(({ samples }) => samples)
      assert.deepStrictEqual(few, [
        { u: "b", t: "2024-07-02T10:00:00Z", n: null },
        { u: "c", t: "2024-07-02T10:00:00Z", n: 0 },
        { u: "c", t: "2024-07-02T23:59:59Z", n: -3 }
      ])
      assert.deepStrictEqual([many.length, none.length], [5, 0])
      assert.deepStrictEqual(sessions[0], { u: "a", session_start: "2024-07-01T10:00:00Z", session_duration_sec: 60 })
      assert.deepStrictEqual(unique[0], { u: "a", t: "2024-07-03T10:00:00Z", k: "x" })
      assert.deepStrictEqual(missing, [{ n: 5 }, { n: 0 }, { n: -3 }, { n: 7 }])
    })
  )

  it.effect("rates are of each input that has records, too", () =>
    Effect.gen(function* () {
      const connections = new MemoryConnections({
        "events.json": [{ rows: rows.slice(0, 8), cuts: [3] }, { rows: [] }, { rows: rows.slice(8), cuts: [1, 2] }]
      })
      const { summary } = yield* run(specOf(["rate: rejected / read, at_most: 20%, per: input"]), connections)
      assert.deepStrictEqual(
        summary.findings.map(({ input, n, outcome, table, value }) => [input, table, outcome, value, n]),
        [
          [null, null, "passed", 2 / 12, 12],
          ["events.json/1", null, "passed", 1 / 8, 8],
          ["events.json/3", null, "failed", 1 / 4, 4]
        ]
      )
    })
  )

  it.effect("an expression that has no value for a row ends the run, and names its check", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(found("on: events, expect: k::int64 > 0"))
      assert.instanceOf(error, ExpressionFailed)
      assert.match(error.message, /^checks "c1": invalid int64 in "k"/)
      const measured = yield* Effect.flip(found("on: events, assert: sum(k::int64) > 0"))
      assert.match(measured.message, /^checks "c1": invalid int64 in "k"/)
    })
  )
})

const outputs = "outputs: { findings: { uri: f.json }, history: { uri: h.json } }\n"

describe("outputs of checks", () => {
  it.effect("findings are a table", () =>
    Effect.gen(function* () {
      const connections = new MemoryConnections(inputs())
      const checks = ["on: events, expect: n > 5", "rate: read > 0, severity: warn"]
      const { summary } = yield* run(specOf(checks, outputs), connections)
      assert.deepStrictEqual(
        connections.committed.get("findings"),
        summary.findings.map((finding) => ({ ...finding, samples: JSON.stringify(finding.samples) }))
      )
      assert.deepInclude(summary.outputs[0], { table: "findings", rows: 2 })
    })
  )

  const rowOf = (run: string, check: string, bound: string | null, value: number | null) => ({
    run: `2024-07-0${run}T12:00:00Z`,
    check,
    input: null,
    bound,
    outcome: "passed",
    value,
    n: 10
  })
  const checks = ["on: events, assert: sum(n), at_least: 80% of previous", "on: events, assert: count(*) > 1"]
  const judged = (history: ReadonlyArray<Row>, day = "5") =>
    Effect.gen(function* () {
      const connections = new MemoryConnections(inputs({ "h.json": [{ rows: history }] }))
      const { summary } = yield* run(specOf(checks, outputs), connections, {
        asOfMicros: asOf(`2024-07-0${day}T12:00:00Z`)
      })
      return {
        findings: summary.findings.slice(0, 1).map(({ message, outcome }) => `${outcome}: ${message}`),
        history: connections.committed.get("history") ?? []
      }
    })

  it.effect("the first run has nothing before it", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* judged([]), {
        findings: ["passed: 22 (n = 10), expected at least 80 % of the run before, of which nothing is known"],
        history: [rowOf("5", "c1", "at_least", 22), rowOf("5", "c2", null, 10)]
      })
    })
  )

  it.effect("runs are compared with the one before, and take the place of themselves", () =>
    Effect.gen(function* () {
      const others = [
        rowOf("1", "c1", "at_least", 10),
        rowOf("3", "c1", "at_least", 30),
        rowOf("3", "c1", "at_most", 1),
        rowOf("4", "c1", "at_least", null)
      ]
      const first = yield* judged([...others, rowOf("6", "c1", "at_least", 5)])
      assert.deepStrictEqual(first.findings, [
        "failed: 22 (n = 10), expected at least 80 % of 30, which the run before had"
      ])
      const failed = { ...rowOf("5", "c1", "at_least", 22), outcome: "failed" }
      assert.deepStrictEqual(first.history, [
        ...others,
        failed,
        rowOf("5", "c2", null, 10),
        rowOf("6", "c1", "at_least", 5)
      ])
      assert.deepStrictEqual(yield* judged(first.history as ReadonlyArray<Row>), first)
      assert.deepStrictEqual((yield* judged(first.history as ReadonlyArray<Row>, "7")).findings, [
        "passed: 22 (n = 10), expected at least 80 % of 5, which the run before had"
      ])
    })
  )

  it.effect("a file that is no history ends the run before anything is written", () =>
    Effect.gen(function* () {
      for (const row of [{ u: "a" }, rowOf("4", "c1", null, Number.NaN), new Broken("json.syntax", "unexpected end")]) {
        const rows = [row instanceof Broken ? row : { ...row, ...("value" in row ? { value: "many" } : {}) }]
        const connections = new MemoryConnections(inputs({ "h.json": [{ rows }] }))
        const error = yield* Effect.flip(run(specOf(checks, outputs), connections))
        assert.instanceOf(error, PluginError)
        assert.match(error.message, /^outputs\.history: h\.json\/1 is not the history that a run has written$/)
        assert.notInclude(connections.log.join(), "sink")
      }
    })
  )
})
