import { assert, describe, it } from "@effect/vitest"
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"
import { csv } from "./support/records.ts"

const spec = (at: string, template: string): string => `version: 1
name: shop
source: { uri: "${at}/events.csv" }
event: { user: user_id, time: time }
sessions: { gap: 30m }
tables: { users: { from: sessions, by: [user_id], columns: { sessions: count(*) } } }
reports: { daily: { uri: ["${at}/out/r.html", "${at}/out/r.md"], title: Daily, template: ${template} } }
outputs: { users: { uri: "${at}/out/users.csv" } }
`
const template = `# {{ run.name }}

\`\`\`chart
kind: bar
from: users
x: user_id
y: sessions
\`\`\`
`
const events = csv("user_id,time", [
  ["<b>", "2024-07-10T10:00:00Z"],
  ["u|2", "2024-07-10T10:05:00Z"],
  ["u|2", "2024-07-10T12:05:00Z"]
])

const folder = (change: (text: string) => string = (text) => text, text = template) => {
  const at = directory({ "events.csv": events, "r.md": text })
  const path = join(at, "spec.yaml")
  writeFileSync(path, change(spec(at, "{ file: r.md }")))
  return { at, path }
}
const read = (at: string, name: string): string => readFileSync(join(at, "out", name), "utf8")

describe("sojourn run, with a report", () => {
  it("writes it with the outputs, as a page and as Markdown, from a template in a file", async () => {
    const { at, path } = folder()
    const { code, stderr, stdout } = await sojourn("run", path)
    assert.deepStrictEqual([code, stderr], [0, ""])
    assert.strictEqual(
      read(at, "r.md"),
      "# shop\n\n| user\\_id | sessions |   |\n| --- | ---: | --- |\n| \\<b\\> | 1 | ████████████ |\n| u\\|2 | 2 | ████████████████████████ |\n"
    )
    const page = read(at, "r.html")
    assert.include(page, "<title>Daily</title>")
    assert.match(page, /<h1>shop<\/h1>\n<figure><svg role="img"[^]*&lt;b&gt;[^]*<\/svg><details>/)
    assert.match(stdout, /^wrote +.*out\/r\.html \(report daily\)$/m)
    assert.include(read(at, "users.csv"), "u|2,2")
  })

  it("writes the same bytes for one thread and two", async () => {
    const { at, path } = folder()
    const pages = []
    for (const threads of ["1", "2", "2"]) {
      await sojourn("run", path, "--threads", threads, "--as-of", "2024-07-11T00:00:00Z")
      pages.push(read(at, "r.html") + read(at, "r.md"))
    }
    assert.strictEqual(new Set(pages).size, 1)
  })

  it("leaves the former one where a run fails", async () => {
    const { at, path } = folder((text) => text.replace("count(*) }", "count(*), n: sum(user_id::int64) }"))
    mkdirSync(join(at, "out"))
    writeFileSync(join(at, "out/r.md"), "former")
    const { code } = await sojourn("run", path)
    assert.strictEqual(code, 3)
    assert.strictEqual(read(at, "r.md"), "former")
    assert.isFalse(existsSync(join(at, "out/r.html")))
  })

  const wrong: ReadonlyArray<readonly [string, (text: string) => string, string, number, RegExp]> = [
    [
      "names no column",
      (text) => text,
      "x\n\n{{ users.session }}",
      2,
      /spec\.yaml:7:\d+: r\.md:3:1: \{\{ users\.session \}\}: no column "session" in users \(did you mean "sessions"\?\)/
    ],
    [
      "is not there",
      (text) => text.replace("r.md }", "s.md }"),
      "x",
      2,
      /spec\.yaml:7:\d+: no such file: s\.md\n {2}its path is from the folder of the spec/
    ],
    [
      "would replace an input",
      (text) =>
        text
          .replace(/"[^"]*out\/r\.md"/, '"r.md"')
          .replace("events.csv", "r.md")
          .replace('"r.md"', '"$AT/r.md"'),
      "user_id,time\n",
      2,
      /cannot write .*r\.md: the report daily would replace .*r\.md, which is read/
    ],
    [
      "has the place of an output",
      (text) =>
        text.replace("out/users.csv", "out/../out/r.md").replace(/(users: \{ uri: "[^"]*" )\}/, "$1, format: csv }"),
      "x",
      2,
      /spec\.yaml:7:\d+: .*out\/r\.md gets the users already/
    ],
    [
      "is in a directory that is a file",
      (text) => text.replace("out/r.md", "events.csv/r.md"),
      "x",
      3,
      /cannot write .*events\.csv\/r\.md: part of the path is a file/
    ]
  ]
  for (const [name, change, text, expected, message] of wrong) {
    it(`says clearly when it ${name}`, async () => {
      const { at, path } = folder(change, text)
      writeFileSync(path, readFileSync(path, "utf8").replaceAll("$AT", at))
      const { code, stderr } = await sojourn("run", path)
      assert.match(stderr, message)
      assert.strictEqual(code, expected)
      assert.isFalse(existsSync(join(at, "out/users.csv")))
    })
  }

  it("lint finds what is wrong with a template, and preview writes none", async () => {
    const { at, path } = folder()
    assert.strictEqual((await sojourn("lint", path)).code, 0)
    assert.strictEqual((await sojourn("preview", path)).code, 0)
    assert.isFalse(existsSync(join(at, "out")))
    writeFileSync(join(at, "r.md"), "```chart\nkind: pie\n```")
    const { code, stderr } = await sojourn("lint", path)
    assert.strictEqual(code, 2)
    assert.include(stderr, 'r.md:2:7: expected line, bar, histogram or funnel, found "pie"')
  })
})
