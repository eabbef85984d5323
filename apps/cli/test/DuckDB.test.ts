import { DuckDBInstance } from "@duckdb/node-api"
import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"

const query = async (path: string, sql: string): Promise<ReadonlyArray<Readonly<Record<string, unknown>>>> => {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  try {
    await connection.run("set timezone = 'UTC'")
    return (await connection.runAndReadAll(sql)).getRowObjectsJson()
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const events = (users: number) =>
  [
    "user,time,kind",
    ...Array.from({ length: 60 }, (_, i) => `u${i % users},2024-01-0${1 + (i % 3)}T10:${10 + i}:00Z,view`),
    ",2024-01-01T10:00:00Z,view"
  ].join("\n")

const head = `version: 1
name: both
source: { uri: events.csv }
event: { user: user, time: time, type: kind, columns: { day: 'date("time"::timestamp)', n: 'length("user")', far: 'kind = ''far''' } }
sessions: { gap: 30m }
`

/** Runs a spec in a directory. The directory of the process is that of the test runner, so paths are made absolute. */
const run = async (at: string, outputs: string, source = "events.csv", ...flags: ReadonlyArray<string>) => {
  const text = `${head.replace("events.csv", source)}outputs:\n${outputs}`.replaceAll(/uri: (\w)/g, `uri: ${at}/$1`)
  writeFileSync(join(at, "spec.yaml"), text)
  const { code, stderr } = await sojourn("run", join(at, "spec.yaml"), "-q", "--summary", "none", ...flags)
  return { code, stderr: stderr.replaceAll(`${at}/`, "") }
}

describe("DuckDB as a sink", () => {
  it("gets tables with the rows and types of the same ones in Parquet, and the same again", async () => {
    const at = directory({ "events.csv": events(4) })
    const outputs = `  sessions: { uri: w.duckdb }
  events: { uri: w.duckdb, format: { name: duckdb, table: silver.events } }
  silver.visits: { uri: w.duckdb, table: sessions }
  rejects: { uri: rejects.csv }
`
    for (let i = 0; i < 2; i++) assert.deepStrictEqual(await run(at, outputs), { code: 0, stderr: "" })
    const same = outputs
      .replace("w.duckdb }", "s.parquet }")
      .replace("silver.visits: { uri: w.duckdb,", "visits: { uri: v.parquet,")
      .replace("w.duckdb, format: { name: duckdb, table: silver.events }", "e.parquet")
    assert.deepStrictEqual(await run(at, same), { code: 0, stderr: "" })
    const path = join(at, "w.duckdb")
    for (const [table, file] of [
      ["sessions", "s"],
      ["silver.visits", "v"],
      ["silver.events", "e"]
    ]) {
      const rows = `read_parquet('${at}/${file}.parquet')`
      assert.deepStrictEqual(await query(path, `describe ${table}`), await query(path, `describe from ${rows}`))
      assert.deepStrictEqual(await query(path, `from ${table}`), await query(path, `from ${rows}`))
      assert.isAbove((await query(path, `from ${table}`)).length, 10)
    }
    assert.deepStrictEqual(readdirSync(at).sort(), [
      "e.parquet",
      "events.csv",
      "rejects.csv",
      "s.parquet",
      "spec.yaml",
      "v.parquet",
      "w.duckdb"
    ])
  })

  it("overwrites, appends or replaces by key", async () => {
    const at = directory({ "events.csv": events(4) })
    const path = join(at, "w.duckdb")
    const output = (mode: string) => `  sessions: { uri: w.duckdb, format: { name: duckdb, table: s, ${mode} } }\n`
    const counts = async () => (await query(path, "select count(*) as n, count(distinct session_id) as ids from s"))[0]
    await run(at, output("mode: append"))
    const { n } = await counts()
    await run(at, output("mode: append"))
    assert.deepStrictEqual(await counts(), { n: String(Number(n) * 2), ids: n })
    await run(at, output("mode: overwrite"))
    assert.deepStrictEqual(await counts(), { n, ids: n })

    // Of further users: those that were there keep their rows, but for the sessions that are written again.
    const before = await query(path, "from s order by all")
    writeFileSync(join(at, "events.csv"), `${events(4)}\nu9,2024-01-01T10:00:00Z,view\nu0,2024-01-01T10:10:30Z,view`)
    await run(at, output("mode: upsert, key: [session_id]"))
    const after = await query(path, "from s order by all")
    assert.deepStrictEqual(await counts(), { n: String(Number(n) + 1), ids: String(Number(n) + 1) })
    const id = ({ session_id }: Readonly<Record<string, unknown>>) => session_id
    const changed = after.filter((row) => !before.some((other) => JSON.stringify(other) === JSON.stringify(row)))
    assert.lengthOf(changed, 2)
    assert.lengthOf(
      changed.filter((row) => before.some((other) => id(other) === id(row))),
      1
    )
  })

  it("says what it cannot take, and leaves the table and the directory as they were", async () => {
    const at = directory({ "events.csv": events(4), "text.duckdb": "no database\n".repeat(500) })
    const path = join(at, "w.duckdb")
    await query(path, "create table s as select 1 as session_id, 'x' as other")
    const table = (format: string, uri = "w.duckdb") =>
      `  sessions: { uri: ${uri}, format: { name: duckdb, ${format} } }\n`
    const problems: Array<string> = []
    for (const outputs of [
      table("table: s, mode: append"),
      table("table: t, mode: upsert, key: [nothing]"),
      table("table: t, mode: upsert, key: [user]"),
      table("mode: upsert"),
      table("table: a.b.c"),
      table("table: t", "text.duckdb"),
      "  sessions: { uri: w.duckdb, format: { name: duckdb, table: t } }\n  events: { uri: w.duckdb, format: { name: duckdb, table: t } }\n",
      "  sessions: { uri: w.duckdb, partition: [date], format: duckdb }\n"
    ]) {
      const { code, stderr } = await run(at, outputs)
      assert.notStrictEqual(code, 0, outputs)
      problems.push(...stderr.trimEnd().split("\n"))
    }
    assert.deepStrictEqual(problems, [
      'sojourn: cannot write the table s of w.duckdb: its column "session_id" is INTEGER, not VARCHAR',
      "  choose the columns that it has, or change it, or use mode: overwrite",
      'sojourn: cannot write the table t of w.duckdb: the key column "nothing" is none of the output\'s',
      "  choose columns that are written",
      'sojourn: cannot write the table t of w.duckdb: two rows have the same key user = "u0"',
      "  name columns as key that tell all rows apart",
      "spec.yaml:7:63: expected key where mode is upsert, and only there, found a map",
      'spec.yaml:7:86: expected a name such as sessions or silver.sessions, found "a.b.c"',
      "sojourn: cannot write text.duckdb: it is no DuckDB database",
      "  name another file, or one that is not there yet",
      "spec.yaml:8:18: the table t of w.duckdb gets the sessions already",
      "spec.yaml:7:66: rows are divided in files only, not in w.duckdb"
    ])
    assert.deepStrictEqual(await query(path, "from s"), [{ session_id: 1, other: "x" }])
    assert.deepStrictEqual(await query(path, "select count(*) as n from duckdb_tables()"), [{ n: "1" }])
    assert.deepStrictEqual(readdirSync(at).sort(), ["events.csv", "spec.yaml", "text.duckdb", "w.duckdb"])
  })

  it("says that another program has the file open", async () => {
    const at = directory({ "events.csv": events(4) })
    const holder = spawn(process.execPath, ["-e", hold, join(at, "w.duckdb")], {
      cwd: import.meta.dirname,
      stdio: ["pipe", "pipe", "inherit"]
    })
    try {
      await once(holder.stdout, "data")
      const { code, stderr } = await run(at, "  sessions: { uri: w.duckdb }\n")
      assert.strictEqual(code, 3)
      assert.strictEqual(
        stderr,
        "sojourn: cannot write w.duckdb: another program has it open\n  close it there: a DuckDB file can be written by one program at a time"
      )
    } finally {
      holder.stdin.end()
      await once(holder, "close")
    }
  })
})

/** A program that opens a database and keeps it open until its standard input ends. */
const hold = `
  const { DuckDBInstance } = require("@duckdb/node-api")
  DuckDBInstance.create(process.argv[1]).then((instance) => {
    console.log("open")
    process.stdin.on("end", () => instance.closeSync()).resume()
  })
`

describe("the table inputs", () => {
  const table = (mode: string) =>
    `  inputs: { uri: w.duckdb, format: { name: duckdb, table: pipeline_logs, ${mode} } }\n`

  it("counts the records, rejects and duplicates of each input, as those tables have them", async () => {
    const files: Record<string, string> = {}
    for (const [i, users] of [2, 3, 5].entries()) {
      const lines = events(users).split("\n")
      files[`in/${i}.csv`] = [...lines, ...lines.slice(1, 1 + 7 * i), ...Array<string>(i).fill("u0,soon,view")].join(
        "\n"
      )
    }
    const at = directory({ ...files, "in/3.csv": "user,time,kind\n" })
    const path = join(at, "w.duckdb")
    const more = ["rejects", "duplicates"].map((name) => `  ${name}: { uri: w.duckdb }\n`).join("")
    assert.deepStrictEqual(await run(at, table("mode: overwrite") + more, "in/"), { code: 0, stderr: "" })
    const rows = await query(path, "select * exclude (run_id, started, finished) from pipeline_logs")
    assert.deepStrictEqual(
      rows,
      await query(
        path,
        `with r as (select source, count(*) as n from rejects group by all), d as (select source, count(*) as n from duplicates group by all),
          files as (select filename as source, count(*) as n from read_text('${at}/in/*') , unnest(string_split(content, chr(10))) as l(line)
            where line <> '' and line <> 'user,time,kind' group by all union all select '${at}/in/3.csv', 0)
        select source, files.n as records, coalesce(r.n, 0) as rejected, coalesce(r.n, 0) / nullif(files.n, 0) as error_rate,
          coalesce(d.n, 0) as duplicates from files left join r using (source) left join d using (source) order by source`
      )
    )
    assert.deepStrictEqual(
      rows.map(({ duplicates, records, rejected }) => [records, rejected, duplicates]),
      [
        ["61", "11", "0"],
        ["69", "12", rows[1].duplicates],
        ["77", "13", rows[2].duplicates],
        ["0", "0", "0"]
      ]
    )
    assert.isAbove(Number(rows[2].duplicates), 14)
    // Where nothing but sessions is made besides, which are computed in another way.
    await run(at, `${table("mode: overwrite")}  sessions: { uri: s.csv }\n`, "in/")
    assert.deepStrictEqual(await query(path, "select * exclude (run_id, started, finished) from pipeline_logs"), rows)
  })

  it("is a history of runs, with one row a run and input however often a run is repeated", async () => {
    const at = directory({ "a.csv": events(2), "b.csv": events(3) })
    const path = join(at, "w.duckdb")
    const before = Date.now()
    for (const id of ["monday", "tuesday", "monday"]) {
      const source = "[a.csv, b.csv]".replaceAll(/(\w+\.csv)/g, `${at}/$1`)
      const done = await run(at, table("mode: upsert, key: [run_id, source]"), source, "--run-id", id)
      assert.deepStrictEqual(done, { code: 0, stderr: "" })
    }
    const rows = await query(path, "select run_id, parse_filename(source) as file from pipeline_logs order by all")
    assert.deepStrictEqual(
      rows.map(({ file, run_id }) => `${String(run_id)} ${String(file)}`),
      ["monday a.csv", "monday b.csv", "tuesday a.csv", "tuesday b.csv"]
    )
    const [times] = await query(
      path,
      `select min(started) >= to_timestamp(${before / 1000}) and max(finished) <= now() and bool_and(started <= finished) as good,
        (select min(started) from pipeline_logs where run_id = 'monday') > (select max(finished) from pipeline_logs where run_id = 'tuesday') as again
      from pipeline_logs`
    )
    assert.deepStrictEqual(times, { good: true, again: true })
    await run(at, table("mode: append"), `${at}/a.csv`)
    const [{ run_id }] = await query(path, "select run_id from pipeline_logs where run_id not like '%day'")
    assert.match(String(run_id), /^[0-9a-f]{8}-[0-9a-f-]{27}$/)
  })
})

describe("DuckDB as a source", () => {
  it("gives the rows of a query as records", async () => {
    const at = directory({ "events.csv": events(4) })
    const path = join(at, "raw.duckdb")
    await query(
      path,
      `create table raw as select row_number() over () as place, * from read_csv('${at}/events.csv', all_varchar = true)`
    )
    const outputs = "  sessions: { uri: s.csv }\n  rejects: { uri: r.csv, columns: [event, code, field] }\n"
    await run(at, outputs)
    const [sessions, rejects] = ["s.csv", "r.csv"].map((name) => readFileSync(join(at, name), "utf8"))
    const format = '{ name: duckdb, query: "select * exclude (place) from raw order by place -- all" }'
    assert.deepStrictEqual(await run(at, outputs, `raw.duckdb, format: ${format}`), { code: 0, stderr: "" })
    assert.strictEqual(readFileSync(join(at, "s.csv"), "utf8"), sessions)
    assert.strictEqual(readFileSync(join(at, "r.csv"), "utf8"), rejects)
    assert.isAbove(sessions.length, 1000)
    // What is read may be written to, as long as it is another table.
    assert.deepStrictEqual(await run(at, "  sessions: { uri: raw.duckdb }\n", `raw.duckdb, format: ${format}`), {
      code: 0,
      stderr: ""
    })
    assert.lengthOf(await query(path, "from sessions"), sessions.trimEnd().split("\n").length - 1)
  })

  it("says what is wrong with the file and the query", async () => {
    const at = directory({ "events.csv": events(4), "text.duckdb": "no database\n".repeat(500) })
    await query(join(at, "raw.duckdb"), "create table raw as select 1 as user")
    const problems: Array<string> = []
    for (const source of [
      "none.duckdb, format: { name: duckdb, query: from raw }",
      "raw.duckdb, format: { name: duckdb, query: from row }",
      "raw.duckdb, format: { name: duckdb, query: 'select * fro' }",
      "raw.duckdb, format: { name: duckdb, query: 'drop table raw' }",
      "raw.duckdb, format: duckdb",
      "raw.duckdb",
      "text.duckdb, format: { name: duckdb, query: from raw }"
    ]) {
      const { code, stderr } = await run(at, "  sessions: { uri: s.csv }\n", source)
      assert.notStrictEqual(code, 0, source)
      problems.push(...stderr.trimEnd().split("\n"))
    }
    assert.deepStrictEqual(problems, [
      "sojourn: no such file: none.duckdb",
      "  paths are relative to the directory in which the command runs",
      "sojourn: cannot read raw.duckdb: Catalog Error: Table with name row does not exist!",
      "sojourn: cannot read raw.duckdb: Binder Error: * expression without FROM clause!",
      'sojourn: cannot read raw.duckdb: Parser Error: syntax error at or near "drop"',
      'spec.yaml:3:61: missing "query"',
      "sojourn: raw.duckdb is a database, and it is not said what is to be read there",
      "  a spec says it: format: { name: duckdb, … }",
      "sojourn: cannot read text.duckdb: it is no DuckDB database",
      "  name another file, or one that is not there yet"
    ])
    assert.lengthOf(await query(join(at, "raw.duckdb"), "from raw"), 1)
  })
})
