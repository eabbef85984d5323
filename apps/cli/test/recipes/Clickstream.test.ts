import { assert, beforeAll, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { buildIfStale } from "../support/command.ts"
import { directory } from "../support/directory.ts"
import { askDuckDb, assertRows, plain, runIn, textOf, withSample } from "./support.ts"

beforeAll(buildIfStale, 120_000)

const db = "data/processed/puffy_main.db"
const header = "client_id,page_url,referrer,timestamp,event_name,event_data,user_agent\n"

/** What a query gives, over the raw files below a directory and the tables that the recipe has made there, as `made`. */
const ask = (at: string, ...queries: ReadonlyArray<string>) =>
  askDuckDb(at, `attach '${join(at, db)}' as made (read_only)`, ...queries)

/** From the raw files alone, by SQL of another hand: events with their sessions. */
const events = [
  `create table events as
    select *, row_number() over () as place from (
      select client_id, page_url, referrer, "timestamp"::timestamptz as ts, event_name, event_data, user_agent,
        case event_name when 'page_viewed' then 1 when 'product_added_to_cart' then 2 when 'checkout_started' then 3
          when 'checkout_completed' then 4 end as stage,
        regexp_matches(user_agent, 'Googlebot|bingbot') as is_bot
      from read_csv('data/raw/*.csv', all_varchar = true, header = true, parallel = false) where client_id is not null)`,
  `create table numbered as
    select *, sum(case when before is null or ts - before > interval '30 minutes' then 1 else 0 end)
      over (partition by client_id order by ts, place) as n
    from (select *, lag(ts) over (partition by client_id order by ts, place) as before from events)`,
  `create table sessions as
    select client_id, n, min(ts) as session_start, max(ts) as session_end, count(*) as event_count,
      epoch_us(max(ts) - min(ts)) / 1e6 as session_duration_sec,
      count(*) filter (where stage = 1) as page_views, count(*) filter (where stage = 2) as add_to_carts,
      count(*) filter (where stage = 3) as checkouts, count(*) filter (where stage = 4) as purchases,
      first(page_url order by ts, place) as entry_page, first(referrer order by ts, place) as entry_referrer,
      bool_or(is_bot) as is_bot, (min(ts) at time zone 'UTC')::date as date
    from numbered group by client_id, n`,
  // Orders: the first purchase of each id, in time, then by client.
  `create table orders as
    select order_id, client_id, ts as ordered_at, (event_data::json->>'revenue')::double as revenue, n,
      count(*) over (partition by order_id) - 1 as repeats
    from (select *, event_data::json->>'order_id' as order_id from numbered where stage = 4)
    qualify row_number() over (partition by order_id order by ts, client_id, place) = 1`,
  // The channels of the sample, each by how its visits begin.
  `create table touches as
    select *, case
        when entry_page like '%utm_medium=cpc%' or entry_page like '%gclid=%' then 'Paid Search'
        when entry_page like '%utm_medium=email%' then 'Email'
        when entry_page like '%utm_medium=paid_social%' then 'Paid Social'
        when entry_page like '%utm_medium=affiliate%' then 'Affiliates'
        when host in ('google.com', 'duckduckgo.com') then 'Organic Search'
        when host in ('facebook.com', 'l.instagram.com') then 'Organic Social'
        when host is null or host in ('puffy.example', 'paypal.com') then 'Direct'
        else 'Referral' end as channel
    from (select *, nullif(regexp_extract(entry_referrer, '^https?://(?:www\\.)?([^/]+)', 1), '') as host from sessions)`,
  `create table candidates as
    select o.order_id, t.n, t.session_start, t.channel
    from orders o join touches t on t.client_id = o.client_id
    where t.session_start <= o.ordered_at and (t.session_start >= o.ordered_at - interval '30 days' or t.n = o.n)`
]

/** Whether each step of the best chain was reached: with 4 stages, by the events that are there in order. */
const funnel = (unit: string): string =>
  `select stage as step, (['view', 'add_to_cart', 'checkout', 'purchase'])[stage] as name, count(*) as count from (
    select unnest(range(1, depth + 1)) as stage from (
      select ${unit}, max(depth) as depth from (
        select a.${unit}, case when d.ts is not null then 4 when c.ts is not null then 3 when b.ts is not null then 2 else 1 end as depth
        from (select ${unit}, min(ts) as ts from people where stage = 1 group by all) a
        left join lateral (select min(ts) as ts from people e where e.${unit} = a.${unit} and stage = 2 and e.ts >= a.ts) b on true
        left join lateral (select min(ts) as ts from people e where e.${unit} = a.${unit} and stage = 3 and e.ts >= b.ts) c on true
        left join lateral (select min(ts) as ts from people e where e.${unit} = a.${unit} and stage = 4 and e.ts >= c.ts) d on true
      ) group by all)) group by all order by 1`

describe("clickstream", () => {
  it.each([1, 2])(
    "makes of its sample what DuckDB makes of the raw files, with %d threads",
    async (threads) => {
      const at = await withSample("clickstream", 4000)
      const { code, stderr } = await runIn(at, `clickstream --threads ${threads} --run-id r1 --no-summary`)
      assert.strictEqual(code, 1, stderr)

      const equal = async (ours: string, theirs: string) => {
        const made = await ask(at, ours)
        assert.isAbove(made.length, 0, ours)
        assertRows(made, await askDuckDb(at, ...events, theirs))
      }
      await equal(
        `select client_id, page_url, referrer, "timestamp", event_name, event_data, user_agent from made.raw_events order by all`,
        "select client_id, page_url, referrer, ts as timestamp, event_name, event_data, user_agent from events order by all"
      )
      await equal(
        `select source, records, rejected, error_rate, duplicates from made.pipeline_logs where run_id = 'r1' order by source`,
        `select filename[strpos(filename, 'data/raw'):] as source, count(*) as records,
        count(*) filter (where client_id is null) as rejected, count(*) filter (where client_id is null) / count(*) as error_rate,
        0::bigint as duplicates
      from read_csv('data/raw/*.csv', all_varchar = true, header = true, filename = true) group by 1 order by 1`
      )
      await equal(
        `select client_id, session_number::bigint as n, session_start, session_end, event_count, session_duration_sec, page_views,
        add_to_carts, checkouts, purchases, entry_page, is_bot, date from made.sessions order by client_id, n`,
        `select client_id, n::bigint as n, session_start, session_end, event_count, session_duration_sec, page_views,
        add_to_carts, checkouts, purchases, entry_page, is_bot, date from sessions order by client_id, n`
      )
      await equal(
        "select order_id, client_id, ordered_at, revenue, repeats from made.orders order by order_id",
        "select order_id, client_id, ordered_at, revenue, repeats from orders order by order_id"
      )
      await equal(
        "select order_id, model, channel, touched_at, touches, revenue from made.attribution order by order_id, model",
        `select order_id, model, channel, session_start as touched_at, touches, revenue from (
        select order_id, 'first' as model, arg_min(channel, n) as channel, min(session_start) as session_start,
          count(*) as touches from candidates group by order_id
        union all
        select order_id, 'last', arg_max(channel, (channel <> 'Direct', n)), arg_max(session_start, (channel <> 'Direct', n)),
          count(*) from candidates group by order_id
      ) join orders using (order_id) order by order_id, model`
      )
      await equal(
        "from made.daily_metrics order by date",
        `select date, sessions, bots, clients, conversions, coalesce(orders, 0) as orders, coalesce(revenue, 0) as revenue
      from (select date, count(*) as sessions, count(*) filter (where is_bot) as bots,
          count(distinct client_id) as clients, count(*) filter (where purchases > 0) as conversions
          from sessions group by date)
        left join (select (ordered_at at time zone 'UTC')::date as date, count(*) as orders, sum(revenue) as revenue
          from orders group by 1) using (date) order by date`
      )
      for (const [table, unit] of [
        ["session_funnel", "visit"],
        ["client_funnel", "client_id"]
      ] as const) {
        const made = await ask(at, `select step, name, count from made.${table} order by step`)
        const people = "create table people as select *, client_id || '/' || n as visit from numbered where not is_bot"
        assertRows(made, await askDuckDb(at, ...events, people, funnel(unit)))
        const [rates] = await ask(
          at,
          `select bool_and(rate_of_first = count / (select max(count) from made.${table})) as good from made.${table}`
        )
        assert.isTrue(rates.good)
      }
    },
    120_000
  )

  it("keeps the rows that do not fit by their file, as they were and with the reason", async () => {
    const at = await withSample("clickstream", 1000)
    const { code, stdout } = await runIn(at, "clickstream --step validate")
    assert.strictEqual(code, 0)
    assert.include(stdout, "58 × missing client_id")
    const columns = `all_varchar = true, header = true, filename = true, delim = ',', quote = '"', escape = '"'`
    const [wrong] = await askDuckDb(
      at,
      `create table kept as from read_csv('data/quarantine/*.csv', ${columns})`,
      `create table raw as select * from read_csv('data/raw/*.csv', ${columns})
        where client_id is null`,
      `select (select count(*) from kept) as kept, count(*) as n from (
        select * exclude filename, regexp_extract(filename, '([^/]*)_errors.csv$', 1) from kept
        except all
        select * exclude filename, 'missing client_id', regexp_extract(filename, '([^/]*).csv$', 1) from raw)`
    )
    assert.deepStrictEqual([wrong.kept, wrong.n], ["58", "0"])
  })

  it("says exactly why the monitor fails", async () => {
    const at = await withSample("clickstream", 1000)
    const { code, stderr } = await runIn(at, "clickstream --no-summary")
    assert.strictEqual(code, 1)
    assert.strictEqual(
      stderr,
      "sojourn: a check failed\n  error rate of the latest load (events): 0.058 (n = 1), expected max(error_rate) < 0.05\n"
    )
    const { stderr: late } = await runIn(at, "clickstream --step monitor --max-age 30m --no-summary")
    assert.include(late, "the last event is fresh (events): the last of 1 row is 1h old, expected at most 30m")
  })

  it("adds nothing when it is run again, but a run to the log, and the monitor looks at the latest", async () => {
    const at = await withSample("clickstream", 600)
    await runIn(at, "clickstream --run-id one --no-summary")
    const dump = () => ask(at, "select * from made.sessions order by all")
    const first = await dump()
    const raw = join(at, "data/raw")
    for (const file of readdirSync(raw)) {
      const text = readFileSync(join(raw, file), "utf8")
      writeFileSync(
        join(raw, file),
        text
          .split("\n")
          .filter((line) => !line.startsWith(","))
          .join("\n")
      )
    }
    const { code, stderr } = await runIn(at, "clickstream --run-id two --no-summary")
    assert.strictEqual(code, 0, stderr)
    assert.deepStrictEqual(await dump(), first)
    assert.deepStrictEqual(readdirSync(join(at, "data/quarantine")), [])
    const runs = await ask(
      at,
      "select run_id, sum(rejected)::int as rejected from made.pipeline_logs group by 1 order by 1"
    )
    assert.deepStrictEqual(
      runs.map(({ rejected, run_id }) => [run_id, rejected]),
      [
        ["one", 35],
        ["two", 0]
      ]
    )
  }, 120_000)

  it("does each step by itself as in one run, and writes where it is told to", async () => {
    const at = await withSample("clickstream", 300)
    const flags = "--db w.duckdb --input data/raw --quarantine bad --report r.md --run-id r"
    await runIn(at, `clickstream ${flags}`)
    const report = textOf(at, "r.md")
    assert.include(report, "## Channels")
    const quarantined = readdirSync(join(at, "bad"))
    for (const path of ["w.duckdb", "bad", "r.md"]) rmSync(join(at, path), { recursive: true })
    for (const step of ["validate", "ingest", "transform", "analyze"]) {
      const { code, stderr } = await runIn(at, `clickstream --step ${step} ${flags}`)
      assert.strictEqual(code, 0, stderr)
    }
    assert.strictEqual(textOf(at, "r.md"), report)
    assert.deepStrictEqual(readdirSync(join(at, "bad")), quarantined)
    assert.isFalse(existsSync(join(at, "data/processed")))
  }, 120_000)

  const row = (client = "c1", data = "") =>
    `${client},https://puffy.example/,,2024-07-10T08:00:00Z,page_viewed,${data},Firefox\n`

  it.each<readonly [name: string, text: string, code: number, said: RegExp, rejects: string | undefined]>([
    ["an empty file", "", 0, /^warning +no records in data\/raw\/e\.csv$/m, undefined],
    ["a header alone", header, 0, /^warning +no records in data\/raw\/e\.csv$/m, undefined],
    [
      "a missing column",
      `${header}${row()}`.replaceAll(/^[^,]*,/gm, ""),
      1,
      /none of 1 records could be accepted: 1 × missing client_id/,
      "missing client_id"
    ],
    [
      "a wrong header",
      `${header}${row()}`.replace("client_id", "clientId"),
      1,
      /none of 1 records could be accepted: 1 × unknown field clientId/,
      "unknown field clientId"
    ],
    [
      "a truncated last line",
      `${header}${row()}c2,https://puf`,
      0,
      /1 × expected 7 fields, found 2/,
      "expected 7 fields, found 2: c2,https://puf"
    ],
    ["a byte order mark", `\uFEFF${header}${row()}`, 0, /^accepted +1$/m, undefined],
    [
      "data that is no JSON",
      `${header}${row()}${row("c2", "{oops")}`,
      0,
      /1 × invalid json for event_data/,
      "invalid json for event_data"
    ],
    [
      "no such time",
      `${header}${row()}${row("c2").replace("07-10T", "02-30T")}`,
      0,
      /1 × invalid ISO-8601/,
      "invalid ISO-8601"
    ]
  ])("tells clearly of bad input: %s", async (_, text, expected, said, rejects) => {
    const at = directory({ "data/raw/e.csv": text })
    const { code, stderr, stdout } = await runIn(at, "clickstream --step validate")
    assert.strictEqual(code, expected, stdout + stderr)
    assert.match(stdout + stderr, said)
    const kept = textOf(at, "data/quarantine/e_errors.csv").trimEnd().split("\n").slice(1)
    assert.deepStrictEqual(
      kept.map((line) =>
        plain(line)
          .replace(/^.*,"?(?=[a-z]+ .*$)/, "")
          .replace(/"$/, "")
      ),
      rejects === undefined ? [] : [rejects]
    )
  })

  it.each([
    ["no directory", {}, 3, "no such file"],
    ["a directory without files", { "data/raw/.hidden": "" }, 0, "no files to read in data/raw"]
  ])("tells clearly of %s", async (_, files, expected, said) => {
    const at = directory(files)
    const { code, stderr, stdout } = await runIn(at, "clickstream --step validate")
    assert.strictEqual(code, expected, stderr)
    assert.include(stdout + stderr, said)
  })
})
