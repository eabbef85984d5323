import { assert, beforeAll, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { vi } from "vitest"
import { buildIfStale, command, start } from "./support/command.ts"
import { directory } from "./support/directory.ts"
import { fiveRecords, jsonLines } from "./support/records.ts"

// The built command with real threads, temporary files and signals.

beforeAll(buildIfStale, 60_000)

const spec = (inputs: string) => `version: 1
name: large
source: { uri: [${inputs}] }
event: { id: id, user: user_id, time: event_time, type: event_type, where: "event_type is null or event_type <> 'x'" }
sessions: { gap: 30m }
outputs: { sessions: { uri: out/s.csv } }
`

/** More than what is worth threads, and more events than they may hold under {@link little}. */
const large = (): string =>
  Array.from({ length: 180_000 }, (_, i) => {
    const id = createHash("md5").update(String(i)).digest("hex")
    return `{"id":"${id}","user_id":"u${(i * 7919) % 20_011}","event_time":${1.7e9 + i},"event_type":"view"}\n`
  })
    .join("")
    .replaceAll(
      /"event_time":(\d+)/g,
      (_, seconds: string) => `"event_time":"${new Date(Number(seconds) * 1000).toISOString()}"`
    )

const little = ["--memory", "128MB", "--threads", "6"]

const prepared = (inputs: string) => {
  const at = directory({
    "e.jsonl": large(),
    "s.yaml": spec(inputs),
    "out/s.csv": "former\n",
    "small.jsonl": jsonLines(fiveRecords)
  })
  const tmp = join(at, "tmp")
  mkdirSync(tmp)
  return { at, tmp }
}

const spilled = (tmp: string): ReadonlyArray<string> =>
  readdirSync(tmp, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".arrows"))

/** A run that lasts until it is stopped, since its last input stays open; some of its events are in files already. */
const spilling = async () => {
  const { at, tmp } = prepared("e.jsonl, '-'")
  const { child, ended } = start(["run", "s.yaml", ...little], {
    cwd: at,
    env: { TMPDIR: tmp, NODE_DISABLE_COMPILE_CACHE: "1" },
    openInput: true
  })
  await vi.waitUntil(() => child.exitCode !== null || spilled(tmp).length > 0, { timeout: 30_000, interval: 20 })
  return { at, tmp, child, ended }
}

describe("a run whose events go to temporary files", { timeout: 60_000 }, () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143]
  ] as const)("leaves none of them and the former output after %s", async (signal, expected) => {
    const { at, child, ended, tmp } = await spilling()
    child.kill(signal)
    const { code, stderr } = await ended
    assert.strictEqual(code, expected, stderr)
    assert.deepStrictEqual(readdirSync(tmp), [])
    assert.deepStrictEqual(readdirSync(join(at, "out")), ["s.csv"])
    assert.strictEqual(readFileSync(join(at, "out/s.csv"), "utf8"), "former\n")
  })

  it("leaves them when it is killed, and the next run removes them", async () => {
    const { at, child, ended, tmp } = await spilling()
    child.kill("SIGKILL")
    await ended
    assert.isNotEmpty(spilled(tmp))
    const next = await start(["small.jsonl", "-q"], { cwd: at, env: { TMPDIR: tmp, NODE_DISABLE_COMPILE_CACHE: "1" } })
      .ended
    assert.strictEqual(next.code, 0, next.stderr)
    assert.deepStrictEqual(readdirSync(tmp), [])
  })

  it("gives the same bytes as one that has enough memory and one thread", async () => {
    const { at, tmp } = prepared("e.jsonl")
    const run = async (...flags: ReadonlyArray<string>) => {
      const { code, stderr, stdout } = await start(
        ["run", "s.yaml", "--summary", "json", "--as-of", "2024-07-10T10:00:00Z", ...flags],
        { cwd: at, env: { TMPDIR: tmp, NODE_DISABLE_COMPILE_CACHE: "1" } }
      ).ended
      assert.strictEqual(code, 0, stderr)
      return [stdout.replace(/"seconds": .*/, ""), readFileSync(join(at, "out/s.csv"), "utf8")]
    }
    const alone = await run("--threads", "1")
    assert.deepStrictEqual(await run(...little), alone)
    assert.deepStrictEqual(readdirSync(tmp), [])
  })

  it("ends with 3 when there is no room for them", () => {
    const { at, tmp } = prepared("e.jsonl")
    // No file may be larger than 1 MB.
    const script = `ulimit -f 1000; exec ${process.execPath} ${command} run s.yaml ${little.join(" ")}`
    const { status, stderr } = spawnSync("bash", ["-c", script], {
      cwd: at,
      encoding: "utf8",
      env: { ...process.env, TMPDIR: tmp, NODE_DISABLE_COMPILE_CACHE: "1" }
    })
    assert.strictEqual(status, 3, stderr)
    assert.match(
      stderr,
      /^sojourn: cannot write .*\.arrows: .*\n {2}events beyond --memory go to temporary files: .*TMPDIR/
    )
    assert.deepStrictEqual(readdirSync(tmp), [])
    assert.strictEqual(readFileSync(join(at, "out/s.csv"), "utf8"), "former\n")
  })

  it("ends with 3 when the directory for them cannot be used", async () => {
    const at = directory({ "e.jsonl": jsonLines(fiveRecords), file: "" })
    const { code, stderr } = await start(["e.jsonl", "-q", "--out", "s.csv"], {
      cwd: at,
      env: { TMPDIR: join(at, "file") }
    }).ended
    assert.strictEqual(code, 3)
    assert.strictEqual(
      stderr.trimEnd(),
      `sojourn: cannot write temporary files in ${join(at, "file")}: part of the path is a file, not a directory\n  set TMPDIR to a directory that can be written`
    )
    assert.deepStrictEqual(readdirSync(at), ["e.jsonl", "file"])
  })
})

describe("a sum or an expression that cannot be computed", { timeout: 30_000 }, () => {
  it.each([
    ["sum(value::int64)", 'the sum of "value" is over the largest 64-bit integer'],
    ["sum(word::int64)", 'sessions: invalid int64 in "word"; write try_cast(x as type) for null instead of an error']
  ])("%s ends the run with 3 and is no defect", async (expression, message) => {
    const at = directory({
      "s.yaml": `version: 1\nname: x\nsource: { uri: e.jsonl }\nevent: { user: u, time: t, columns: { value: value, word: word } }\nsessions: { columns: { total: "${expression}" } }\noutputs: { sessions: { uri: s.csv } }\n`
    })
    const row = { u: 1, t: "2024-07-10T10:00:00Z", value: "9223372036854775807", word: "x" }
    writeFileSync(join(at, "e.jsonl"), jsonLines([row, { ...row, t: "2024-07-10T10:00:01Z" }]))
    const { code, stderr } = await start(["run", "s.yaml"], { cwd: at }).ended
    assert.deepStrictEqual([code, stderr.trimEnd()], [3, `sojourn: ${message}`])
    assert.deepStrictEqual(readdirSync(at), ["e.jsonl", "s.yaml"])
  })
})

describe("--threads and --memory", { timeout: 60_000 }, () => {
  it.each([
    ["--threads", "0", "--threads: expected 1 to 256, found 0"],
    ["--threads", "257", "--threads: expected 1 to 256, found 257"],
    ["--threads", "-1", "--threads: expected 1 to 256, found -1"],
    ["--memory", "lots", '--memory: expected a size such as 512MB or 2GB, found "lots"'],
    ["--memory", "512", '--memory: expected a size such as 512MB or 2GB, found "512"'],
    ["--memory", "-1GB", '--memory: expected a size such as 512MB or 2GB, found "-1GB"'],
    ["--memory", "127MB", '--memory: expected at least 128MB, found "127MB"'],
    ["--memory", "0.1gib", '--memory: expected at least 128MB, found "0.1gib"']
  ])("%s %s is refused before anything is done", async (flag, value, message) => {
    const at = directory({ "e.jsonl": jsonLines(fiveRecords) })
    const { code, stderr } = await start(["e.jsonl", "--out", "s.csv", `${flag}=${value}`], { cwd: at }).ended
    assert.deepStrictEqual([code, stderr.trimEnd()], [2, `sojourn: ${message}`])
    assert.deepStrictEqual(readdirSync(at), ["e.jsonl"])
  })

  it.each(["1.5", "two", ""])('--threads "%s" is no whole number', async (value) => {
    const at = directory({ "e.jsonl": jsonLines(fiveRecords) })
    const { code, stderr } = await start(["e.jsonl", `--threads=${value}`], { cwd: at }).ended
    assert.strictEqual(code, 2, stderr)
    assert.include(stderr, "threads")
    assert.notInclude(stderr, "defect")
    assert.deepStrictEqual(readdirSync(at), ["e.jsonl"])
  })

  it("are taken in every spelling of a size", async () => {
    const at = directory({ "e.jsonl": jsonLines(fiveRecords) })
    for (const flags of [
      ["--threads", "1"],
      ["--memory", "128MB"],
      ["--memory=0.5 GiB", "--threads=3"],
      ["--memory", "200000kb"]
    ]) {
      const { code, stderr } = await start(["e.jsonl", "-q", "--out", "s.csv", ...flags], { cwd: at }).ended
      assert.deepStrictEqual([code, stderr], [0, ""], flags.join(" "))
    }
  })

  it("are in the help of every command that runs", async () => {
    for (const words of [["sessions"], ["run", "event-sessions"]]) {
      const { stdout } = await start([...words, "--help"]).ended
      assert.match(stdout, /--threads N +How many threads share the work/)
      assert.match(stdout, /--memory SIZE +Memory to use, about, such as 512MB or 2GB/)
    }
  })
})
