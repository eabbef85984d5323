import { assert, describe, it } from "@effect/vitest"
import { existsSync, mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"
import { csv, fiveRecords, iso, jsonLines, rowsOf } from "./support/records.ts"

const read = (...path: ReadonlyArray<string>): string => readFileSync(join(...path), "utf8")
const has = (text: string, ...parts: ReadonlyArray<string>): void => {
  for (const part of parts) assert.include(text, part)
}

const shop = fileURLToPath(new URL("../../../../shared/data/online-shop.csv", import.meta.url))

describe("sojourn sessions", () => {
  it("prints the summary and the first sessions, and what it guessed apart", async () => {
    const at = directory({ "events.jsonl": jsonLines(fiveRecords) })
    const { code, stderr, stdout } = await sojourn("sessions", join(at, "events.jsonl"))
    assert.strictEqual(code, 0)
    has(
      stdout,
      "records     5 from",
      "accepted    4\n",
      "rejected    1 (20.00 %)",
      "1 × invalid ISO-8601",
      "duplicates  1\n"
    )
    has(
      stdout,
      "users       2\n",
      "sessions    2\n",
      "median 2m30s, 90th percentile 4m30s",
      "2024-07-10T10:00:00Z to 2024-07-10T10:10:00Z"
    )
    has(
      stdout,
      "read 5 = 4 accepted + 1 rejected; 4 = 3 unique + 1 duplicates; 3 = 3 in sessions",
      " records/s\n",
      "first sessions\n"
    )
    assert.match(stdout, /first sessions\nuser_id {2}session_start .*\n {6}1 {2}2024-07-10T10:00:00Z /)
    has(
      stderr,
      "--user user_id ",
      "5 events of 2 users",
      "--time event_time ",
      "--time-format iso8601 ",
      "--type event_type ",
      "4 kinds of event"
    )
    assert.notInclude(stdout, "--user")
  })

  it("takes a line that starts with a file or a flag as sessions", async () => {
    const at = directory({ "events.jsonl": jsonLines(fiveRecords) })
    const file = join(at, "events.jsonl")
    for (const words of [
      [file, "--quiet"],
      ["--quiet", file],
      ["--gap", "20m", "-q", file],
      ["-q", "--", file],
      ["--", file]
    ]) {
      const { code } = await sojourn(...words)
      assert.strictEqual(code, 0, words.join(" "))
    }
    const wrong = await sojourn("sesions", file)
    assert.strictEqual(wrong.code, 2)
    has(wrong.stderr, 'Unknown subcommand "sesions"', 'did you mean "sessions"')
  })

  it.skipIf(!existsSync(shop))("finds 6,454 sessions of 3,751 users in the shop's log by itself", async () => {
    const { code, stderr, stdout } = await sojourn(shop)
    assert.strictEqual(code, 0)
    has(stdout, "users       3,751\n", "sessions    6,454\n")
    has(
      stderr,
      "--user user_id",
      "--time timestamp",
      "--time-format iso8601",
      "--timezone UTC",
      "the times name no zone",
      "--type event "
    )
  })

  it("writes sessions, unique events with their session's id, and rejects", async () => {
    const at = directory({
      "e.jsonl": jsonLines(fiveRecords.map((record, i) => ({ ...record, page: { path: `/p${i}` } })))
    })
    const outs = ["--out", join(at, "new/s.csv"), "--events", join(at, "e.csv"), "--rejects", join(at, "r.jsonl")]
    const { code, stdout } = await sojourn(join(at, "e.jsonl"), ...outs, "--dedupe", "user,time,type")
    assert.strictEqual(code, 0)
    has(stdout, "(sessions, 2 rows)", "(events, 3 rows)", "(rejects, 1 row)")
    const sessions = read(at, "new/s.csv").split("\n")
    assert.strictEqual(sessions.length, 4)
    const id = sessions[1].split(",")[0]
    assert.deepStrictEqual(read(at, "e.csv").split("\n").slice(0, 3), [
      "session_id,user_id,event_time,event_type,path",
      `${id},1,2024-07-10T10:00:00Z,login,/p0`,
      `${id},1,2024-07-10T10:05:00Z,view,/p1`
    ])
    assert.strictEqual(JSON.parse(read(at, "r.jsonl")).reason, "invalid ISO-8601")
  })

  it("takes columns by name or role, the role first", async () => {
    const rows = Array.from({ length: 8 }, (_, i) => [`a${i % 2}`, `id-${i}`, `2024-07-10T10:0${i >> 1}:00Z`, "x"])
    const at = directory({ "e.csv": csv("uid,user,time,page", rows) })
    const out = join(at, "o.csv")
    // A column of the name `user` is different in every row; the role is another.
    const flags = ["--user", "uid", "--events", out, "--columns", "time,user,page", "--dedupe", "user,page"]
    const { code } = await sojourn(join(at, "e.csv"), ...flags, "-q")
    assert.strictEqual(code, 0)
    assert.match(
      read(at, "o.csv"),
      /^session_id,time,uid,page\n[^,]+,2024-07-10T10:00:00Z,a0,x\n[^,]+,2024-07-10T10:00:00Z,a1,x\n$/
    )
  })

  it("counts only the rows of a name with blanks in it, given as it is", async () => {
    const at = directory({
      "e.csv": `"User ID";Event Time\n${rowsOf(9, iso)
        .map((row) => row.join(";"))
        .join("\n")}\n`
    })
    const { code, stderr, stdout } = await sojourn(join(at, "e.csv"), "--time", "Event Time")
    assert.strictEqual(code, 0)
    has(stderr, "--user 'User ID'")
    has(stdout, "users       7\n")
  })

  it("has several flags for one key, and says so when there is none", async () => {
    const at = directory({
      "e.csv": csv("ip,agent,time", [
        ["a", "x", "2024-07-10T10:00:00Z"],
        ["a", "y", "2024-07-10T10:01:00Z"]
      ])
    })
    const { stdout } = await sojourn(join(at, "e.csv"), "--user", "ip,agent", "--out", "-")
    has(stdout, "session_id,user,", ',"[""a"",""x""]",')
    const none = await sojourn(join(at, "e.csv"), "--user", " , ")
    assert.deepStrictEqual([none.code, none.stderr], [2, "sojourn: --user: expected a column"])
  })

  const empties: Readonly<Record<string, string>> = {
    "empty.csv": "",
    "blank.jsonl": " \n\n",
    "header.csv": "uid,at,ts,event\n",
    "array.json": "[]"
  }
  for (const [name, content] of Object.entries(empties)) {
    it(`writes headers only for ${name}`, async () => {
      const at = directory({ [name]: content })
      const outs = ["--out", join(at, "s.csv"), "--events", join(at, "e.csv"), "--rejects", join(at, "r.csv")]
      const { code, stdout } = await sojourn(join(at, name), ...outs)
      assert.strictEqual(code, 0)
      has(stdout, "records     0 from", "0 records/s")
      const [user, time] = name === "header.csv" ? ["uid", "ts"] : ["user_id", "event_time"]
      assert.match(read(at, "s.csv"), new RegExp(`^session_id,${user},session_start,.*,date\n$`))
      assert.match(read(at, "e.csv"), new RegExp(`^session_id,${user},${time}`))
      assert.match(read(at, "r.csv"), /^event,source,line,.*\n$/)
    })
  }

  it("takes the flags' names for an empty input, and an empty directory for one", async () => {
    const at = directory()
    mkdirSync(join(at, "in"))
    const { code } = await sojourn(
      join(at, "in"),
      "--user",
      "who",
      "--time",
      "when",
      "--events",
      join(at, "e.csv"),
      "-q"
    )
    assert.deepStrictEqual([code, read(at, "e.csv")], [0, "session_id,who,when\n"])
  })

  it("ends with 1 and says what to try when nothing can be accepted, its outputs written", async () => {
    const bad = fiveRecords.map((record, i) => ({
      ...record,
      event_time: ["never", "soon", "late", "never", "then"][i]
    }))
    const at = directory({ "e.jsonl": jsonLines(bad) })
    const { code, stderr } = await sojourn(join(at, "e.jsonl"), "--time", "event_time", "--out", join(at, "s.csv"))
    assert.strictEqual(code, 1)
    assert.match(
      stderr,
      /sojourn: none of 5 records could be accepted: 5 × invalid ISO-8601, such as "never", "soon", "late"\n {2}try --time-format FORMAT, or another column: --time COLUMN; see them: --rejects rejects.csv$/
    )
    assert.match(read(at, "s.csv"), /^session_id,.*\n$/)
  })

  it("suggests what fits the reason", async () => {
    const at = directory({
      "csv.json": csv("user,time", rowsOf(3, iso)),
      "none.jsonl": '{"user":null,"time":"2024-07-10T10:00:00Z"}\n'
    })
    const json = await sojourn(join(at, "csv.json"))
    assert.strictEqual(json.code, 1)
    has(
      json.stderr,
      "3 × invalid JSON".replace("3", "4"),
      '"user,time", "u0,2024-07-10T10:00:00Z"',
      "if this is CSV: --format csv"
    )
    const user = await sojourn(join(at, "none.jsonl"), "--user", "user", "--rejects", join(at, "r.csv"))
    has(user.stderr, "1 × missing user", "try another column: --user COLUMN", `all of them are in ${join(at, "r.csv")}`)
  })

  it("ends with 1 over --max-rejects, a number or a share", async () => {
    const at = directory({ "e.jsonl": jsonLines(fiveRecords) })
    const codes = []
    for (const most of ["0", "1", "19%", "20%", "19.9 %"])
      codes.push((await sojourn(join(at, "e.jsonl"), "--max-rejects", most, "-q")).code)
    assert.deepStrictEqual(codes, [1, 0, 1, 0, 1])
    const over = await sojourn(join(at, "e.jsonl"), "--max-rejects", "10%", "-q")
    has(over.stderr, '1 of 5 records were rejected, more than 10 %: 1 × invalid ISO-8601, such as "invalid-timestamp"')
  })

  it("prints nothing but errors with --quiet, and no summary when told so", async () => {
    const at = directory({ "e.jsonl": jsonLines(fiveRecords) })
    assert.deepStrictEqual(await sojourn(join(at, "e.jsonl"), "--quiet"), { code: 0, stdout: "", stderr: "" })
    for (const flags of [["--summary", "none"], ["--no-summary"], ["--no_summary"]]) {
      assert.strictEqual((await sojourn(join(at, "e.jsonl"), ...flags)).stdout, "")
    }
    const { stdout } = await sojourn(join(at, "e.jsonl"), "--summary", "json", "--as-of", "2024-07-10T12:00:00Z")
    const summary = JSON.parse(stdout)
    assert.strictEqual(summary.accounting.read, 5)
    assert.isNumber(summary.seconds)
  })
})

describe("what sojourn sessions refuses", () => {
  const events = jsonLines(fiveRecords)
  const refused: ReadonlyArray<readonly [name: string, flags: ReadonlyArray<string>, message: string]> = [
    [
      "a gap that is none",
      ["--gap", "30"],
      'sojourn: --gap: expected none or a duration such as 500ms, 45s, 30m, 1h, 1d or 1h30m, found "30"'
    ],
    [
      "a boundary that is none",
      ["--boundary", "x"],
      'Invalid value for flag --boundary: "x". Expected: "merge" | "split"'
    ],
    [
      "an unknown flag",
      ["--usr", "x"],
      'Unrecognized flag: --usr in command sojourn sessions (did you mean "--user"?)'
    ],
    [
      "an unknown column",
      ["--user", "user-id"],
      'no column "user-id" (did you mean "user_id"?); there are user_id, event_type, event_time'
    ],
    ["an unknown zone", ["--timezone", "Mars"], '--timezone: unknown time zone "Mars"'],
    ["an unknown time format", ["--time-format", "foo"], '--time-format: unknown time format "foo"'],
    [
      "an output of unknown format",
      ["--out", "x.xls"],
      "--out: cannot tell the format of x.xls from its ending\n  use .csv"
    ],
    ["a packed output", ["--events", "x.csv.gz"], "--events: cannot write x.csv.gz: outputs are not packed"],
    [
      "one file for two outputs",
      ["--out", "x.csv", "--rejects", "./x.csv"],
      "--rejects: ./x.csv gets the sessions already"
    ],
    [
      "standard output for two outputs",
      ["--out", "-", "--events", "-"],
      "--events: standard output gets the sessions already"
    ],
    [
      "a role without a column",
      ["--type", "event_type", "--dedupe", "user,id"],
      "--dedupe names the id, and no column looks like one"
    ],
    ["flags of another format", ["--format", "json", "--header", "none"], "--header is for CSV, not for JSON"],
    [
      "a threshold that is none",
      ["--max-rejects", "x"],
      'sojourn: --max-rejects: expected a number such as 100, or a share such as 5%, found "x"'
    ],
    [
      "a time that is none",
      ["--as-of", "x"],
      'sojourn: --as-of: expected a time such as 2024-07-10T10:00:00Z, found "x"'
    ]
  ]
  for (const [name, flags, message] of refused) {
    it(`${name}: one message, exit code 2`, async () => {
      const at = directory({ "e.jsonl": events })
      const { code, stderr, stdout } = await sojourn("sessions", join(at, "e.jsonl"), ...flags)
      assert.deepStrictEqual([code, stdout], [2, ""])
      has(stderr, message)
      assert.notMatch(stderr, /guessed|\n\s+at /)
    })
  }

  it("an output that would replace an input", async () => {
    const at = directory({ "in/e.jsonl": events })
    const { code, stderr } = await sojourn(join(at, "in"), "--events", join(at, "in/../in/e.jsonl"))
    assert.strictEqual(code, 2)
    has(stderr, "the events would replace", "which is read")
    assert.strictEqual(read(at, "in/e.jsonl"), events)
  })

  it("inputs that are not there or cannot be read: exit code 3", async () => {
    const at = directory({ "a.parquet": "PAR1....", "b.bin": new Uint8Array(500), "d/readme.md": "text" })
    const cases = {
      "no.csv": "no such file: ",
      "*.csv": "no file matches ",
      "a.parquet": "a Parquet file has at least 12 bytes, this has 8",
      "b.bin": "it is no text",
      d: "has no file to read"
    }
    for (const [name, message] of Object.entries(cases)) {
      const { code, stderr } = await sojourn("sessions", join(at, name), "--out", join(at, "o.csv"))
      assert.strictEqual(code, 3, name)
      has(stderr, message)
    }
    assert.isFalse(existsSync(join(at, "o.csv")))
  })

  it("outputs that cannot be written: exit code 3, before anything is read", async () => {
    const at = directory({ "e.jsonl": events, file: "", "dir.csv/x": "" })
    const cases = { "dir.csv": "it is a directory", "file/o.csv": "part of the path is a file" }
    for (const [out, message] of Object.entries(cases)) {
      const { code, stderr } = await sojourn(join(at, "e.jsonl"), "--out", join(at, out))
      assert.strictEqual(code, 3)
      has(stderr, `cannot write ${join(at, out)}: `, message)
    }
  })
})
