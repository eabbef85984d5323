import { assert, beforeAll, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { askDuckDb, assertRows, plain } from "./recipes/support.ts"
import { buildIfStale, start } from "./support/command.ts"
import { directory } from "./support/directory.ts"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const example = join(root, "examples/online-shop")
const data = join(root, "../shared/data")

/** The command as the page of the example has it. */
const documented = / {4}npm run -s sojourn -- (.*)\n/.exec(readFileSync(join(example, "README.md"), "utf8"))?.[1] ?? ""

/** Sessions of one of the files: a pause of over 30 minutes ends one. */
const sessionsOf = (file: string): ReadonlyArray<string> => [
  `create table events as select user_id, event, "timestamp" as ts, * exclude (user_id, event, "timestamp"),
    row_number() over () as place
    from read_csv('${data}/${file}', types = {'user_id': 'bigint', 'timestamp': 'timestamp', 'event': 'varchar'})`,
  `create table numbered as select *, sum(cut) over (partition by user_id order by ts, place) as n from (
    select *, case when ts - lag(ts) over (partition by user_id order by ts, place) <= interval '30 minutes' then 0 else 1 end as cut
    from events)`,
  `create table sessions as
    select user_id, min(ts) as session_start, max(ts) as session_end, epoch_us(max(ts) - min(ts)) / 1e6 as session_duration_sec,
      count(*) as event_count, n::bigint as session_number, case when n = 1 then 'first' else 'gap' end as session_cause,
      lag(max(ts)) over (partition by user_id order by n) as previous_session_end,
      lead(min(ts)) over (partition by user_id order by n) as next_session_start,
      max(ts) + interval '30 minutes' >= timestamp '2020-05-01' as is_open, min(ts)::date as "date",
      bool_or(event = 'payment_done') as paid, last(event order by ts, place) as left_at
    from numbered group by user_id, n order by user_id, n`
]

/**
 * The best chain of each: of all first steps, with the earliest event of every next one, the one that goes the farthest,
 * then the one that is there first, then the one that started last.
 */
const funnel = (by: string, window: string): ReadonlyArray<string> => [
  `create table visited as select user_id, n, ${by} as who, event, ts from numbered`,
  "create table c1 as select who, user_id, ts as t1 from visited where event = 'catalog'",
  ...[
    ["c2", "c1", "t2", "event in ('product1', 'product2')", "t1"],
    ["c3", "c2", "t3", "event = 'cart'", "t2"],
    ["c4", "c3", "t4", "event = 'payment_done'", "t3"]
  ].map(
    ([made, from, time, condition, after]) =>
      `create table ${made} as select ${from}.*, (
        select min(ts) from visited v where v.who = ${from}.who and ${condition} and v.ts >= ${from}.${after}
          and v.ts <= ${from}.t1 + interval '${window}') as ${time} from ${from}`
  ),
  `create table chains as
    select *, 1 + (t2 is not null)::int + (t3 is not null)::int + (t4 is not null)::int as depth from c4
    qualify row_number() over (partition by who order by depth desc, coalesce(t4, t3, t2, t1), t1 desc) = 1`
]

const steps = `
  with reached as (
    select 1 as step, 'catalog' as name, count(*) as n, null as sec from chains union all
    select 2, 'product', count(t2), median(epoch_us(t2 - t1)) / 1e6 from chains union all
    select 3, 'cart', count(t3), median(epoch_us(t3 - t2)) / 1e6 from chains union all
    select 4, 'payment', count(t4), median(epoch_us(t4 - t3)) / 1e6 from chains)
  select step, name, n as count, n / first(n) over (order by step) as rate_of_first,
    n / lag(n) over (order by step) as rate_of_previous, n - coalesce(lead(n) over (order by step), n) as dropped,
    sec as median_sec from reached order by step`

const users = `create table users as
  select user_id, min(ts) as first_event, max(ts) as last_event, count(*) as event_count, max(n)::bigint as session_count,
    first(user_backet) as test_group, count(distinct user_backet) as "groups", bool_or(event = 'payment_done') as paid,
    count(distinct transaction_ID) as orders, coalesce(sum(transaction_value), 0)::double as revenue
  from numbered group by user_id order by user_id`

/**
 * Wilson's interval, and the test of two proportions: erfc(x) = 1 - 2/sqrt(pi) e^(-x^2) (x + 2 x^3/3 + 4 x^5/15 + ...),
 * Abramowitz and Stegun 7.1.6.
 */
const groups = `
  with recursive counted as (
    select test_group, count(*) as n, count(*) filter (where paid) as k, sum(revenue) as revenue
    from users where test_group <> 'not_in_test' group by all),
  pairs as (
    select a.*, b.n as m, b.k as l, (a.k + b.k) / (a.n + b.n) as p, 1.959963984540054 as z
    from counted a join counted b on a.test_group <> b.test_group),
  scored as (select *, abs(k / n - l / m) / sqrt(p * (1 - p) * (1 / n + 1 / m)) / sqrt(2) as x from pairs),
  terms as (
    select test_group, x, 0 as i, x as term from scored union all
    select test_group, x, i + 1, term * 2 * x * x / (2 * i + 3) from terms where i < 80),
  tail as (select test_group, 1 - 2 / sqrt(pi()) * exp(-x * x) * sum(term) as p_value from terms group by test_group, x)
  select test_group, n, k as successes, k / n as rate,
    (k + z * z / 2 - z * sqrt(k * (n - k) / n + z * z / 4)) / (n + z * z) as rate_low,
    (k + z * z / 2 + z * sqrt(k * (n - k) / n + z * z / 4)) / (n + z * z) as rate_high,
    m as others_n, l / m as others_rate, k / n - l / m as difference, 'proportions' as test,
    p_value, p_value as p_adjusted, revenue, revenue / n as revenue_per_user
  from scored join tail using (test_group) order by test_group`

const visits = sessionsOf("online-shop.csv")
const test = [...sessionsOf("online-shop-ab.csv"), users]
const byUser = [...visits, ...funnel("user_id", "7 days")]

/** Every table that is written, as DuckDB makes it of the raw files. */
const tables: Readonly<Record<string, ReadonlyArray<string>>> = {
  sessions: [...visits, "from sessions"],
  totals: [
    ...visits,
    `select count(*) as visits, count(distinct user_id) as users, count(*) filter (where paid) as paid,
      round(100 * count(*) filter (where paid) / count(*), 1) as percent, round(avg(event_count), 1) as events,
      round(median(session_duration_sec) filter (where event_count > 1) / 60, 1) as median_minutes from sessions`
  ],
  weeks: [
    ...visits,
    `select date_trunc('week', "date")::date as week, count(*) as visits, count(*) filter (where paid) as with_payment
      from sessions group by week order by week`
  ],
  by_visit: [...visits, ...funnel("concat(user_id, ' ', n)", "10 years"), steps],
  by_user: [...byUser, steps],
  dropped: [
    ...byUser,
    `select user_id, ['catalog', 'product', 'cart'][depth] as stopped_at, t1 as since from chains where t4 is null order by user_id`
  ],
  left_at: [
    ...visits,
    "select left_at, count(*) as visits from sessions where not paid group by left_at order by visits desc, left_at"
  ],
  users: [...test, "from users"],
  revenue: [
    ...test,
    `select test_group, count(*) as users, count(*) filter (where paid) as paying, sum(orders)::bigint as orders,
      sum(revenue) as revenue, round(sum(revenue) / count(*), 2) as revenue_per_user,
      round(sum(revenue) / sum(orders), 2) as value_of_order from users group by test_group order by test_group`
  ],
  groups: [...test, groups]
}

beforeAll(buildIfStale, 120_000)

describe.skipIf(!existsSync(join(data, "online-shop.csv")))("examples/online-shop", () => {
  const run = async (flags: string): Promise<string> => {
    const out = directory()
    const { code, stderr } = await start([...documented.split(" "), "--out", out, ...flags.split(" ")], { cwd: root })
      .ended
    assert.strictEqual(code, 0, stderr)
    return out
  }

  it("gives the reports that stand beside it, with one thread and with two", async () => {
    const kept = readdirSync(join(example, "report"))
    assert.sameMembers(kept, ["visits.html", "visits.md", "test.html", "test.md"])
    for (const threads of ["1", "2"]) {
      const out = await run(`--threads ${threads}`)
      for (const name of kept) {
        assert.strictEqual(
          readFileSync(join(out, name), "utf8"),
          readFileSync(join(example, "report", name), "utf8"),
          name
        )
      }
    }
  }, 60_000)

  it("gives the tables that DuckDB makes of the raw files", async () => {
    const out = await run("--quiet")
    const written = readdirSync(out).flatMap((name) => (name.endsWith(".csv") ? [name.slice(0, -4)] : []))
    assert.sameMembers(written, Object.keys(tables))
    for (const [name, queries] of Object.entries(tables)) {
      const theirs = await askDuckDb(out, ...queries)
      assert.isAbove(theirs.length, 0, name)
      // Types of the CSV are those of the columns that it is compared with.
      const query = queries[queries.length - 1]
      const types = await askDuckDb(out, ...queries.slice(0, -1), `describe ${query}`)
      const columns = types.map(({ column_name, column_type }) => `'${plain(column_name)}': '${plain(column_type)}'`)
      const ours = await askDuckDb(out, `from read_csv('${out}/${name}.csv', types = {${columns.join()}})`)
      assertRows(
        ours.map(({ session_id: _, ...row }) => row),
        theirs
      )
    }
  }, 120_000)
})
