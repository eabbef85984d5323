import { assert, beforeAll, describe, it } from "@effect/vitest"
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { cp } from "node:fs/promises"
import { join } from "node:path"
import { buildIfStale, start } from "./support/command.ts"
import { directory } from "./support/directory.ts"

const killAt = new URL("support/killAt.mjs", import.meta.url).href

const spec = `version: 1
name: crash
source: { uri: in }
event: { user: user, time: time }
sessions: { gap: 30m }
outputs:
  sessions: { uri: out/days, format: csv, partition: [date] }
  events: { uri: out/events.jsonl }
  rejects: { uri: out/rejects.csv }
`

const line = (user: string, day: number, minute: number): string => `${user},2024-01-0${day}T10:${10 + minute}:00Z\n`
const header = "user,time\n"

/** What lies below a directory; of a state what everything in it comes to is seen in the outputs of the next run. */
const files = (at: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(at, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => join(parentPath, name))
      .toSorted()
      .map((path) => [path.slice(at.length + 1), readFileSync(path, "latin1")])
  )

const run = (cwd: string, words: ReadonlyArray<string>, kill?: number) =>
  start(["run", "spec.yaml", "-q", "--threads", "1", "--as-of", "2024-02-01T00:00:00Z", ...words], {
    cwd,
    env: kill === undefined ? {} : { NODE_OPTIONS: `--import ${killAt}`, KILL_AT: String(kill) }
  }).ended

const increment = ["--state", "state", "--prune"]

describe("an increment that is killed", () => {
  beforeAll(buildIfStale)

  it("comes to the same when it is run again, at whichever step it was", { timeout: 600_000 }, async () => {
    const at = directory({
      "spec.yaml": spec,
      "in/a.csv": header + line("x", 1, 0) + line("y", 1, 1) + line("", 1, 2),
      "in/b.csv": header + line("x", 2, 0),
      "in/c.csv": header + line("z", 3, 0)
    })
    assert.strictEqual((await run(at, increment)).code, 0)
    // A file has grown, one is new, one is another, and one is gone, with the last row of its day.
    appendFileSync(join(at, "in/a.csv"), line("x", 1, 20) + line("x", 2, 5))
    writeFileSync(join(at, "in/b.csv"), header + line("x", 2, 1) + line("y", 2, 0))
    writeFileSync(join(at, "in/d.csv"), header + line("z", 4, 0) + line("x", 1, 10))
    rmSync(join(at, "in/c.csv"))
    const before = files(join(at, "out"))
    await cp(at, `${at}.kept`, { recursive: true })
    const restore = async () => {
      for (const name of ["out", "state"]) {
        rmSync(join(at, name), { recursive: true, force: true })
        await cp(join(`${at}.kept`, name), join(at, name), { recursive: true })
      }
    }
    assert.strictEqual((await run(at, increment)).code, 0)
    const after = files(join(at, "out"))
    const state = files(join(at, "state"))
    assert.deepStrictEqual(
      Object.keys(after).filter((path) => path.startsWith("days")),
      ["days/date=2024-01-01/part-0.csv", "days/date=2024-01-02/part-0.csv", "days/date=2024-01-04/part-0.csv"]
    )
    rmSync(join(at, "out"), { recursive: true })
    assert.strictEqual((await run(at, [])).code, 0)
    assert.deepStrictEqual(files(join(at, "out")), after)

    let killed = 0
    for (let step = 1; ; step++) {
      await restore()
      const { code } = await run(at, increment, step)
      if (code !== null) {
        assert.strictEqual(code, 0)
        break
      }
      killed++
      for (const [path, bytes] of Object.entries(files(join(at, "out")))) {
        if (!path.includes(".sojourn-")) assert.include([before[path], after[path]], bytes, `step ${step}: ${path}`)
      }
      assert.strictEqual((await run(at, increment)).code, 0, `step ${step}`)
      assert.deepStrictEqual(files(join(at, "out")), after, `again after step ${step}`)
      // Once more, from the state that this has left: nothing is done, or everything was done before.
      const now = files(join(at, "state"))
      const known = (of: typeof now) => (JSON.parse(of["state.json"]) as { readonly files: unknown }).files
      if (now["state.json"].includes('"run":2,'))
        assert.deepStrictEqual(known(now), known(state), `state after step ${step}`)
      assert.isFalse(
        Object.keys(now).some((path) => path.startsWith(".")),
        `step ${step}`
      )
    }
    assert.isAbove(killed, 40)
    rmSync(`${at}.kept`, { recursive: true })
  })
})
