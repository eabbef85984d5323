import { assert, describe, it } from "@effect/vitest"
import { errorOf } from "../support/errorOf.ts"
import { head } from "../support/runSpec.ts"

type Case = readonly [name: string, text: string, problems: ReadonlyArray<string>]

/** The spec of a case goes on at line 5 with {@link base}, at line 4 with {@link head}. */
const base = `${head}event: { user: u, time: t, type: kind }\n`

describe("a name, zone, format or measure that a plan cannot have", () => {
  it.each<Case>([
    [
      "dedupe",
      `${base}dedupe: [user, tme]`,
      ['5:16: no column "tme" (did you mean "time"?); expected u, t, kind, user, time or type']
    ],
    [
      "order",
      `${base}order: [knd]`,
      ['5:9: no column "knd" (did you mean "kind"?); expected u, t, kind, user, time or type']
    ],
    [
      "required",
      `${head}event: { user: u, time: t, required: [x] }`,
      ['4:39: no column "x"; expected u, t, user or time']
    ],
    [
      "allowed",
      `${head}event: { user: u, time: t, allowed: { x: [a] } }`,
      ['4:39: no column "x"; expected u, t, user or time']
    ],
    [
      "by",
      base + "sessions: {}\ntables: { d: { from: sessions, by: [dat], columns: {} } }",
      [
        '6:37: no column "dat" (did you mean "date"?); expected session_id, u, session_start, session_end, session_duration_sec, event_count, session_number, session_cause, previous_session_end, next_session_start, is_open, date or user'
      ]
    ],
    [
      "by role",
      base + "sessions: {}\ntables: { d: { from: sessions, by: [type], columns: {} } }",
      [
        '6:37: no column "type"; expected session_id, u, session_start, session_end, session_duration_sec, event_count, session_number, session_cause, previous_session_end, next_session_start, is_open, date or user'
      ]
    ],
    [
      "measure column",
      `${base}sessions: { columns: { n: max(knd) } }`,
      ["5:31: unknown column knd", "  did you mean kind?"]
    ],
    [
      "outputs column",
      `${base}outputs: { events: { uri: a, columns: [kin] } }`,
      ['5:40: no column "kin" (did you mean "kind"?); expected u, t or kind']
    ],
    [
      "outputs table",
      base + "tables: { daily: { from: events, columns: { n: count(*) } } }\noutputs: { dayly: { uri: a } }",
      ['6:12: no table "dayly" (did you mean "daily"?); expected events, duplicates, rejects, inputs or daily']
    ],
    [
      "no sessions",
      `${base}outputs: { sessions: { uri: a } }`,
      ['5:12: there is no table of sessions: the spec has no "sessions"']
    ],
    [
      "from no sessions",
      `${base}tables: { d: { from: sessions, columns: { n: count(*) } } }`,
      ['5:22: there is no table of sessions: the spec has no "sessions"']
    ],
    ["dedupe id", `${base}dedupe: id`, ['5:9: dedupe by id needs "event.id"']],
    [
      "sum text",
      `${base}sessions: { columns: { n: sum(kind) } }`,
      ["5:31: sum needs int64, double or interval, found text", "  cast it, as in x::double"]
    ],
    [
      "avg timestamp",
      base + "sessions: {}\ntables: { d: { from: sessions, columns: { n: avg(session_end) } } }",
      ["6:50: avg needs int64, double or interval, found timestamp"]
    ],
    [
      "table name",
      `${base}tables: { rejects: { from: events, columns: { n: count(*) } } }`,
      ['5:11: "rejects" is a table that Sojourn makes itself']
    ],
    [
      "session_id",
      `${head}event: { user: u, time: t, type: { as: session_id, value: k } }`,
      [
        '4:40: "session_id" is the name of a column that Sojourn adds',
        "  give it another name: { as: other_name, value: … }"
      ]
    ],
    [
      "two roles",
      `${head}event: { user: x, time: x }`,
      ['4:25: "x" is the name of two columns', "  give it another name: { as: other_name, value: … }"]
    ],
    [
      "role and column",
      `${head}event: { user: u, time: t, columns: { u: x } }`,
      ['4:39: "u" is the name of two columns']
    ],
    [
      "measure named",
      `${base}sessions: { columns: { is_open: count(*) } }`,
      ['5:24: "is_open" is the name of a column that Sojourn adds']
    ],
    [
      "user named",
      head + "event: { user: date, time: t }\nsessions: {}",
      ['4:16: "date" is the name of a column that Sojourn adds', "  give it another name: { as: other_name, value: … }"]
    ],
    [
      "internal",
      `${head}event: { user: $line, time: t }`,
      [
        '4:1: a field named "$line" cannot be read',
        '4:16: "$line" is the name of a column that Sojourn adds',
        "  give it another name: { as: other_name, value: … }"
      ]
    ],
    [
      "measure by",
      `${base}tables: { d: { from: events, by: [u], columns: { u: count(*) } } }`,
      ['5:50: "u" is the name of two columns']
    ],
    [
      "add, which is there",
      `${base}tables: { d: { from: events, add: { kind: upper(kind) } } }`,
      ['5:37: "kind" is the name of two columns']
    ],
    [
      "add and columns",
      `${base}tables: { d: { from: events, columns: { k: kind }, add: { l: kind } } }`,
      ["5:52: the table has columns already", "  write all of them as columns"]
    ],
    [
      "add to groups",
      `${base}tables: { d: { from: events, by: [kind], add: { n: count(*) } }, e: { from: events, add: { n: count(*) } } }`,
      [
        "5:42: a group has no columns to add to",
        "  write all of them as columns",
        "5:85: a group has no columns to add to",
        "  write all of them as columns"
      ]
    ],
    ["column twice", `${base}outputs: { events: { uri: a, columns: [u, t, u] } }`, ['5:46: "u" stands here twice']],
    [
      "composite",
      `${head}event: { user: [a, b], time: t }`,
      ["4:16: a key of several columns needs a name", "  write { as: user, value: [a, b] }"]
    ],
    [
      "zone",
      `${base}timezone: Europe/Berln`,
      [
        '5:11: unknown time zone "Europe/Berln": expected an IANA name such as Europe/Berlin, UTC, or an offset such as +02:00; did you mean "Europe/Berlin"?'
      ]
    ],
    [
      "event zone",
      `${head}event: { user: u, time: t, timezone: CET5 }`,
      ['4:38: unknown time zone "CET5": expected an IANA name such as Europe/Berlin, UTC, or an offset such as +02:00']
    ],
    [
      "format",
      `${head}event: { user: u, time: t, time_format: epoch }`,
      [
        '4:41: unknown time format "epoch": expected iso8601, epoch_s, epoch_ms, epoch_us, epoch_ns or a pattern such as dd.MM.yyyy HH:mm; as a pattern, character 1: "e" is no field; there are yyyy, MM, M, MMM, MMMM, dd, d, EEE, HH, H, hh, h, a, mm, m, ss, s, S to SSSSSSSSS, Z, XXX, X, z, zzzz (quote text as \'T\')'
      ]
    ],
    [
      "pattern",
      `${head}event: { user: u, time: t, time_format: YYYY-MM-DD }`,
      [
        '4:41: unknown time format "YYYY-MM-DD": expected iso8601, epoch_s, epoch_ms, epoch_us, epoch_ns or a pattern such as dd.MM.yyyy HH:mm; as a pattern, character 1: "YYYY" is no field; there are yyyy, MM, M, MMM, MMMM, dd, d, EEE, HH, H, hh, h, a, mm, m, ss, s, S to SSSSSSSSS, Z, XXX, X, z, zzzz (quote text as \'T\')'
      ]
    ],
    [
      "range",
      `${head}event: { user: u, time: t, time_range: { from: yesterday } }`,
      ['4:48: expected a time such as 2024-07-10T10:00:00Z, found "yesterday"']
    ],
    [
      "allowed time",
      `${head}event: { user: u, time: t, allowed: { time: [a] } }`,
      ['4:39: "time" is a time, and limited by event.time_range']
    ]
  ])("%s", (_, text, problems) => {
    assert.deepStrictEqual(errorOf(text), problems)
  })
})
