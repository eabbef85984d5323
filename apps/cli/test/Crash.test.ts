import { DuckDBInstance } from "@duckdb/node-api"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { cp, rm } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { buildIfStale, start } from "./support/command.ts"
import { directory } from "./support/directory.ts"

const killAt = new URL("support/killAt.mjs", import.meta.url).href

const head = `version: 1
name: crash
params: { input: { type: path } }
source: { uri: { param: input } }
event: { user: user, time: time, type: kind }
sessions: { gap: 30m }
outputs:
`

const toFiles = `  sessions: { uri: out/days, format: parquet, partition: [date] }
  events: { uri: out/events.jsonl }
  rejects: { uri: more/rejects.csv }
reports: { users: { uri: [out/users.html, more/users.md], template: "{{ run.users }} users" } }
`

/** Rows that are added would be there twice if a commit was done again. */
const toDatabase = `  sessions: { uri: out/w.duckdb, format: { name: duckdb, mode: append } }
  events: { uri: out/w.duckdb, format: { name: duckdb, table: silver.events } }
  rejects: { uri: more/rejects.csv }
`

const events = (users: number): string =>
  [
    "user,time,kind",
    ...Array.from({ length: 60 }, (_, i) => `u${i % users},2024-01-0${1 + (i % 3)}T10:${10 + i}:00Z,view`),
    `,2024-01-01T10:00:00Z,${users}`
  ].join("\n")

type State = (at: string) => Promise<Readonly<Record<string, string>>>

/** Every file below a directory and its bytes. */
const files: State = async (at) =>
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

/** Every table of the database, and every other file. */
const tables: State = async (at) => {
  const others = Object.entries(await files(at)).filter(([path]) => !/\.duckdb(\.wal)?$/.test(path))
  const path = join(at, "out/w.duckdb")
  if (!existsSync(path)) return Object.fromEntries(others)
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  const read = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson()
  const names = (await read("select schema_name || '.' || table_name from duckdb_tables() order by all"))
    .flat()
    .map(String)
  const dumps: Array<readonly [string, string]> = []
  for (const name of names.filter((name) => !name.startsWith("_sojourn.")))
    dumps.push([name, JSON.stringify(await read(`from ${name}`))])
  connection.closeSync()
  instance.closeSync()
  return Object.fromEntries([...dumps, ...others])
}

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

/** A directory with the outputs of `old.csv`, and what they are with `old.csv` and then with `new.csv`. */
const prepare = async (outputs: string, state: State) => {
  const at = directory({ "spec.yaml": head + outputs, "old.csv": events(3), "new.csv": events(5) })
  await run(at, "old.csv")
  const before = await state(at)
  await cp(at, `${at}.kept`, { recursive: true })
  await run(at, "new.csv")
  const after = await state(at)
  assert.deepStrictEqual(Object.keys(before), Object.keys(after))
  for (const path of Object.keys(before)) assert.notStrictEqual(before[path], after[path], path)
  const restore = async () => {
    for (const name of ["out", "more"]) {
      await rm(join(at, name), { recursive: true, force: true })
      await cp(join(`${at}.kept`, name), join(at, name), { recursive: true })
    }
  }
  return { at, state, before, after, restore, remove: () => rm(`${at}.kept`, { recursive: true }) }
}

type Prepared = Awaited<ReturnType<typeof prepare>>

/** After a kill every file or table is the old or the new one; after the next run, whatever it does, all are of one kind. */
const judge = async ({ after, at, before, state }: Prepared, what: string): Promise<"before" | "after"> => {
  const killed = await state(at)
  for (const path of Object.keys(before)) assert.include([before[path], after[path]], killed[path], `${what}: ${path}`)
  // This run reads nothing and writes nothing, but it first finishes what was left.
  const { code } = await run(at, "missing.csv")
  assert.strictEqual(code, 3, what)
  const found = await state(at)
  const isAfter = found["more/rejects.csv"] === after["more/rejects.csv"]
  assert.deepStrictEqual(found, isAfter ? after : before, what)
  return isAfter ? "after" : "before"
}

/** Kills at every step, judges each, and gives what came of it. */
const atEveryStep = async (prepared: Prepared): Promise<ReadonlyArray<string>> => {
  const { after, at, restore, state } = prepared
  const outcomes: Array<string> = []
  for (let step = 1; ; step++) {
    await restore()
    const { code } = await run(at, "new.csv", { at: step })
    if (code !== null) {
      assert.strictEqual(code, 0)
      assert.deepStrictEqual(await state(at), after)
      return outcomes
    }
    outcomes.push(await judge(prepared, `step ${step}`))
    if (step % 5 === 0 && outcomes.at(-1) === "before") {
      assert.strictEqual((await run(at, "new.csv")).code, 0)
      assert.deepStrictEqual(await state(at), after, `again after step ${step}`)
    }
  }
}

const checkRandomMoments = async (prepared: Prepared) => {
  const { after, at, before, restore, state } = prepared
  const started = Date.now()
  await restore()
  await run(at, "new.csv")
  const whole = Date.now() - started
  for (let i = 0; i < 100; i++) {
    await restore()
    await run(at, "new.csv", { after: Math.random() * whole * 1.1 })
    await judge(prepared, `moment ${i}`)
  }
  await restore()
  assert.deepStrictEqual(await state(at), before)
  assert.strictEqual((await run(at, "new.csv")).code, 0)
  assert.deepStrictEqual(await state(at), after)
}

describe("a run that is killed", () => {
  beforeAll(buildIfStale)

  for (const [name, outputs, state, parts] of [
    ["files", toFiles, files, 7],
    ["tables", toDatabase, tables, 3]
  ] as const) {
    it(
      `leaves all ${name} old or all new, at every step, and the next run completes`,
      { timeout: 300_000 },
      async () => {
        const prepared = await prepare(outputs, state)
        assert.lengthOf(Object.keys(prepared.before), parts)
        const outcomes = await atEveryStep(prepared)
        // Old up to the last copy of the journal, new from then on: every operation is among the steps.
        assert.isAbove(outcomes.length, 30)
        assert.deepStrictEqual(outcomes, [...outcomes].sort().reverse())
        assert.isAbove(outcomes.filter((outcome) => outcome === "after").length, 6)
        await prepared.remove()
      }
    )

    it(`leaves all ${name} old or all new, at 100 random moments`, { timeout: 300_000 }, async () => {
      const prepared = await prepare(outputs, state)
      await checkRandomMoments(prepared)
      await prepared.remove()
    })
  }
})
