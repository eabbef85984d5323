import { assert, describe, it } from "@effect/vitest"
import { timeTextMicros } from "../../src/time/TimeText.ts"
import type { PlainRow } from "../support/plain.ts"
import { token } from "../support/records.ts"
import { type Options, runSpec } from "../support/runSpec.ts"

const t = "2024-07-10T10:00:00Z"

const micros = (text: string): number => timeTextMicros(text) ?? NaN

/** Code, reason and field of the only record, or its first column if it is accepted. */
const verdict = (
  event: string,
  row: Readonly<Record<string, unknown>>,
  options?: Options
): PlainRow | ReadonlyArray<PlainRow[string]> => {
  const { rejects, table } = runSpec(`event: { ${event} }\ndedupe: none`, [row], options)
  assert.strictEqual(rejects.length + table("events").length, 1)
  const [reject] = rejects
  return reject === undefined ? table("events")[0] : [reject.code, reject.reason, reject.field]
}

const mapping = "id: eid, user: u, time: ts, type: kind, columns: { page: p }, required: [id, type, page]"

describe("a record is rejected for the first rule that fails, in the order id, user, time, type, columns", () => {
  const bad = { eid: {}, u: true, ts: "soon", kind: [1], p: null }
  const good = { eid: "1", u: "a", ts: t, kind: "x", p: "y" }
  it.each<["eid" | "u" | "ts" | "kind" | "p", ReadonlyArray<string>]>([
    ["eid", ["field.type", "invalid type for eid", "eid"]],
    ["u", ["field.type", "invalid type for u", "u"]],
    ["ts", ["time.invalid", "invalid ISO-8601", "ts"]],
    ["kind", ["field.type", "invalid type for kind", "kind"]],
    ["p", ["field.missing", "missing p", "p"]]
  ])("%s before all that follow", (field, expected) => {
    const names = Object.keys(good) as Array<keyof typeof good>
    const before = names.slice(0, names.indexOf(field)).map((name) => [name, good[name]])
    assert.deepEqual(verdict(mapping, { ...bad, ...Object.fromEntries(before) }), expected)
  })

  it("and accepted when none does", () => {
    assert.deepStrictEqual(verdict(mapping, good), { u: "a", ts: t, kind: "x", eid: "1", page: "y" })
  })
})

describe("the user", () => {
  const missing = ["field.missing", "missing u", "u"]
  const wrong = ["field.type", "invalid type for u", "u"]
  it.each([
    ["1", "1"],
    ["1.0", "1"],
    ["12.000", "12"],
    ["-5.0", "-5"],
    ["100", "100"],
    ["1.50", "1.50"],
    ["1e3", "1e3"],
    ["1.0e3", "1.0e3"],
    ["0", "0"],
    ["12345678901234567890", "12345678901234567890"],
    ['"1"', "1"],
    ['"1.0"', "1.0"],
    ['" a "', " a "],
    ['"null"', "null"],
    ['"caf\\u00e9 \\ud83d\\ude00"', "café \u{1f600}"],
    ['"\\ud800"', "\ufffd"],
    ["null", missing],
    ['""', missing],
    ['" \\t\\n\\r"', missing],
    ["{}", wrong],
    ['{"id":1}', wrong],
    ["[]", wrong],
    ["[1]", wrong],
    ["true", wrong],
    ["false", wrong]
  ])("%s is %s", (json, expected) => {
    const found = verdict("user: u, time: ts", { u: token(json), ts: t })
    assert.deepStrictEqual(Array.isArray(found) ? found : (found as { u: string }).u, expected)
  })

  it("that is not there is missing", () => {
    assert.deepStrictEqual(verdict("user: u, time: ts", { ts: t }), missing)
  })

  it('1, 1.0 and "1" are one user; 1e0 and 01 are others', () => {
    const rows = ["1", "1.0", '"1"', "1e0", '"01"'].map((json) => ({ u: token(json), ts: t }))
    const { table } = runSpec("event: { user: u, time: ts }\ndedupe: none\nsessions: {}", rows)
    assert.deepStrictEqual(
      table("sessions").map((row) => [row.u, row.event_count]),
      [
        ["1", 3],
        ["01", 1],
        ["1e0", 1]
      ]
    )
  })

  it("may be named by a path, which is what a reject says", () => {
    const event = 'user: payload.user."user-id", time: ts'
    assert.deepStrictEqual(verdict(event, { payload: { user: { "user-id": 7 } }, ts: t }), { "user-id": "7", ts: t })
    const path = "payload.user.user-id"
    assert.deepStrictEqual(verdict(event, { payload: {}, ts: t }), ["field.missing", `missing ${path}`, path])
  })

  it("of several columns is a JSON array of their texts, so that no two keys look alike", () => {
    const event = "user: { as: key, value: [a, b] }, time: ts"
    const key = (a: unknown, b: unknown) => verdict(event, { a, b, ts: t })
    assert.deepStrictEqual(key("x", token("2.0")), { key: '["x","2"]', ts: t })
    assert.deepStrictEqual(key('x","y', "z"), { key: String.raw`["x\",\"y","z"]`, ts: t })
    assert.deepStrictEqual(key("x", null), ["field.missing", "missing b", "b"])
    assert.deepStrictEqual(key(" ", {}), ["field.missing", "missing a", "a"])
    assert.deepStrictEqual(key("x", {}), ["field.type", "invalid type for b", "b"])
  })

  it("of several columns groups events by all of them", () => {
    const rows = [
      ["1", "2"],
      ["1", "3"],
      ["12", ""],
      ["1", "2"]
    ].map(([a, b]) => ({ a, b: `${b}.`, ts: t }))
    const { table } = runSpec("event: { user: { as: key, value: [a, b] }, time: ts }\ndedupe: none\nsessions: {}", rows)
    assert.deepStrictEqual(
      table("sessions").map((row) => [row.key, row.event_count]),
      [
        ['["1","2."]', 2],
        ['["1","3."]', 1],
        ['["12","."]', 1]
      ]
    )
  })
})

describe("the time", () => {
  it.each<[string, string, unknown, unknown]>([
    ["iso8601", '"soon"', ["time.invalid", "invalid ISO-8601", "ts"], undefined],
    ["iso8601", "5", ["time.invalid", "invalid ISO-8601", "ts"], undefined],
    ["epoch_ms", '"soon"', ["time.invalid", "invalid epoch_ms", "ts"], undefined],
    ["epoch_ms", "1720605600000", undefined, t],
    ["epoch_s", '"1720605600.0"', undefined, t],
    ["dd.MM.yyyy HH:mm", '"10.07.2024 10:00"', undefined, t],
    ["dd.MM.yyyy HH:mm", '"2024-07-10"', ["time.invalid", "invalid time, expected dd.MM.yyyy HH:mm", "ts"], undefined],
    ["iso8601", "null", ["field.missing", "missing ts", "ts"], undefined],
    ["iso8601", '" "', ["field.missing", "missing ts", "ts"], undefined],
    ["iso8601", "{}", ["field.type", "invalid type for ts", "ts"], undefined],
    ["iso8601", "[1]", ["field.type", "invalid type for ts", "ts"], undefined],
    ["epoch_s", "true", ["field.type", "invalid type for ts", "ts"], undefined]
  ])("as %s: %s", (format, json, reject, time) => {
    const found = verdict(`user: u, time: ts, time_format: "${format}"`, { u: "a", ts: token(json) })
    assert.deepStrictEqual(found, reject ?? { u: "a", ts: time })
  })

  it("of a field with $ in its name is reported under that name", () => {
    assert.deepStrictEqual(verdict("user: u, time: $$ts", { u: "a" }), ["field.missing", "missing $$ts", "$$ts"])
  })

  const range = (outside: "warn" | "reject") => ({
    range: { from: micros("2024-01-01T00:00:00.5Z"), to: micros("2024-12-31T00:00:00Z"), outside }
  })
  const inside = ["2024-01-01T00:00:00.500Z", "2024-12-31T00:00:00Z"]
  const outside = ["2024-01-01T00:00:00.499999Z", "2024-12-31T00:00:00.000001Z", "1969-12-31T23:59:59.999999Z"]
  const rows = [...inside, ...outside].map((ts) => ({ u: "a", ts }))

  it("outside its range, to the microsecond, is rejected if asked", () => {
    const { rejects, table, times } = runSpec("event: { user: u, time: ts }", rows, range("reject"))
    assert.deepStrictEqual(
      table("events").map((row) => row.ts),
      inside
    )
    assert.deepStrictEqual(
      rejects.map((row) => [row.code, row.reason, row.field, row.ts]),
      outside.map((ts) => ["time.range", "ts out of range", "ts", ts])
    )
    assert.strictEqual(times.outside, 0)
  })

  it("outside its range is counted and kept otherwise", () => {
    const { rejects, table, times } = runSpec("event: { user: u, time: ts }", rows, range("warn"))
    assert.strictEqual(table("events").length, 5)
    assert.strictEqual(rejects.length, 0)
    assert.strictEqual(times.outside, 3)
  })

  it("without a zone, skipped or doubled is counted among the accepted records only", () => {
    const ts = [
      "2024-07-10T10:00:00Z",
      "2024-07-10T10:00:00",
      "2024-03-31T02:30:00",
      "2024-10-27T02:30:00",
      "2024-10-27T02:30:00"
    ]
    const rows = ts.map((ts, i) => ({ u: i === 4 ? null : "a", ts }))
    const { times } = runSpec("event: { user: u, time: ts, timezone: Europe/Berlin }", rows)
    assert.deepStrictEqual(times, { local: 3, skipped: 1, doubled: 1, outside: 0 })
  })
})

describe("other columns", () => {
  it("are text: numbers keep their digits, booleans, objects and arrays their JSON, blanks stay", () => {
    const event = "user: u, time: ts, columns: { a: a, b: b, c: c, d: d, e: e, f: f }"
    const row = {
      u: "x",
      ts: t,
      a: token("1.0"),
      b: true,
      c: token('{ "k" : 1 }'),
      d: token("[1,\n2]"),
      e: " ",
      f: null
    }
    assert.deepStrictEqual(verdict(event, row), {
      u: "x",
      ts: t,
      a: "1.0",
      b: "true",
      c: '{ "k" : 1 }',
      d: "[1,\n2]",
      e: " ",
      f: null
    })
  })

  it("that are required may not be blank", () => {
    const event = "user: u, time: ts, columns: { a: p.a }, required: [a]"
    for (const a of [null, "", " \t"]) {
      assert.deepStrictEqual(verdict(event, { u: "x", ts: t, p: { a } }), ["field.missing", "missing p.a", "p.a"])
    }
    assert.deepStrictEqual(verdict(event, { u: "x", ts: t, p: { a: false } }), { u: "x", ts: t, a: "false" })
  })

  it("id and type are null when blank, and then accepted unless they are required", () => {
    const row = { u: "x", ts: t, i: " ", k: "" }
    assert.deepStrictEqual(verdict("user: u, time: ts, id: i, type: k", row), { u: "x", ts: t, k: null, i: null })
    const required = verdict("user: u, time: ts, id: i, type: k, required: [type]", row)
    assert.deepStrictEqual(required, ["field.missing", "missing k", "k"])
  })

  it("may be limited to some values; null is none of them and passes", () => {
    const event = "user: u, time: ts, type: kind, columns: { n: n }, allowed: { type: [a, b], n: ['1'] }"
    const of = (kind: unknown, n: unknown) => verdict(event, { u: "x", ts: t, kind, n })
    assert.deepStrictEqual(of("a", 1), { u: "x", ts: t, kind: "a", n: "1" })
    assert.deepStrictEqual(of(null, null), { u: "x", ts: t, kind: null, n: null })
    assert.deepStrictEqual(of("c", 2), ["field.value", "unexpected value for kind", "kind"])
    assert.deepStrictEqual(of("A", 1), ["field.value", "unexpected value for kind", "kind"])
    assert.deepStrictEqual(of("b", 2), ["field.value", "unexpected value for n", "n"])
  })

  it("read from one field for two roles are checked for each", () => {
    const event = "user: u, time: ts, columns: { copy: u }"
    assert.deepStrictEqual(verdict(event, { u: token("1.0"), ts: t }), { u: "1", ts: t, copy: "1.0" })
  })
})

describe("null_values", () => {
  const event = "user: u, time: ts, type: k, columns: { a: a }, required: [a], null_values: [NA, '0', '']"

  it("are null in every column, as text or number, before anything is checked", () => {
    const row = { u: "x", ts: t, k: "NA", a: "y" }
    assert.deepStrictEqual(verdict(event, row), { u: "x", ts: t, k: null, a: "y" })
    assert.deepStrictEqual(verdict(event, { ...row, u: "NA" }), ["field.missing", "missing u", "u"])
    assert.deepStrictEqual(verdict(event, { ...row, u: 0 }), ["field.missing", "missing u", "u"])
    assert.deepStrictEqual(verdict(event, { ...row, u: token("0.0") }), ["field.missing", "missing u", "u"])
    assert.deepStrictEqual(verdict(event, { ...row, ts: "NA" }), ["field.missing", "missing ts", "ts"])
    assert.deepStrictEqual(verdict(event, { ...row, a: "NA" }), ["field.missing", "missing a", "a"])
    assert.deepStrictEqual(verdict(event, { ...row, a: "na" }), { u: "x", ts: t, k: null, a: "na" })
  })
})
