import { DuckDBInstance } from "@duckdb/node-api"
import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync, truncateSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"

const rows = 300_000

/** The same events as Parquet and as CSV: some with a bad time, some without a user, some twice. */
const events = async () => {
  const at = directory({})
  const connection = await (await DuckDBInstance.create()).connect()
  await connection.run(`set timezone = 'UTC'`)
  await connection.run(`create table events as select
    if(i % 211 = 0, null, 'u' || hash(i // 3) % 5000) as user_id,
    case when i % 307 = 0 then null else '2024-01-01'::timestamptz + to_seconds(i * 7 // 3 + hash(i) % 4000) end as event_time,
    ['view', 'click', 'login'][1 + i % 3] as event_type,
    {'path': '/p/' || i % 50, 'depth': i % 9} as page
    from range(${rows}) t(i)`)
  await connection.run(`insert into events select * from events limit 1000`)
  await connection.run(`copy events to '${at}/events.parquet' (format parquet, row_group_size 30000)`)
  await connection.run(`copy (select user_id, strftime(event_time, '%Y-%m-%dT%H:%M:%S.%fZ') as event_time, event_type,
    page.path as "page.path", page.depth as "page.depth" from events) to '${at}/events.csv' (format csv)`)
  return at
}

const spec = (input: string) => `version: 1
name: both
source: { uri: ${input} }
event:
  user: user_id
  time: event_time
  type: event_type
  columns: { page: '"page.path"', deep: 'cast("page.depth" as int64) > 6' }
dedupe: [user, time, type, page]
sessions: { gap: 30m }
outputs:
  sessions: { uri: sessions.csv }
  events: { uri: events.csv }
  rejects: { uri: rejects.csv, columns: [event, code, reason, field, page.path] }
`

describe("Parquet", () => {
  it("gives the sessions, events and rejects of the same records in CSV, with any number of threads", async () => {
    const at = await events()
    const outcomes: Record<string, string> = {}
    for (const [name, input, threads] of [
      ["csv", "events.csv", "1"],
      ["one", "events.parquet", "1"],
      ["two", "events.parquet", "2"]
    ]) {
      const text = spec(join(at, input)).replaceAll(/uri: (\w+\.csv)/g, `uri: ${join(at, "out", name)}/$1`)
      const path = directory({ "spec.yaml": text })
      const { code, stderr } = await sojourn("run", join(path, "spec.yaml"), "-q", "--threads", threads)
      assert.strictEqual(code, 0, stderr)
      for (const file of ["sessions", "events", "rejects"]) {
        outcomes[`${name} ${file}`] = readFileSync(join(at, "out", name, `${file}.csv`), "utf8")
      }
    }
    for (const file of ["sessions", "events", "rejects"]) {
      assert.isAbove(outcomes[`csv ${file}`].length, 10_000)
      assert.isTrue(outcomes[`one ${file}`] === outcomes[`csv ${file}`], `${file} as from CSV`)
      assert.isTrue(outcomes[`two ${file}`] === outcomes[`one ${file}`], `${file} with two threads`)
    }
  })

  it("gives times without a zone as CSV gives them: in a zone, over the changes of its clock", async () => {
    const at = directory({})
    const connection = await (await DuckDBInstance.create()).connect()
    await connection.run(`create table events as select 'u' || i % 5 as user,
      if(i % 97 = 0, null, timestamp '2024-03-30 12:00:00.000001' + to_milliseconds(i * 311111)) as time
      from range(2000) t(i)
      union all select 'autumn', timestamp '2024-10-27 00:00:00' + to_seconds(i * 333) from range(60) t(i)
      union all select 'far', timestamp '9999-12-31 23:59:59' union all select 'old', timestamp '0001-01-01 00:00:00'`)
    await connection.run(
      `copy (select user, strftime(time, '%Y-%m-%dT%H:%M:%S.%f') as time from events) to '${at}/us.csv'`
    )
    for (const [unit, type, file] of [
      ["us", "timestamp", "csv"],
      ["us", "timestamp", "parquet"],
      ["ms", "timestamp_ms", "csv"],
      ["ms", "timestamp_ms", "parquet"]
    ]) {
      const rows = `(select user, time::${type} as time from events)`
      const texts = `select user, strftime(time::timestamp, '%Y-%m-%dT%H:%M:%S.%f') as time from ${rows}`
      await connection.run(`copy (${file === "csv" ? texts : `from ${rows}`}) to '${at}/${unit}.${file}'`)
    }
    const results: Record<string, unknown> = {}
    for (const file of ["us.csv", "us.parquet", "ms.csv", "ms.parquet"]) {
      const text = `version: 1
name: both
timezone: Europe/Berlin
source: { uri: ${at}/${file} }
event: { user: user, time: time, timezone: Europe/Berlin }
sessions: { gap: 6m }
outputs: { events: { uri: ${at}/out.csv }, rejects: { uri: ${at}/rejects.csv, columns: [event, code, reason, field, time] } }
`
      const path = directory({ "spec.yaml": text })
      const { code, stderr, stdout } = await sojourn("run", join(path, "spec.yaml"), "--summary", "json")
      assert.strictEqual(code, 0, stderr)
      const { accounting, warnings } = JSON.parse(stdout) as Record<string, unknown>
      const [events, rejects] = ["out.csv", "rejects.csv"].map((name) => readFileSync(join(at, name), "utf8"))
      results[file] = { accounting, warnings, events, rejects: rejects.replaceAll(/\.0+(?=,|$)/gm, "") }
    }
    assert.deepStrictEqual(results["us.parquet"], results["us.csv"])
    assert.deepStrictEqual(results["ms.parquet"], results["ms.csv"])
    assert.match(
      JSON.stringify(results["us.csv"]),
      /in an hour that the clock skipped.*in an hour that the clock repeated/
    )
  })

  it("is guessed, inspected and read from a packed file and from any name; a reject shows the record's fields", async () => {
    const at = directory({})
    const connection = await (await DuckDBInstance.create()).connect()
    await connection.run(`copy (select 'u' || i % 3 as user_id, if(i = 5, 'never', '2024-01-01T10:00:00Z') as ts, i as n
      from range(40) t(i)) to '${at}/a.parquet' (format parquet)`)
    const bytes = readFileSync(join(at, "a.parquet"))
    const packed = directory({ "a.parquet.gz": gzipSync(bytes), other: bytes })
    for (const path of [join(at, "a.parquet"), join(packed, "a.parquet.gz"), join(packed, "other")]) {
      const { code, stderr, stdout } = await sojourn("sessions", path, "--rejects", "-", "-q")
      assert.strictEqual(code, 0, stderr)
      assert.include(stdout, `6,${path},,,time.invalid,invalid ISO-8601,ts,u2,never,`)
      assert.include(stdout, `"{""user_id"":""u2"",""ts"":""never"",""n"":""5""}"`)
    }
    const { stdout } = await sojourn("inspect", join(at, "a.parquet"))
    assert.match(stdout, /Parquet, 1 row group; 40 records\n/)
    assert.match(stdout, /ts +text +100 % +2 {2}2024-01-01T10:00:00Z, never\n/)
  })

  it("is written: the rows of CSV, the same bytes again and with any number of threads, and no other file", async () => {
    const at = await events()
    const outputs = (name: string, ending: string) =>
      spec(join(at, "events.csv")).replaceAll(/uri: (\w+)\.csv/g, `uri: ${join(at, name)}/$1.${ending}`)
    for (const [name, ending, threads] of [
      ["csv", "csv", "2"],
      ["one", "parquet", "1"],
      ["two", "parquet", "2"],
      ["two", "parquet", "2"]
    ]) {
      const path = directory({ "spec.yaml": outputs(name, ending) })
      const { code, stderr } = await sojourn("run", join(path, "spec.yaml"), "-q", "--threads", threads)
      assert.strictEqual(code, 0, stderr)
    }
    assert.deepStrictEqual(readdirSync(join(at, "two")), ["events.parquet", "rejects.parquet", "sessions.parquet"])
    const connection = await (await DuckDBInstance.create()).connect()
    await connection.run(`set timezone = 'UTC'`)
    for (const table of ["sessions", "events", "rejects"]) {
      const file = `${table}.parquet`
      assert.isTrue(readFileSync(join(at, "one", file)).equals(readFileSync(join(at, "two", file))), table)
      const described = await connection.runAndReadAll(`describe from '${at}/one/${file}'`)
      const types = described.getRows().map(([column, type]) => `'${String(column)}': '${String(type)}'`)
      const csv = `read_csv('${at}/csv/${table}.csv', nullstr = '', columns = {${types.join(", ")}})`
      const [[rows, differing]] = (
        await connection.runAndReadAll(`select (select count(*) from '${at}/one/${file}')::int, (select count(*) from (
          (from '${at}/one/${file}' except all from ${csv}) union all (from ${csv} except all from '${at}/one/${file}')
        ))::int`)
      ).getRows()
      assert.isAbove(Number(rows), 1000, table)
      assert.strictEqual(differing, 0, table)
    }
  })

  it("is written in partitions: the same rows with the same types, again and again", async () => {
    const at = await events()
    const text = spec(join(at, "events.csv"))
      .replaceAll(/uri: (\w+\.csv)/g, `uri: ${at}/plain/$1`)
      .replace(/( +sessions:) .*/, `$1 { uri: ${at}/days, format: parquet, partition: [date, session_cause] }`)
    const whole = text.replace(/( +sessions:) .*/, `$1 { uri: ${at}/whole.parquet }`)
    for (const [file, threads] of [
      [whole, "1"],
      [text, "1"],
      [text, "2"]
    ]) {
      const path = directory({ "spec.yaml": file })
      const { code, stderr } = await sojourn("run", join(path, "spec.yaml"), "-q", "--threads", threads)
      assert.strictEqual(code, 0, stderr)
    }
    const connection = await (await DuckDBInstance.create()).connect()
    const divided = `(select * exclude (date, session_cause), date::date as date, session_cause from
      read_parquet('${at}/days/*/*/*.parquet', hive_partitioning = true))`
    const plain = `(select * exclude (date, session_cause), date, session_cause from '${at}/whole.parquet')`
    const [[rows, others, differing, partitions]] = (
      await connection.runAndReadAll(`select (select count(*) from ${divided})::int, (select count(*) from ${plain})::int,
        (select count(*) from (from ${divided} except all from ${plain}))::int,
        (select count(*) from glob('${at}/days/**'))::int`)
    ).getRows()
    assert.isAbove(Number(rows), 1000)
    assert.deepStrictEqual([others, differing], [rows, 0])
    assert.isAbove(Number(partitions), 10)
    const names = readdirSync(join(at, "days"), { recursive: true, encoding: "utf8" }).filter((name) =>
      /part|tmp/.test(name)
    )
    assert.lengthOf(names, Number(partitions))
  })

  it("that is cut short is one message and exit code 3", async () => {
    const at = directory({})
    const connection = await (await DuckDBInstance.create()).connect()
    await connection.run(
      `copy (select 'u' as user_id, '2024-01-01T10:00:00Z' as ts) to '${at}/a.parquet' (format parquet)`
    )
    truncateSync(join(at, "a.parquet"), 100)
    const { code, stderr } = await sojourn("sessions", join(at, "a.parquet"))
    assert.strictEqual(code, 3)
    assert.include(stderr, "a.parquet as parquet: it does not end like a Parquet file: it was cut short")
    assert.notMatch(stderr, /\n\s+at /)
  })
})
