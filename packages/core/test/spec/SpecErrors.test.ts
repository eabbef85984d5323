import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { readSpec } from "../../src/spec/readSpec.ts"
import { errorOf } from "../support/errorOf.ts"
import { head, noValues } from "../support/runSpec.ts"

type Case = readonly [name: string, text: string, problems: ReadonlyArray<string>]

/** The spec of a case goes on at line 5 with {@link base}, at line 4 with {@link head}. */
const base = `${head}event: { user: u, time: t, type: kind }\n`

describe("a text that is no spec at all", () => {
  it.each<Case>([
    ["nothing at all", "", ['1:1: expected a spec: a map that starts with "version: 1", found nothing']],
    ["a list", "- version: 1", ['1:1: expected a spec: a map that starts with "version: 1", found a list']],
    [
      "a list that does not end",
      "version: 1\nname: [a\n",
      ["3:1: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]"]
    ],
    [
      "a text with a colon",
      "version: 1: 2",
      [
        "1:10: not valid YAML: Nested mappings are not allowed in compact mappings",
        '  a text with ": " in it must be quoted'
      ]
    ],
    ["a tab", "version: 1\n\tname: x", ["2:1: not valid YAML: Tabs are not allowed as indentation"]],
    ["a key twice", "version: 1\nname: a\nversion: 1\n", ["3:1: not valid YAML: Map keys must be unique"]],
    ["a second document", "version: 1\n---\nversion: 1\n", ["2:1: a spec is one document; --- starts another"]],
    ["an alias of nothing", "version: 1\nname: *x\n", ["2:7: not valid YAML: no &x is complete before this *x"]],
    [
      "an alias inside what it names",
      "version: 1\nname: &x [*x]\n",
      ["2:11: not valid YAML: no &x is complete before this *x"]
    ],
    [
      "JSON without a comma",
      '{\n  "version": 1\n  "name": "a"\n}',
      ["2:14: not valid YAML: Implicit keys need to be on a single line", "  a comma or a colon may be missing here"]
    ],
    ["a quote that does not end", "version: 1\nname: 'a\n", ["3:1: not valid YAML: Missing closing 'quote"]]
  ])("%s", (_, text, problems) => {
    assert.deepStrictEqual(errorOf(text), problems)
  })

  it("with aliases that stand for too much", () => {
    const tens = Array.from(
      { length: 5 },
      (_, i) => `a${i}: &a${i} [${Array.from({ length: 9 }, () => (i === 0 ? "x" : `*a${i - 1}`)).join()}]`
    )
    assert.deepStrictEqual(errorOf(tens.join("\n")), ["1:1: not valid YAML: its aliases (*name) stand for too much"])
  })

  it("names the file as it was given", () => {
    const result = readSpec("dir/my spec.yaml", "", noValues)
    assert.include(Result.isFailure(result) ? result.failure.message : "", "dir/my spec.yaml:1:1: expected a spec")
  })
})

describe("an unknown key", () => {
  it.each<Case>([
    [
      "at the top",
      `${base}session: {}`,
      [
        '5:1: unknown "session" (did you mean "sessions"?); expected version, name, description, params, timezone, plugins, source, sources, event, dedupe, order, tie, late, range, sessions, users, tables, checks, reports, outputs, console or steps'
      ]
    ],
    [
      "of source",
      "version: 1\nname: a\nsource: { url: a }\nevent: { user: u, time: t }",
      ['3:11: unknown "url" (did you mean "uri"?); expected uri, format, fields or partition']
    ],
    [
      "of event",
      `${head}event: { user: u, time: t, typ: kind }`,
      [
        '4:28: unknown "typ" (did you mean "type"?); expected id, user, time, time_format, timezone, type, columns, enrich, where, strict, required, allowed, time_range or null_values'
      ]
    ],
    [
      "of a role",
      `${head}event: { user: { as: a, vale: u }, time: t }`,
      ['4:25: unknown "vale" (did you mean "value"?); expected as or value']
    ],
    [
      "of time_range",
      `${head}event: { user: u, time: t, time_range: { til: x } }`,
      ['4:42: unknown "til"; expected from, to or outside']
    ],
    [
      "of sessions",
      `${base}sessions: { gaps: 30m }`,
      [
        '5:13: unknown "gaps" (did you mean "gap"?); expected gap, boundary, max_duration, max_events, start, end, change, from_null, midnight, by, numbering, passive or columns'
      ]
    ],
    [
      "of a table",
      `${base}tables: { d: { from: events, group: [u], columns: {} } }`,
      ['5:30: unknown "group"; expected from, where, by, columns, add, having, order or limit']
    ],
    [
      "of an output",
      `${base}outputs: { events: { path: a } }`,
      ['5:20: missing "uri"', '5:22: unknown "path"; expected uri, table, document, format, columns or partition']
    ],
    [
      "of a param",
      `${base}params: { x: { typ: text } }`,
      ['5:16: unknown "typ" (did you mean "type"?); expected type, default, optional, choices or description']
    ],
    [
      "and several mistakes at once",
      "version: 1\nevent: { usr: u }\ntie: both\n",
      [
        '1:1: missing "name"',
        '1:1: missing "source"',
        '2:10: unknown "usr" (did you mean "user"?); expected id, user, time, time_format, timezone, type, columns, enrich, where, strict, required, allowed, time_range or null_values',
        '3:6: expected position or content, found "both"'
      ]
    ]
  ])("%s", (_, text, problems) => {
    assert.deepStrictEqual(errorOf(text), problems)
  })
})
