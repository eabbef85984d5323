import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { benjaminiHochberg } from "../../../src/engine/compare/benjaminiHochberg.ts"
import { compareGroups } from "../../../src/engine/compare/compareGroups.ts"
import { fisherExact } from "../../../src/engine/compare/fisherExact.ts"
import { twoProportions } from "../../../src/engine/compare/twoProportions.ts"
import { errorOf } from "../../support/errorOf.ts"
import type { Plain } from "../../support/plain.ts"
import { Random } from "../../support/random.ts"
import { head, runSpec } from "../../support/runSpec.ts"
import { sameValue, SqlDatabase } from "../../support/sqlDatabase.ts"

let database: SqlDatabase
beforeAll(async () => {
  database = await SqlDatabase.open()
})
afterAll(() => database.close())

interface Event {
  readonly u: string
  readonly minute: number
  readonly kind: string
  readonly device: string | null
  readonly version: number
}

const randomEvents = (random: Random): ReadonlyArray<Event> => {
  const users = 40 + random.int(200)
  return Array.from({ length: users * 4 }, () => ({
    u: `u${random.int(users)}`,
    minute: random.int(600),
    kind: random.pick(["view", "view", "view", "view", "view", "view", "view", "view", "view", "buy", "odd"]),
    device: random.pick(["web", "web", "web", "ios", "ios", "tv", null]),
    version: random.int(3)
  }))
}

const rowOf = ({ device, kind, minute, u, version }: Event, i: number) => ({
  id: i,
  u,
  t: new Date(Date.UTC(2024, 6, 10, 0, minute)).toISOString(),
  kind,
  device,
  version
})

const body = `event: { id: id, user: u, time: t, type: kind, columns: { device: device, version: "version::int64" } }
sessions:
  gap: 30m
  columns:
    device: first(device)
    version: first(version)
    bought: "case when any(kind = 'odd') then null else any(kind = 'buy') end"
    worth: count(*) filter (where kind = 'buy')
tables:
`

/** Sessions cut by SQL, with what is compared. */
const sessions = `with marked as (
  select *, case when minute - lag(minute) over (partition by u order by minute, i) <= 30 then 0 else 1 end as opens
  from events
), numbered as (
  select *, sum(opens) over (partition by u order by minute, i) as nr from marked
), sessions as (
  select u, nr, arg_min(struct_pack(d := device), i_).d as device, arg_min(version, i_) as version,
    case when bool_or(kind = 'odd') then null else bool_or(kind = 'buy') end as bought,
    count(*) filter (where kind = 'buy') as worth
  from (select *, row_number() over (partition by u order by minute, i) as i_ from numbered)
  group by u, nr
)`

/** What is asked, and the same in SQL. */
const asked = [
  { spec: { from: "sessions", by: ["device"], success: "bought" }, keys: "device", where: "true", per: "user" },
  {
    spec: { from: "sessions", by: ["device", "version"], success: "worth > 0", per: "row", where: "version < 2" },
    keys: "device, version",
    where: "version < 2",
    per: "row"
  },
  {
    spec: { from: "sessions", by: [{ newer: "version > 0" }], success: "bought", where: "session_number > 1" },
    keys: "version > 0",
    where: "nr > 1",
    per: "user"
  }
] as const

const query = ({ keys, per, spec, where }: (typeof asked)[number]): string => {
  const names = keys.split(", ").map((_, i) => `k${i}`)
  return `${sessions}, chosen as (
    select *, ${spec.success} as success, row_number() over (partition by u order by nr) as nth
    from sessions where ${where} and (${spec.success}) is not null
  ), groups as (
    select ${keys
      .split(", ")
      .map((key, i) => `${key} as k${i}`)
      .join()}, count(*) as n,
      count(*) filter (where success) as successes, sum(worth) as worth
    from chosen where nth = 1 or ${per === "row"} group by all
  ), totals as (
    select *, sum(n) over () - n as on_, sum(successes) over () - successes as os from groups
  )
  select 0, ${names.join()}, n, successes, successes / n,
    case when successes = 0 then 0 else (successes / n + zz / 2 / n - z * sqrt(successes / n * (1 - successes / n) / n + zz / 4 / n / n)) / (1 + zz / n) end,
    case when successes = n then 1 else (successes / n + zz / 2 / n + z * sqrt(successes / n * (1 - successes / n) / n + zz / 4 / n / n)) / (1 + zz / n) end,
    on_, os / nullif(on_, 0), successes / n - os / nullif(on_, 0),
    case when n < 30 or on_ = 0 then null
      when least(n, on_) * least(successes + os, n + on_ - successes - os) < 5 * (n + on_) then 'fisher'
      else 'proportions' end,
    os, worth
  from totals, (select 1.959963984540054::double as z, 1.959963984540054::double ** 2 as zz)
  order by ${names.map((name) => `${name} nulls first`).join()}`
}

/** Rows of SQL with the p-values that belong to them. */
const withTests = (rows: ReadonlyArray<ReadonlyArray<Plain>>, keys: number): ReadonlyArray<ReadonlyArray<Plain>> => {
  const values = rows.flatMap((row) => {
    const [n, k, , , , on, , , test, ok] = row.slice(keys)
    if (test === null) return []
    const counts = [Number(k), Number(n), Number(ok), Number(on)] as const
    return [test === "fisher" ? fisherExact(...counts) : twoProportions(...counts)]
  })
  const adjusted = benjaminiHochberg(values)
  let next = 0
  return rows.map((row) => {
    const [, worth] = row.slice(-2)
    const tested = row.at(-3) === null ? [null, null] : [values[next], adjusted[next++]]
    return [...row.slice(0, -2), ...tested, worth]
  })
}

describe("a table of comparisons", () => {
  it("is what an SQL query makes of the events, for blocks of any size", async () => {
    const met = new Map<Plain, number>()
    for (let seed = 1; seed <= 15; seed++) {
      const random = new Random(seed)
      const events = randomEvents(random)
      await database.fill(
        "events",
        { i: "bigint", u: "varchar", minute: "bigint", kind: "varchar", device: "varchar", version: "bigint" },
        events.map(({ device, kind, minute, u, version }, i) => [i, u, minute, kind, device, version])
      )
      for (const one of asked) {
        const spec = JSON.stringify({ ...one.spec, columns: { worth: "sum(worth)" } })
        const { table } = runSpec(`${body}  c: { compare: ${spec} }`, events.map(rowOf), {
          blockRows: random.pick([50, Infinity])
        })
        const theirs = withTests((await database.byCase(query(one))).get(0) ?? [], one.spec.by.length)
        const rows = table("c")
        const ours = rows.map((row) => Object.values(row))
        assert.strictEqual(ours.length, theirs.length)
        for (const [i, row] of ours.entries()) {
          const same = row.every((value, k) => sameValue(value, theirs[i][k]))
          assert.isTrue(same, `seed ${seed} ${spec}\n${row.join()}\n${theirs[i].join()}`)
          met.set(rows[i].test, (met.get(rows[i].test) ?? 0) + 1)
        }
      }
    }
    for (const test of ["fisher", "proportions", null]) assert.isAbove(met.get(test) ?? 0, 5, String(test))
  }, 60_000)

  it("leaves out the rows of groups for which having does not hold, everywhere", () => {
    const rows = ["a", "b", "c"].flatMap((device, at) =>
      Array.from({ length: 40 }, (_, i) =>
        rowOf({ u: `${device}${i}`, minute: 0, kind: i < 10 * at ? "buy" : "view", device, version: 0 }, at * 40 + i)
      )
    )
    const compare = (more: string) =>
      runSpec(`${body}  c: { compare: { from: sessions, by: [device], success: bought${more} } }`, rows).table("c")
    assert.deepStrictEqual(
      compare("").map((row) => [row.device, row.n, row.successes, row.others_n]),
      [
        ["a", 40, 0, 80],
        ["b", 40, 10, 80],
        ["c", 40, 20, 80]
      ]
    )
    assert.deepStrictEqual(
      compare(", having: any(worth > 0)").map((row) => [row.device, row.others_n, row.difference]),
      [
        ["b", 40, -0.25],
        ["c", 40, 0.25]
      ]
    )
    assert.deepStrictEqual(
      compare(", having: rate > 0.3").map((row) => [
        row.device,
        row.others_n,
        row.others_rate,
        row.difference,
        row.test
      ]),
      [["c", 0, null, null, null]]
    )
  })

  it("has no rows, and all columns, without rows", () => {
    const { batch } = runSpec(
      `${body}  c: { compare: { from: sessions, by: [device], success: bought, columns: { worth: sum(worth) } } }`,
      []
    )
    const names = [
      "device",
      "n",
      "successes",
      "rate",
      "rate_low",
      "rate_high",
      "others_n",
      "others_rate",
      "difference",
      "test",
      "p_value",
      "p_adjusted",
      "worth"
    ]
    assert.strictEqual(batch("c").numRows, 0)
    assert.deepStrictEqual(batch("c").schema.names, names)
  })
})

describe("a group", () => {
  const group = (successes: number, n: number) => ({ successes, n })
  const tests = (...groups: ReadonlyArray<{ readonly successes: number; readonly n: number }>) =>
    compareGroups(groups).map(({ verdict }) => verdict?.test)

  it("is judged from 30 rows on, and its rows count for others before", () => {
    const [small, large] = compareGroups([group(10, 29), group(20, 30)])
    assert.isUndefined(small.verdict)
    assert.deepStrictEqual(large.others, group(10, 29))
    assert.strictEqual(large.verdict?.adjusted, large.verdict?.p)
  })

  it("is judged by Fisher's test where less than 5 is expected anywhere", () => {
    assert.deepStrictEqual(tests(group(5, 50), group(5, 50)), ["proportions", "proportions"])
    assert.deepStrictEqual(tests(group(5, 50), group(4, 50)), ["fisher", "fisher"])
    assert.deepStrictEqual(tests(group(46, 50), group(45, 50)), ["fisher", "fisher"])
    assert.deepStrictEqual(tests(group(0, 50), group(0, 50)), ["fisher", "fisher"])
  })

  it("is not judged without others", () => {
    assert.deepStrictEqual(tests(group(5, 50)), [undefined])
    assert.strictEqual(compareGroups([group(0, 50), group(0, 60)])[0].verdict?.p, 1)
  })
})

describe("what is wrong with a comparison", () => {
  it.each<readonly [string, string, ReadonlyArray<string>]>([
    ["no success", "{ from: users, by: [u] }", ['8:17: missing "success"']],
    ["no groups", "{ from: users, success: event_count > 1 }", ['8:17: missing "by"']],
    [
      "no key",
      "{ from: users, by: [], success: event_count > 1 }",
      ["8:36: without a key there is one group, and no other to compare it with"]
    ],
    [
      "no such table",
      "{ from: user, by: ['1'], success: 1 = 1 }",
      ['8:25: no table "user" (did you mean "users"?); expected events, users or d']
    ],
    [
      "success that is no condition",
      "{ from: users, by: [u], success: event_count }",
      ["8:50: this needs bool, found int64", "  compare it with something, as in x = 1"]
    ],
    [
      "rows without a user",
      "{ from: d, by: [type], success: n > 1 }",
      ['8:25: rows of "d" do not say whose they are: there is no column "u"', "  per: row compares all rows"]
    ],
    ["every row of them", "{ from: d, by: [type], success: n > 1, per: row }", []],
    [
      "a column of its own name",
      "{ from: users, by: [u], success: u = u, columns: { n: count(*) } }",
      ['8:68: "n" is the name of a column that Sojourn adds']
    ],
    [
      "a key of its own name",
      "{ from: users, by: [{ test: u }], success: u = u }",
      ['8:36: "test" is the name of a column that Sojourn adds']
    ],
    [
      "a measure in success",
      "{ from: users, by: [u], success: count(*) > 1 }",
      ["8:50: count is a measure, and there is no group of rows to measure here"]
    ],
    [
      "an unknown column in having",
      "{ from: users, by: [u], success: u = u, having: m > 1 }",
      ["8:65: unknown column m", "  columns here are u, n, successes, rate, user"]
    ]
  ])("%s", (_, compare, problems) => {
    const tables = `tables:\n  d: { from: events, by: [type], columns: { n: count(*) } }\n  c: { compare: ${compare} }`
    assert.deepStrictEqual(errorOf(`${head}event: { user: u, time: t, type: kind }\nusers: {}\n${tables}`), problems)
  })
})
