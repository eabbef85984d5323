import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { parseParam } from "../../src/spec/Params.ts"
import { readParams, readSpec, type SpecValues } from "../../src/spec/readSpec.ts"
import type { Spec } from "../../src/spec/Spec.ts"
import { head, noValues } from "../support/runSpec.ts"

const event = "event: { user: u, time: t }\n"

const read = (body: string, values: Partial<SpecValues> = {}): Spec =>
  Result.getOrThrow(readSpec("spec.yaml", head + event + body, { ...noValues, ...values })).spec

describe("readSpec", () => {
  it("fills in every default", () => {
    assert.deepStrictEqual(read(""), {
      version: 1,
      name: "test",
      params: {},
      plugins: [],
      timezone: "UTC",
      source: { uri: "events.json", fields: {} },
      event: {
        user: "u",
        time: "t",
        time_format: "iso8601",
        timezone: "UTC",
        columns: {},
        enrich: {},
        strict: false,
        required: [],
        allowed: {},
        null_values: []
      },
      order: [],
      tie: "position",
      tables: {},
      checks: [],
      reports: {},
      outputs: {}
    })
    assert.deepStrictEqual(read("sessions: {}").sessions, {
      boundary: "merge",
      change: [],
      from_null: "keep",
      numbering: "all",
      columns: {}
    })
  })

  it("reads JSON as it reads YAML", () => {
    const yaml = Result.getOrThrow(readSpec("a.yaml", `${head}${event}sessions: { gap: 30m }\n`, noValues)).spec
    const { params, ...rest } = yaml
    assert.deepStrictEqual(params, {})
    assert.deepStrictEqual(Result.getOrThrow(readSpec("a.json", JSON.stringify(rest, null, 2), noValues)).spec, yaml)
  })

  it("takes aliases of YAML", () => {
    const spec = read(
      "outputs:\n  sessions: { uri: a, format: &f { name: csv, delimiter: ; } }\n  events: { uri: b, format: *f }\n"
    )
    assert.deepStrictEqual(spec.outputs.events.format, { name: "csv", delimiter: ";" })
  })
})

describe("params", () => {
  const params = `params:
  gap: { type: duration, default: 30m }
  keys: { type: list, default: [user, time] }
  out: { type: path, optional: true }
  zone: { default: UTC }
  strict: { type: boolean, default: false }
  size: { type: integer, default: 3 }
`
  const body = `${params}sessions: { gap: { param: gap } }
dedupe: { param: keys }
timezone: { param: zone }
outputs:
  sessions: { uri: { param: out }, format: { name: csv, header: { param: strict }, size: { param: size } } }
  events: { uri: events.csv }
`

  it("are filled in by their defaults, wherever a value or list may stand", () => {
    const spec = read(body, { params: { out: "o.csv" } })
    assert.strictEqual(spec.sessions?.gap, "30m")
    assert.deepStrictEqual(spec.dedupe, ["user", "time"])
    assert.strictEqual(spec.timezone, "UTC")
    assert.deepStrictEqual(spec.outputs.sessions, { uri: "o.csv", format: { name: "csv", header: false, size: 3 } })
  })

  it("are read from text by their type", () => {
    const given = { gap: "none", keys: "user, page ,time", zone: "Europe/Berlin", strict: "true", size: "-7", out: "x" }
    const spec = read(body, { params: given })
    assert.strictEqual(spec.sessions?.gap, "none")
    assert.deepStrictEqual(spec.dedupe, ["user", "page", "time"])
    assert.strictEqual(spec.timezone, "Europe/Berlin")
    assert.deepStrictEqual(spec.outputs.sessions.format, { name: "csv", header: true, size: -7 })
  })

  it("that are optional and not given leave out the output that needs them", () => {
    assert.deepStrictEqual(Object.keys(read(body).outputs), ["events"])
  })

  it("that are optional and not given leave out the key, or the item of a list, that they stand for", () => {
    const optional = "params: { x: { optional: true } }\n"
    assert.isFalse("dedupe" in read(`${optional}dedupe: { param: x }`))
    assert.deepStrictEqual(read(`${optional}order: [u, { param: x }, t]`).order, ["u", "t"])
    assert.deepStrictEqual(read(`${optional}outputs: { param: x }`).outputs, {})
  })

  it.each([
    ["text", "a b", { value: "a b" }],
    ["path", "../x", { value: "../x" }],
    ["integer", "42", { value: 42 }],
    ["integer", "4.5", { expected: "a whole number" }],
    ["integer", "", { expected: "a whole number" }],
    ["boolean", "false", { value: false }],
    ["boolean", "yes", { expected: "true or false" }],
    ["duration", "1h30m", { value: "1h30m" }],
    ["duration", "none", { value: "none" }],
    ["duration", "soon", { expected: "none or a duration such as 500ms, 45s, 30m, 1h, 1d or 1h30m" }],
    ["list", "a,b , c", { value: ["a", "b", "c"] }],
    ["list", "", { value: [] }]
  ] as const)("of type %s: %j", (type, text, expected) => {
    assert.deepStrictEqual(parseParam({ type, optional: false }, text), expected)
  })

  it("have only the choices that they name, a list any of them", () => {
    const choices = ["a", "b"] as const
    assert.deepStrictEqual(parseParam({ type: "text", optional: false, choices }, "b"), { value: "b" })
    assert.deepStrictEqual(parseParam({ type: "text", optional: false, choices }, "c"), { expected: "a or b" })
    assert.deepStrictEqual(parseParam({ type: "list", optional: false, choices }, "b,a"), { value: ["b", "a"] })
    assert.deepStrictEqual(parseParam({ type: "list", optional: false, choices }, "a,c"), { expected: "a or b" })
  })

  it("are put into texts by their names, before the environment", () => {
    const texts = "params: { data: { default: data }, OUT: { optional: true } }\n"
    const outputs = "outputs: { events: { uri: '${data}/e.csv' }, rejects: { uri: '${OUT}/r.csv' } }\n"
    const env = { data: "not this", OUT: "nor this" }
    assert.deepStrictEqual(read(texts + outputs, { env }).outputs, { events: { uri: "data/e.csv" } })
    const given = read(texts + outputs, { params: { data: "/d", OUT: "/o" } }).outputs
    assert.deepStrictEqual([given.events.uri, given.rejects.uri], ["/d/e.csv", "/o/r.csv"])
    const own = "params: { HOME: { default: '${HOME}' } }\norder: ['${HOME}']"
    assert.deepStrictEqual(read(own, { env: { HOME: "/h" } }).order, ["/h"])
  })

  it("are listed without reading the rest of the spec", () => {
    const listed = Result.getOrThrow(readParams("spec.yaml", `nonsense: 1\n${params}`))
    assert.deepStrictEqual(Object.keys(listed), ["gap", "keys", "out", "zone", "strict", "size"])
    assert.deepStrictEqual(listed.zone, { type: "text", default: "UTC", optional: false })
    assert.deepStrictEqual(Result.getOrThrow(readParams("spec.yaml", "version: 1")), {})
  })
})

describe("the environment", () => {
  const env = { DATA: "/data", EMPTY: "", LATER: "${DATA}" }

  it("is put into texts, as often as it is named, and nothing that comes from it is looked at again", () => {
    const spec = read("outputs: { events: { uri: '${DATA}/${EMPTY}${LATER}/x' } }\norder: ['${DATA}']", { env })
    assert.strictEqual(spec.outputs.events.uri, "/data/${DATA}/x")
    assert.deepStrictEqual(spec.order, ["/data"])
  })

  it("is put into the default of a param where the param is used, and not into what is given for it", () => {
    const body =
      "params: { out: { default: '${DATA}/a' }, unused: { default: '${MISSING}' } }\noutputs: { events: { uri: { param: out } } }"
    assert.strictEqual(read(body, { env }).outputs.events.uri, "/data/a")
    assert.strictEqual(read(body, { env, params: { out: "${DATA}/b" } }).outputs.events.uri, "${DATA}/b")
  })

  it("cannot become structure: a value is one text, whatever is in it", () => {
    const spec = read("outputs: { events: { uri: '${X}' } }", { env: { X: "a, format: csv }\ntie: content" } })
    assert.strictEqual(spec.outputs.events.uri, "a, format: csv }\ntie: content")
    assert.strictEqual(spec.tie, "position")
  })

  it("is only what has its form: ${NAME}", () => {
    const spec = read("order: ['$DATA', '${1}', '${}', '$${DATA}', '${DATA']", { env })
    assert.deepStrictEqual(spec.order, ["$DATA", "${1}", "${}", "$/data", "${DATA"])
  })

  it("is not put into expressions, wherever they stand, nor into a param that stands for one", () => {
    const bound = `params: { w: { default: "page = '\${DATA}'" } }
users: { columns: { a: "\${DATA}" } }
sessions: { start: "\${DATA}", end: "\${DATA}", passive: "\${DATA}", columns: { a: "\${DATA}" } }
tables: { t: { from: "\${DATA}", where: { param: w }, having: "\${DATA}", by: ["\${DATA}", { b: "\${DATA}" }], columns: { a: "\${DATA}" } } }`
    const { sessions, tables, users } = read(bound, { env })
    const kept = "${DATA}"
    assert.deepStrictEqual(users?.columns, { a: kept })
    assert.deepInclude(sessions, { start: kept, end: kept, passive: kept, columns: { a: kept } })
    assert.deepInclude(tables.t, {
      from: "/data",
      where: "page = '${DATA}'",
      having: kept,
      by: [kept, { b: kept }],
      columns: { a: kept }
    })
    const mapping = `event:
  user: { as: "\${DATA}", value: ["\${DATA}"] }
  time: "\${DATA}"
  type: { as: k, value: "\${DATA}" }
  where: "\${DATA}"
  columns: { a: "\${DATA}" }
  enrich: { c: { source: { uri: "\${DATA}" }, key: k, on: "\${DATA}", columns: { a: "\${DATA}" } } }`
    const spec = Result.getOrThrow(readSpec("spec.yaml", head + mapping, { ...noValues, env })).spec
    assert.deepInclude(spec.event, {
      user: { as: "/data", value: [kept] },
      time: kept,
      type: { as: "k", value: kept },
      where: kept,
      columns: { a: kept },
      enrich: { c: { source: { uri: "/data" }, key: "k", on: kept, columns: { a: kept } } }
    })
  })

  it("is put into a gap that is wholly from it, which is a duration", () => {
    const gap = (text: string) => read(`sessions: { gap: "${text}" }`, { env: { GAP: "45m" } }).sessions?.gap
    assert.strictEqual(gap("${GAP}"), "45m")
    assert.strictEqual(gap("${GAP} * 2"), "${GAP} * 2")
  })
})
