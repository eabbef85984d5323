import { assert, describe, it } from "@effect/vitest"
import { errorOf } from "../support/errorOf.ts"
import { head, planOf } from "../support/runSpec.ts"

/** A check stands in line 8. */
const base = `${head}event: { user: u, time: t, type: kind, columns: { n: "n::int64" } }
sessions: {}
tables: { days: { from: events, by: [{ day: date(t) }], columns: { rows: count(*), kinds: list(distinct kind) } } }
checks:
`
const checkOf = (check: string) => `${base}  - { name: c, ${check} }\n`

type Case = readonly [check: string, problems: ReadonlyArray<string>]

const kinds = "expect, not_null, accepted, unique, references, assert, rate, freshness or volume"

describe("what is wrong with a check", () => {
  it.each<Case>([
    ["on: events", [`8:5: a check has one of ${kinds}; found none of them`]],
    ["on: events, expect: n > 0, unique: n", [`8:5: a check has one of ${kinds}; found expect and unique`]],
    ["expect: n > 0", ['8:5: missing "on": the table that is looked at']],
    [
      "on: event, expect: n > 0",
      ['8:20: no table "event" (did you mean "events"?); expected events, sessions or days']
    ],
    ["on: rejects, expect: event > 0", ['8:20: no table "rejects"; expected events, sessions or days']],
    ["on: users, expect: n > 0", ['8:20: there is no table of users: the spec has no "users"']],
    ["on: findings, expect: n > 0", ['8:20: no table "findings"; expected events, sessions or days']],
    ["on: events, expect: n", ["8:36: this needs bool, found int64", "  compare it with something, as in x = 1"]],
    [
      "on: events, expect: m > 1",
      ["8:36: unknown column m", "  columns here are session_id, u, t, kind, n, user, time, type"]
    ],
    ["on: events, expect: count(*) > 1", ["8:36: count is a measure, and there is no group of rows to measure here"]],
    ["on: events, expect: n > 1, at_least: 3", ["8:43: this check has no at_least", "  use at_most"]],
    [
      "on: events, expect: n > 1, at_most: few",
      ['8:52: expected a number, a share such as 5%, or 80% of previous, found "few"']
    ],
    [
      "on: events, expect: n > 1, at_most: 80% of previous",
      [
        "8:52: runs are compared by their history, and nothing says where it is kept",
        "  such as outputs: { history: { uri: checks.jsonl } }"
      ]
    ],
    [
      "on: events, expect: n > 1, at_most: []",
      [
        "8:52: expected a number such as 100, a share such as 5%, 80% of previous, or for freshness a duration such as 2h, found a list"
      ]
    ],
    ["on: events, not_null: [n, m]", ['8:42: no column "m"; expected session_id, u, t, kind, n, user, time or type']],
    ["on: days, not_null: dy", ['8:36: no column "dy" (did you mean "day"?); expected day, rows or kinds']],
    [
      "on: events, accepted: { knd: [a] }",
      ['8:40: no column "knd" (did you mean "kind"?); expected session_id, u, t, kind, n, user, time or type']
    ],
    ["on: events, accepted: { kind: [] }", ["8:46: expected at least one value, found an empty list"]],
    ["on: days, accepted: { kinds: [a] }", ["8:36: list cannot be cast to text"]],
    ["on: days, unique: kinds", ["8:34: lists are not compared"]],
    ["on: events, references: { column: u }", ['8:40: missing "table"']],
    ["on: events, references: { column: u, table: days }", ['8:50: no column "u"; expected day, rows or kinds']],
    [
      "on: events, references: { column: n, table: days, key: day }",
      ['8:40: "n" is int64 and cannot be compared with "day", which is date']
    ],
    [
      "on: events, references: { column: m, table: day, key: day }",
      [
        '8:50: no column "m"; expected session_id, u, t, kind, n, user, time or type',
        '8:60: no table "day" (did you mean "days"?); expected events, sessions or days'
      ]
    ],
    [
      "on: events, assert: n > 1",
      ["8:36: unknown column n", "  it has a value per row: put it into a measure, as in first(n)"]
    ],
    ["on: events, assert: sum(n)", ["8:36: a number needs at_least or at_most beside it, or is part of a condition"]],
    ["on: events, assert: max(t)", ["8:36: expected a condition or a number, found timestamp"]],
    [
      "on: events, assert: sum(n) > 1, at_most: 3",
      ["8:48: this check has no at_most", "  a condition is its own limit"]
    ],
    ["on: events, assert: sum(n), at_most: 5%", ['8:53: expected a number, or 80% of previous, found "5%"']],
    ["on: sessions, assert: avg_gap(), at_most: 5", ["8:38: avg_gap measures events, and the rows here are none"]],
    ["rate: rejected / reed, at_most: 5%", ["8:33: unknown column reed", "  did you mean read?"]],
    ["on: events, rate: rejected / read < 0.1", ["8:16: a rate is of the run, not of a table"]],
    [
      "rate: duplicates / read < 0.1, per: input",
      ['8:22: "duplicates" is not counted per input; expected read, accepted, rejected or filtered']
    ],
    ["on: events, expect: n > 1, per: input", ["8:43: only rates are of inputs"]],
    ["on: events, freshness: t", ['8:5: missing "at_most": a duration such as 2h']],
    [
      "on: events, freshness: t, at_most: 2",
      ["8:51: expected a duration such as 500ms, 45s, 30m, 1h, 1d or 1h30m, found 2"]
    ],
    ["on: events, freshness: kind, at_most: 2h", ['8:39: "kind" is text; expected timestamp']],
    ["on: days, freshness: day, at_most: 2h", ['8:37: "day" is date; expected timestamp']],
    ["on: days, volume: rows, at_least: 2", ['8:34: "rows" is int64; expected timestamp or date']],
    ["on: days, volume: day", ['8:5: missing "at_least" or "at_most": rows of a day']],
    ["on: events, expect: n > 1, severity: bad", ['8:53: expected warn or error, found "bad"']],
    [
      "on: events, expects: n > 1",
      [
        '8:28: unknown "expects" (did you mean "expect"?); expected name, on, expect, not_null, accepted, unique, references, assert, rate, per, freshness, volume, at_most, at_least or severity'
      ]
    ]
  ])("%s", (check, problems) => {
    assert.deepStrictEqual(errorOf(checkOf(check)), problems)
  })

  it("two of one name", () => {
    assert.deepStrictEqual(errorOf(`${checkOf("on: events, expect: n > 1")}  - { name: c, rate: read > 0 }\n`), [
      '9:13: "c" is the name of two checks'
    ])
  })

  it.each<Case>([
    ["history: { uri: h.csv, columns: [run] }", ["9:44: a history has all of its columns"]],
    ["history: { uri: h, format: csv, partition: [check] }", ["9:55: a history is one file"]],
    [
      "history: { uri: h.csv, format: { name: csv, spreadsheet: safe } }",
      ["9:43: the format of a history has no options: it is read as it is written"]
    ],
    ['history: { uri: "-" }', ["9:28: a history is a file that the next run reads"]],
    [
      "findings: { uri: f.csv, columns: [checks] }",
      [
        '9:46: no column "checks" (did you mean "check"?); expected check, table, input, severity, outcome, value, threshold, n, message or samples'
      ]
    ]
  ])("outputs: %s", (output, problems) => {
    assert.deepStrictEqual(errorOf(`${checkOf("on: events, expect: n > 1")}outputs: { ${output} }`), problems)
  })

  it("a table with the name of one that checks make; without checks it may have it", () => {
    const table = "findings: { from: events, columns: { u: u } }"
    const text = `${head}event: { user: u, time: t }\ntables: { ${table} }\noutputs: { findings: { uri: f.csv } }\n`
    assert.deepStrictEqual(errorOf(`${text}checks: [{ name: c, rate: read > 0 }]`), [
      '5:11: "findings" is a table that Sojourn makes itself'
    ])
    assert.deepStrictEqual(errorOf(text), [])
    assert.deepStrictEqual(errorOf(`${head}event: { user: u, time: t }\noutputs: { findings: { uri: f.csv } }\n`), [
      '5:12: no table "findings"; expected events, duplicates, rejects or inputs'
    ])
  })

  it("a binding that the environment lacks", () => {
    assert.deepStrictEqual(errorOf(checkOf(`on: events, expect: "kind <> '\${X}' and kind <> \${Y}"`)), [
      "8:64: the environment has no Y",
      "  set it: Y=… sojourn …"
    ])
  })
})

describe("planChecks", () => {
  it("shows what tells a row apart besides what a check looks at", () => {
    const { checks } = planOf(`event: { user: u, time: t, type: kind, columns: { n: n, m: m } }
sessions: { columns: { ms: count(distinct m) } }
tables: { days: { from: events, by: [{ day: date(t) }], columns: { rows: count(*) } } }
checks:
  - { name: a, on: events, expect: "n > m" }
  - { name: b, on: sessions, unique: [ms, user] }
  - { name: c, on: days, not_null: rows }
`)
    assert.deepStrictEqual(
      checks.map((check) => ("shown" in check ? check.shown : [])),
      [
        ["u", "t", "n", "m"],
        ["u", "session_start", "ms"],
        ["day", "rows"]
      ]
    )
  })
})
