import { assert, describe, it } from "@effect/vitest"
import { Ajv2020 } from "ajv/dist/2020.js"
import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
import { parse } from "yaml"
import { specJsonSchema } from "../../src/spec/JsonSchema.ts"
import { readSpecs } from "../../src/spec/readSpec.ts"
import { everything } from "../support/everything.ts"
import { head } from "../support/runSpec.ts"

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(specJsonSchema())

const errors = (text: string): ReadonlyArray<string> => {
  validate(parse(text))
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

const base = `${head}event: { user: u, time: t, type: kind }\n`

describe("the published JSON Schema", () => {
  it("is what is generated: else run `pnpm run schema` in packages/core", () => {
    const published = JSON.parse(readFileSync(new URL("../../spec.schema.json", import.meta.url), "utf8"))
    assert.strictEqual(JSON.stringify(published, null, 2), JSON.stringify(specJsonSchema(), null, 2))
  })
})

describe("the JSON Schema accepts", () => {
  const accepted: ReadonlyArray<readonly [string, string]> = [
    ["the least spec", `${head}event: { user: u, time: t }`],
    ["a spec with everything", head + everything],
    [
      "a list of paths",
      "version: 1\nname: a\nsource: { uri: [a, b], format: { name: csv, delimiter: ';' } }\nevent: { user: u, time: t }"
    ],
    [
      "columns with quotes and in any script",
      `${head}event: { user: '"User ID"', time: größe.$t, columns: { a: 'b."c d"' } }`
    ],
    ["no gap, measures in capitals", `${base}sessions: { gap: none, columns: { n: "COUNT( * )", m: max("a b") } }`],
    [
      "files that add columns, users, and every form of a rule and of a table",
      `${head}event:
  user: { as: u, value: [lower(a), b] }
  time: t
  where: u <> 'x'
  enrich: { c: { source: { uri: c.csv, format: { name: csv } }, key: '"the key"', on: lower(u), columns: { n: "n::int64" } } }
sessions: { gap: "interval '1h' * 2", change: [u, { column: n, from_null: keep }], from_null: split, midnight: Europe/Berlin, by: u }
users: {}
tables:
  a: { from: users, where: event_count > 1, columns: { u: u }, order: [u desc], limit: 3 }
  b: { from: a, by: [u, { x: lower(u) }, "u || 'x'"], columns: { n: count(*) }, having: n > 1 }`
    ],
    [
      "steps, with what they share",
      "version: 1\nname: a\nevent: { user: u }\nsteps: { one: { source: { uri: x } }, two: { source: { uri: y }, event: { user: v }, tie: content } }"
    ],
    ["a duration of several parts", `${base}sessions: { gap: 1h30m }`],
    [
      "params in place of values and lists",
      `${base}params: { p: { type: text, default: x }, l: { type: list, default: [user] }, d: { type: duration, default: 30m } }
timezone: { param: p }
dedupe: { param: l }
order: [t, { param: p }]
sessions: { gap: { param: d }, boundary: { param: b } }
tables: { d: { from: { param: p }, by: { param: l }, columns: { n: { param: p } } } }
outputs: { events: { uri: { param: p }, format: { param: p }, columns: { param: l } } }`
    ],
    [
      "params of every type and without a default",
      `${base}params: { a: { type: path, optional: true }, b: { type: integer, default: 3, description: x }, c: {} }`
    ],
    [
      "the environment in every text",
      `${base}sessions: { gap: '\${GAP}', boundary: 'sp\${LIT}' }\ntimezone: '\${TZ}'\noutputs: { events: { uri: 'x/\${A}\${B}' } }`
    ]
  ]
  it.each(accepted)("%s", (_, text) => {
    assert.deepStrictEqual(errors(text), [])
  })

  it("only what readSpec accepts, except params that do not fit where they stand", () => {
    for (const [name, text] of accepted) {
      const env = { GAP: "30m", LIT: "lit", TZ: "UTC", A: "a", B: "b" }
      const refused = Result.isFailure(readSpecs("a.yaml", text, { params: {}, env }))
      assert.strictEqual(refused, name.startsWith("params in place"), name)
    }
  })
})

describe("the JSON Schema rejects", () => {
  it.each<[string, string, string]>([
    ["another version", base.replace("version: 1", "version: 2"), "/version"],
    ["a name with blanks", base.replace("name: test", "name: my job"), "/name"],
    ["a name from a param or the environment", base.replace("name: test", "name: '${NAME}'"), "/name"],
    ["a spec without event", head, " must have required property 'event'"],
    ["an unknown key at the top", `${base}session: {}`, " must NOT have additional properties"],
    [
      "an unknown key of event",
      `${head}event: { user: u, time: t, typ: k }`,
      "/event must NOT have additional properties"
    ],
    ["an unknown key of a role", `${head}event: { user: { vale: u }, time: t }`, "/event/user"],
    ["an unknown key of sessions", `${base}sessions: { gaps: 30m }`, "/sessions must NOT have additional properties"],
    ["an unknown key of an output", `${base}outputs: { events: { uri: a, path: b } }`, "/outputs/events must NOT"],
    ["an output without uri", `${base}outputs: { events: {} }`, "/outputs/events must have required property 'uri'"],
    ["an event without user", `${head}event: { time: t }`, "/event must have required property 'user'"],
    ["a step with an unknown key", `version: 1\nname: a\nsteps: { one: { sauces: {} } }`, "/steps/one must NOT have"],
    ["neither steps nor an event", "version: 1\nname: a", " must have required property 'steps'"],
    ["a column that is a number", `${head}event: { user: 1, time: t }`, "/event/user"],
    ["a longest session that is no duration", `${base}sessions: { max_duration: long }`, "/sessions/max_duration"],
    ["no event in a session", `${base}sessions: { max_events: 0 }`, "/sessions/max_events"],
    ["no midnight", `${base}sessions: { midnight: false }`, "/sessions/midnight"],
    ["a file without a key", `${head}event: { user: u, time: t, enrich: { c: {} } }`, "/event/enrich/c"],
    [
      "a key of a table that is a list",
      `${base}tables: { d: { from: events, by: [[a]], columns: {} } }`,
      "/tables/d/by/0"
    ],
    ["a limit of none", `${base}tables: { d: { from: events, columns: {}, limit: 0 } }`, "/tables/d/limit"],
    ["a gap that is a number", `${base}sessions: { gap: 30 }`, "/sessions/gap"],
    ["another boundary", `${base}sessions: { boundary: splt }`, "/sessions/boundary"],
    ["an expression that is a number", `${base}sessions: { columns: { n: 1 } }`, "/sessions/columns/n"],
    ["an empty list of columns", `${base}outputs: { events: { uri: a, columns: [] } }`, "/outputs/events/columns"],
    ["an empty key of duplicates", `${base}dedupe: []`, "/dedupe"],
    ["text for a list", `${base}order: kind`, "/order"],
    ["a param with more than a name", `${base}timezone: { param: a, default: b }`, "/timezone"],
    ["a param inside params", `${base}params: { a: { type: { param: b } } }`, "/params/a/type"],
    ["another type of param", `${base}params: { a: { type: int } }`, "/params/a/type"]
  ])("%s", (_, text, expected) => {
    const found = errors(text)
    assert.isTrue(
      found.some((error) => error.startsWith(expected)),
      `${expected} is not among ${found.join("; ")}`
    )
  })
})
