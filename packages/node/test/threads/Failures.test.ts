import { assert, describe, it } from "@effect/vitest"
import { ExpressionFailed, localEngine, PluginError } from "@sojourn/core"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { onTestFinished, vi } from "vitest"
import { directory } from "../support/directory.ts"
import { loadPlan } from "../../src/LoadPlan.ts"
import { builtInFormats } from "../../src/Formats.ts"
import * as NodeConnections from "../../src/NodeConnections.ts"
import { threadCrew } from "../../src/threads/crew.ts"
import { memory, runEffect, type Setting } from "./runFiles.ts"

const line = (i: number, more: object = {}): string =>
  `${JSON.stringify({ id: `e${i}`, u: `u${i % 7}`, t: `2024-07-10T10:00:${10 + (i % 50)}Z`, n: 1, ...more })}\n`
const lines = (count: number): string => Array.from({ length: count }, (_, i) => line(i)).join("")

const spec = (more = "", columns = "") => `version: 1
name: failing
source: { uri: "$AT/in" }
event: { id: id, user: u, time: t, columns: { n: "n::int64"${columns} } }
sessions: { gap: 30m${more} }
outputs: { sessions: { uri: $AT/out/s.csv }, rejects: { uri: $AT/out/r.csv } }
`

/** A directory with inputs, a former output, and a place for temporary files. */
const prepared = (files: Readonly<Record<string, string | Uint8Array>>): string => {
  const at = directory({ ...files, "out/s.csv": "former\n" })
  mkdirSync(join(at, "tmp"))
  vi.stubEnv("TMPDIR", join(at, "tmp"))
  onTestFinished(() => void vi.unstubAllEnvs())
  return at
}

const threadsRunning = (): number => process.getActiveResourcesInfo().filter((name) => name === "MessagePort").length

/** What a run fails with; it leaves nothing behind. */
const failureOf = async (at: string, text: string, setting: Setting): Promise<unknown> => {
  const before = threadsRunning()
  const most = { threads: 0 }
  const onProgress: Setting["onProgress"] = (progress) => {
    most.threads = Math.max(most.threads, threadsRunning() - before)
    setting.onProgress?.(progress)
  }
  const exit = await Effect.runPromiseExit(runEffect(at, text, { ...setting, onProgress }))
  if (Exit.isSuccess(exit)) return assert.fail("the run did not fail")
  assert.isAbove(most.threads, 0)
  assert.deepStrictEqual(readdirSync(join(at, "out")), ["s.csv"])
  assert.strictEqual(readFileSync(join(at, "out/s.csv"), "utf8"), "former\n")
  assert.deepStrictEqual(readdirSync(join(at, "tmp")), [])
  assert.strictEqual(threadsRunning(), before)
  return Cause.squash(exit.cause)
}

const two: Setting = { crew: { threads: 2, pieceBytes: 2000 } }
const spilling: Setting = { crew: { threads: 2, pieceBytes: 2000, eventBytes: memory.none } }

describe("a run that fails ends with its error, and leaves no thread, no temporary file and the former output", () => {
  it.each([
    ["in memory", two],
    ["spilled", spilling]
  ] as const)("a sum that is too large, %s", async (_, setting) => {
    const at = prepared({
      "in/a.jsonl": lines(100) + [1, 2].map((i) => line(i, { id: `x${i}`, n: "9223372036854775807" })).join("")
    })
    const error = await failureOf(at, spec(", columns: { total: sum(n) }"), setting)
    assert.include(error, { _tag: "IntegerOverflow", message: 'the sum of "n" is over the largest 64-bit integer' })
  })

  it("an expression that has no value", async () => {
    const at = prepared({ "in/a.jsonl": lines(100) + line(1, { id: "x", word: "many" }) })
    const text = spec(", columns: { total: sum(word::int64) }", ", word: word")
    const error = await failureOf(at, text, two)
    assert.instanceOf(error, ExpressionFailed)
    assert.match(error.message, /^sessions: invalid int64 in "word"; write try_cast/)
  })

  it("a damaged file among others that are read", async () => {
    const packed = gzipSync(lines(3000))
    const at = prepared({ "in/a.jsonl": lines(200), "in/b.jsonl.gz": packed.subarray(0, packed.length / 2) })
    const error = await failureOf(at, spec(), spilling)
    assert.instanceOf(error, PluginError)
    assert.match(error.message, /b\.jsonl\.gz is a damaged gzip file: unexpected end of file$/)
  })

  it("a file that is gone when a thread opens it", async () => {
    const at = prepared({ "in/a.jsonl": lines(100), "in/b.jsonl": lines(20_000) })
    const gone = join(at, "in/b.jsonl")
    const error = await failureOf(at, spec(), {
      crew: { threads: 1, pieceBytes: 4000 },
      onProgress: () => rmSync(gone, { force: true })
    })
    assert.instanceOf(error, PluginError)
    assert.strictEqual(error.message, `cannot read ${gone}: no such file or directory`)
  })

  it("a defect in a thread", async () => {
    const at = prepared({ "in/a.jsonl": lines(500) })
    const exit = await Effect.runPromiseExit(
      loadPlan({ file: "s.yaml", text: spec().replaceAll("$AT", at) }, { params: {}, env: {} }).pipe(
        Effect.flatMap((plan) => {
          // No spec makes such a plan: it fails where the first id is judged.
          const allowed = [{ column: "id", values: null as unknown as Array<string> }]
          const broken = { ...plan, validate: { ...plan.validate, allowed } }
          const crew = threadCrew({
            formats: builtInFormats,
            threads: 2,
            eventBytes: 1,
            pieceBytes: 1000,
            enoughBytes: 0
          })
          return localEngine.run(broken, { asOfMicros: 0, crew })
        }),
        Effect.provide(NodeConnections.layer(builtInFormats))
      )
    )
    assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause))
    if (Exit.isFailure(exit)) assert.match(String(Cause.squash(exit.cause)), /TypeError|null/)
    assert.deepStrictEqual(readdirSync(join(at, "tmp")), [])
    assert.strictEqual(readFileSync(join(at, "out/s.csv"), "utf8"), "former\n")
  })

  it.each([
    ["when it is written", 1],
    ["when it is read again", 2]
  ] as const)("temporary files that are lost, %s", async (when, _) => {
    const at = prepared({ "in/a.jsonl": lines(400), "in/b.jsonl": lines(400) })
    const lost = () => {
      for (const name of readdirSync(join(at, "tmp"))) {
        const path = join(at, "tmp", name)
        if (when === "when it is written") rmSync(path, { recursive: true })
        else if (existsSync(path)) for (const file of readdirSync(path)) truncateSync(join(path, file), 3)
      }
    }
    const error = await failureOf(at, spec(), {
      crew: { threads: 1, pieceBytes: 4000, eventBytes: 1 },
      onProgress: lost
    })
    assert.instanceOf(error, PluginError)
    assert.match(
      error.message,
      when === "when it is written" ? /^cannot write .*arrows: no such file/ : /^cannot read .*arrows: it is shorter/
    )
    assert.match(error.hint ?? "", /TMPDIR/)
  })

  it("an interruption", async () => {
    const at = prepared({ "in/a.jsonl": lines(2000) })
    const before = threadsRunning()
    const controller = new AbortController()
    const setting = { crew: { threads: 2, pieceBytes: 1000, eventBytes: 1 }, onProgress: () => controller.abort() }
    const exit = await Effect.runPromiseExit(runEffect(at, spec(), setting), { signal: controller.signal })
    assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
    assert.deepStrictEqual(readdirSync(join(at, "tmp")), [])
    assert.deepStrictEqual(readdirSync(join(at, "out")), ["s.csv"])
    assert.strictEqual(readFileSync(join(at, "out/s.csv"), "utf8"), "former\n")
    assert.strictEqual(threadsRunning(), before)
  })
})

describe("the directory for temporary files", () => {
  const run = (at: string) => Effect.runPromiseExit(runEffect(at, spec(), { crew: { threads: 1, enoughBytes: 1e9 } }))

  it("of a process that is gone is removed by the next run; that of one that runs is kept", async () => {
    const at = prepared({ "in/a.jsonl": lines(3) })
    const tmp = join(at, "tmp")
    // No process has such a number.
    for (const name of [`sojourn-run-4194305-x`, `sojourn-run-${process.pid}-y`, "sojourn-run-z", "other-4194305-x"]) {
      mkdirSync(join(tmp, name))
      writeFileSync(join(tmp, name, "1-0.arrows"), "x")
    }
    assert.isTrue(Exit.isSuccess(await run(at)))
    assert.deepStrictEqual(readdirSync(tmp).toSorted(), [
      "other-4194305-x",
      `sojourn-run-${process.pid}-y`,
      "sojourn-run-z"
    ])
  })

  it("that cannot be made is a clear error", async () => {
    const at = prepared({ "in/a.jsonl": lines(3) })
    vi.stubEnv("TMPDIR", join(at, "in/a.jsonl"))
    const exit = await run(at)
    const error = Exit.isFailure(exit) ? Cause.squash(exit.cause) : undefined
    assert.instanceOf(error, PluginError)
    assert.strictEqual(
      error.message,
      `cannot write temporary files in ${join(at, "in/a.jsonl")}: part of the path is a file, not a directory`
    )
    assert.strictEqual(error.hint, "set TMPDIR to a directory that can be written")
    assert.notStrictEqual(error.reason, "Config")
  })
})
