import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"
import { fiveRecords, jsonLines } from "./support/records.ts"

const spec = (at: string) => `version: 1
name: stepped
params:
  more: { type: path, optional: true }
steps:
  add:
    source: { uri: { param: more } }
    event: { user: user_id }
    outputs: { events: { uri: "${at}/added.csv" } }
  sessions:
    source: { uri: "${at}/e.jsonl" }
    event: { user: user_id, time: event_time }
    sessions: { gap: 30m }
    outputs: { sessions: { uri: "${at}/s.csv", columns: [session_id, user_id, session_start] } }
  days:
    source: { uri: "${at}/s.csv" }
    event: { id: { as: id, value: session_id }, user: user_id, time: session_start }
    tables: { days: { from: events, by: [{ day: date(session_start) }], columns: { sessions: count(*) } } }
    outputs: { days: { uri: "${at}/days.csv" } }
    console: { summary: [days] }
`

const folder = () => {
  const at = directory({ "e.jsonl": jsonLines(fiveRecords) })
  return { at, path: join(directory({ "spec.yaml": spec(at) }), "spec.yaml") }
}

describe("a spec with steps", () => {
  it("does them in order: a later one reads what an earlier one wrote", async () => {
    const { at, path } = folder()
    const { code, stderr, stdout } = await sojourn("run", path)
    assert.strictEqual(code, 0, stderr)
    assert.match(stdout, /^sessions\nrecords [^]*\n\ndays\ndays\nday +sessions\n2024-07-10 +\d\n$/)
    assert.isFalse(existsSync(join(at, "added.csv")))
    const sessions = readFileSync(join(at, "s.csv"), "utf8").trimEnd().split("\n").length - 1
    assert.strictEqual(readFileSync(join(at, "days.csv"), "utf8"), `day,sessions\n2024-07-10,${sessions}\n`)
  })

  it("does one of them with --step, and says why it cannot", async () => {
    const { at, path } = folder()
    assert.strictEqual((await sojourn("run", path, "--step", "sessions")).code, 0)
    assert.isFalse(existsSync(join(at, "days.csv")))
    const missing = await sojourn("run", path, "--step", "add")
    assert.deepStrictEqual([missing.code, missing.stdout], [2, ""])
    assert.include(missing.stderr, 'the step "add" is not run: its source is params that were not given')
    assert.strictEqual((await sojourn("run", path, "--step", "add", "--more", join(at, "e.jsonl"))).code, 0)
    assert.isTrue(existsSync(join(at, "added.csv")))
    const other = await sojourn("run", path, "--step", "other")
    assert.strictEqual(other.code, 2)
    assert.include(other.stderr, "other")
  })

  it.each([
    ["an output", `outputs: { days: { uri: "$AT/days.csv" }, s: { uri: "$AT/../$NAME/s.csv", table: days } }`, "s.csv"],
    ["a report", `reports: { r: { uri: "$AT/added.csv.md", template: x } }`, undefined],
    ["a table of a database", `outputs: { days: { uri: "$AT/d.duckdb" } }`, undefined]
  ])("does not replace what an earlier step has written: %s", async (_, more, replaced) => {
    const { at, path } = folder()
    const outputs = more.replaceAll("$AT", at).replaceAll("$NAME", at.split("/").at(-1) ?? "")
    writeFileSync(path, readFileSync(path, "utf8").replace(/outputs: \{ days: .*/, outputs))
    const { code, stderr } = await sojourn("lint", path)
    assert.strictEqual(code, replaced === undefined ? 0 : 2, stderr)
    if (replaced !== undefined) assert.match(stderr, /s\.csv is written by the step "sessions" already/)
  })

  it("stops at the step that fails", async () => {
    const { at, path } = folder()
    const { code, stderr } = await sojourn("run", path, "--more", join(at, "none.jsonl"))
    assert.strictEqual(code, 3)
    assert.include(stderr, "no such file")
    assert.isFalse(existsSync(join(at, "s.csv")))
  })

  it("is checked, explained and shown as a whole", async () => {
    const { path } = folder()
    assert.strictEqual((await sojourn("lint", path)).code, 0)
    const { stdout } = await sojourn("run", path, "--explain", "--step", "days")
    assert.strictEqual(
      (JSON.parse(stdout) as ReadonlyArray<{ tables: ReadonlyArray<{ name: string }> }>)[0].tables[0].name,
      "days"
    )
    assert.match((await sojourn("preview", path)).stdout, /^records +5 from/)
    const help = (await sojourn("run", path, "--help")).stdout
    assert.match(help, /--step .*Do this step only/)
    const json = await sojourn("run", path, "--summary", "json")
    assert.deepStrictEqual(
      (JSON.parse(json.stdout) as ReadonlyArray<{ step: string }>).map(({ step }) => step),
      ["sessions", "days"]
    )
  })

  /** Both steps read the same; of five records one is bad. */
  const shared = (at: string) => `version: 1
name: shared
steps:
  validate:
    source: { uri: "${at}/in/*.jsonl" }
    event: { user: user_id, time: event_time }
    outputs: { rejects: { uri: "${at}/out/bad.csv", columns: [event, code] } }
  load:
    source: { uri: "${at}/in/*.jsonl" }
    event: { user: user_id, time: event_time }
    tables: { users: { from: events, by: [user_id], columns: { n: count(*) } } }
    outputs: { users: { uri: "${at}/out/users.csv" }, inputs: { uri: "${at}/out/inputs.csv", columns: [records] } }
`
  const sharing = (records: ReadonlyArray<object>) => {
    const at = directory({ "in/e.jsonl": jsonLines(records) })
    writeFileSync(join(at, "spec.yaml"), shared(at))
    const out = (name: string) => {
      const path = join(at, "out", name)
      return existsSync(path) ? readFileSync(path, "utf8") : undefined
    }
    return { at, path: join(at, "spec.yaml"), out }
  }
  const good = { user_id: "u", event_time: "2024-07-10T10:00:00Z" }

  it("tells of each step where two read the same, which is read once", async () => {
    const { out, path } = sharing([good, { ...good, user_id: null }, good])
    const { code, stderr, stdout } = await sojourn("run", path, "--profile")
    assert.strictEqual(code, 0, stderr)
    const [validate, load] = stdout.split(/\n\n(?=load\n)/)
    for (const told of [validate, load]) assert.match(told, /^(validate|load)\nrecords +3 from[^]*\nrejected +1 /)
    assert.match(validate, /bad\.csv \(rejects, 1 row\)$/m)
    assert.notMatch(validate, /users\.csv/)
    assert.match(load, /users\.csv \(users, 1 row\)\n.*inputs\.csv \(inputs, 1 row\)$/m)
    assert.notMatch(load, /bad\.csv/)
    assert.strictEqual(stderr.match(/time of all threads/g)?.length, 1)
    const together = ["bad.csv", "users.csv", "inputs.csv"].map(out)
    assert.deepStrictEqual(together, ["event,code\n2,field.missing\n", "user_id,n\nu,1\n", "records\n3\n"])
    for (const step of ["validate", "load"]) await sojourn("run", path, "--step", step)
    assert.deepStrictEqual(["bad.csv", "users.csv", "inputs.csv"].map(out), together)
    const json = await sojourn("run", path, "--summary", "json")
    const summaries = JSON.parse(json.stdout) as ReadonlyArray<{ step: string; outputs: ReadonlyArray<object> }>
    assert.deepStrictEqual(
      summaries.map(({ outputs, step }) => [step, outputs.length]),
      [
        ["validate", 1],
        ["load", 2]
      ]
    )
  })

  it.each([
    ["too many records are rejected", [good, { ...good, user_id: null }], ["--max-rejects", "10%"]],
    ["none can be accepted", [{ ...good, user_id: null }], []]
  ])("does not do the second of them when %s", async (_, records, flags) => {
    const { out, path } = sharing(records)
    const { code, stderr, stdout } = await sojourn("run", path, ...flags)
    assert.strictEqual(code, 1, stderr)
    assert.notMatch(stdout, /^load$/m)
    assert.match(out("bad.csv") ?? "", /field\.missing/)
    assert.isUndefined(out("users.csv"))
    assert.isUndefined(out("inputs.csv"))
  })
})
