import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { join } from "node:path"
import { Repository } from "./repository.ts"

let repository: Repository
beforeEach(() => {
  repository = new Repository()
})
afterEach(() => {
  repository.remove()
})

const tally = (report: string) =>
  repository.run(process.execPath, [join(repository.root, "tooling/launch/tally.mjs"), report])

describe("tally", () => {
  it("counts tests, unreadable files and skips, and excuses a skip only for the missing corpora", async () => {
    repository.write("test/corpora.test.ts", `existsSync("../shared/corpora")`)
    repository.write("test/tool.test.ts", `describe.skipIf(noJava)`)
    const file = (name: string, ...statuses: ReadonlyArray<string>) => ({
      name: join(repository.root, "test", name),
      status: statuses.includes("failed") || statuses.length === 0 ? "failed" : "passed",
      assertionResults: statuses.map((status, index) => ({ fullName: `test ${index}`, status }))
    })
    const testResults = [
      file("corpora.test.ts", "passed", "skipped"),
      file("tool.test.ts", "passed", "passed", "failed", "skipped", "todo"),
      file("broken.test.ts")
    ]
    repository.write("report.json", JSON.stringify({ testResults }))
    const outcome = await tally("report.json")
    assert.strictEqual(outcome.stdout, "3 4 1\n")
    assert.strictEqual(
      outcome.stderr,
      "skipped: test/corpora.test.ts: test 1\n" +
        "skipped (not allowed): test/tool.test.ts: test 3\n" +
        "todo (not allowed): test/tool.test.ts: test 4\n"
    )
  })

  it("counts nothing without a report", async () => {
    assert.strictEqual((await tally("none.json")).stdout, "0 0 0\n")
  })
})
