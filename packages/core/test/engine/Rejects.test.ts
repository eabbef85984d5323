import { assert, describe, it } from "@effect/vitest"
import { redactRejects } from "../../src/engine/redactRejects.ts"
import { RejectCounts } from "../../src/engine/RejectCounts.ts"
import { makeValidate } from "../../src/engine/Validate.ts"
import { redactedFields } from "../../src/plan/redactedFields.ts"
import { rejectCodes } from "../../src/plugin/EventBatch.ts"
import { plainRows } from "../support/plain.ts"
import { Broken, decodeRows, type Row, rowText, token } from "../support/records.ts"
import { planOf, requestOf, runSpec } from "../support/runSpec.ts"

const t = "2024-07-10T10:00:00Z"
const event = "event: { user: u, time: t }\n"

const rows: ReadonlyArray<Row> = [
  { u: "ä", t },
  new Broken("json.syntax", "unexpected end"),
  { u: null, t },
  new Broken("record.size", "over 16 MB", "u"),
  new Broken("text.encoding", "not UTF-8"),
  { u: "ö", t: "soon", other: "\u{1f600}" },
  { u: "b", t },
  { u: [], t: token("5") }
]

describe("the table of rejects", () => {
  it("has the decoder's rejects and those of validation together, in the order of the input", () => {
    for (const cuts of [[], [2], [3, 5], [0, 1, 2, 3, 4, 5, 6, 7]]) {
      const { rejects } = runSpec(event, rows, { cuts })
      assert.deepStrictEqual(
        rejects.map((row) => [row.event, row.code, row.reason, row.field]),
        [
          [2, "json.syntax", "unexpected end", null],
          [3, "field.missing", "missing u", "u"],
          [4, "record.size", "over 16 MB", "u"],
          [5, "text.encoding", "not UTF-8", null],
          [6, "time.invalid", "invalid ISO-8601", "t"],
          [8, "field.type", "invalid type for u", "u"]
        ]
      )
    }
  })

  it("says where each record stood, byte offsets and not characters, and keeps it as it was", () => {
    const { rejects } = runSpec(event, rows, { cuts: [1, 4, 6] })
    for (const { event, line, offset, raw, source } of rejects) {
      const row = Number(event) - 1
      assert.strictEqual(source, "events.json")
      assert.strictEqual(line, event)
      const before = rows.slice(0, row).map((one) => `${rowText(one)}\n`)
      assert.strictEqual(offset, Buffer.byteLength(before.join("")))
      assert.strictEqual(raw, rowText(rows[row]))
    }
  })

  it("has the mapped fields as a person would read them, null where the decoder could not", () => {
    const { rejects } = runSpec(event, [
      { u: token('"a\\u00e9\\n"'), t: token("1.50") },
      { u: { k: [1] }, t: null },
      new Broken("json.syntax", "unexpected end")
    ])
    assert.deepStrictEqual(
      rejects.map((row) => [row.u, row.t]),
      [
        ["aé\n", "1.50"],
        ['{"k":[1]}', null],
        [null, null]
      ]
    )
  })

  it("shows a field with the name of one of its own columns as record.…", () => {
    const fields = ["event", "source", "line", "offset", "code", "reason", "field", "raw"]
    const columns = fields.map((name) => `${name}: ${name}`).join(", ")
    const row = { u: null, t, ...Object.fromEntries(fields.map((name) => [name, `the ${name}`])) }
    const [reject] = runSpec(`event: { user: u, time: t, columns: { ${columns} } }`, [row]).rejects
    assert.strictEqual(reject.event, 1)
    assert.strictEqual(reject.source, "events.json")
    assert.strictEqual(reject.raw, rowText(row))
    for (const name of fields) assert.strictEqual(reject[`record.${name}`], `the ${name}`)
  })

  it("has every code that is documented as stable", () => {
    const documented =
      "json.syntax field.missing field.type field.value field.unknown time.invalid time.range csv.columns text.encoding record.size"
    assert.includeMembers([...rejectCodes], documented.split(" "))
  })
})

describe("rejects of a plan that hashes a field", () => {
  const hashed = "event: { user: { as: u, value: \"hmac_sha256(id, 'k')\" }, time: t, columns: { page: page } }"
  const rejectsOf = (spec: string) => {
    const plan = planOf(spec)
    const redacted = redactedFields(plan)
    const validate = makeValidate(plan, { from: -Infinity, to: Infinity, outside: "warn" })
    const given = [
      { id: "ann", t: "soon", page: "/a" },
      { id: null, t, page: "/b" },
      new Broken("json.syntax", "unexpected end at ann"),
      new Broken("text.encoding", "not UTF-8", "id")
    ]
    const table = new RejectCounts(redacted)
    const counted = new RejectCounts(redacted)
    const rows = [...decodeRows(requestOf(plan), given, [])].flatMap((batch) => {
      const { rejected, rejects } = validate(batch, "x")
      table.add(rejects)
      counted.count(rejected)
      return plainRows(redactRejects(rejects, redacted))
    })
    assert.deepStrictEqual(counted.list(), table.list())
    return { rows, samples: table.list().map(({ code, samples }) => [code, samples]) }
  }

  it("tell neither what the field holds nor the record, and the rest as ever", () => {
    const { rows, samples } = rejectsOf(hashed)
    assert.deepStrictEqual(
      rows.map((row) => [row.event, row.code, row.id, row.t, row.page, row.raw]),
      [
        [1, "time.invalid", "(redacted)", "soon", "/a", "(redacted)"],
        [2, "field.missing", null, t, "/b", "(redacted)"],
        [3, "json.syntax", null, null, null, "(redacted)"],
        [4, "text.encoding", null, null, null, "(redacted)"]
      ]
    )
    assert.sameDeepMembers(
      [...samples],
      [
        ["time.invalid", ["soon"]],
        ["field.missing", []],
        ["json.syntax", []],
        ["text.encoding", []]
      ]
    )
  })

  it.each([
    ["it stands elsewhere, too", hashed.replace("page: page", "page: page, id: id")],
    ["it is no hash", hashed.replace(/"hmac.*?"/, '"lower(id)"')],
    ["another field is hashed", hashed.replace(/"hmac.*?"/, '"lower(id)"').replace("page: page", "page: sha256(page)")]
  ])("tell what the field holds where %s", (_, spec) => {
    assert.strictEqual(rejectsOf(spec).rows[0].id, "ann")
  })
})

describe("RejectCounts", () => {
  const countsOf = (rows: ReadonlyArray<Row>, cuts: ReadonlyArray<number> = []) => {
    const plan = planOf(event)
    const validate = makeValidate(plan, { from: -Infinity, to: Infinity, outside: "warn" })
    const counts = new RejectCounts(new Set())
    for (const batch of decodeRows(requestOf(plan), rows, cuts)) counts.add(validate(batch, "x").rejects)
    return counts
  }

  it("counts by code and field, most frequent first, with up to three different values", () => {
    const times = ["one", "two", "two", "three", "four"].map((t) => ({ u: "a", t }))
    const counts = countsOf([{ u: null, t }, new Broken("json.syntax", "unexpected end"), ...times, { u: "", t }], [3])
    assert.strictEqual(counts.total, 8)
    assert.deepStrictEqual(counts.list(), [
      { code: "time.invalid", reason: "invalid ISO-8601", field: "t", count: 5, samples: ["one", "two", "three"] },
      { code: "field.missing", reason: "missing u", field: "u", count: 2, samples: [""] },
      { code: "json.syntax", reason: "unexpected end", field: null, count: 1, samples: ["{broken unexpected end"] }
    ])
  })

  it("takes the raw record where the decoder names a field that the plan does not read", () => {
    const counts = countsOf([new Broken("text.encoding", "not UTF-8", "comment")])
    assert.deepStrictEqual(counts.list(), [
      { code: "text.encoding", reason: "not UTF-8", field: "comment", count: 1, samples: ["{broken not UTF-8"] }
    ])
  })

  it("takes the same samples from the table as without it", () => {
    const plan = planOf('event: { user: { as: who, value: "nullif(u, \'\')" }, time: t, columns: { n: "n::int64" } }')
    const validate = makeValidate(plan, { from: -Infinity, to: Infinity, outside: "warn" })
    const given = [{ u: "", t, n: 1 }, { t }, { u: "a", t, n: "x" }, { u: "a" }, new Broken("record.size", "big", "u")]
    const [table, counted] = [new RejectCounts(new Set()), new RejectCounts(new Set())]
    for (const batch of decodeRows(requestOf(plan), given, [])) {
      const { rejected, rejects } = validate(batch, "x")
      table.add(rejects)
      counted.count(rejected)
    }
    assert.strictEqual(table.total, 5)
    assert.deepStrictEqual(counted.list(), table.list())
  })

  it("takes the raw record where the record could not be read, whatever field the decoder names", () => {
    const counts = countsOf([new Broken("record.size", "over 16 MB", "u")])
    assert.deepStrictEqual(counts.list().at(0)?.samples, ["{broken over 16 MB"])
  })

  it("counts reasons that differ in a number only together", () => {
    const counts = countsOf([new Broken("csv.columns", "3 of 4 columns"), new Broken("csv.columns", "2 of 4 columns")])
    assert.deepStrictEqual(
      counts.list().map(({ count }) => count),
      [2]
    )
  })
})
