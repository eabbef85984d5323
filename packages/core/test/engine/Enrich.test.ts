import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { RunOptions } from "../../src/engine/Engine.ts"
import { ExpressionFailed } from "../../src/engine/Expressions.ts"
import { localEngine } from "../../src/engine/LocalEngine.ts"
import { PluginError } from "../../src/plugin/PluginError.ts"
import { MemoryConnections, type MemoryInput, type Step } from "../support/MemoryConnections.ts"
import { Random } from "../support/random.ts"
import { Broken, type Row } from "../support/records.ts"
import { planOf } from "../support/runSpec.ts"

const body = `event:
  user: u
  time: t
  columns: { code: code }
  null_values: [NA]
  enrich:
    countries:
      source: { uri: countries }
      key: iso
      on: upper(code)
      columns: { country: name, people: "people::int64", twice: "people::double * 2", big: "people::int64 > 50", since: "since::timestamp", day: "since::timestamp::date" }
    plans: { source: { uri: plans }, key: user, on: u, columns: { plan: plan } }
dedupe: none
sessions: { gap: 30m, columns: { people: sum(people) } }
outputs: { events: { uri: e }, sessions: { uri: s } }
`

const germany = { iso: "DE", name: "Germany", people: 84, since: "1990-10-03T00:00:00Z" }
const countries: ReadonlyArray<Row> = [
  germany,
  { iso: "AT", name: "Austria", people: 9, since: "1955-10-26T00:00:00Z" },
  { iso: null, name: "Nowhere", people: 1 },
  { iso: "NA", name: "Not there", people: 1 },
  { iso: "DE", name: "Deutschland", people: 1 },
  { iso: "LI", name: null, people: "NA" }
]
const plans: ReadonlyArray<Row> = [
  { user: "a", plan: "free" },
  { user: "c", plan: "paid" }
]
const events: ReadonlyArray<Row> = ["de", "AT", "xx", null, "li", "xx", "yy"].map((code, i) => ({
  u: i < 3 ? "a" : "b",
  t: `2024-07-10T10:0${i}:00Z`,
  code
}))

type Inputs = Readonly<Record<string, ReadonlyArray<MemoryInput>>>
const inputs: Inputs = {
  "events.json": [{ rows: events }],
  countries: [{ rows: countries }],
  plans: [{ rows: plans }]
}

interface Given {
  readonly inputs?: Inputs
  readonly body?: string
  readonly fails?: `${Step} ${string}`
  readonly options?: Partial<RunOptions>
}

/** A run with something else in place of what it mostly has. */
const run = (given: Given = {}) => {
  const connections = new MemoryConnections({ ...inputs, ...given.inputs }, given.fails)
  return localEngine
    .run(planOf(given.body ?? body, { params: {}, env: { CODE: "", TAIL: "" } }), {
      asOfMicros: 1.8e15,
      ...given.options
    })
    .pipe(
      Effect.provide(connections.layer),
      Effect.map(({ summary }) => ({ connections, summary }))
    )
}

const failureOf = (given: Given) => Effect.flip(run(given))

const clean = { records: 6, rejected: 0, doubled: 1, unmatched: 3, unmatched_keys: 2 }

describe("a run with enrich", () => {
  it.effect("joins every file, with all types, nulls and null values, and sums up what did not fit", () =>
    Effect.gen(function* () {
      const { connections, summary } = yield* run()
      const nothing = { country: null, people: null, twice: null, big: null, since: null, day: null }
      const rows = connections.committed.get("events") ?? []
      assert.deepStrictEqual(
        rows.map(({ big, country, day, people, since, twice }) => ({ country, people, twice, big, since, day })),
        [
          { country: "Germany", people: 84, twice: 168, big: true, since: "1990-10-03T00:00:00Z", day: "1990-10-03" },
          { country: "Austria", people: 9, twice: 18, big: false, since: "1955-10-26T00:00:00Z", day: "1955-10-26" },
          ...Array.from({ length: 5 }, () => nothing)
        ]
      )
      assert.deepStrictEqual(
        rows.map(({ plan }) => plan),
        ["free", "free", "free", null, null, null, null]
      )
      assert.deepStrictEqual(
        connections.committed.get("sessions")?.map(({ people }) => people),
        [93, null]
      )
      assert.deepStrictEqual(summary.enriched, [
        { name: "countries", ...clean },
        { name: "plans", records: 2, rejected: 0, doubled: 0, unmatched: 4, unmatched_keys: 1 }
      ])
      assert.deepStrictEqual(summary.warnings, [])
    })
  )

  it.effect("has the same tables and counts however inputs and files are cut, with the kernels or without", () =>
    Effect.gen(function* () {
      const whole = yield* run()
      for (let seed = 1; seed <= 20; seed++) {
        const random = new Random(seed)
        const cut = {
          "events.json": [{ rows: events, cuts: random.cuts(7, 4) }],
          // Keys stay unmatched, and doubled, from one source to the next.
          countries: [
            { rows: countries.slice(0, 3), cuts: random.cuts(3, 2) },
            { rows: countries.slice(3), cuts: random.cuts(3, 2) }
          ]
        }
        const { connections, summary } = yield* run({ inputs: cut, options: { plain: seed % 2 === 0 } })
        assert.deepStrictEqual(connections.committed, whole.connections.committed, `seed ${seed}`)
        assert.deepStrictEqual(summary.enriched, whole.summary.enriched, `seed ${seed}`)
      }
    })
  )

  it.effect("counts a missing key once for all inputs, and only those of accepted events", () =>
    Effect.gen(function* () {
      const rejected = { u: null, t: "2024-07-10T10:00:00Z", code: "zz" }
      const { summary } = yield* run({ inputs: { "events.json": [{ rows: events }, { rows: [...events, rejected] }] } })
      assert.deepStrictEqual(summary.enriched[0], { name: "countries", ...clean, unmatched: 6 })
    })
  )

  it.effect("joins a file without records, and none at all: every key is missing", () =>
    Effect.gen(function* () {
      for (const none of [[], [{ rows: [] }]]) {
        const { connections, summary } = yield* run({ inputs: { countries: none } })
        assert.deepStrictEqual(summary.enriched[0], {
          name: "countries",
          records: 0,
          rejected: 0,
          doubled: 0,
          unmatched: 6,
          unmatched_keys: 5
        })
        assert.isTrue(connections.committed.get("events")?.every(({ country }) => country === null))
      }
    })
  )

  it.effect("warns of records of a file that cannot be read", () =>
    Effect.gen(function* () {
      const broken = ["a", "a", "b"].map((reason, i) => new Broken(i < 2 ? "json.syntax" : "csv.columns", reason))
      const { summary } = yield* run({ inputs: { countries: [{ rows: [...countries, ...broken] }] } })
      assert.deepStrictEqual(summary.enriched[0], { name: "countries", ...clean, records: 9, rejected: 3 })
      assert.deepStrictEqual(summary.warnings, [
        "3 of 9 records of countries/1 (enrich countries) could not be read: 2 × a, and others"
      ])
      assert.strictEqual(summary.accounting.rejected, 0)
      const all = yield* run({ inputs: { countries: [{ rows: broken.slice(0, 1) }] } })
      assert.deepStrictEqual(all.summary.warnings, [
        "1 of 1 records of countries/1 (enrich countries) could not be read: 1 × a"
      ])
    })
  )

  it.effect("reads a file as a whole, however few records of the inputs it reads", () =>
    Effect.gen(function* () {
      const { connections, summary } = yield* run({ options: { limit: 1 } })
      assert.deepStrictEqual([summary.accounting.read, summary.enriched[0].records], [1, 6])
      assert.strictEqual(connections.committed.get("events")?.[0].country, "Germany")
    })
  )

  it.effect("has no word about it in a plan without", () =>
    Effect.gen(function* () {
      const { summary } = yield* run({ body: "event: { user: u, time: t }" })
      assert.deepStrictEqual(summary.enriched, [])
    })
  )

  it.effect("fails, with the place, where a file cannot be reached or read", () =>
    Effect.gen(function* () {
      for (const fails of ["sources countries", "read countries/1"] as const) {
        const error = yield* failureOf({ fails })
        assert.instanceOf(error, PluginError)
        assert.deepInclude(error, { plugin: "memory", reason: "Internal" })
        assert.strictEqual(error.message, `event.enrich.countries.source: ${fails.split(" ")[0]} failed`)
      }
    })
  )

  it.effect("fails where no record of a file has the key", () =>
    Effect.gen(function* () {
      const rows = [{ code: "DE" }, { iso: "NA" }, new Broken("json.syntax", "x")]
      const error = yield* failureOf({ inputs: { countries: [{ rows }] } })
      assert.deepInclude(error, {
        _tag: "PluginError",
        reason: "Config",
        message: 'event.enrich.countries.key: no record of countries/1 has a value for "iso"'
      })
    })
  )

  it.effect("fails where a column of a file cannot be computed, and writes nothing", () =>
    Effect.gen(function* () {
      const error = yield* failureOf({ inputs: { countries: [{ rows: [germany, { ...germany, people: "many" }] }] } })
      assert.instanceOf(error, ExpressionFailed)
      assert.match(error.message, /^event\.enrich\.countries\.columns\.people: invalid int64 in "people"/)
    })
  )
})

describe("a parameter of expressions", () => {
  const bound = `event:
  user: u
  time: t
  columns: { code: code }
  where: code = \${CODE}
  enrich: { c: { source: { uri: countries }, key: iso, on: "code || \${TAIL}", columns: { name: "name || \${TAIL}" } } }
outputs: { events: { uri: e } }
`

  it.effect("has its value in the columns of a file and in what is looked for", () =>
    Effect.gen(function* () {
      const options = {
        bindings: new Map([
          ["TAIL", "T"],
          ["CODE", "A"]
        ])
      }
      const rows = [{ u: "a", t: "2024-07-10T10:00:00Z", code: "A" }]
      const given = { body: bound, inputs: { "events.json": [{ rows }] }, options }
      const { connections } = yield* run(given)
      assert.strictEqual(connections.committed.get("events")?.[0].name, "AustriaT")
    })
  )

  it.effect("that has no value ends the run before anything is read", () =>
    Effect.gen(function* () {
      for (const [bindings, missing] of [
        [undefined, "${CODE}, ${TAIL}"],
        [new Map([["TAIL", ""]]), "${CODE}"]
      ] as const) {
        const error = yield* failureOf({
          body: bound,
          fails: "sources countries",
          options: bindings === undefined ? {} : { bindings }
        })
        assert.deepInclude(error, {
          _tag: "PluginError",
          reason: "Config",
          message: `expressions of the plan need a value for ${missing}`
        })
      }
    })
  )
})
