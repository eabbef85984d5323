import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"
import { csv, instants, iso, jsonLines } from "./support/records.ts"

const plain = jsonLines(
  instants(60, 400).map((at, i) => ({
    user_id: i % 7,
    event_time: iso(at),
    event_type: i % 3 ? "view" : "buy",
    page: `/${i % 5}`,
    id: i % 50
  }))
)
const nested = jsonLines(
  instants(60, 700).map((at, i) => ({
    payload: { user: { id: `u${i % 4}`, name: "n" }, "odd key": i % 9 },
    meta: { ts: at.getTime() },
    session_id: "s",
    "a.b": i,
    'quo"te': null,
    "": 1,
    $event: 2,
    "${HOME}": 3,
    __proto: 4,
    constructor: 5,
    "- x: y": "#1"
  }))
)
const table = csv(
  "User ID;When;kind;note",
  instants(50, 1000).map((at, i) => [`${i % 6};${iso(at).replace("T", " ").replace("Z", "")};k${i % 2};"a;b"`])
)

const files = {
  "plain.jsonl": plain,
  "nested.jsonl": nested,
  "table.csv": table,
  "more/a.csv": table,
  "more/b.jsonl": plain
}

const cases: ReadonlyArray<readonly [file: string, ...flags: ReadonlyArray<string>]> = [
  ["plain.jsonl"],
  ["plain.jsonl", "--gap", "20m", "--boundary", "split", "--dedupe", "none"],
  ["plain.jsonl", "--gap", "none", "--dedupe", "record"],
  ["plain.jsonl", "--dedupe", "id", "--columns", "page,user"],
  ["plain.jsonl", "--dedupe", "user,time,type"],
  ["plain.jsonl", "--dedupe", "user,page", "--columns", "time,session_id,type,user"],
  ["plain.jsonl", "--user", "page", "--type", "user_id", "--timezone", "Europe/Berlin", "--layout", "lines"],
  ["plain.jsonl", "--user", "user_id,page", "--columns", "user,time", "--dedupe", "user,type"],
  ["nested.jsonl"],
  ["nested.jsonl", "--dedupe", "user,time,odd key", "--columns", 'quo"te,a.b,- x: y,constructor,payload.user'],
  ["nested.jsonl", "--user", "session_id", "--columns", "user,payload.user.id,time"],
  ["table.csv", "--time", "When"],
  ["table.csv", "--time", "When", "--header", "User ID,When,kind,note", "--timezone", "+02:00", "--delimiter", ";"],
  [
    "table.csv",
    "--header",
    "none",
    "--user",
    "c1",
    "--time",
    "c2",
    "--time-format",
    "yyyy-MM-dd HH:mm:ss",
    "--dedupe",
    "user,c3"
  ],
  ["more", "--user", "User ID,user_id", "--time", "event_time"],
  ["more/*.jsonl", "--gap", "1h30m"]
]

describe("--print-spec", () => {
  for (const [file, ...flags] of cases) {
    it(`makes what ${[file, ...flags].join(" ")} makes`, async () => {
      const at = directory(files)
      const outputs = (name: string) => {
        const inside = (output: string) => join(at, name, output)
        return [
          "--out",
          inside("s.csv"),
          "--events",
          inside("e.jsonl"),
          "--rejects",
          inside("r.csv"),
          "--as-of",
          "2024-08-01T00:00:00Z"
        ]
      }
      const words = ["sessions", join(at, file), ...flags, ...outputs("made")]
      const made = await sojourn(...words, "--summary", "json")
      assert.isBelow(made.code, 2, made.stderr)
      const before = contents(join(at, "made"))
      assert.strictEqual(Object.keys(before).length, 3)

      const printed = await sojourn(...words, "--print-spec")
      assert.strictEqual(printed.code, 0)
      assert.notInclude(printed.stdout, "guessed")
      writeFileSync(join(at, "spec.yaml"), printed.stdout)
      const linted = await sojourn("lint", join(at, "spec.yaml"))
      assert.strictEqual(linted.code, 0, linted.stderr)

      for (const name of Object.keys(before)) writeFileSync(join(at, "made", name), "")
      const ran = await sojourn("run", join(at, "spec.yaml"), "--as-of", "2024-08-01T00:00:00Z", "--summary", "json")
      assert.strictEqual(ran.code, made.code, ran.stderr)
      assert.deepStrictEqual(contents(join(at, "made")), before)
      assert.deepStrictEqual(withoutTime(ran.stdout), withoutTime(made.stdout))
    })
  }

  it("writes nothing", async () => {
    const at = directory(files)
    await sojourn(join(at, "plain.jsonl"), "--print-spec", "--out", join(at, "made/s.csv"))
    assert.notInclude(readdirSync(at), "made")
  })
})

const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]))

const withoutTime = (text: string): unknown => ({ ...(JSON.parse(text) as object), seconds: 0 })
