import { assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { resolve } from "node:path"

const bench = (...args: ReadonlyArray<string>) =>
  spawnSync(process.execPath, [resolve(import.meta.dirname, "../src/bench.ts"), ...args], { encoding: "utf8" })
const standIn = resolve(import.meta.dirname, "standIn.mjs")

it("bench prints one row for each format, measured on the command line of the sessions job", () => {
  const { status, stderr, stdout } = bench("--rows", "1000", "--runs", "2", "--command", standIn)
  assert.strictEqual(stderr, "")
  assert.strictEqual(status, 0)
  const [machine, header, ...rows] = stdout.trimEnd().split("\n")
  assert.include(machine, `Node ${process.version}; stand-in 1.0; runs: 2`)
  assert.deepStrictEqual(header.trim().split(/ {2,}/), [
    "format",
    "rows",
    "MB",
    "wall s (min)",
    "wall s (median)",
    "rows/s",
    "MB/s",
    "CPU s",
    "peak MB",
    "cat s"
  ])
  assert.deepStrictEqual(
    rows.map((row) => row.trim().split(/ {2,}/).slice(0, 3)),
    [
      ["jsonl", "1000", "0.1"],
      ["csv", "1000", "0.0"]
    ]
  )
  for (const row of rows) assert.match(row, /^ *\w+( +[\d.]+){9}$/)
})

it("bench says what is wrong with its flags in one line", () => {
  assert.strictEqual(bench("--rows", "many").stderr, "--rows takes a positive integer\n")
  assert.match(bench("--command", "missing.js").stderr, /^missing\.js is missing: .*\n$/)
  assert.match(bench("--speed").stderr, /^Unknown option '--speed'.*\n$/)
})
