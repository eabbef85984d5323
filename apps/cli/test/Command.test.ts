import { assert, beforeAll, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { vi } from "vitest"
import { buildIfStale, command, start } from "./support/command.ts"
import { directory } from "./support/directory.ts"
import { fiveRecords, jsonLines } from "./support/records.ts"

// The built command as a process of its own: what cannot be seen from inside.

beforeAll(buildIfStale, 60_000)

/** Runs in bash, with `$SOJOURN` for the command. */
const bash = (script: string, cwd: string) =>
  spawnSync("bash", ["-c", `set -o pipefail\n${script}`], {
    cwd,
    encoding: "utf8",
    timeout: 30_000,
    env: { ...process.env, SOJOURN: `${process.execPath} ${command}`, TMPDIR: cwd, NODE_DISABLE_COMPILE_CACHE: "1" }
  })

const events = jsonLines(fiveRecords)

describe("standard input and output", { timeout: 30_000 }, () => {
  it("reads from -, guesses on it, unpacks it, and writes data there and the rest to standard error", async () => {
    const at = directory()
    const [plain, packed] = await Promise.all(
      [events, gzipSync(events)].map((input) => start(["sessions", "-", "--out", "-"], { cwd: at, input }).ended)
    )
    assert.strictEqual(plain.code, 0)
    assert.match(plain.stdout, /^session_id,user_id,.*\n[^,]+,1,2024-07-10T10:00:00Z,.*\n[^,]+,2,.*\n$/)
    assert.include(plain.stderr, "--user user_id")
    assert.include(plain.stderr, "records     5 from stdin\n")
    assert.include(plain.stderr, "wrote       standard output (sessions, 2 rows)\n")
    assert.strictEqual(packed.stdout, plain.stdout)
  })

  it("reads a large input on a pipe whole, though its beginning is sampled first", () => {
    const at = directory()
    const line = events.slice(0, events.indexOf("\n") + 1)
    writeFileSync(join(at, "e.jsonl"), line.repeat(70_000))
    const flags = "-q --dedupe none --out"
    const script = `gzip -1 < e.jsonl | $SOJOURN - ${flags} a.csv & $SOJOURN <(cat e.jsonl) ${flags} b.csv & wait`
    const { stderr } = bash(script, at)
    for (const name of ["a.csv", "b.csv"]) {
      assert.include(readFileSync(join(at, name), "utf8"), ",0,70000,1,first,", stderr)
    }
  })

  it("ends quietly when the reader of its output has seen enough, and leaves no temporary file", () => {
    const at = directory({
      "e.jsonl": jsonLines(
        Array.from({ length: 30_000 }, (_, i) => ({ user_id: i % 9000, event_time: 1.7e9 + i * 60 }))
      )
    })
    const { status, stderr, stdout } = bash(
      "($SOJOURN e.jsonl --events - --no-summary -q; echo code $? >&2) | head -1",
      at
    )
    assert.strictEqual(stdout, "session_id,user_id,event_time\n")
    assert.strictEqual(stderr, "code 0\n")
    assert.strictEqual(status, 0)
    assert.deepStrictEqual(readdirSync(at), ["e.jsonl"])
  })

  it.skipIf(!existsSync("/dev/full"))("ends with 3 when its output cannot be written", () => {
    const at = directory({ "e.jsonl": events })
    for (const flags of ["", "--out -"]) {
      const { status, stderr } = bash(`$SOJOURN e.jsonl ${flags} > /dev/full`, at)
      assert.strictEqual(status, 3)
      assert.include(stderr, "cannot write standard output: no space left on the device")
    }
  })

  it("pours into devices and pipes, and never replaces them", () => {
    const at = directory({ "e.jsonl": events })
    const script =
      "mkfifo p.csv && (cat p.csv > copy & $SOJOURN e.jsonl -q --out p.csv --events /dev/stdout --rejects /dev/null; wait)"
    const { status, stdout } = bash(script, at)
    assert.strictEqual(status, 0)
    assert.strictEqual(stdout.split("\n").length, 5)
    assert.strictEqual(readFileSync(join(at, "copy"), "utf8").split("\n").length, 4)
    assert.isTrue(lstatSync(join(at, "p.csv")).isFIFO())
    assert.isTrue(lstatSync("/dev/null").isCharacterDevice())
  })
})

describe("a run that is interrupted or fails", { timeout: 30_000 }, () => {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129]
  ] as const) {
    it(`leaves the former output and no temporary file after ${signal}`, async () => {
      const at = directory({ "s.csv": "former\n" })
      // Standard input stays open, so the run lasts until the signal.
      const child = spawn(
        process.execPath,
        [command, "run", "event-sessions", "--input", "-", "--out", "s.csv", "--skips-out", "new/r.csv"],
        {
          cwd: at,
          stdio: ["pipe", "ignore", "ignore"]
        }
      )
      const ended = new Promise<number | null>((resolve) => child.on("close", resolve))
      child.stdin.write(events)
      const isStaged = () =>
        existsSync(join(at, "new")) && readdirSync(join(at, "new")).some((name) => name.endsWith(".tmp"))
      await vi.waitUntil(isStaged, { timeout: 20_000, interval: 20 })
      child.kill(signal)
      assert.strictEqual(await ended, code)
      assert.strictEqual(readFileSync(join(at, "s.csv"), "utf8"), "former\n")
      assert.deepStrictEqual([readdirSync(at), readdirSync(join(at, "new"))], [["new", "s.csv"], []])
    })
  }

  it("leaves the former output after a damaged input", async () => {
    const at = directory({
      "s.csv": "former\n",
      "r.csv": "too\n",
      "e.jsonl.gz": gzipSync(events.repeat(5000)).subarray(0, 900)
    })
    const { code, stderr } = await start(["e.jsonl.gz", "--out", "s.csv", "--rejects", "r.csv"], { cwd: at }).ended
    assert.strictEqual(code, 3)
    assert.strictEqual(stderr.split("\n")[0], "sojourn: e.jsonl.gz is a damaged gzip file: unexpected end of file")
    assert.deepStrictEqual(readdirSync(at), ["e.jsonl.gz", "r.csv", "s.csv"])
    assert.strictEqual(
      readFileSync(join(at, "s.csv"), "utf8") + readFileSync(join(at, "r.csv"), "utf8"),
      "former\ntoo\n"
    )
  })
})

describe("a terminal", { timeout: 30_000 }, () => {
  const isPossible = spawnSync("script", ["--version"]).status === 0

  it.skipIf(!isPossible)("has colours and progress, unless NO_COLOR says otherwise; a pipe has neither", () => {
    const at = directory({ "e.jsonl": events })
    // The input comes slowly, so that the run takes over a second.
    writeFileSync(
      join(at, "slow.sh"),
      'head -2 e.jsonl; for i in 1 2 3 4 5 6 7; do sleep 0.2; yes "$(head -1 e.jsonl)" | head -2000; done\n'
    )
    const run = "bash slow.sh | $SOJOURN run event-sessions --input -"
    const { stderr } = bash(
      `NO_COLOR= TERM=xterm script -qec "${run} --out a.csv" /dev/null < /dev/null > terminal &
      ${run} --out b.csv > piped 2>&1 &
      TERM=xterm NO_COLOR=1 script -qec "$SOJOURN e.jsonl" /dev/null < /dev/null > plain & wait`,
      at
    )
    const [terminal, piped, plain] = ["terminal", "piped", "plain"].map((name) => readFileSync(join(at, name), "utf8"))
    assert.include(terminal, "\r\u001b[K", stderr)
    assert.match(terminal, /[\d.]+ [kM]?B {2}[\d.]+ k? ?records\/s/)
    assert.include(terminal, "\u001b[2mrecords")
    assert.include(plain, "records     5")
    for (const text of [plain, piped]) assert.notInclude(text, "\u001b")
    assert.notMatch(piped, /\r/)
  })
})

describe("the command", { timeout: 30_000 }, () => {
  it("tells its version and help", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"))
    const [told, help] = await Promise.all([start(["--version"]).ended, start([]).ended])
    assert.deepStrictEqual([told.code, told.stdout.trim()], [0, `sojourn v${version}`])
    assert.strictEqual(help.code, 0)
    for (const name of ["sessions", "run", "lint", "preview", "inspect", "recipes"])
      assert.match(help.stdout, new RegExp(`\n  ${name} `))
  })

  it("shows no stack trace, whatever it is given", async () => {
    const files = {
      a: new Uint8Array([0xff, 0xfe, 0x00, 0xd8, 0x0a]),
      "b.csv": "x".repeat(300_000),
      "c.json": "[[[[",
      "d.yaml": "\0\x01",
      "e.zip": "PK\x03\x04",
      "f.csv": '"'
    }
    const at = directory(files)
    const lines = [
      ...Object.keys(files),
      "run d.yaml",
      "run a",
      "lint c.json",
      "inspect f.csv",
      "preview b.csv",
      "sessions",
      "--",
      "--version=3",
      "-"
    ]
    const outcomes = await Promise.all(lines.map((line) => start(line.split(" "), { cwd: at, input: "" }).ended))
    for (const [i, { code, stderr, stdout }] of outcomes.entries()) {
      assert.include([0, 1, 2, 3], code, lines[i])
      assert.notMatch(stdout + stderr, /\n\s+at |defect/, lines[i])
    }
  })
})
