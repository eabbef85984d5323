import { assert, beforeAll, describe, it } from "@effect/vitest"
import { createHash, createHmac } from "node:crypto"
import { mkdirSync, readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { buildIfStale } from "../support/command.ts"
import { directory } from "../support/directory.ts"
import { askDuckDb, assertRows, digestOf, filesBelow, plain, runIn, withSample } from "./support.ts"

beforeAll(buildIfStale, 120_000)

const env = { STUDENT_KEY: "a secret" }
const hash = (student: string): string => createHmac("sha256", env.STUDENT_KEY).update(student).digest("hex")

const namespace = (name: string, of: Buffer): Buffer =>
  createHash("sha1").update(of).update(name).digest().subarray(0, 16)

/** RFC 9562, version 5. */
const uuid5 = (name: string, of: Buffer): Buffer => {
  const bytes = namespace(name, of)
  bytes[6] = (bytes[6] & 0x0f) | 0x50
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  return bytes
}
const dns = Buffer.from("6ba7b8109dad11d180b400c04fd430c8", "hex")
const ofSpec = uuid5("sojourn:learning-sessions", dns)
const sessionId = (student: string, micros: number): string =>
  uuid5(`${student}\u001F${micros}`, ofSpec)
    .toString("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")

/** Students by their hash, which DuckDB cannot make, and the events that count, of the raw files alone. */
const events = async (at: string): Promise<ReadonlyArray<string>> => {
  const raw = `read_json('data/raw/events/*/*.jsonl', format = 'newline_delimited', filename = true, columns = {
    event_id: 'varchar', student_id: 'varchar', "timestamp": 'varchar', event_type: 'varchar', page_url: 'varchar',
    screen_name: 'varchar', device: 'varchar', browser: 'varchar', network: 'varchar', metadata: 'json' })`
  const students = await askDuckDb(at, `select distinct student_id from ${raw} where student_id is not null`)
  const hashes = students.map(({ student_id }) => `('${plain(student_id)}', '${hash(plain(student_id))}')`)
  return [
    `create table hashes as from (values ${hashes.join()}) t(student_id, student_hash)`,
    `create table raw as select *, row_number() over () as place from ${raw}`,
    `create table events as
      select event_id, student_hash, event_type, "timestamp"::timestamptz as ts, ("timestamp"::timestamptz)::date as date,
        coalesce(page_url, screen_name) as page, device, browser, network, metadata,
        try_cast(json_extract_string(metadata, '$.time_spent') as double) as spent, place
      from raw join hashes using (student_id)
      where "timestamp" is not null
      qualify row_number() over (partition by student_hash, event_id order by place) = 1`
  ]
}

const sessions = (isCut: string) => [
  `create table numbered as
    select *, sum(case when ${isCut} then 1 else 0 end) over (partition by student_hash order by ts, place) as n
    from (select *, lag(ts) over (partition by student_hash order by ts, place) as before from events)`,
  `create table timed as
    select *, epoch_us(lead(ts) over (partition by student_hash, n order by ts, place) - ts) / 1e6 as pause from numbered`,
  `create table sessions as
    select student_hash, min(ts) as session_start, max(ts) as session_end,
      floor(epoch_us(max(ts) - min(ts)) / 1e6)::bigint as session_duration_sec, count(*) as event_count,
      count(distinct page) as pages_visited, avg(pause) as avg_event_gap_sec,
      sum(coalesce(spent, case when pause is null then 0 else least(pause, 300) end)) as active_time_sec,
      first(device order by ts, place) filter (device is not null) as device, min(ts)::date as date
    from timed group by student_hash, n`
]

const overGap = "before is null or ts - before > interval '30 minutes'"
const parquet = (path: string) =>
  `read_parquet('data/${path}/*/*.parquet', hive_partitioning = true, hive_types_autocast = false)`

describe("learning-sessions", () => {
  it.each([
    ["", overGap],
    ["--new-session-on login", `${overGap} or event_type = 'login'`],
    ["--gap 10m --threads 2", overGap.replace("30", "10")]
  ])("%s: silver and gold are what DuckDB makes of the raw files", async (flags, isCut) => {
    const at = await withSample("learning-sessions", 4000)
    const { code, stderr } = await runIn(at, `learning-sessions ${flags}`, env)
    assert.strictEqual(code, 0, stderr)
    const known = await events(at)

    const columns =
      "event_id, student_hash, event_type, ts, date::date as date, course_id, chapter_id, device, metadata"
    const course = "nullif(regexp_extract(page, '/courses/([^/?]+)', 1), '')"
    const chapter = "nullif(regexp_extract(page, '/chapters/([^/?]+)', 1), '')"
    assertRows(
      await askDuckDb(at, `select ${columns} from ${parquet("silver/events")} order by event_id, student_hash`),
      await askDuckDb(
        at,
        ...known,
        `select event_id, student_hash, event_type, ts, date, ${course} as course_id, ${chapter} as chapter_id, device,
          metadata::varchar as metadata from events order by event_id, student_hash`
      )
    )

    const made = await askDuckDb(
      at,
      `select * replace (date::date as date), epoch_us(session_start)::double as micros from ${parquet("silver/sessions")}
        order by student_hash, session_start`
    )
    assert.isAbove(made.length, 300)
    for (const { micros, session_id, student_hash } of made) {
      assert.strictEqual(session_id, sessionId(plain(student_hash), Number(micros)))
    }
    assertRows(
      made.map(({ micros: _, session_id: __, ...columns }) => columns),
      await askDuckDb(at, ...known, ...sessions(isCut), "from sessions order by student_hash, session_start")
    )

    assertRows(
      await askDuckDb(
        at,
        `select date::date as date, student_hash, total_sessions, total_time_spent_sec, avg_session_duration,
          longest_session_sec, shortest_session_sec from ${parquet("gold/session_daily_stats")} order by all`
      ),
      await askDuckDb(
        at,
        ...known,
        ...sessions(isCut),
        `select date, student_hash, count(*) as total_sessions, sum(session_duration_sec)::bigint as total_time_spent_sec,
          avg(session_duration_sec) as avg_session_duration, max(session_duration_sec) as longest_session_sec,
          min(session_duration_sec) as shortest_session_sec from sessions group by all order by all`
      )
    )
  })

  /** Runs on a few events, each a time of 2024-07-10 and more; what became of the sessions. */
  const cut = async (
    texts: ReadonlyArray<readonly [time: string, more?: object]>,
    flags = ""
  ): Promise<ReadonlyArray<readonly [string, number]>> => {
    const lines = texts.map(([time, more], i) =>
      JSON.stringify({
        event_id: `e${i}`,
        student_id: 7,
        timestamp: `2024-07-10T${time}Z`,
        event_type: "view",
        ...more
      })
    )
    const at = directory({ "data/raw/events/date=2024-07-10/e.jsonl": lines.join("\n") })
    const { code, stderr } = await runIn(at, `learning-sessions ${flags}`, env)
    assert.strictEqual(code, 0, stderr)
    const rows = await askDuckDb(
      at,
      `select strftime(session_start at time zone 'UTC', '%H:%M') as start, event_count::int as events from ${parquet("silver/sessions")} order by session_start`
    )
    return rows.map(({ events: count, start }) => [plain(start), Number(count)] as const)
  }

  it("keeps a session over a pause of exactly 30 minutes, and no longer", async () => {
    const times = ["10:00:00", "10:30:00", "11:00:00.000001", "11:30:00.000002"] as const
    assert.deepStrictEqual(await cut(times.map((time) => [time])), [
      ["10:00", 2],
      ["11:00", 1],
      ["11:30", 1]
    ])
  })

  it("cuts at another device, browser or network only where it is told to, never at one that is not known", async () => {
    const texts = [
      ["10:00:00", { device: "phone", browser: "a", network: "x" }],
      ["10:01:00", { device: null, browser: "b", network: "x" }],
      ["10:02:00", { device: "phone", browser: "b", network: "y" }],
      ["10:03:00", { device: "laptop", browser: "b", network: "y", event_type: "login" }]
    ] as const
    assert.deepStrictEqual(await cut(texts), [["10:00", 4]])
    assert.deepStrictEqual(await cut(texts, "--new-session-on device"), [
      ["10:00", 3],
      ["10:03", 1]
    ])
    assert.deepStrictEqual(await cut(texts, "--new-session-on browser network"), [
      ["10:00", 1],
      ["10:01", 1],
      ["10:02", 2]
    ])
    assert.deepStrictEqual(await cut(texts, "--new-session-on login"), [
      ["10:00", 3],
      ["10:03", 1]
    ])
  })

  it("adds nothing when it is run again, and does each step by itself as in one run", async () => {
    const at = await withSample("learning-sessions", 600)
    const input = filesBelow(at, [])
    const state = () => filesBelow(at, input).map((path) => `${path} ${digestOf(at, path)}`)
    await runIn(at, "learning-sessions", env)
    const first = state()
    assert.strictEqual((await runIn(at, "learning-sessions", env)).code, 0)
    assert.deepStrictEqual(state(), first)
    rmSync(join(at, "data/silver"), { recursive: true })
    rmSync(join(at, "data/gold"), { recursive: true })
    for (const step of ["clean_events", "compute_sessions", "compute_daily_session_stats"]) {
      assert.strictEqual((await runIn(at, `learning-sessions --step ${step}`, env)).code, 0)
    }
    assert.deepStrictEqual(state(), first)
  })

  it("takes in events from elsewhere by their dates, and reads Parquet as it reads JSON", async () => {
    const at = await withSample("learning-sessions", 600)
    await runIn(at, "learning-sessions", env)
    const raw = filesBelow(join(at, "data/raw/events"), [])
    const all = raw.map((path) => readFileSync(join(at, "data/raw/events", path), "utf8")).join("")
    const sessionsOf = (path: string) => askDuckDb(path, `from ${parquet("silver/sessions")} order by session_id`)
    const expected = await sessionsOf(at)
    const ingested = directory({ "all.jsonl": all })
    const { code, stderr } = await runIn(ingested, "learning-sessions --input all.jsonl", env)
    assert.strictEqual(code, 0, stderr)
    assert.deepStrictEqual(await sessionsOf(ingested), expected)
    const columnar = directory()
    mkdirSync(join(columnar, "data/raw"), { recursive: true })
    await askDuckDb(
      at,
      `copy (select * from read_json('data/raw/events/*/*.jsonl', hive_partitioning = true)) to '${columnar}/data/raw/events' (format parquet, partition_by date)`
    )
    assert.strictEqual((await runIn(columnar, "learning-sessions", env)).code, 0)
    assert.deepStrictEqual(await sessionsOf(columnar), expected)
  })

  it("rejects an event with a time that is none", async () => {
    const event = { event_id: "e1", student_id: "s", timestamp: "2024-07-10T10:00:00Z", event_type: "view" }
    const lines = [event, { ...event, event_id: "e2", timestamp: "soon" }].map((one) => JSON.stringify(one))
    const at = directory({ "data/raw/events/date=2024-07-10/e.jsonl": lines.join("\n") })
    const { code, stdout } = await runIn(at, "learning-sessions", env)
    assert.strictEqual(code, 0)
    assert.match(stdout, /1 × invalid ISO-8601/)
  })

  it("needs the key, and names no student in what it writes", async () => {
    const at = await withSample("learning-sessions", 300)
    const { code, stderr } = await runIn(at, "learning-sessions")
    assert.strictEqual(code, 2)
    assert.include(stderr, "the environment has no STUDENT_KEY")
    const input = filesBelow(at, [])
    assert.strictEqual((await runIn(at, "learning-sessions --rejects rejects.csv", env)).code, 0)
    for (const path of filesBelow(at, input)) {
      assert.notMatch(readFileSync(join(at, path), "latin1"), /s0000\d/, path)
    }
  })
})
