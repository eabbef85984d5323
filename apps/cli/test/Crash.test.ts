import { assert, beforeAll, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { cp, rm } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { buildIfStale, start } from "./support/command.ts"
import { directory } from "./support/directory.ts"

const killAt = new URL("support/killAt.mjs", import.meta.url).href

const spec = `version: 1
name: crash
params: { input: { type: path } }
source: { uri: { param: input } }
event: { user: user, time: time, type: kind }
sessions: { gap: 30m }
outputs:
  sessions: { uri: out/days, format: parquet, partition: [date] }
  events: { uri: out/events.jsonl }
  rejects: { uri: more/rejects.csv }
`

const events = (users: number): string =>
  [
    "user,time,kind",
    ...Array.from({ length: 60 }, (_, i) => `u${i % users},2024-01-0${1 + (i % 3)}T10:${10 + i}:00Z,view`),
    `,2024-01-01T10:00:00Z,${users}`
  ].join("\n")

/** Every file below a directory and its bytes. */
const files = (at: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(at, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }): readonly [string, string] => {
        const path = join(parentPath, name)
        return [path.slice(at.length + 1), readFileSync(path, "latin1")]
      })
      .filter(([path]) => /^(out|more)\//.test(path))
      .sort(([a], [b]) => (a < b ? -1 : 1))
  )

/** The command in a directory, and, where it is to be killed, at which operation or after how many milliseconds. */
const run = async (cwd: string, input: string, kill?: { readonly at: number } | { readonly after: number }) => {
  const env = kill !== undefined && "at" in kill ? { NODE_OPTIONS: `--import ${killAt}`, KILL_AT: String(kill.at) } : {}
  const { child, ended } = start(["run", "spec.yaml", "--input", input, "-q", "--threads", "1"], { cwd, env })
  if (kill !== undefined && "after" in kill) {
    const pause = new AbortController()
    void ended.then(() => pause.abort())
    await setTimeout(kill.after, undefined, { signal: pause.signal }).catch(() => undefined)
    child.kill("SIGKILL")
  }
  return ended
}

/** A directory with the outputs of `old.csv`, and what they are with `old.csv` and with `new.csv`. */
const prepare = async () => {
  const at = directory({ "spec.yaml": spec, "old.csv": events(3), "new.csv": events(5) })
  await run(at, "new.csv")
  const after = files(at)
  await run(at, "old.csv")
  const before = files(at)
  assert.deepStrictEqual(Object.keys(before), Object.keys(after))
  assert.lengthOf(Object.keys(before), 5)
  for (const path of Object.keys(before)) assert.notStrictEqual(before[path], after[path], path)
  await cp(at, `${at}.kept`, { recursive: true })
  const restore = async () => {
    for (const name of ["out", "more"]) {
      await rm(join(at, name), { recursive: true, force: true })
      await cp(join(`${at}.kept`, name), join(at, name), { recursive: true })
    }
  }
  return { at, before, after, restore, remove: () => rm(`${at}.kept`, { recursive: true }) }
}

type Prepared = Awaited<ReturnType<typeof prepare>>

/** After a kill every file is the old or the new one; after the next run, whatever it does, all are of one kind. */
const judge = async ({ after, at, before }: Prepared, what: string): Promise<"before" | "after"> => {
  const killed = files(at)
  for (const path of Object.keys(before)) assert.include([before[path], after[path]], killed[path], `${what}: ${path}`)
  // This run reads nothing and writes nothing, but it first finishes what was left.
  const { code } = await run(at, "missing.csv")
  assert.strictEqual(code, 3, what)
  const found = files(at)
  const isAfter = found["more/rejects.csv"] === after["more/rejects.csv"]
  assert.deepStrictEqual(found, isAfter ? after : before, what)
  return isAfter ? "after" : "before"
}

describe("a run that is killed", () => {
  beforeAll(buildIfStale)

  it("leaves all outputs old or all new, at every step, and the next run completes", { timeout: 300_000 }, async () => {
    const prepared = await prepare()
    const { after, at, remove, restore } = prepared
    const outcomes: Array<string> = []
    for (let step = 1; ; step++) {
      await restore()
      const { code } = await run(at, "new.csv", { at: step })
      if (code !== null) {
        assert.strictEqual(code, 0)
        break
      }
      outcomes.push(await judge(prepared, `step ${step}`))
      if (step % 5 === 0) {
        assert.strictEqual((await run(at, "new.csv")).code, 0)
        assert.deepStrictEqual(files(at), after, `again after step ${step}`)
      }
    }
    // Old up to the last copy of the journal, new from then on: every file and every rename is among the steps.
    assert.isAbove(outcomes.length, 30)
    assert.deepStrictEqual(outcomes, [...outcomes].sort().reverse())
    assert.isAbove(outcomes.filter((outcome) => outcome === "after").length, 6)
    await remove()
  })

  it("leaves all outputs old or all new, at 100 random moments", { timeout: 300_000 }, async () => {
    const prepared = await prepare()
    const { after, at, remove, restore } = prepared
    const started = Date.now()
    await run(at, "new.csv")
    const whole = Date.now() - started
    for (let i = 0; i < 100; i++) {
      await restore()
      await run(at, "new.csv", { after: Math.random() * whole * 1.1 })
      await judge(prepared, `moment ${i}`)
    }
    assert.strictEqual((await run(at, "new.csv")).code, 0)
    assert.deepStrictEqual(files(at), after)
    await remove()
  })
})
