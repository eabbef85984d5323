import { assert, beforeAll, describe, it } from "@effect/vitest"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { buildIfStale } from "../support/command.ts"
import { directory } from "../support/directory.ts"
import { askDuckDb, assertRows, runIn, withSample } from "./support.ts"

beforeAll(buildIfStale, 120_000)

/** Records that fit, read from the raw files by DuckDB alone. */
const fitting = `create view fitting as
select "user", status, event, try_strptime(timestamp, '%Y-%m-%d %H:%M:%S') as "at"
from read_json('*.json', format = 'array', columns = {
  "user": 'varchar', status: 'varchar', event: 'varchar', timestamp: 'varchar', total: 'bigint', successes: 'bigint'
})
where total is null and successes is null and status in ('success', 'fail') and event is not null
  and (timestamp is null or regexp_full_match(timestamp, '\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d'))`

const chosen = (condition: string) => `create view chosen as
select "user" from fitting group by all having count(*) filter (where status = 'fail') >= 0 and ${condition}`

const failed = "count(*) filter (where status = 'fail')"
const counts = `count(*) as total_events, count(*) filter (where status = 'success') as success, ${failed} as fail`

interface Report {
  readonly users: ReadonlyArray<Readonly<Record<string, unknown>>>
  readonly by_hour: Readonly<Record<string, Readonly<Record<string, number>>>>
}

const reportOf = (at: string): Report => JSON.parse(readFileSync(join(at, "out/report.json"), "utf8")) as Report

describe("user-outcomes", () => {
  it.each([
    ["", "true"],
    ["--only-failures", `${failed} > 0`],
    ["--min-failures 6", `${failed} >= 6`],
    ["--only-failures --min-failures 3 --by-hour", `${failed} >= 3`]
  ])("%s: users, hours and the whole are what DuckDB makes of the raw files", async (flags, condition) => {
    const at = await withSample("user-outcomes", 5000)
    const words = `user-outcomes --input outcomes-1.json outcomes-2.json --json out/report.json ${flags}`
    const { code, stderr, stdout } = await runIn(at, words)
    assert.strictEqual(code, 0, stderr)
    const { by_hour, users } = reportOf(at)
    assert.isAbove(users.length, 10)
    const ask = (query: string) => askDuckDb(at, fitting, chosen(condition), query)
    assertRows(
      users,
      await ask(`select "user", ${counts}, ${failed} / count(*) as failure_rate,
          list(distinct event order by event) as event_types
        from fitting where "user" in (from chosen) group by "user" order by "user"`)
    )
    assertRows(
      Object.entries(by_hour).map(([hour, values]) => ({ hour, ...values })),
      await ask(`select strftime("at", '%Y-%m-%d %H') as hour, ${counts}
        from fitting where "at" is not null and "user" in (from chosen) group by 1 order by 1`)
    )
    const [overall] = await ask(`select count(distinct "user") as users, ${counts}, ${failed} / count(*) as failure_rate
      from fitting where "user" in (from chosen)`)
    const lines = stdout.split("\n")
    const heading = lines.indexOf("overall")
    assert.deepStrictEqual(lines[heading + 1].trim().split(/ +/), Object.keys(overall))
    assert.deepStrictEqual(lines[heading + 2].trim().split(/ +/).map(Number), Object.values(overall).map(Number))
    assert.strictEqual(stdout.includes("\nby_hour\n"), flags.includes("--by-hour"))
  })

  it("adds up: success and fail of every user and hour, and the users to the whole", async () => {
    const at = await withSample("user-outcomes", 1000)
    await runIn(at, "user-outcomes --input outcomes-1.json,outcomes-2.json --json out/report.json")
    const { by_hour, users } = reportOf(at)
    for (const { fail, success, total_events } of [...users, ...Object.values(by_hour)]) {
      assert.strictEqual(Number(success) + Number(fail), total_events)
    }
  })

  const record = (more: object = {}) => ({ user: "ann", status: "success", event: "login", ...more })
  const runOn = async (text: string, flags = "", name = "o.json") => {
    const at = directory({ [name]: text })
    const outcome = await runIn(
      at,
      `user-outcomes --input ${name} --json out/report.json --rejects out/rejects.csv ${flags}`
    )
    return { at, ...outcome }
  }
  const reasons = (at: string) =>
    readFileSync(join(at, "out/rejects.csv"), "utf8")
      .split("\n")
      .slice(1, -1)
      .map((line) => line.split(",").slice(1, 3).join(" "))

  it.each<readonly [name: string, records: ReadonlyArray<unknown>, rejects: ReadonlyArray<string>]>([
    ["another status", [record({ status: "successful" })], ["2 unexpected value for status"]],
    ["a status of another type", [record({ status: true })], ["2 unexpected value for status"]],
    ["no status", [{ user: "ann", event: "login" }], ["2 missing status"]],
    ["no user", [record({ user: null })], ["2 missing user"]],
    ["no event", [{ user: "ann", status: "fail" }], ["2 missing event"]],
    ["an event of another type", [record({ event: { name: "x" } })], ["2 invalid type for event"]],
    ["other fields", [{ user: "ann", total: 3 }], ["2 unknown field total"]],
    ["a time with a zone", [record({ timestamp: "2024-07-10 10:00:00Z" })], ['2 "invalid time']],
    ["a time with a T", [record({ timestamp: "2024-07-10T10:00:00" })], ['2 "invalid time']],
    ["no such day", [record({ timestamp: "2024-02-30 10:00:00" })], ['2 "invalid time']],
    ["a time that is empty", [record({ timestamp: "" })], ['2 "invalid time']],
    ["what is no object", [7], ["2 not a JSON object"]]
  ])("rejects, and counts, a record with %s", async (_, records, rejects) => {
    const { at, code, stderr } = await runOn(JSON.stringify([record(), ...records]))
    assert.strictEqual(code, 0, stderr)
    assert.deepStrictEqual(reasons(at), rejects)
    assert.include(stderr, "1 of 2 records rejected: 1 × ")
    assert.deepStrictEqual(reportOf(at).users, [
      { user: "ann", total_events: 1, success: 1, fail: 0, failure_rate: 0, event_types: ["login"] }
    ])
  })

  it("leaves records without a time out of the hours only, and has no hours without times", async () => {
    const timed = record({ timestamp: "2024-07-10 10:59:59", status: "fail" })
    const { at } = await runOn(JSON.stringify([record(), record({ timestamp: null }), timed]))
    assert.deepStrictEqual(reportOf(at).users[0].total_events, 3)
    assert.deepStrictEqual(reportOf(at).by_hour, { "2024-07-10 10": { total_events: 1, success: 0, fail: 1 } })
    const { at: other } = await runOn(JSON.stringify([record()]))
    assert.deepStrictEqual(reportOf(other).by_hour, {})
  })

  it("counts equal records each", async () => {
    const { at } = await runOn(JSON.stringify([record(), record()]))
    assert.strictEqual(reportOf(at).users[0].total_events, 2)
  })

  it("prints nothing with --quiet, and only the hours that are asked for with --no-summary", async () => {
    const text = JSON.stringify([record({ timestamp: "2024-07-10 10:00:00" })])
    const quiet = await runOn(text, "--quiet --by-hour")
    assert.deepStrictEqual([quiet.code, quiet.stdout, quiet.stderr], [0, "", ""])
    assert.strictEqual((await runOn(text, "--no-summary")).stdout, "")
    const hours = await runOn(text, "--no-summary --by-hour")
    assert.strictEqual(
      hours.stdout,
      "by_hour\nhour           total_events  success  fail\n2024-07-10 10             1        1     0\n"
    )
  })

  it("writes only what it is told to", async () => {
    const at = directory()
    writeFileSync(join(at, "o.json"), JSON.stringify([record()]))
    const { code } = await runIn(at, "user-outcomes --input o.json --csv users.csv")
    assert.strictEqual(code, 0)
    assert.strictEqual(
      readFileSync(join(at, "users.csv"), "utf8"),
      "user,total_events,success,fail,failure_rate,event_types\nann,1,1,0,0,login\n"
    )
  })
})
