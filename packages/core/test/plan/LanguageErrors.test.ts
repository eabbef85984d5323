import { assert, describe, it } from "@effect/vitest"
import { errorOf } from "../support/errorOf.ts"
import { head } from "../support/runSpec.ts"

type Case = readonly [name: string, text: string, problems: ReadonlyArray<string>]

/** A case goes on at line 5 with {@link base}, in line 6 with {@link sessions}, in line 7 with {@link tables}. */
const base = `${head}event: { user: u, time: t, type: kind, columns: { n: "n::int64", d: d } }\n`
const sessions = `${base}sessions:\n  `
const tables = `${base}sessions: { columns: { l: list(distinct kind) } }\ntables:\n  d: `

describe("what is wrong with an event", () => {
  it.each<Case>([
    [
      "event.columns syntax",
      head + "event:\n  user: u\n  time: t\n  columns:\n    a: lower(x",
      ["8:15: expected , or ) to close the ( at character 6, found the end"]
    ],
    [
      "event.columns quoted",
      head + 'event:\n  user: u\n  time: t\n  columns:\n    a: "upper(x) + 1"',
      ["8:8: + cannot take text and int64", "  cast the text, as in x::int64"]
    ],
    [
      "event.columns single quoted with quotes",
      head + "event:\n  user: u\n  time: t\n  columns:\n    a: 'x = ''b'' and lowr(x)'",
      ["8:8: unknown function lowr", "  did you mean lower?"]
    ],
    [
      "event.columns folded",
      head + "event:\n  user: u\n  time: t\n  columns:\n    a: >-\n      upper(x)\n      + 1",
      ["8:8: + cannot take text and int64", "  cast the text, as in x::int64"]
    ],
    [
      "unknown function",
      head + "event: { user: u, time: t, columns: { a: uper(x) } }",
      ["4:42: unknown function uper", "  did you mean upper?"]
    ],
    [
      "measure in event",
      head + "event: { user: u, time: t, columns: { a: count(*) } }",
      ["4:42: count is a measure, and there is no group of rows to measure here"]
    ],
    [
      "window in event",
      head + "event: { user: u, time: t, columns: { a: next(x) } }",
      ["4:42: next looks at a user's other rows, which cannot be done here"]
    ],
    [
      "where type",
      head + "event: { user: u, time: t, where: user }",
      ["4:35: this needs bool, found text", "  compare it with something, as in x = 1"]
    ],
    [
      "where unknown",
      head + "event: { user: u, time: t, where: usr = 'a' }",
      ["4:35: unknown column usr", "  did you mean user?"]
    ],
    [
      "where number",
      head + "event: { user: u, time: t, where: 1 }",
      ["4:35: expected an expression such as coalesce(page_url, screen_name), found 1"]
    ],
    [
      "id type",
      head + "event: { user: u, time: t, id: { as: i, value: x::int64 } }",
      ["4:48: this needs text, found int64", "  cast it, as in x::text"]
    ],
    [
      "time type",
      head + "event: { user: u, time: { as: t, value: x::int64 } }",
      [
        "4:41: a time is text or a timestamp, and this is int64",
        "  times from numbers: to_timestamp(x), or ::text and event.time_format"
      ]
    ],
    [
      "unnamed",
      head + "event: { user: lower(u), time: t }",
      ["4:16: an expression needs a name", '  write { as: user, value: "…" }']
    ],
    [
      "unnamed list",
      head + "event: { user: [lower(u), b], time: t }",
      ["4:16: a key of several columns needs a name", "  write { as: user, value: [lower(u), b] }"]
    ],
    [
      "allowed typed",
      head + 'event: { user: u, time: t, columns: { n: x::int64 }, allowed: { n: ["1"] } }',
      ['4:65: "n" is int64, and only text can be limited']
    ],
    [
      "reserved name",
      head + "event: { user: u, time: t, columns: { $m0: x } }",
      ['4:39: "$m0" is a name that Sojourn uses itself']
    ],
    [
      "binding",
      head + 'event: { user: u, time: t, columns: { a: "sha256(x || ${SALT})" } }',
      ["4:55: the environment has no SALT", "  set it: SALT=… sojourn …"]
    ],
    [
      "regex",
      head + "event: { user: u, time: t, columns: { a: \"regexp_extract(x, '(a')\" } }",
      ["4:61: regexp_extract: missing closing ): `(a`"]
    ],
    [
      "enrich keys",
      head + "event: { user: u, time: t, enrich: { c: { source: c.csv, key: k, on: u, colums: {} } } }",
      [
        '4:51: expected a map such as { uri: countries.csv }, found "c.csv"',
        '4:73: unknown "colums" (did you mean "columns"?); expected source, key, on or columns'
      ]
    ],
    [
      "enrich source",
      head + "event: { user: u, time: t, enrich: { c: { source: { url: c.csv }, key: k, on: u, columns: {} } } }",
      ['4:53: unknown "url" (did you mean "uri"?); expected uri or format']
    ],
    [
      "enrich key",
      head + "event: { user: u, time: t, enrich: { c: { source: { uri: c.csv }, key: a b, on: u, columns: {} } } }",
      [
        '4:72: expected a column such as user_id, payload.user.id or "User ID", found "a b"',
        "  a name that is no plain word needs quotes of its own: '\"a b\"'"
      ]
    ],
    [
      "enrich on",
      head + "event: { user: u, time: t, enrich: { c: { source: { uri: c.csv }, key: a, on: usr, columns: {} } } }",
      ["4:79: unknown column usr", "  did you mean user?"]
    ],
    [
      "enrich on type",
      head + "event: { user: u, time: t, enrich: { c: { source: { uri: c.csv }, key: a, on: t, columns: {} } } }",
      ["4:79: this needs text, found timestamp", "  cast it, as in x::text"]
    ],
    [
      "enrich name",
      head + "event: { user: u, time: t, enrich: { c: { source: { uri: c.csv }, key: a, on: u, columns: { u: x } } } }",
      ['4:93: "u" is the name of two columns']
    ]
  ])("%s", (_, text, problems) => {
    assert.deepStrictEqual(errorOf(text), problems)
  })
})

describe("what is wrong with sessions", () => {
  it.each<Case>([
    [
      "gap expr type",
      sessions + "gap: n * 2",
      ["6:8: this needs interval, found int64", "  cast it, as in x::interval"]
    ],
    [
      "gap expr unknown",
      sessions + "gap: m * interval '1s'",
      ["6:8: unknown column m", "  columns here are u, t, kind, n, d, user, time, type"]
    ],
    [
      "max_duration",
      sessions + "max_duration: 2 hours",
      ['6:17: expected a duration such as 500ms, 45s, 30m, 1h, 1d or 1h30m, found "2 hours"']
    ],
    ["max_events", sessions + "max_events: 0", ["6:15: expected a whole number from 1, found 0"]],
    ["max_events text", sessions + "max_events: ten", ['6:15: expected a number, found "ten"']],
    [
      "start",
      sessions + "start: kind",
      ["6:10: this needs bool, found text", "  compare it with something, as in x = 1"]
    ],
    [
      "start text",
      sessions + "start: kind = login",
      ["6:17: unknown column login", "  columns here are u, t, kind, n, d, user, time, type"]
    ],
    ["end", sessions + "end: tpe = 'x'", ["6:8: unknown column tpe", "  did you mean type?"]],
    ["change text", sessions + "change: device", ['6:11: expected a list such as [device], found "device"']],
    [
      "change unknown",
      sessions + "change: [kin]",
      ['6:12: no column "kin" (did you mean "kind"?); expected u, t, kind, n, d, user, time or type']
    ],
    [
      "change map",
      sessions + "change: [{ column: d, from_nul: split }]",
      ['6:25: unknown "from_nul" (did you mean "from_null"?); expected column or from_null']
    ],
    [
      "change map value",
      sessions + "change: [{ column: d, from_null: cut }]",
      ['6:36: expected keep or split, found "cut"']
    ],
    [
      "change map unknown",
      sessions + "change: [{ column: e }]",
      ['6:22: no column "e"; expected u, t, kind, n, d, user, time or type']
    ],
    ["from_null", sessions + "from_null: cut", ['6:14: expected keep or split, found "cut"']],
    [
      "midnight false",
      sessions + "midnight: false",
      ["6:13: expected true, or a zone such as Europe/Berlin, found false"]
    ],
    [
      "midnight zone",
      sessions + "midnight: Europe/Berln",
      [
        '6:13: unknown time zone "Europe/Berln": expected an IANA name such as Europe/Berlin, UTC, or an offset such as +02:00; did you mean "Europe/Berlin"?'
      ]
    ],
    ["by", sessions + "by: sid", ['6:7: no column "sid"; expected u, t, kind, n, d, user, time or type']],
    ["by a number", sessions + "by: n", ['6:7: "n" is int64, and the ids of sessions are text']],
    [
      "passive",
      sessions + "passive: n",
      ["6:12: this needs bool, found int64", "  compare it with something, as in x = 1"]
    ],
    [
      "columns mixed",
      sessions + "columns: { a: n + count(*) }",
      ["6:17: unknown column n", "  it has a value per row: put it into a measure, as in first(n)"]
    ],
    [
      "columns built-in inside",
      sessions + "columns: { a: sum(event_count) }",
      ["6:21: unknown column event_count", "  columns here are u, t, kind, n, d, user, time, type"]
    ],
    ["columns nested", sessions + "columns: { a: sum(count(*)) }", ["6:21: count cannot stand inside sum"]],
    [
      "columns window",
      sessions + "columns: { a: next(n) }",
      ["6:17: next looks at a user's other rows, which cannot be done here"]
    ],
    [
      "columns taken",
      sessions + "columns: { event_count: count(*) }",
      ['6:14: "event_count" is the name of a column that Sojourn adds']
    ]
  ])("%s", (_, text, problems) => {
    assert.deepStrictEqual(errorOf(text), problems)
  })
})

describe("what is wrong with users and tables", () => {
  it.each<Case>([
    [
      "users key",
      base + "users: { column: {} }",
      ['5:10: unknown "column" (did you mean "columns"?); expected columns']
    ],
    [
      "users without sessions",
      base + "users: { columns: { a: session_count / 2 } }",
      ["5:24: unknown column session_count", "  columns here are u, first_event, last_event, event_count, user"]
    ],
    [
      "outputs users",
      base + "outputs: { users: { uri: a } }",
      ['5:12: there is no table of users: the spec has no "users"']
    ],
    [
      "table from",
      tables + "{ from: event, columns: { n: count(*) } }",
      ['7:14: no table "event" (did you mean "events"?); expected events or sessions']
    ],
    [
      "table from later",
      tables + "{ from: e, columns: { n: count(*) } }\n  e: { from: events, columns: { n: count(*) } }",
      ['7:14: the table "e" has to be declared before this one']
    ],
    [
      "table from itself",
      tables + "{ from: d, columns: { n: count(*) } }",
      ["7:14: a table cannot be made from itself"]
    ],
    ["table from itself, all of it", tables + "{ from: d }", ["7:14: a table cannot be made from itself"]],
    [
      "table from several, itself among them",
      tables + "{ from: [events, d] }",
      ["7:23: a table cannot be made from itself"]
    ],
    [
      "table from users",
      tables + "{ from: users, columns: { n: count(*) } }",
      ['7:14: there is no table of users: the spec has no "users"']
    ],
    [
      "table from rejects",
      tables + "{ from: rejects, columns: { n: count(*) } }",
      ['7:14: no table "rejects"; expected events or sessions']
    ],
    [
      "table named users",
      base + "users: {}\ntables: { users: { from: events, columns: { n: count(*) } } }",
      ['6:11: "users" is a table that Sojourn makes itself']
    ],
    [
      "table where",
      tables + "{ from: events, where: n, columns: { n: count(*) } }",
      ["7:29: this needs bool, found int64", "  compare it with something, as in x = 1"]
    ],
    [
      "table where measure",
      tables + "{ from: events, where: count(*) > 1, columns: { n: count(*) } }",
      ["7:29: count is a measure, and there is no group of rows to measure here"]
    ],
    [
      "by expression",
      tables + "{ from: events, by: [lower(n)], columns: {} }",
      ["7:33: lower needs text, found int64", "  cast it, as in x::text"]
    ],
    [
      "by map",
      tables + "{ from: events, by: [{ x: lower(n) }], columns: {} }",
      ["7:38: lower needs text, found int64", "  cast it, as in x::text"]
    ],
    [
      "by twice",
      tables + "{ from: events, by: [kind, { kind: n }], columns: {} }",
      ['7:41: "kind" is the name of two columns']
    ],
    ["by list", tables + "{ from: sessions, by: [l], columns: {} }", ["7:29: a list makes no group"]],
    [
      "bare column",
      tables + "{ from: events, by: [kind], columns: { n: n } }",
      ["7:48: unknown column n", "  it has a value per row: put it into a measure, as in first(n)"]
    ],
    [
      "rows and measures",
      tables + "{ from: events, columns: { a: n, b: count(*) } }",
      ["7:36: unknown column n", "  it has a value per row: put it into a measure, as in first(n)"]
    ],
    [
      "avg_gap of sessions",
      tables + "{ from: sessions, columns: { a: avg_gap() } }",
      ["7:38: avg_gap measures events, and the rows here are none"]
    ],
    [
      "window of groups",
      tables + "{ from: events, by: [kind], columns: { a: next(n) } }",
      ["7:48: next looks at a user's other rows, which cannot be done here"]
    ],
    [
      "having rows",
      tables + "{ from: events, columns: { a: n }, having: a > 1 }",
      ["7:49: the table has no groups", "  rows are chosen with where"]
    ],
    [
      "having",
      tables + "{ from: events, by: [kind], columns: { a: count(*) }, having: b > 1 }",
      ["7:68: unknown column b", "  columns here are kind, a, type"]
    ],
    [
      "having type",
      tables + "{ from: events, by: [kind], columns: { a: count(*) }, having: a }",
      ["7:68: this needs bool, found int64", "  compare it with something, as in x = 1"]
    ],
    [
      "order",
      tables + "{ from: events, by: [kind], columns: { a: count(*) }, order: [b desc] }",
      ['7:68: no column "b"; expected kind, a or type']
    ],
    [
      "order direction",
      tables + "{ from: events, by: [kind], columns: { a: count(*) }, order: [a down] }",
      ['7:68: no column "a down"; expected kind, a or type']
    ],
    ["order list", tables + "{ from: sessions, columns: { l: l }, order: [l] }", ["7:51: a list has no order"]],
    [
      "order text",
      tables + "{ from: events, by: [kind], columns: { a: count(*) }, order: a }",
      ['7:67: expected a list such as [date, "sessions desc"], found "a"']
    ],
    [
      "limit",
      tables + "{ from: events, by: [kind], columns: { a: count(*) }, limit: 0 }",
      ["7:67: expected a whole number from 1, found 0"]
    ],
    ["no columns", tables + "{ from: events, columns: {} }", ["7:31: a table needs a column"]],
    [
      "comma trap",
      tables + "{ from: events, columns: { a: round(sum(n), 2) } }",
      [
        '7:50: "2)" is the rest of an expression that was cut at its comma',
        "  an expression with a comma inside { } must be quoted"
      ]
    ],
    [
      "comma trap where",
      tables + "{ from: events, where: starts_with(kind, 'a'), columns: { a: count(*) } }",
      [
        "7:50: not valid YAML: Missing , or : between flow map items",
        "  an expression with a comma inside { } must be quoted"
      ]
    ],
    [
      "param",
      'params: { w: { default: "kind = " } }\n' +
        base +
        "tables: { d: { from: events, where: { param: w }, columns: { n: count(*) } } }",
      ["6:37: expected an expression, found the end"]
    ]
  ])("%s", (_, text, problems) => {
    assert.deepStrictEqual(errorOf(text), problems)
  })
})
