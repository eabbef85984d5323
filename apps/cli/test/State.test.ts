import { assert, describe, it } from "@effect/vitest"
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"
import { jsonLines } from "./support/records.ts"

const spec = (at: string, more = "", sessions = "") => `version: 1
name: kept
source: { uri: "${at}/in/*.jsonl" }
event: { user: user, time: time }
${more}
sessions: { gap: 30m${sessions} }
outputs:
  sessions: { uri: "${at}/out/sessions", format: csv, partition: [date] }
  rejects: { uri: "${at}/out/rejects.jsonl" }
`

const at = (minute: number, day = 1): string =>
  new Date(Date.UTC(2024, 0, day, 10, minute)).toISOString().replace(".000", "")
const event = (user: string, minute: number, day?: number) => ({ user, time: at(minute, day) })

/** A directory with a spec and inputs, and its runs with a state. */
const prepared = (inputs: Readonly<Record<string, ReadonlyArray<unknown>>>, more?: string, sessions?: string) => {
  const root = directory(
    Object.fromEntries(Object.entries(inputs).map(([name, records]) => [`in/${name}`, jsonLines(records)]))
  )
  writeFileSync(join(root, "spec.yaml"), spec(root, more, sessions))
  const run = (...words: ReadonlyArray<string>) => {
    const now = words.includes("--as-of") ? [] : ["--as-of", "2024-02-01T00:00:00Z"]
    return sojourn("run", join(root, "spec.yaml"), "--state", join(root, "state"), "--threads", "1", ...now, ...words)
  }
  const state = () =>
    JSON.parse(readFileSync(join(root, "state/state.json"), "utf8")) as {
      files: Array<{ path: string; parts: Array<{ id: number; records: number }> }>
    }
  return { root, run, state, input: (name: string) => join(root, "in", name) }
}

describe("sojourn run --state", () => {
  it("reads what is new and the tails of what has grown, and nothing else", async () => {
    const { input, root, run, state } = prepared({
      "a.jsonl": [event("x", 0)],
      "b.jsonl": [event("y", 0), event("y", 5, 2)]
    })
    assert.strictEqual((await run("-q")).code, 0)
    appendFileSync(input("b.jsonl"), jsonLines([event("y", 10, 2), event("x", 15)]))
    writeFileSync(input("c.jsonl"), jsonLines([event("z", 0, 3)]))
    assert.strictEqual((await run("-q")).code, 0)
    assert.deepStrictEqual(
      state().files.map(({ parts, path }) => [path.slice(-7), parts]),
      [
        ["a.jsonl", [{ id: 0, records: 1 }]],
        [
          "b.jsonl",
          [
            { id: 1, records: 2 },
            { id: 2, records: 2 }
          ]
        ],
        ["c.jsonl", [{ id: 3, records: 1 }]]
      ]
    )
    const first = readFileSync(join(root, "out/sessions/date=2024-01-01/part-0.csv"), "utf8")
    assert.deepStrictEqual(
      first
        .trimEnd()
        .split("\n")
        .map((line) => line.split(",").slice(1, 6).join()),
      [
        "user,session_start,session_end,session_duration_sec,event_count",
        "x,2024-01-01T10:00:00Z,2024-01-01T10:15:00Z,900,2",
        "y,2024-01-01T10:00:00Z,2024-01-01T10:00:00Z,0,1"
      ]
    )
    assert.deepStrictEqual(readdirSync(join(root, "out/sessions")).toSorted(), [
      "date=2024-01-01",
      "date=2024-01-02",
      "date=2024-01-03"
    ])
  })

  it("logs which sessions became which, and why", async () => {
    const { input, root, run } = prepared({ "a.jsonl": [event("x", 0), event("x", 50)] })
    await run("-q")
    writeFileSync(input("late.jsonl"), jsonLines([event("x", 25)]))
    await run("-q")
    const [change, ...more] = readFileSync(join(root, "state/changes-2.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, string>)
    assert.deepStrictEqual(
      [change.user, change.kind, change.cause, more.length],
      ["x", "merged", `new ${input("late.jsonl")}`, 0]
    )
  })

  it("leaves partitions as they are that stay the same, and removes those without rows", async () => {
    const { input, root, run } = prepared({ "a.jsonl": [event("x", 0)], "b.jsonl": [event("y", 0, 2)] })
    await run("-q")
    // Whoever replaces it would have written it anew.
    const untouched = join(root, "out/sessions/date=2024-01-01")
    const before = readdirSync(untouched, { withFileTypes: true }).length
    const stamp = statSync(join(untouched, "part-0.csv")).ino
    rmSync(input("b.jsonl"))
    const gone = await run("-q")
    assert.strictEqual(gone.code, 3)
    assert.include(
      gone.stderr,
      `${input("b.jsonl")} is gone: earlier runs have read it\n  put it back, or run with --prune`
    )
    assert.strictEqual((await run("-q", "--prune")).code, 0)
    assert.deepStrictEqual(readdirSync(join(root, "out/sessions")), ["date=2024-01-01"])
    assert.strictEqual(readdirSync(untouched).length, before)
    assert.strictEqual(statSync(join(untouched, "part-0.csv")).ino, stamp)
  })

  it("writes a partition again that somebody has removed, or changed in size", async () => {
    const { input, root, run } = prepared({ "a.jsonl": [event("x", 0), event("y", 0, 2)], "b.jsonl": [] })
    await run("-q")
    const paths = [1, 2].map((day) => join(root, `out/sessions/date=2024-01-0${day}/part-0.csv`))
    const before = paths.map((path) => readFileSync(path, "utf8"))
    rmSync(paths[0])
    await run("-q")
    writeFileSync(paths[1], "")
    appendFileSync(input("b.jsonl"), jsonLines([event("z", 0, 3)]))
    await run("-q")
    assert.deepStrictEqual(
      paths.map((path) => readFileSync(path, "utf8")),
      before
    )
  })

  it("tells that a session is closed when time has passed, though nothing is new", async () => {
    const { root, run } = prepared({ "a.jsonl": [event("x", 0), event("x", 0, 2)] })
    await run("-q", "--as-of", at(10, 2))
    const path = join(root, "out/sessions/date=2024-01-02/part-0.csv")
    assert.include(readFileSync(path, "utf8"), ",true\n")
    await run("-q", "--as-of", at(31, 2))
    assert.include(readFileSync(path, "utf8"), ",false\n")
  })

  it("reads everything anew when the spec reads records otherwise", async () => {
    const { root, run, state } = prepared({ "a.jsonl": [event("x", 0), event("x", 1)] })
    await run("-q")
    writeFileSync(join(root, "spec.yaml"), spec(root).replace("time: time }", "time: time, where: \"user <> 'x'\" }"))
    const { stdout } = await run()
    assert.include(stdout, "2 filtered + 0 unique")
    assert.deepStrictEqual(state().files[0].parts, [{ id: 1, records: 2 }])
  })

  it("quarantines what comes too late, if the spec says so, and never what was there at first", async () => {
    const late = "late: { older_than: 1d, to: quarantine }"
    const { input, root, run } = prepared({ "a.jsonl": [event("x", 0, 1), event("x", 0, 20)] }, late)
    await run("-q")
    writeFileSync(input("b.jsonl"), jsonLines([event("y", 0, 18), event("y", 0, 19), event("y", 0, 20)]))
    appendFileSync(input("a.jsonl"), jsonLines([event("x", 1, 1)]))
    const { stdout } = await run()
    assert.include(stdout, "rejected    2 (33.33 %)")
    const rejects = readFileSync(join(root, "out/rejects.jsonl"), "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    assert.deepStrictEqual(
      rejects.map(({ code, event: number, reason, source }) => [String(source).slice(-7), number, code, reason]),
      [
        ["a.jsonl", 3, "time.late", "late time"],
        ["b.jsonl", 1, "time.late", "late time"]
      ]
    )
  })

  it("can leave out the columns that depend on other sessions", async () => {
    const { input, root, run } = prepared({ "a.jsonl": [event("x", 0, 2)] }, "", ", numbering: none")
    await run("-q")
    const path = join(root, "out/sessions/date=2024-01-02/part-0.csv")
    const before = readFileSync(path, "utf8")
    assert.strictEqual(
      before.split("\n")[0],
      "session_id,user,session_start,session_end,session_duration_sec,event_count,session_cause,is_open"
    )
    // An end of the session before it changes nothing.
    writeFileSync(input("b.jsonl"), jsonLines([event("x", 0, 1), event("x", 0, 3)]))
    await run("-q")
    assert.strictEqual(readFileSync(path, "utf8").replace(",gap,", ",first,"), before)
  })

  const wrong: ReadonlyArray<readonly [string, (root: string) => void, ReadonlyArray<string>, string]> = [
    [
      "a directory with something else",
      (root) => {
        mkdirSync(join(root, "state"))
        writeFileSync(join(root, "state/notes.txt"), "")
      },
      [],
      "is no state: it has no state.json, and holds notes.txt"
    ],
    [
      "a state that is no JSON",
      (root) => {
        mkdirSync(join(root, "state"))
        writeFileSync(join(root, "state/state.json"), "{")
      },
      [],
      "the state is damaged: remove its directory"
    ],
    ["inputs in the state", () => undefined, ["--state", "IN"], "lies in the state"],
    ["a state in a store", () => undefined, ["--state", "s3://bucket/state"], "a state cannot lie in s3://bucket/state"]
  ]
  for (const [name, prepare, words, message] of wrong) {
    it(`refuses ${name}`, async () => {
      const { root } = prepared({ "a.jsonl": [event("x", 0)] })
      prepare(root)
      const flags =
        words.length === 0
          ? ["--state", join(root, "state")]
          : words.map((word) => (word === "IN" ? join(root, "in") : word))
      // A directory that holds inputs is not taken for an empty one.
      if (words.includes("IN")) writeFileSync(join(root, "in/state.json"), readEmptyState())
      const { code, stderr } = await sojourn("run", join(root, "spec.yaml"), ...flags, "-q")
      assert.isAbove(code, 1)
      assert.include(stderr, message)
    })
  }

  it("needs a state to prune", async () => {
    const { root } = prepared({ "a.jsonl": [event("x", 0)] })
    const { code, stderr } = await sojourn("run", join(root, "spec.yaml"), "--prune")
    assert.deepStrictEqual(
      [code, stderr],
      [2, "sojourn: --prune takes inputs out of a state: name it with --state DIR"]
    )
  })

  it("does not keep what can be read only once", async () => {
    const { root } = prepared({ "a.jsonl": [event("x", 0)] })
    writeFileSync(join(root, "spec.yaml"), spec(root).replace(`"${root}/in/*.jsonl"`, '"-"'))
    const { code, stderr } = await sojourn("run", join(root, "spec.yaml"), "--state", join(root, "state"), "-q")
    assert.strictEqual(code, 2)
    assert.include(stderr, "a state cannot keep stdin, which can be read only once\n  put it into a file")
  })
})

const readEmptyState = (): string =>
  JSON.stringify({
    version: 1,
    run: 0,
    fingerprint: "",
    call: null,
    as_of_micros: 0,
    latest_micros: null,
    plan: null,
    next_id: 0,
    files: [],
    runs: [],
    outputs: []
  })
