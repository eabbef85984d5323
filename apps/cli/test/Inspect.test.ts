import { assert, describe, it } from "@effect/vitest"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"
import { csv, instants, iso, jsonLines, rowsOf } from "./support/records.ts"

describe("sojourn inspect", () => {
  it("shows columns with type, fill rate and samples, the guess, and the times between events", async () => {
    const records = instants(40, 45).map((at, i) => ({
      user: `u${i % 2}`,
      ts: iso(at),
      n: i % 4 === 0 ? null : i,
      o: { flag: i > 20 }
    }))
    const at = directory({ "e.jsonl": jsonLines(records) })
    const { code, stdout } = await sojourn("inspect", join(at, "e.jsonl"))
    assert.strictEqual(code, 0)
    assert.include(stdout, "JSON lines; 40 records\n")
    assert.match(stdout, /\nuser +text +100 % +2 {2}u0, u1\n/)
    assert.match(stdout, /\nn +number +75 % +30 {2}1, 2, 3\n/)
    assert.match(stdout, /\no\.flag +boolean +100 % +2 {2}false, true\n/)
    assert.include(stdout, "--user user ")
    assert.include(stdout, "time span  2024-07-10T10:00:00Z to 2024-07-10T10:29:15Z")
    assert.match(stdout, /time between a user's events\n {2}≤ 2m {6}38 {2}█{40}\n$/)
  })

  it("says what it cannot guess, and what to do about a missing header", async () => {
    const at = directory({ "x.csv": "a,b\n1,2\n", "data.csv": csv("", rowsOf(5, iso)).slice(1), "empty.json": "" })
    const open = await sojourn("inspect", join(at, "x.csv"))
    assert.strictEqual(open.code, 0)
    assert.include(open.stdout, "cannot tell which column is the user: there are a, b")
    const headerless = await sojourn("inspect", join(at, "data.csv"))
    assert.include(headerless.stdout, "looks like data, not like names\n  say what it is: --header none")
    assert.include((await sojourn("inspect", join(at, "data.csv"), "--header", "none")).stdout, "\nc2 ")
    assert.include((await sojourn("inspect", join(at, "empty.json"))).stdout, "0 records\n")
  })

  it("shows no control characters of the input", async () => {
    const at = directory({ "x.csv": 'a\u001b[31m,user\n"1\n\u0007",2\n' })
    assert.notMatch((await sojourn("inspect", join(at, "x.csv"))).stdout, /[^\P{Cc}\n]/u)
  })
})
