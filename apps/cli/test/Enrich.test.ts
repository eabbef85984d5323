import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"
import { csv } from "./support/records.ts"

const spec = (at: string): string => `version: 1
name: shop
source: { uri: "${at}/events.csv" }
event:
  user: user_id
  time: time
  enrich:
    users:
      source: { uri: "${at}/users.csv" }
      key: id
      on: user_id
      columns: { plan: plan, seats: "seats::int64" }
sessions: { gap: 30m, columns: { plan: first(plan) } }
tables: { plans: { from: sessions, by: [plan], columns: { sessions: count(*), events: sum(event_count) } } }
outputs:
  events: { uri: "${at}/out/events.csv", columns: [user_id, time, plan, seats] }
  plans: { uri: "${at}/out/plans.csv" }
`

const time = (minute: number): string => `2024-07-10T10:0${minute}:00Z`
const events = csv("user_id,time", [
  ["u1", time(0)],
  ["u2", time(1)],
  ["u1", time(2)],
  ["u3", time(3)],
  ["u3", time(4)],
  ["u4", time(5)]
])
const users = csv("id,plan,seats", [
  ["u1", "free", 1],
  ["u2", "paid", 20],
  ["u1", "paid", 3]
])

const folder = (change: (text: string) => string = (text) => text, files: Readonly<Record<string, string>> = {}) => {
  const at = directory({ "events.csv": events, "users.csv": users, ...files })
  const path = join(directory({ "spec.yaml": change(spec(at)) }), "spec.yaml")
  return { at, path }
}

describe("sojourn run, with a file that is joined to events", () => {
  it("writes its columns, and sums up keys that are missing or there twice", async () => {
    const { at, path } = folder()
    const { code, stderr, stdout } = await sojourn("run", path)
    assert.strictEqual(code, 0, stderr)
    assert.strictEqual(
      readFileSync(join(at, "out/events.csv"), "utf8"),
      csv("user_id,time,plan,seats", [
        ["u1", time(0), "free", 1],
        ["u1", time(2), "free", 1],
        ["u2", time(1), "paid", 20],
        ["u3", time(3), "", ""],
        ["u3", time(4), "", ""],
        ["u4", time(5), "", ""]
      ])
    )
    assert.strictEqual(
      readFileSync(join(at, "out/plans.csv"), "utf8"),
      "plan,sessions,events\n,2,3\nfree,1,2\npaid,1,1\n"
    )
    assert.match(
      stdout,
      /^joined +users: 3 records, 1 with the key of an earlier one, not there for 3 events \(2 different keys\)$/m
    )
  })

  it("warns of columns that no row has a value for, and of a file without rows", async () => {
    const { path } = folder((text) => text, { "users.csv": "id,seats\nu1,\n" })
    const { code, stdout } = await sojourn("run", path)
    assert.strictEqual(code, 0)
    assert.match(stdout, /^warning +no record of .*users\.csv \(enrich users\) has a value for plan, seats$/m)
    const empty = folder((text) => text, { "users.csv": "" })
    assert.match((await sojourn("run", empty.path)).stdout, /^warning +no records in .*users\.csv \(enrich users\)$/m)
  })

  it("has the same counts as JSON, for one thread and two", async () => {
    const { path } = folder((text) => text, { "users.csv": `${users}u9,free\n` })
    for (const threads of ["1", "2"]) {
      const { stdout } = await sojourn("run", path, "--summary", "json", "--threads", threads)
      const { enriched, warnings } = JSON.parse(stdout)
      assert.deepStrictEqual(enriched, [
        { name: "users", records: 4, rejected: 1, doubled: 1, unmatched: 3, unmatched_keys: 2 }
      ])
      assert.match(
        warnings[0],
        /^1 of 4 records of .*users\.csv \(enrich users\) could not be read: 1 × expected 3 fields/
      )
    }
  })

  const wrong: ReadonlyArray<readonly [string, (text: string) => string, number, RegExp]> = [
    [
      "is not there",
      (text) => text.replace("/users.csv", "/no.csv"),
      3,
      /^sojourn: event\.enrich\.users\.source: no such file: /
    ],
    [
      "lacks the key",
      (text) => text.replace("key: id", "key: nr"),
      2,
      /enrich\.users\.key: no record of .*users\.csv has a value for "nr"\n {2}name a column/
    ],
    [
      "does not fit an expression",
      (text) => text.replace("seats::", "plan::"),
      3,
      /enrich\.users\.columns\.seats: invalid int64 in "plan"; write try_cast/
    ],
    [
      "would be replaced",
      (text) => text.replace("out/plans", "users"),
      2,
      /users\.csv: the plans would replace .*users\.csv, which is read/
    ],
    [
      "has an unknown format",
      (text) => text.replace('/users.csv"', '/users.csv", format: xls'),
      2,
      /spec\.yaml:9:\d+: no format "xls" to read/
    ],
    [
      "is standard input, which is read already",
      (text) => text.replace(/"[^"]*events\.csv" }/, '"-" }').replace(/"[^"]*users\.csv" }/, '"/dev/stdin" }'),
      2,
      /spec\.yaml:9:22: standard input is read already/
    ]
  ]
  for (const [name, change, expected, message] of wrong) {
    it(`says clearly when it ${name}`, async () => {
      const { at, path } = folder(change)
      const { code, stderr } = await sojourn("run", path)
      assert.match(stderr, message)
      assert.strictEqual(code, expected)
      assert.isFalse(existsSync(join(at, "out/plans.csv")))
    })
  }
})

describe("sojourn lint and preview, with a file that is joined to events", () => {
  it("lint needs no file", async () => {
    const { path } = folder((text) => text.replaceAll(/"[^"]*(events|users)\.csv" }/g, '"/no/$1.csv" }'))
    assert.deepStrictEqual(await sojourn("lint", path), { code: 0, stdout: `${path}: no problems\n`, stderr: "" })
  })

  it("preview reads all of it", async () => {
    const { path } = folder()
    const { stdout } = await sojourn("preview", path, "-n", "2")
    assert.include(stdout, "users: 3 records, 1 with the key of an earlier one\n")
    assert.match(stdout, /^u2 .* paid +20$/m)
  })
})
