import { assert, describe, it, onTestFinished } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"
import { fiveRecords, jsonLines } from "./support/records.ts"

const spec = (at: string, extra = ""): string => `version: 1
name: shop
description: What a shop sells
params:
  gap: { type: duration, default: 30m, description: a longer pause ends a session }
  sessions_out: { type: path, optional: true }
  strict: { type: boolean, default: false }
  user: {}
source: { uri: "${at}/e.jsonl" }
event: { user: { param: user }, time: event_time, columns: { kind: event_type } }
sessions: { gap: { param: gap }, columns: { kinds: count(distinct kind) } }
tables:
  days: { from: sessions, by: [date], columns: { sessions: count(*) } }
outputs:
  sessions: { uri: { param: sessions_out }, columns: [user_id, kinds] }
  days: { uri: "${at}/days.csv" }
${extra}`

const folder = (text?: (at: string) => string) => {
  const at = directory({ "e.jsonl": jsonLines(fiveRecords) })
  return { at, path: join(directory({ "spec.yaml": (text ?? spec)(at) }), "spec.yaml") }
}

describe("sojourn run", () => {
  it("takes the params of a spec as flags, with _ or -, before or after it", async () => {
    const { at, path } = folder()
    const flags = ["--user", "user_id", "--gap=1m", "--sessions_out", join(at, "s.csv")]
    for (const words of [
      [path, ...flags],
      [...flags, path],
      ["-q", ...flags, path]
    ]) {
      const { code, stderr } = await sojourn("run", ...words)
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual(readFileSync(join(at, "s.csv"), "utf8"), "user_id,kinds\n1,1\n1,1\n2,1\n")
      assert.strictEqual(readFileSync(join(at, "days.csv"), "utf8"), "date,sessions\n2024-07-10,3\n")
    }
  })

  it("leaves out an output whose optional param is not given, and shows its sessions instead", async () => {
    const { at, path } = folder()
    const { code, stdout } = await sojourn("run", path, "--user", "user_id")
    assert.strictEqual(code, 0)
    assert.isFalse(existsSync(join(at, "s.csv")))
    assert.include(stdout, "(days, 1 row)\n")
    assert.include(stdout, "first sessions\n")
  })

  it("takes every word after the flag of a list as an item, and its flag again", async () => {
    const at = directory({ "a.jsonl": jsonLines(fiveRecords), "b c.jsonl": jsonLines(fiveRecords), "d.jsonl": "" })
    const text = `version: 1
name: several
params: { input: { type: list }, quick: { type: boolean, default: false }, keys: { type: list, default: [x], choices: [x, y] } }
source: { uri: { param: input } }
event: { user: user_id, time: event_time, where: "\${quick} or 'y' in (\${keys})" }
dedupe: none
outputs: { events: { uri: "${at}/out.csv", columns: [user_id] } }
`
    const path = join(directory({ "spec.yaml": text }), "spec.yaml")
    const [a, b, d] = ["a.jsonl", "b c.jsonl", "d.jsonl"].map((file) => join(at, file))
    for (const words of [
      [path, "--input", a, b, d, "--quick"],
      ["--input", a, path, "--input", b, d, "--quick"],
      ["--input", `${a},${b}`, path, "--quick"],
      [path, "--keys=x,y", "--input", a, "--input", b],
      ["--quick", path, "--input", a, b],
      ["--input", a, "--input", b, "--quick", path, "-q"],
      ["--no-quick", path, "--keys=x,y", "--input", a, b]
    ]) {
      const { code, stderr } = await sojourn("run", ...words)
      assert.strictEqual(code, 0, stderr)
      assert.lengthOf(readFileSync(join(at, "out.csv"), "utf8").trimEnd().split("\n"), 9)
    }
    const { code, stderr } = await sojourn("run", path, "--input", a, "--keys", "z")
    assert.strictEqual(code, 2)
    assert.include(stderr, '--keys: expected x or y, found "z"')
  })

  it("has the params in its help, with what they are for", async () => {
    const { path } = folder()
    const { code, stdout } = await sojourn("run", path, "--help")
    assert.strictEqual(code, 0)
    for (const line of [
      "What a shop sells",
      "--gap DURATION",
      "a longer pause ends a session (default 30m)",
      "--sessions-out FILE",
      "(optional)",
      "--user TEXT",
      "(required)"
    ]) {
      assert.include(stdout, line)
    }
  })

  it("prints the plan as JSON with --explain, and runs nothing", async () => {
    const { at, path } = folder()
    const { stdout } = await sojourn("run", path, "--user", "user_id", "--gap", "none", "--explain")
    const plan = JSON.parse(stdout)
    assert.deepStrictEqual(
      [plan.version, plan.name, plan.sessionize.rules, plan.validate.user.name],
      [1, "shop", [], "user_id"]
    )
    assert.isFalse(existsSync(join(at, "days.csv")))
  })

  it("fills in the environment", async () => {
    const { path } = folder(
      () => "version: 1\nname: x\nsource:\n  uri: in/\u0024{SOJOURN_TEST}\nevent: { user: user_id, time: event_time }\n"
    )
    assert.include((await sojourn("run", path)).stderr, `${path}:4:8: the environment has no SOJOURN_TEST\n`)
  })

  const wrong: ReadonlyArray<readonly [string, ReadonlyArray<string>, string]> = [
    ["a param that is missing", [], ':10:16: the param "user" has no value\n  give it: --user …'],
    [
      "a value that does not fit its param",
      ["--user", "user_id", "--gap", "soon"],
      "--gap: expected none or a duration such as"
    ],
    [
      "a flag that is no param",
      ["--usre", "x"],
      'Unrecognized flag: --usre in command sojourn run (did you mean "--user"?)'
    ]
  ]
  for (const [name, flags, message] of wrong) {
    it(`ends with 2 for ${name}`, async () => {
      const { code, stderr, stdout } = await sojourn("run", folder().path, ...flags)
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.include(stderr, message)
    })
  }

  it("ends with 2 where there is no such spec or recipe", async () => {
    const at = directory()
    const recipe = await sojourn("run", "events")
    assert.deepStrictEqual([recipe.code, recipe.stderr.split("\n")[0]], [2, 'sojourn: no recipe "events"'])
    assert.include(recipe.stderr, "event-sessions")
    for (const name of ["no.yaml", "no.yml", "no.json", "dir/no"]) {
      const { code, stderr } = await sojourn("run", join(at, name))
      assert.strictEqual(code, 2)
      assert.include(stderr, `cannot read ${join(at, name)}: no such file`)
    }
  })

  it("ends with 1 when nothing can be accepted, and names the place in the spec", async () => {
    const { path } = folder()
    const { code, stderr } = await sojourn("run", path, "--user", "nobody")
    assert.strictEqual(code, 1)
    assert.include(
      stderr,
      "none of 5 records could be accepted: 5 × missing nobody\n  see event.user in the spec; write them out: outputs.rejects"
    )
  })
})

describe("sojourn lint", () => {
  it("finds nothing wrong with a spec whose params a run will give, and reads no data", async () => {
    const at = directory({ "spec.yaml": spec("/no/such/directory") })
    const { code, stdout } = await sojourn("lint", join(at, "spec.yaml"))
    assert.deepStrictEqual([code, stdout], [0, `${join(at, "spec.yaml")}: no problems\n`])
  })

  it("knows the recipes by name, and `recipes` lists them", async () => {
    const lines = (await sojourn("recipes")).stdout.trim().split("\n")
    const names = lines.map((line) => line.split(" ")[0])
    for (const line of lines) assert.match(line, /^[a-z-]+ {2,}\S/)
    assert.include(names, "event-sessions")
    // A secret that a recipe needs has to be there.
    process.env.STUDENT_KEY = "secret"
    onTestFinished(() => void Reflect.deleteProperty(process.env, "STUDENT_KEY"))
    for (const name of names) assert.strictEqual((await sojourn("lint", name)).code, 0, name)
  })

  const wrong: ReadonlyArray<readonly [string, (text: string) => string, ReadonlyArray<string>]> = [
    [
      "a misspelt key",
      (text) => text.replace("by: [date]", "bye: [date]"),
      [':13:27: unknown "bye" (did you mean "by"?)']
    ],
    ["an unknown output format", (text) => text.replace("days.csv", "days.xls"), [":16:16: cannot tell the format of"]],
    [
      "a format that cannot be written",
      (text) => `${text}  rejects: { uri: r.csv, format: xlsx }\n`,
      [':17:34: no format "xlsx" to write; expected csv, json, parquet or duckdb']
    ],
    [
      "two outputs in one file",
      (text) => `${text}  rejects: { uri: "days.csv" }\n  events: { uri: ./days.csv }\n`,
      [":18:18: ./days.csv gets the rejects already"]
    ],
    [
      "params that are flags of the command",
      (text) => text.replace("  gap:", "  as_of: {}\n  q: {}\n  gap:"),
      [':5:3: the param "as_of" becomes the flag --as-of, which is a flag of the command itself', ':6:3: the param "q"']
    ],
    [
      "params that are the same flag",
      (text) => text.replace("  user: {}", "  user: {}\n  sessions-out: {}"),
      [':9:3: the param "sessions-out" becomes the flag --sessions-out, which is the flag of "sessions_out"']
    ],
    [
      "params that cannot be flags",
      (text) => text.replace("  user: {}", '  user: {}\n  "a b": {}'),
      [':9:3: the param "a b"']
    ],
    ["what is not YAML", () => "a: [\n", [":2:1: not valid YAML"]],
    ["nothing", () => "", [':1:1: expected a spec: a map that starts with "version: 1", found nothing']]
  ]
  for (const [name, change, messages] of wrong) {
    it(`tells file, line and column of ${name}`, async () => {
      const { path } = folder((at) => change(spec(at)))
      const { code, stderr, stdout } = await sojourn("lint", path)
      assert.deepStrictEqual([code, stdout], [2, ""])
      for (const message of messages) assert.include(stderr, path + message)
    })
  }
})

describe("sojourn preview", () => {
  it("runs on the first records and shows the tables as they would be written", async () => {
    const { at, path } = folder()
    const flags = ["--user", "user_id", "--sessions-out", join(at, "s.csv")]
    const { code, stdout } = await sojourn("preview", path, "-n", "2", ...flags)
    assert.strictEqual(code, 0)
    assert.include(stdout, "records     2 from ")
    assert.include(stdout, "sessions\nuser_id  kinds\n      1      2\n")
    assert.include(stdout, "days\ndate        sessions\n2024-07-10         1\n")
    assert.isFalse(existsSync(join(at, "s.csv")) || existsSync(join(at, "days.csv")))
    assert.include((await sojourn("preview", path, ...flags)).stdout, "records     5 from ")
  })
})
