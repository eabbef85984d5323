import { assert, describe, it } from "@effect/vitest"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"

const lines = [
  { user: "ann", kind: "view" },
  { user: "bob", kind: "buy" },
  { user: "ann", kind: "buy" },
  { user: "", kind: "view" }
]
  .map((record) => JSON.stringify(record))
  .join("\n")

const run = (console: string, ...flags: ReadonlyArray<string>) => {
  const at = directory({ "e.jsonl": lines })
  const text = `version: 1
name: printed
params: { details: { type: boolean, default: false }, out: { type: path, optional: true } }
source: { uri: "${at}/e.jsonl" }
event: { user: user, columns: { kind: kind } }
tables:
  people: { from: events, by: [user], columns: { n: count(*) } }
  kinds: { from: events, by: [kind], columns: { n: count(*) } }
outputs: { people: { uri: { param: out } }, kinds: { uri: "${at}/kinds.csv" } }
${console}`
  const path = join(directory({ "spec.yaml": text }), "spec.yaml")
  return { at, outcome: sojourn("run", path, ...flags) }
}

const people = "people\nuser  n\nann   2\nbob   1"
const kinds = "kinds\nkind  n\nbuy   2\nview  1"
const warning = "warning  1 of 4 records rejected: 1 × missing user\n"

const both = `console:
  summary: [people]
  tables: [{ table: kinds, when: { param: details } }]
`

describe("console", () => {
  it.each([
    ["in place of the summary", both, [], `${people}\n`, warning],
    ["and besides it, when asked", both, ["--details"], `${people}\n\n${kinds}\n`, warning],
    ["but not with --no-summary", both, ["--no-summary"], "", ""],
    ["what is besides it also then", both, ["--no-summary", "--details"], `${kinds}\n`, ""],
    ["nothing with --quiet", both, ["--quiet", "--details"], "", ""],
    [
      "some columns and rows",
      "console: { summary: [{ table: people, columns: [n, user], rows: 1 }] }",
      [],
      "people\nn  user\n2  ann\nthe first rows only: 1\n",
      warning
    ],
    ["no summary at all", "console: { summary: [] }", [], "", warning],
    [
      "rejects",
      "console: { summary: [{ table: rejects, columns: [event, reason] }] }",
      [],
      "rejects\nevent  reason\n    4  missing user\n",
      warning
    ]
  ])("prints tables: %s", async (_, console, flags, stdout, stderr) => {
    const { at, outcome } = run(console, ...flags)
    assert.deepStrictEqual(await outcome, { code: 0, stdout, stderr })
    assert.isTrue(existsSync(join(at, "kinds.csv")))
  })

  it("tells what a check warns of where the summary is not printed", async () => {
    const checks = `checks: [{ name: views, on: kinds, expect: "n > 1", severity: warn }]\n${both}`
    const { stderr, stdout } = await run(checks).outcome
    assert.deepStrictEqual(
      [stdout, stderr],
      [`${people}\n`, `${warning}warning  views (kinds): 1 of 2 rows fails, expected at most 0\n`]
    )
    assert.strictEqual((await run(checks, "--no-summary").outcome).stderr, "")
  })

  it("prints the summary where it is named, or nothing else is said", async () => {
    for (const console of ["console: { summary: [summary, kinds] }", "console: { tables: [kinds] }"]) {
      const { stderr, stdout } = await run(console).outcome
      assert.match(stdout, /^records +4 from .*\n[^]*\n\nkinds\nkind {2}n\nbuy {3}2\nview {2}1\n$/)
      assert.strictEqual(stderr, "")
    }
  })

  it("leaves standard output to data, and --summary json alone", async () => {
    const data = await run(both, "--out", "-").outcome
    assert.deepStrictEqual(data, { code: 0, stdout: "user,n\nann,2\nbob,1\n", stderr: `${people}\n${warning}` })
    const json = await run(both, "--summary", "json", "--details").outcome
    assert.strictEqual((JSON.parse(json.stdout) as { users: number }).users, 2)
  })

  it.each([
    [
      "console: { summary: [nobody] }",
      '10:22: no table "nobody"; expected events, duplicates, rejects, inputs, people or kinds'
    ],
    ["console: { tables: [{ table: kinds, columns: [m] }] }", '10:47: no column "m"; expected kind or n'],
    ["console: { tables: [{ table: kinds, when: yes }] }", '10:43: expected true or false, found "yes"'],
    ["console: { table: kinds }", '10:12: unknown "table" (did you mean "tables"?); expected summary or tables']
  ])("says where it is wrong: %s", async (console, problem) => {
    const { code, stderr } = await run(console).outcome
    assert.strictEqual(code, 2)
    assert.include(stderr, `spec.yaml:${problem}`)
  })
})
