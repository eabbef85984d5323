import { assert, describe, it } from "@effect/vitest"
import { ExpressionFailed } from "../../src/engine/Expressions.ts"
import { makeLookup } from "../../src/engine/Lookup.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import { Random } from "../support/random.ts"
import { decodeRows, type Row } from "../support/records.ts"
import { planOf, runPlan } from "../support/runSpec.ts"

/** The lookups of a plan, each from the rows of its file. */
const lookupsOf = (plan: Plan, files: Readonly<Record<string, ReadonlyArray<Row>>>, cuts: ReadonlyArray<number> = []) =>
  plan.validate.enrich.map((entry) => {
    const request = { columns: entry.scan, digest: false, maxRecordBytes: 1e6 }
    const batches = decodeRows(request, files[entry.name], cuts).map(({ records }) => records)
    return makeLookup(entry, batches, new Set(plan.validate.null_values), plan.timezone, new Map())
  })

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
  const lookups = lookupsOf(plan, { countries }, cuts)
  return { ...runPlan(plan, events, { lookups, cuts }), lookups }
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
    const [{ counts }] = enrichedOf(body).lookups
    assert.deepStrictEqual(counts, { doubled: 1, unmatched: 3, unmatchedKeys: 2 })
  })

  it("does not depend on how file and events are cut into batches", () => {
    const whole = enrichedOf(body)
    for (let seed = 1; seed <= 20; seed++) {
      const cut = enrichedOf(body, new Random(seed).cuts(5, 4))
      assert.deepStrictEqual(cut.table("events"), whole.table("events"))
      assert.deepStrictEqual(cut.lookups[0].counts, whole.lookups[0].counts)
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
