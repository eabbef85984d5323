import { assert, describe, it } from "@effect/vitest"
import type { Summary } from "@sojourn/core"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"
import { csv } from "./support/records.ts"

const spec = (at: string): string => `version: 1
name: shop
source: { uri: "${at}/events.csv" }
event: { user: user_id, time: time, columns: { price: price::double } }
sessions: { gap: 30m, columns: { paid: sum(price) } }
checks:
  - { name: paid, on: sessions, expect: paid > 1, severity: error }
  - { name: revenue, on: events, assert: sum(price), at_least: 90% of previous, severity: warn }
  - { name: rejects, rate: rejected / read, at_most: 40% }
outputs:
  sessions: { uri: "${at}/out/sessions.csv" }
  findings: { uri: "${at}/out/findings.csv", columns: [check, outcome, value, n] }
  history: { uri: "${at}/out/history.csv" }
`
const events = (price: number): string =>
  csv("user_id,time,price", [
    ["u1", "2024-07-10T10:00:00Z", price],
    ["u2", "2024-07-10T10:05:00Z", 5],
    ["", "2024-07-10T10:05:00Z", 5]
  ])

const folder = (price: number) => {
  const at = directory({ "events.csv": events(price) })
  const path = join(at, "spec.yaml")
  writeFileSync(path, spec(at))
  return { at, run: (day: string, ...flags: ReadonlyArray<string>) => sojourn("run", path, "--as-of", day, ...flags) }
}
const read = (at: string, name: string): string => readFileSync(join(at, "out", name), "utf8")

describe("sojourn run, with checks", () => {
  it("exits with 0 where all is well, and says so", async () => {
    const { at, run } = folder(20)
    const { code, stderr, stdout } = await run("2024-07-11T00:00Z")
    assert.deepStrictEqual([code, stderr], [0, ""])
    assert.match(stdout, /^checks +3 passed$/m)
    assert.strictEqual(
      read(at, "findings.csv"),
      csv("check,outcome,value,n", [
        ["paid", "passed", 0, 2],
        ["revenue", "passed", 25, 2],
        ["rejects", "passed", 1 / 3, 3]
      ])
    )
  })

  it("exits with 1 where a check of severity error fails, with all outputs written", async () => {
    const { at, run } = folder(1)
    const { code, stderr, stdout } = await run("2024-07-11T00:00Z")
    assert.strictEqual(code, 1)
    assert.strictEqual(stderr, "sojourn: a check failed\n  paid (sessions): 1 of 2 rows fails, expected at most 0")
    assert.match(stdout, /^checks +2 passed, 1 failed$/m)
    assert.include(
      stdout,
      `
failed   paid (sessions): 1 of 2 rows fails, expected at most 0
         user_id u1, session_start 2024-07-10T10:00:00Z, paid 1
`
    )
    assert.include(read(at, "sessions.csv"), "u2")
    assert.include(read(at, "findings.csv"), "paid,failed,1,2")
  })

  it("exits with 0 where only warnings are found, by the run before, which a run does not take for itself", async () => {
    const { at, run } = folder(20)
    await run("2024-07-11T00:00Z", "--threads", "1")
    writeFileSync(join(at, "events.csv"), events(2))
    for (const threads of ["1", "2"]) {
      const { code, stderr, stdout } = await run("2024-07-12T00:00Z", "--threads", threads)
      assert.deepStrictEqual([code, stderr], [0, ""])
      assert.match(stdout, /^checks +2 passed, 1 warning$/m)
      assert.match(
        stdout,
        /^warning +revenue \(events\): 7 \(n = 2\), expected at least 90 % of 25, which the run before had$/m
      )
      assert.strictEqual(read(at, "history.csv").split("\n").length, 8)
    }
  })

  it("has findings in the summary as JSON", async () => {
    const { run } = folder(1)
    const { stdout } = await run("2024-07-11T00:00Z", "--summary", "json")
    const { findings } = JSON.parse(stdout) as Summary
    assert.deepStrictEqual(findings[0], {
      check: "paid",
      table: "sessions",
      input: null,
      severity: "error",
      outcome: "failed",
      value: 1,
      threshold: "at most 0",
      n: 2,
      message: "1 of 2 rows fails, expected at most 0",
      samples: [{ user_id: "u1", session_start: "2024-07-10T10:00:00Z", paid: 1 }]
    })
    assert.strictEqual(findings.length, 3)
  })

  it("a quiet run tells what failed, and nothing of warnings", async () => {
    const { run } = folder(1)
    const { code, stderr, stdout } = await run("2024-07-11T00:00Z", "--quiet")
    assert.deepStrictEqual([code, stdout], [1, ""])
    assert.include(stderr, "paid (sessions): 1 of 2 rows fails")
  })

  it("says which file is no history, before anything is written", async () => {
    const { at, run } = folder(1)
    await run("2024-07-11T00:00Z")
    writeFileSync(join(at, "out/history.csv"), "a,b\n1,2\n")
    writeFileSync(join(at, "out/sessions.csv"), "kept")
    const { code, stderr } = await run("2024-07-11T00:00Z")
    assert.strictEqual(code, 3)
    assert.match(stderr, /outputs\.history: .*history\.csv is not the history that a run has written\n {2}name another/)
    assert.strictEqual(read(at, "sessions.csv"), "kept")
    assert.isTrue(existsSync(join(at, "out/history.csv")))
  })

  it("preview shows what checks find", async () => {
    const { at } = folder(1)
    const { code, stdout } = await sojourn("preview", join(at, "spec.yaml"))
    assert.strictEqual(code, 0)
    assert.match(stdout, /^findings\ncheck +outcome +value +n$/m)
    assert.isFalse(existsSync(join(at, "out")))
  })
})
