import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { Plain, PlainRow } from "../support/plain.ts"
import { errorOf } from "../support/errorOf.ts"
import { Random } from "../support/random.ts"
import { head, planOf, runPlan } from "../support/runSpec.ts"
import { sameValue, SqlDatabase } from "../support/sqlDatabase.ts"

const event = `event: { user: u, time: t, columns: { a: a, n: "n::int64", d: "d::double" } }\ndedupe: none\n`

const nulls = (descending: string) => (descending === "desc" ? "desc nulls last" : "asc nulls first")

/** `over (…)` as we and as DuckDB write it, where rows that are equal stay as they were. */
const over = (partition: string, order: ReadonlyArray<readonly [text: string, direction: "asc" | "desc"]>) => {
  const by = partition === "" ? "" : `partition by ${partition} `
  const ours = order.map(([text, direction]) => `${text} ${direction}`).join(", ")
  const theirs = order.map(([text, direction]) => `${text} ${nulls(direction)}`)
  const orderBy = (items: ReadonlyArray<string>) => (items.length === 0 ? "" : `order by ${items.join(", ")}`)
  return {
    ours: `over (${by}${ours === "" ? "" : `order by ${ours}`})`,
    /** Of what depends on the order of all rows. */
    rows: `over (${by}${orderBy([...theirs, "place"])})`,
    ranks: `over (${by}${orderBy(theirs)})`
  }
}

const partitions = ["", "a", "u", "a, n % 2", "d is null"]
const orders = [
  [["n", "desc"]],
  [["d", "asc"]],
  [
    ["a", "asc"],
    ["d", "desc"]
  ],
  [["n % 3", "asc"]]
] as const

const calls = partitions.flatMap((partition) =>
  orders.flatMap((order) => {
    const one = over(partition, order)
    const all = over(partition, [])
    return [
      [`number() ${one.ours}`, `row_number() ${one.rows}`],
      [`rank() ${one.ours}`, `rank() ${one.ranks}`],
      [`next(n + 1) ${one.ours}`, `lead(n + 1) ${one.rows}`],
      [`previous(a) ${one.ours}`, `lag(a) ${one.rows}`],
      [`sum(n) ${all.ours}`, `sum(n) ${all.ours}`],
      [`count(*) filter (where n > 2) ${all.ours}`, `count(*) filter (where n > 2) ${all.ours}`],
      [`max(d) ${all.ours} - d`, `max(d) ${all.ours} - d`],
      [`n / sum(n) ${all.ours}`, `case when sum(n) ${all.ours} <> 0 then n / sum(n) ${all.ours} end`]
    ] as const
  })
)

const randomRows = (random: Random) =>
  Array.from({ length: random.int(40) }, (_, i) => ({
    u: random.pick(["1", "2", "10", "ann", "bob"]),
    t: new Date(Date.UTC(2024, 6, 10) + i * 1000).toISOString(),
    a: random.pick(["x", "y", "é", null]),
    n: random.int(4) === 0 ? null : String(random.int(6) - 1),
    d: random.int(4) === 0 ? null : String(random.int(8) / 4)
  }))

let database: SqlDatabase
beforeAll(async () => {
  database = await SqlDatabase.open()
})
afterAll(() => database.close())

describe("over", () => {
  it("gives what DuckDB gives, for rows in any blocks", async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = new Random(seed)
      const chosen = random.shuffled(calls).slice(0, 6)
      const where = random.pick(["n is null or n <> 2", "true"])
      const columns = Object.fromEntries([
        ["u", "u"],
        ...["a", "n", "d"].map((name) => [name, name]),
        ...chosen.map(([ours], i) => [`w${i}`, ours])
      ])
      const body = `${event}tables: ${JSON.stringify({ t: { from: "events", where, columns } })}`
      const outcome = runPlan(planOf(body), randomRows(random), { blockRows: random.pick([1, 6, Infinity]) })
      const events = outcome.table("events")
      await database.fill(
        "events",
        { place: "bigint", u: "varchar", a: "varchar", n: "bigint", d: "double" },
        events.map(({ a, d, n, u }, i) => [i, u, a, n, d] as ReadonlyArray<string | number | null>)
      )
      const selected = chosen.map(([, theirs], i) => `${theirs} as w${i}`)
      const theirs = await database.byCase(`select 1, ${selected.join()} from events where ${where} order by place`)
      const rows = outcome.table("t")
      const told = `${chosen.map(([ours]) => ours).join("; ")} of seed ${seed}`
      assert.strictEqual(rows.length, theirs.get(1)?.length ?? 0, told)
      for (const [i, row] of rows.entries()) {
        for (let k = 0; k < chosen.length; k++) {
          const [ours, twin] = [row[`w${k}`], theirs.get(1)?.[i][k] ?? null]
          assert.isTrue(sameValue(ours, twin), `row ${i} of ${chosen[k][0]}: ${ours} and ${twin}; ${told}`)
        }
      }
    }
  })

  const table = (spec: string, rows: ReadonlyArray<Readonly<Record<string, string>>>): ReadonlyArray<PlainRow> =>
    runPlan(
      planOf(`${event}tables:\n  groups: { from: events, by: [a], columns: { n: sum(n) } }\n  t: ${spec}`),
      rows,
      {
        blockRows: 1
      }
    ).table("t")
  const some = [
    ["ann", "x", "1"],
    ["ann", "y", "2"],
    ["bob", "x", "2"],
    ["bob", "z", "3"]
  ].map(([u, a, n], i) => ({ u, a, n, t: `2024-07-10T10:00:0${i}Z` }))

  it("ranks the rows of another table and gives shares of their total, in an order and up to a limit", () => {
    const spec = `{ from: groups, columns: { a: a, rank: "rank() over (order by n desc)", share: "n / sum(n) over ()" }, order: [rank, a desc], limit: 2 }`
    assert.deepStrictEqual(table(spec, some), [
      { a: "z", rank: 1, share: 0.375 },
      { a: "x", rank: 1, share: 0.375 }
    ])
  })

  it("orders users as users are ordered, and stands beside what looks at the user's rows", () => {
    const rows = ["10", "9", "a"].map((u, i) => ({ u, a: "x", n: "1", t: `2024-07-10T10:00:0${i}Z` }))
    const spec = `{ from: events, columns: { u: u, place: "number() over (order by u)", own: number(), text: "rank() over (order by u || '')" } }`
    assert.deepStrictEqual(table(spec, rows), [
      { u: "9", place: 1, own: 1, text: 2 },
      { u: "10", place: 2, own: 1, text: 1 },
      { u: "a", place: 3, own: 1, text: 3 }
    ])
  })

  it("of no rows gives none", () => {
    assert.deepStrictEqual(table(`{ from: events, columns: { r: "rank() over (order by n)" } }`, []), [])
  })

  const columns = (text: string, more = "") =>
    errorOf(`${head}${event}tables: { t: { from: events, columns: { w: ${JSON.stringify(text)} }${more} } }`)

  it.each([
    ["rank()", "6:44: rank needs an order", "write rank() over (order by x desc)"],
    ["rank() over (partition by a)", "6:52: rank needs an order", "write rank() over (order by x desc)"],
    ["sum(n) over (order by d)", "6:52: sum is of all rows together: leave out order by", undefined],
    ["avg_gap() over ()", "6:55: avg_gap measures the events of a user, and takes no over", undefined],
    ["lower(a) over ()", "6:54: over goes with measures; lower is none", undefined],
    ["sum(rank() over (order by n)) over ()", "6:49: rank cannot stand inside sum", undefined],
    [
      "sum(n) over (a)",
      "6:58: expected partition by, order by or ), found a",
      "write over (partition by a order by b desc)"
    ],
    ["number() over (partition a)", "6:70: expected by, found a", undefined]
  ])("refuses %s", (text, problem, hint) => {
    assert.deepStrictEqual(columns(text), [problem, ...(hint === undefined ? [] : [`  ${hint}`])])
  })

  it("stands in tables of rows only", () => {
    assert.deepStrictEqual(columns("sum(n) over ()", ", by: [a]"), [
      "6:52: over looks at other rows, which cannot be done here",
      "  make another table from this one"
    ])
    assert.deepStrictEqual(errorOf(`${head}event: { user: u, time: t, columns: { a: "sum(n) over ()" } }`), [
      "4:50: over looks at other rows, which cannot be done here"
    ])
  })
})

describe("a table of several tables", () => {
  const body = `${event}tables:
  x: { from: events, where: "a = 'x'", columns: { u: u, n: n } }
  y: { from: events, by: [u], columns: { n: max(n) } }
  both: { from: [y, x] }
  sums: { from: [x, y], by: [u], columns: { all: sum(n), first: first(n) } }
  best: { from: [x, y], where: n > 1, columns: { u: u, n: n, r: "rank() over (order by n desc)" }, order: [r, u], limit: 2 }
  again: { from: both, columns: { n: n } }
`
  const rows = [
    ["ann", "x", "1"],
    ["ann", "y", "5"],
    ["bob", "x", "3"],
    ["bob", "x", "2"]
  ].map(([u, a, n], i) => ({ u, a, n, t: `2024-07-10T10:00:0${i}Z` }))
  const pairs = (made: ReadonlyArray<PlainRow>): ReadonlyArray<ReadonlyArray<Plain>> =>
    made.map((row) => Object.values(row))

  it.each([1, Infinity])("has the rows of one after those of the other, in blocks of %d rows", (blockRows) => {
    const { table } = runPlan(planOf(body), rows, { blockRows })
    const y = [
      ["ann", 5],
      ["bob", 3]
    ]
    const x = [
      ["ann", 1],
      ["bob", 3],
      ["bob", 2]
    ]
    assert.deepStrictEqual(pairs(table("both")), [...y, ...x])
    assert.deepStrictEqual(
      pairs(table("again")),
      [...y, ...x].map(([, n]) => [n]) as ReadonlyArray<ReadonlyArray<Plain>>
    )
    assert.deepStrictEqual(pairs(table("sums")), [
      ["ann", 6, 1],
      ["bob", 8, 3]
    ])
    assert.deepStrictEqual(pairs(table("best")), [
      ["ann", 5, 1],
      ["bob", 3, 2]
    ])
  })

  it("needs equal columns in each, and each but once", () => {
    const tables = (from: string) =>
      errorOf(`${head}${event}tables:
  x: { from: events, columns: { u: u, n: n } }
  y: { from: events, columns: { n: n, u: u } }
  z: { from: events, columns: { u: u, n: d } }
  t: { from: ${from} }`)
    assert.deepStrictEqual(tables("[x, y, z, x]"), [
      '10:18: "y" has other columns than "x": n int64, u text',
      '  give it the columns of "x", in a table of its own: u text, n int64',
      '10:21: "z" has other columns than "x": u text, n double',
      '  give it the columns of "x", in a table of its own: u text, n int64',
      '10:24: "x" stands here twice'
    ])
    assert.deepStrictEqual(tables("[x, w]"), ['10:18: no table "w"; expected events, rejects, x, y or z'])
  })

  it("and one without columns has all of those that it is made from", () => {
    const { table } = runPlan(
      planOf(`${event}tables:
  all: { from: events, where: n > 1, order: [n desc] }
  keys: { from: events, by: [a] }`),
      rows
    )
    assert.deepStrictEqual(
      table("all").map(({ a, d, n, u }) => [u, a, n, d]),
      [
        ["ann", "y", 5, null],
        ["bob", "x", 3, null],
        ["bob", "x", 2, null]
      ]
    )
    assert.deepStrictEqual(table("keys"), [{ a: "x" }, { a: "y" }])
  })
})
