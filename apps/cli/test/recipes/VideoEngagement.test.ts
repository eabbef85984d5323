import { assert, beforeAll, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { buildIfStale } from "../support/command.ts"
import { directory } from "../support/directory.ts"
import { jsonLines } from "../support/records.ts"
import { asOf, askDuckDb, assertRows, plain, runIn, withSample } from "./support.ts"

beforeAll(buildIfStale, 120_000)

/** The raw files as they count: whole records, the first of equal ones, rows of dimensions by the first of each id. */
const staging = [
  `create table events as
    with texts as (select column0 as line, row_number() over () as place
        from read_csv('events.jsonl', columns = {'column0': 'varchar'}, header = false, delim = '\\0', quote = '', escape = '')),
      records as (select place, from_json(line, '{"user_id":"VARCHAR","account_id":"VARCHAR","video_id":"VARCHAR",
        "session_id":"VARCHAR","event_name":"VARCHAR","timestamp":"VARCHAR","value":"DOUBLE","device_os":"VARCHAR",
        "app_version":"VARCHAR"}') as record, line from texts where json_valid(line))
    select record.* replace (record.timestamp::timestamptz as timestamp), place from records
    where record.session_id is not null
    qualify row_number() over (partition by line order by place) = 1`,
  `create table users as select * exclude place from (select *, row_number() over () as place from read_csv('users.csv',
    columns = {'user_id': 'varchar', 'country': 'varchar', 'signup_date': 'date', 'plan': 'varchar'}))
    qualify row_number() over (partition by user_id order by place) = 1`,
  `create table videos as select * exclude place from (select *, row_number() over () as place from read_csv('videos.csv',
    columns = {'video_id': 'varchar', 'title': 'varchar', 'genre': 'varchar', 'duration_s': 'double'}))
    qualify row_number() over (partition by video_id order by place) = 1`
]

const facts = (watched: string) => [
  `create table sessions as
    with joined as (select e.*, u.user_id is not null as has_user, country, signup_date, plan, v.video_id is not null as has_video,
      title, genre from events e left join users u using (user_id) left join videos v using (video_id))
    select user_id, session_id, min(timestamp) as session_start_ts, max(timestamp) as session_end_ts,
      coalesce(${watched} filter (event_name = 'watch_time'), 0)::double as total_watch_time_s, count(*) as events,
      count(*) filter (event_name = 'watch_time') as watch_events,
      bool_or(event_name = 'heart')::bigint as has_heart, bool_or(event_name = 'like')::bigint as has_like,
      first(account_id order by timestamp, place) filter (account_id is not null) as account_id,
      first(device_os order by timestamp, place) filter (device_os is not null) as device_os,
      first(app_version order by timestamp, place) filter (app_version is not null) as app_version,
      bool_or(has_user)::bigint as has_user, any_value(country) as country, any_value(signup_date) as signup_date,
      any_value(plan) as plan, count(*) filter (not has_video) as events_without_video, count(distinct video_id) as videos,
      first(video_id order by timestamp, place) filter (video_id is not null) as first_video_id,
      first(title order by timestamp, place) filter (title is not null) as first_title,
      first(genre order by timestamp, place) filter (genre is not null) as first_genre,
      min(place) filter (timestamp = starts) as opened
    from (select *, min(timestamp) over (partition by user_id, session_id) as starts from joined)
    group by user_id, session_id`,
  `create table facts as
    select user_id, session_id, row_number() over ordered as session_number, * exclude (user_id, session_id, opened),
      (total_watch_time_s >= 30)::bigint as reached_30s, (total_watch_time_s < 10)::bigint as dropoff_under_10s,
      lead(session_start_ts) over ordered as next_session_start_ts,
      case when lead(session_start_ts) over ordered is not null then row_number() over ordered + 1 end as next_session_number,
      coalesce(lead(session_start_ts) over ordered - session_start_ts <= interval '3 days', false)::bigint
        as retained_next_session_within_3d
    from sessions window ordered as (partition by user_id order by session_start_ts, opened)`
]

const answers: Readonly<Record<string, string>> = {
  "mart.q1_new_users": `select count(*) as new_users, sum(reached_30s)::bigint as reached_30s, avg(reached_30s) as share,
    count(*) filter (watch_events = 0) as without_watch_events from facts where session_number = 1`,
  "mart.q2_retention_by_genre": `
    with firsts as (select first_genre, retained_next_session_within_3d = 1 as kept,
      session_start_ts + interval '3 days' <= '${asOf}'::timestamptz as passed from facts where session_number = 1)
    select first_genre, count(*) as sessions, count(*) filter (kept) as retained, avg(kept::int) as rate,
      count(*) filter (passed) as observable, count(*) filter (kept and passed) as observable_retained,
      avg(kept::int) filter (passed) as observable_rate from firsts group by all`,
  "mart.quality": `select count(*) as sessions, count(*) filter (has_user = 0) as sessions_without_user,
    sum(events)::bigint as events, coalesce(sum(events) filter (has_user = 0), 0)::bigint as events_without_user,
    sum(events_without_video)::bigint as events_without_video, 0::bigint as unusable_values from facts`
}

/** What is not in SQL: the share of a normal distribution beyond ±z, by Simpson's rule, and tables with given margins. */
const macros = [
  `create macro beyond(z) as 1 - sqrt(2 / pi()) * z / 6000 * list_sum(list_transform(range(0, 2001), i ->
    (case when i in (0, 2000) then 1 when i % 2 = 1 then 4 else 2 end) * exp(-pow(z * i / 2000, 2) / 2)))`,
  "create macro choose(n, k) as lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)",
  "create macro chance(k, n, s, t) as exp(choose(s, k) + choose(t - s, n - k) - choose(t, n))",
  `create macro fisher(k, n, s, t) as list_sum(list_filter(
    list_transform(range(greatest(0, n + s - t), least(n, s) + 1), i -> chance(i, n, s, t)),
    p -> p <= chance(k, n, s, t) * (1 + 1e-7)))`
]

/** Each group against all others. */
const dropoff = (keys: string) => `
  with seen as (select *, sum(watch_events) over (partition by ${keys}) as watched from facts),
    counted as (select * from seen where watched > 0
      qualify row_number() over (partition by user_id order by session_number) = 1),
    groups as (select ${keys}, count(*) as n, sum(dropoff_under_10s)::bigint as k from counted group by all),
    totals as (select *, sum(n) over ()::bigint as t, sum(k) over ()::bigint as s, 1.959963984540054 as w from groups),
    rates as (select *, k / n as rate, (s - k) / (t - n) as others_rate, n >= 30 and t > n as judged,
      least(n, t - n) * least(s, t - s) / t < 5 as is_small from totals),
    tested as (select *, case when not judged then null when is_small then fisher(k, n, s, t)
      else beyond(abs(rate - others_rate) / sqrt(s / t * (1 - s / t) * (1 / n + 1 / (t - n)))) end as p_value from rates),
    ranked as (select *, row_number() over (order by p_value) as place, count(p_value) over () as tests from tested),
    adjusted as (select *, case when judged then least(1, min(p_value * tests / place) over (order by place desc)) end
      as p_adjusted from ranked)
  select ${keys}, n, k as successes, rate,
    (rate + w * w / (2 * n) - w * sqrt(rate * (1 - rate) / n + w * w / (4 * n * n))) / (1 + w * w / n) as rate_low,
    (rate + w * w / (2 * n) + w * sqrt(rate * (1 - rate) / n + w * w / (4 * n * n))) / (1 + w * w / n) as rate_high,
    t - n as others_n, others_rate, rate - others_rate as difference,
    case when judged then if(is_small, 'fisher', 'proportions') end as test, p_value, p_adjusted,
    coalesce(p_adjusted < 0.05 and rate - others_rate >= 0.05, false) as abnormal from adjusted`

const missing = (keys: string) => `
  with seen as (select *, sum(watch_events) over (partition by ${keys}) as watched from facts)
  select ${keys}, count(*) as sessions, count(distinct user_id) as users from seen where watched = 0 group by all`

const groupings = { os: "device_os", version: "device_os, app_version" } as const

const attach = (at: string, file: string, options = "(read_only)") => [
  `attach '${join(at, file)}' as base ${options}`,
  "use base"
]

const ordered = (query: string) => `select * from (${query}) order by all`

type BadInput = readonly [
  name: string,
  files: Readonly<Record<string, string>>,
  code: number,
  message: RegExp,
  flags?: string
]

describe("video-engagement", () => {
  it.each([
    ["--db engagement.duckdb --threads 1", "sum(value)"],
    ["--db engagement.duckdb --threads 2 --watch-value cumulative", "max(value)"]
  ])(
    "%s: every table is what DuckDB makes of the raw files",
    async (flags, watched) => {
      const at = await withSample("video-engagement", 20_000)
      const { code, stderr } = await runIn(at, `video-engagement ${flags}`)
      assert.strictEqual(code, 0, stderr)
      await askDuckDb(at, ...attach(at, "twin.duckdb", ""), ...staging, ...facts(watched), ...macros, "select 1")
      const equal = async (name: string, query: string) => {
        const ours = await askDuckDb(at, ...attach(at, "engagement.duckdb"), ordered(`from ${name}`))
        assert.isAbove(ours.length, 0, name)
        assertRows(ours, await askDuckDb(at, ...attach(at, "twin.duckdb"), ordered(query)))
      }
      await equal("staging.events", "select * exclude place from events")
      await equal("staging.users", "from users")
      await equal("staging.videos", "from videos")
      await equal(
        "intermediate.user_sessions",
        `select * exclude (reached_30s, dropoff_under_10s, next_session_start_ts, next_session_number,
        retained_next_session_within_3d) from facts`
      )
      await equal("mart.fact_user_session", "from facts")
      for (const [name, query] of Object.entries(answers)) await equal(name, query)
      for (const [name, keys] of Object.entries(groupings)) {
        await equal(`mart.q3_missing_by_${name}`, missing(keys))
        await equal(`mart.q3_dropoff_by_${name}`, dropoff(keys))
      }
    },
    60_000
  )

  const users = "user_id,country,signup_date,plan\nu1,DE,2024-07-01,free\n"
  const videos = "video_id,title,genre,duration_s\nv1,One,drama,60\n"
  const event = (more: object = {}) => ({
    user_id: "u1",
    account_id: "a1",
    video_id: "v1",
    session_id: "s1",
    event_name: "watch_time",
    timestamp: "2024-07-01T10:00:00Z",
    value: 10,
    device_os: "ios",
    app_version: "1.0",
    ...more
  })
  const one = jsonLines([event()])

  const factsOf = async (events: ReadonlyArray<object>, columns: string, flags = "") => {
    const at = directory({ "events.jsonl": jsonLines(events), "users.csv": users, "videos.csv": videos })
    const { code, stderr } = await runIn(at, `video-engagement --out lake ${flags}`)
    assert.strictEqual(code, 0, stderr)
    const from = "from 'lake/mart/fact_user_session.parquet' order by user_id, session_number"
    return (await askDuckDb(at, `select ${columns} ${from}`)).map((row) => Object.values(row).map(plain))
  }

  it("counts 30 seconds as reached, 10 as no drop-off, and the start of a session after exactly 3 days as a return", async () => {
    const sessions = [
      { session_id: "a", value: 9.9, timestamp: "2024-07-01T10:00:00Z" },
      { session_id: "a", value: 0.1, timestamp: "2024-07-01T10:00:09Z" },
      { session_id: "b", value: 29.9, timestamp: "2024-07-04T10:00:00Z" },
      { session_id: "c", value: 20, timestamp: "2024-07-07T10:00:00.000001Z" },
      { session_id: "c", value: 10, timestamp: "2024-07-07T10:00:09Z" },
      { session_id: "d", value: null, event_name: "heart", timestamp: "2024-07-07T11:00:00Z" }
    ]
    const columns = `session_id, session_number, total_watch_time_s, reached_30s, dropoff_under_10s, has_heart,
      retained_next_session_within_3d, next_session_number`
    assert.deepStrictEqual(await factsOf(sessions.map(event), columns), [
      ["a", "1", "10", "0", "0", "0", "1", "2"],
      ["b", "2", "29.9", "0", "0", "0", "0", "3"],
      ["c", "3", "30", "1", "0", "0", "1", "4"],
      ["d", "4", "0", "0", "1", "1", "0", "null"]
    ])
    assert.deepStrictEqual(
      (await factsOf(sessions.map(event), "total_watch_time_s", "--watch-value cumulative")).flat(),
      ["9.9", "29.9", "20", "0"]
    )
  })

  it("keeps sessions of one id apart by user, and what is in no file", async () => {
    const sessions = [
      { user_id: "u2", video_id: null, device_os: null },
      { user_id: "u1", video_id: "v2", device_os: null },
      { user_id: "u1", timestamp: "2024-07-01T10:00:05Z" }
    ]
    const columns =
      "user_id, session_id, country, has_user, device_os, events_without_video, videos, first_genre, events"
    assert.deepStrictEqual(await factsOf(sessions.map(event), columns), [
      ["u1", "s1", "DE", "1", "ios", "1", "2", "drama", "2"],
      ["u2", "s1", "null", "0", "null", "1", "0", "null", "1"]
    ])
  })

  const badInput: ReadonlyArray<BadInput> = [
    ["no events", {}, 3, /no such file: events\.jsonl/],
    [
      "no users",
      { "events.jsonl": one, "videos.csv": videos },
      3,
      /event\.enrich\.users\.source: no such file: users\.csv/
    ],
    ["an empty file of events", { "events.jsonl": "" }, 1, /warning +no records in events\.jsonl/],
    [
      "an empty file of users",
      { "events.jsonl": one, "users.csv": "" },
      0,
      /warning +no records in users\.csv \(enrich users\)/
    ],
    ["a directory without files", { "events/.keep": "" }, 1, /no files to read in events/, "--events events"],
    [
      "a missing column of events",
      { "events.jsonl": jsonLines([event({ timestamp: undefined })]) },
      1,
      /1 × missing timestamp/
    ],
    [
      "no column of values",
      { "events.jsonl": jsonLines([event({ value: undefined })]) },
      0,
      /watch times are seconds .*1 of 1 row fails/
    ],
    [
      "no column of devices",
      { "events.jsonl": jsonLines([event({ device_os: undefined })]) },
      0,
      /devices are known .*1 of 1 row/
    ],
    [
      "a missing column of users",
      { "events.jsonl": one, "users.csv": "user_id\nu1\n" },
      0,
      /no record of users\.csv \(enrich users\) has a value for country, signup_date, plan/
    ],
    [
      "a wrong header of events",
      { "events.csv": "id,what\n1,view\n" },
      1,
      /none of 1 records could be accepted: 1 × missing user_id/,
      "--events events.csv"
    ],
    [
      "a wrong header of users",
      { "events.jsonl": one, "users.csv": "id,land\nu1,DE\n" },
      2,
      /no record of users\.csv has a value for "user_id"/
    ],
    [
      "double keys",
      { "events.jsonl": one, "users.csv": `${users}u1,FR,2024-07-02,free\n` },
      0,
      /users: 2 records, 1 with the key of an earlier one/
    ],
    ["a truncated last line of events", { "events.jsonl": one + one.slice(0, 50) }, 0, /1 × invalid JSON/],
    [
      "a truncated last line of videos",
      { "events.jsonl": one, "videos.csv": `${videos}v2,Tw` },
      0,
      /1 of 2 records of videos\.csv \(enrich videos\) could not be read: 1 × expected 4 fields, found 2/
    ],
    [
      "byte order marks",
      { "events.jsonl": `\uFEFF${one}`, "users.csv": `\uFEFF${users}`, "videos.csv": `\uFEFF${videos}` },
      0,
      /rejected +0\n[^]*users: 1 record\n/
    ],
    [
      "a session that is not given",
      { "events.jsonl": one + jsonLines([event({ session_id: "" })]) },
      0,
      /1 × missing session_id/
    ],
    [
      "a value that is no number",
      { "events.jsonl": one + jsonLines([event({ value: "much" })]) },
      0,
      /1 × invalid double for value/
    ],
    [
      "a date that is none",
      { "events.jsonl": one, "users.csv": users.replace("2024-07-01", "soon") },
      3,
      /enrich\.users\.columns\.signup_date: invalid date in "signup_date"/
    ],
    [
      "another meaning of values",
      { "events.jsonl": one },
      2,
      /--watch-value: expected delta or cumulative, found "sum"/,
      "--watch-value sum"
    ]
  ]
  for (const [name, files, expected, message, flags = ""] of badInput) {
    it(`tells clearly of bad input: ${name}`, async () => {
      const given = name === "no users" ? files : { "users.csv": users, "videos.csv": videos, ...files }
      const at = directory(given)
      const { code, stderr, stdout } = await runIn(at, `video-engagement ${flags}`)
      assert.match(stdout + stderr, message)
      assert.strictEqual(code, expected, stderr)
      assert.notMatch(stdout + stderr, /\n +at /)
    })
  }

  it("names systems and versions without any watch event, and judges the others without them", async () => {
    const viewers = (from: number, count: number, device_os: string, app_version: string, value: number | null) =>
      Array.from({ length: count }, (_, i) =>
        event({
          user_id: `u${from + i}`,
          device_os,
          app_version,
          value,
          event_name: value === null ? "video_start" : "watch_time"
        })
      )
    const events = [
      ...viewers(0, 40, "ios", "1.0", 60),
      ...viewers(100, 36, "android", "1.0", 60),
      ...viewers(200, 4, "android", "2.0", 5),
      ...viewers(300, 30, "android", "3.0", null),
      ...viewers(400, 35, "tv", "1.0", null)
    ]
    const at = directory({ "events.jsonl": jsonLines(events), "users.csv": users, "videos.csv": videos })
    const { code, stdout } = await runIn(at, "video-engagement --out lake")
    assert.strictEqual(code, 0)
    const rows = async (table: string, columns: string) =>
      (await askDuckDb(at, `select ${columns} from 'lake/mart/${table}.parquet'`)).map((row) =>
        Object.values(row).map(plain)
      )
    assert.deepStrictEqual(await rows("q3_missing_by_os", "*"), [["tv", "35", "35"]])
    assert.deepStrictEqual(await rows("q3_missing_by_version", "*"), [
      ["android", "3.0", "30", "30"],
      ["tv", "1.0", "35", "35"]
    ])
    const judged = "device_os, n, successes, test, abnormal"
    assert.deepStrictEqual(await rows("q3_dropoff_by_os", judged), [
      ["android", "70", "34", "proportions", "true"],
      ["ios", "40", "0", "proportions", "false"]
    ])
    assert.deepStrictEqual(await rows("q3_dropoff_by_version", `app_version, ${judged}`), [
      ["1.0", "android", "36", "0", "fisher", "false"],
      ["2.0", "android", "4", "4", "null", "false"],
      ["1.0", "ios", "40", "0", "fisher", "false"]
    ])
    assert.match(stdout, /every version tells of watch time .*\n +device_os android, app_version 3\.0/)
    assert.include(readFileSync(join(at, "engagement.md"), "utf8"), "| tv | 1.0 | 35 | 35 |")
  })
})
