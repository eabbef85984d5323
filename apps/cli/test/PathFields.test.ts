import { assert, describe, it } from "@effect/vitest"
import { DuckDBInstance } from "@duckdb/node-api"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"

const spec = (uri: string, out: string) => `version: 1
name: partitioned
source: { uri: "${uri}" }
event:
  user: user
  time: time
  columns: { day: date, country: country, n: n, week: "cast(date as date)" }
sessions: { gap: 30m }
outputs:
  events: { uri: ${out}, columns: [user, time, day, country, n, week] }
`

const record = (user: string, n: number) => ({ user, time: `2024-01-0${n}T10:00:00Z`, n: String(n), country: "own" })

const run = async (uri: string, threads: string): Promise<string> => {
  const at = directory()
  const out = join(at, "events.csv")
  const path = directory({ "spec.yaml": spec(uri, out) })
  const { code, stderr } = await sojourn("run", join(path, "spec.yaml"), "-q", "--threads", threads)
  assert.strictEqual(code, 0, stderr)
  return readFileSync(out, "utf8")
}

describe("fields of a path", () => {
  it("are columns of all formats, instead of fields of that name, and null where the path says so", async () => {
    const lines = (n: number) => `${JSON.stringify(record("a", n))}\n${JSON.stringify(record("b", n))}\n`
    const csv = (n: number) =>
      `time,n,country,user\n2024-01-0${n}T10:00:00Z,${n},own,a\n2024-01-0${n}T10:00:00Z,${n},own,b\n`
    const at = directory({
      "json/date=2024-01-01/country=C%C3%B4te%20d%2FI/part.jsonl": lines(1),
      "json/date=2024-01-02/country=__HIVE_DEFAULT_PARTITION__/part.jsonl": lines(2),
      "json/date=2024-01-03/part.jsonl": lines(3),
      "csv/date=2024-01-01/country=C%C3%B4te%20d%2FI/part.csv": csv(1),
      "csv/date=2024-01-02/country=__HIVE_DEFAULT_PARTITION__/part.csv": csv(2),
      "csv/date=2024-01-03/part.csv": csv(3)
    })
    const expected = [
      "user,time,day,country,n,week",
      ...["a", "b"].flatMap((user) => [
        `${user},2024-01-01T10:00:00Z,2024-01-01,Côte d/I,1,2024-01-01`,
        `${user},2024-01-02T10:00:00Z,2024-01-02,,2,2024-01-02`,
        `${user},2024-01-03T10:00:00Z,2024-01-03,own,3,2024-01-03`
      ]),
      ""
    ].join("\n")
    for (const threads of ["1", "2"]) {
      assert.strictEqual(await run(`${at}/json/date=*/**/*.jsonl`, threads), expected)
      assert.strictEqual(await run(`${at}/csv`, threads), expected)
    }
  })

  it("are read from what DuckDB divided, Parquet with any number of threads, and from what Sojourn divided", async () => {
    const at = directory()
    const connection = await (await DuckDBInstance.create()).connect()
    await connection.run(`set timezone = 'UTC'`)
    await connection.run(`copy (select 'u' || i % 7 as user, '2024-01-01'::timestamptz + to_hours(i) as time, i as n,
      (time::date)::varchar as date, 'c' || i % 2 as country from range(200) t(i))
      to '${at}/divided' (format parquet, partition_by (date, country))`)
    await connection.run(`copy (select * from read_parquet('${at}/divided/**/*.parquet', hive_partitioning = true, hive_types_autocast = false))
      to '${at}/whole.parquet' (format parquet)`)
    const whole = await run(`${at}/whole.parquet`, "1")
    assert.lengthOf(whole.split("\n"), 202)
    for (const threads of ["1", "2"]) assert.strictEqual(await run(`${at}/divided`, threads), whole)

    const divide = spec(`${at}/whole.parquet`, `${at}/again, format: parquet, partition: [day, country]`)
    const path = directory({ "spec.yaml": divide })
    assert.strictEqual((await sojourn("run", join(path, "spec.yaml"), "-q")).code, 0)
    const renamed = directory({
      "spec.yaml": spec(`${at}/again`, `${at}/events.csv`)
        .replace("day: date", "day: day")
        .replace("cast(date", "cast(day")
    })
    const { code, stderr } = await sojourn("run", join(renamed, "spec.yaml"), "-q")
    assert.strictEqual(code, 0, stderr)
    assert.strictEqual(readFileSync(join(at, "events.csv"), "utf8"), whole)
  })

  it("are among the fields that are guessed from", async () => {
    const at = directory({ "date=2024-01-01/a.jsonl": `${JSON.stringify(record("a", 1))}\n` })
    const { stdout } = await sojourn("inspect", `${at}/date=*/*.jsonl`)
    assert.match(stdout, /^date +text .* 2024-01-01$/m)
  })
})
