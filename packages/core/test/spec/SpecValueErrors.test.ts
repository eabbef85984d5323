import { assert, describe, it } from "@effect/vitest"
import { errorOf } from "../support/errorOf.ts"
import { head } from "../support/runSpec.ts"

type Case = readonly [name: string, text: string, problems: ReadonlyArray<string>]

/** The spec of a case goes on at line 5 with {@link base}, at line 4 with {@link head}. */
const base = `${head}event: { user: u, time: t, type: kind }\n`

describe("a wrong value", () => {
  it.each<Case>([
    [
      "version",
      "version: 2\nname: a\nsource: { uri: a }\nevent: { user: u, time: t }",
      ["1:10: expected 1, the only version, found 2"]
    ],
    [
      "name",
      "version: 1\nname: my job\nsource: { uri: a }\nevent: { user: u, time: t }",
      ['2:7: expected a name of letters, digits, _ and -, starting with a letter, found "my job"']
    ],
    [
      "source text",
      "version: 1\nname: a\nsource: a.json\nevent: { user: u, time: t }",
      ['3:9: expected a map such as { uri: events.csv }, found "a.json"']
    ],
    [
      "uri empty list",
      "version: 1\nname: a\nsource: { uri: [] }\nevent: { user: u, time: t }",
      ["3:16: expected at least one value, found an empty list"]
    ],
    [
      "uri number",
      "version: 1\nname: a\nsource: { uri: [a, 1] }\nevent: { user: u, time: t }",
      ["3:20: expected a text, found 1"]
    ],
    [
      "format",
      "version: 1\nname: a\nsource: { uri: a, format: { delimiter: x } }\nevent: { user: u, time: t }",
      ['3:27: missing "name"']
    ],
    ["event missing", `${head}event:`, ["4:7: expected a map with at least user, found nothing"]],
    [
      "user column",
      `${head}event: { user: user id, time: t }`,
      [
        "4:21: expected the end of the expression, found id",
        "  a name that is no plain word needs quotes of its own: '\"user id\"'"
      ]
    ],
    [
      "user in quotes",
      head + 'event: { user: "User ID", time: t }',
      [
        "4:22: expected the end of the expression, found ID",
        "  a name that is no plain word needs quotes of its own: '\"User ID\"'"
      ]
    ],
    [
      "user number",
      `${head}event: { user: 1, time: t }`,
      ["4:16: expected a column such as user_id, a list of columns, or { as: name, value: … }, found 1"]
    ],
    [
      "time list",
      `${head}event: { user: u, time: [a, b] }`,
      ["4:25: expected a column such as user_id, or { as: name, value: expression }, found a list"]
    ],
    [
      "column",
      `${head}event: { user: u, time: t, columns: { a: 1st } }`,
      ["4:42: 1st is neither a number nor a name", '  a column of this name is written "1st"']
    ],
    [
      "trap role",
      `${head}event: { user: u, time: t, type: coalesce(a, b) }`,
      [
        '4:46: unknown "b)"; expected id, user, time, time_format, timezone, type, columns, enrich, where, strict, required, allowed, time_range or null_values',
        "  an expression with a comma inside { } must be quoted"
      ]
    ],
    [
      "trap measure",
      `${base}sessions: { columns: { n: count(distinct a, b) } }`,
      [
        '5:45: "b)" is the rest of an expression that was cut at its comma',
        "  an expression with a comma inside { } must be quoted"
      ]
    ],
    [
      "allowed",
      `${head}event: { user: u, time: t, type: k, allowed: { k: a } }`,
      ['4:51: expected a list such as [a, b], found "a"']
    ],
    [
      "required",
      `${head}event: { user: u, time: t, required: u }`,
      ['4:38: expected a list such as [a, b], found "u"']
    ],
    [
      "outside",
      `${head}event: { user: u, time: t, time_range: { outside: ignore } }`,
      ['4:51: expected warn or reject, found "ignore"']
    ],
    [
      "gap number",
      `${base}sessions: { gap: 30 }`,
      ["5:18: expected none, a duration such as 30m, or an expression that gives an interval, found 30"]
    ],
    [
      "gap text",
      `${base}sessions: { gap: 30 minutes }`,
      ['5:18: expected none, a duration such as 30m, or an expression that gives an interval, found "30 minutes"']
    ],
    [
      "boundary",
      `${base}sessions: { boundary: splt }`,
      ['5:23: expected merge or split, found "splt" (did you mean "split"?)']
    ],
    ["measure", `${base}sessions: { columns: { n: cnt(*) } }`, ["5:27: unknown function cnt"]],
    ["tie", `${base}tie: contents`, ['5:6: expected position or content, found "contents" (did you mean "content"?)']],
    [
      "dedupe",
      `${base}dedupe: recrd`,
      [
        '5:9: expected id, record, none, a list of columns such as [user, time, type], or { key: id, within: 7d }, found "recrd" (did you mean "record"?)'
      ]
    ],
    ["dedupe empty", `${base}dedupe: []`, ["5:9: expected at least one value, found an empty list"]],
    ["order", `${base}order: kind`, ['5:8: expected a list such as [a, b], found "kind"']],
    [
      "from",
      base + "sessions: {}\ntables: { d: { from: session, columns: { n: count(*) } } }",
      ['6:22: no table "session" (did you mean "sessions"?); expected events, sessions or rejects']
    ],
    [
      "table",
      `${base}tables: { d: count(*) }`,
      ['5:14: expected a map such as { from: sessions, by: [date], columns: { sessions: count(*) } }, found "count(*)"']
    ],
    [
      "output text",
      `${base}outputs: { events: a.csv }`,
      ['5:20: expected a map such as { uri: sessions.csv }, found "a.csv"']
    ],
    ["outputs list", `${base}outputs: [events]`, ["5:10: expected a map, found a list"]],
    [
      "output columns",
      `${base}outputs: { events: { uri: a, columns: [] } }`,
      ["5:39: expected at least one value, found an empty list"]
    ],
    [
      "param type",
      `${base}params: { x: { type: int } }`,
      ['5:22: expected text, path, duration, integer, boolean or list, found "int"']
    ],
    ["optional", `${base}params: { x: { optional: yes } }`, ['5:26: expected true or false, found "yes"']]
  ])("of %s", (_, text, problems) => {
    assert.deepStrictEqual(errorOf(text), problems)
  })
})

describe("a value to be filled in", () => {
  it.each<Case>([
    [
      "unknown",
      base + "params: { gpa: { default: 30m } }\nsessions: { gap: { param: gap } }",
      ['6:18: no param "gap" (did you mean "gpa"?); expected gpa']
    ],
    ["none declared", `${base}sessions: { gap: { param: gap } }`, ['5:18: no param "gap"; the spec has none']],
    [
      "missing",
      base + "params: { min_gap: { type: duration, description: x } }\nsessions: { gap: { param: min_gap } }",
      ['6:18: the param "min_gap" has no value', "  give it: --min-gap …"]
    ],
    [
      "bad default",
      base + "params: { gap: { default: soon } }\nsessions: { gap: { param: gap } }",
      ['6:18: expected none, a duration such as 30m, or an expression that gives an interval, found "soon"']
    ],
    [
      "env",
      base + "outputs: { events: { uri: '${OUT}/a.csv' } }",
      ["5:27: the environment has no OUT", "  set it: OUT=… sojourn …"]
    ],
    [
      "env in default",
      base + "params: { o: { default: '${OUT}' } }\noutputs: { events: { uri: { param: o } } }",
      ["5:25: the environment has no OUT", "  set it: OUT=… sojourn …"]
    ],
    [
      "optional required",
      base + "params: { f: { optional: true } }\ntables: { d: { from: { param: f }, columns: {} } }",
      ['6:14: missing "from"']
    ]
  ])("%s", (_, text, problems) => {
    assert.deepStrictEqual(errorOf(text), problems)
  })

  it("that is given under a name or in a form that the spec does not know", () => {
    const text = `${base}params: { gap: { type: duration, default: 30m } }\nsessions: { gap: { param: gap } }`
    const given = (params: Readonly<Record<string, string>>) => errorOf(text, { params, env: {} })
    assert.deepStrictEqual(given({ gpa: "1h" }), ['5:1: no param "gpa" (did you mean "gap"?); expected gap'])
    assert.deepStrictEqual(given({ constructor: "1h" }), ['5:1: no param "constructor"; expected gap'])
    assert.deepStrictEqual(given({ gap: "soon" }), [
      '6:18: --gap: expected none or a duration such as 500ms, 45s, 30m, 1h, 1d or 1h30m, found "soon"'
    ])
    assert.deepStrictEqual(errorOf(base, { params: { gap: "1h" }, env: {} }), [
      '1:1: no param "gap"; the spec has none'
    ])
  })
})
