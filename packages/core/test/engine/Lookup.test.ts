import { assert, describe, it } from "@effect/vitest"
import { ExpressionFailed } from "../../src/engine/Expressions.ts"
import { Lookup } from "../../src/engine/Lookup.ts"
import { LookupTableBuilder } from "../../src/engine/LookupTable.ts"
import { mostKeys, UnmatchedCounts } from "../../src/engine/Unmatched.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import { Random } from "../support/random.ts"
import { decodeRows, type Row } from "../support/records.ts"
import { planOf, runPlan } from "../support/runSpec.ts"
import { column } from "../support/table.ts"

type Files = Readonly<Record<string, ReadonlyArray<Row>>>

/** What is joined for each enrich of a plan, from the rows of its file. */
const tablesOf = (plan: Plan, files: Files, cuts: ReadonlyArray<number> = []) =>
  plan.validate.enrich.map((entry) => {
    const builder = new LookupTableBuilder(entry, 1e6, new Set(plan.validate.null_values), plan.timezone, new Map())
    for (const batch of decodeRows(builder.request, files[entry.name], cuts)) builder.add(batch)
    return builder.finish()
  })

const lookupsOf = (plan: Plan, files: Files, cuts: ReadonlyArray<number> = []) =>
  tablesOf(plan, files, cuts).map(({ rows }, i) => new Lookup(plan.validate.enrich[i], rows))

const body = `event:
  user: u
  time: t
  columns: { code: code }
  enrich:
    countries:
      source: { uri: countries.csv, format: csv }
      key: iso
      on: upper(code)
      columns: { country: name, people: "people::int64", big: "people::int64 > 50", "short name": "substr(name, 1, 2)" }
dedupe: none
`

const countries = [
  { iso: "DE", name: "Germany", people: 84 },
  { iso: "AT", name: "Austria", people: 9 },
  { iso: null, name: "Nowhere", people: 1 },
  { iso: "DE", name: "Deutschland", people: 1 },
  { iso: "LI", name: null, people: null }
]

const events = ["de", "AT", "xx", null, "li", "xx", "yy"].map((code, i) => ({
  u: "a",
  t: `2024-07-10T10:0${i}:00Z`,
  code
}))

const enrichedOf = (spec: string, cuts: ReadonlyArray<number> = []) => {
  const plan = planOf(spec)
  const tables = tablesOf(plan, { countries }, cuts)
  const lookups = lookupsOf(plan, { countries }, cuts)
  const outcome = runPlan(plan, events, { lookups, cuts })
  const { events: unmatched, keys } = lookups[0].takeUnmatched()
  return { ...outcome, lookups, counts: { doubled: tables[0].doubled, unmatched, keys: keys.toSorted() } }
}

describe("a file joined to events", () => {
  it("adds its columns, typed, null where a key is null or not there; its first row with a key counts", () => {
    const { table } = enrichedOf(body)
    assert.deepStrictEqual(
      table("events").map((row) => [row.code, row.country, row.people, row.big, row["short name"]]),
      [
        ["de", "Germany", 84, true, "Ge"],
        ["AT", "Austria", 9, false, "Au"],
        ["xx", null, null, null, null],
        [null, null, null, null, null],
        ["li", null, null, null, null],
        ["xx", null, null, null, null],
        ["yy", null, null, null, null]
      ]
    )
  })

  it("counts what it did not find, and keys that stand twice in the file", () => {
    const { counts, lookups } = enrichedOf(body)
    assert.deepStrictEqual([counts.doubled, counts.unmatched, counts.keys.length], [1, 3, 2])
    assert.deepStrictEqual(lookups[0].takeUnmatched(), { events: 0, keys: new Float64Array(0) })
  })

  it("counts anew after it was asked, the keys that come again too", () => {
    const lookups = lookupsOf(planOf(body), { countries })
    const keys = column.text(["DE", "xx", null, "yy", "xx"])
    const taken = [1, 2].map(() => {
      lookups[0].join(keys)
      return lookups[0].takeUnmatched()
    })
    assert.deepStrictEqual(taken[1], taken[0])
    assert.deepStrictEqual([taken[0].events, taken[0].keys.length], [3, 2])
  })

  it("does not depend on how file and events are cut into batches", () => {
    const whole = enrichedOf(body)
    for (let seed = 1; seed <= 20; seed++) {
      const cut = enrichedOf(body, new Random(seed).cuts(5, 4))
      assert.deepStrictEqual(cut.table("events"), whole.table("events"))
      assert.deepStrictEqual(cut.counts, whole.counts)
    }
  })

  it("has columns for where, sessions and tables", () => {
    const { filtered, table } = enrichedOf(
      `${body.replace("columns: { code: code }", "columns: { code: code }\n  where: country is not null")}
sessions: { change: [country], columns: { people: sum(people) } }
tables: { by: { from: events, by: [big], columns: { n: count(*), names: list(distinct country) } } }`
    )
    assert.strictEqual(filtered, 5)
    assert.deepStrictEqual(
      table("sessions").map(({ people, session_cause }) => [people, session_cause]),
      [
        [84, "first"],
        [9, "change:country"]
      ]
    )
    assert.deepStrictEqual(table("by"), [
      { big: false, n: 1, names: '["Austria"]' },
      { big: true, n: 1, names: '["Germany"]' }
    ])
  })

  it("reads only what it needs of the file", () => {
    const [{ input, scan }] = planOf(body).validate.enrich
    assert.deepStrictEqual(
      scan.map(({ path }) => path),
      ["iso", "name", "people"]
    )
    assert.deepStrictEqual(input, { uri: "countries.csv", format: { name: "csv", options: {} } })
  })

  it("rejects an event whose key cannot be computed", () => {
    const plan = planOf(body.replace("upper(code)", "code::int64::text"))
    const { filtered, rejects } = runPlan(plan, events, { lookups: lookupsOf(plan, { countries }) })
    assert.strictEqual(filtered, 0)
    assert.deepStrictEqual(
      rejects.map(({ code, field, reason }) => [code, reason, field]),
      Array.from({ length: 6 }, () => ["field.type", "invalid int64 for code", "code"])
    )
  })

  it("is no good if one of its columns cannot be computed", () => {
    const plan = planOf(body)
    const broken = () => lookupsOf(plan, { countries: [{ iso: "A", name: "B", people: "many" }] })
    assert.throws(broken, ExpressionFailed, 'event.enrich.countries.columns.people: invalid int64 in "people"')
  })
})

describe("counted keys that a file does not have", () => {
  const partOf = (from: number, until: number) => {
    const counts = new UnmatchedCounts()
    for (let key = from; key < until; key++) counts.note(key)
    counts.events = until - from
    return counts.toData()
  }
  const totalOf = (...parts: ReadonlyArray<ReturnType<typeof partOf>>) => {
    const counts = new UnmatchedCounts()
    for (const part of parts) counts.add(part)
    return [counts.events, counts.distinctKeys]
  }

  it("are exact while they are few, however they are shared by parts", () => {
    assert.deepStrictEqual(totalOf(partOf(0, 10), partOf(5, 12), partOf(0, 0)), [17, 12])
    assert.deepStrictEqual(totalOf(partOf(5, 12), partOf(0, 10)), [17, 12])
  })

  it("stop at their limit, in any order of parts", () => {
    const parts = [partOf(0, 10), partOf(5, mostKeys + 7), partOf(mostKeys, mostKeys + 3)]
    const events = mostKeys + 15
    assert.deepStrictEqual(totalOf(...parts), [events, mostKeys])
    assert.deepStrictEqual(totalOf(...parts.toReversed()), [events, mostKeys])
    assert.deepStrictEqual(totalOf(partOf(0, mostKeys - 1)), [mostKeys - 1, mostKeys - 1])
    assert.strictEqual(partOf(0, 2 * mostKeys).keys.length, mostKeys)
  })
})
