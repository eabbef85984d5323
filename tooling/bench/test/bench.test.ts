import { assert, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"

const standIn = resolve(import.meta.dirname, "standIn.mjs")
const main = resolve(import.meta.dirname, "../src/bench.ts")

/** Runs the benchmark with a temporary directory of its own, and tells what it left there. */
const bench = (args: ReadonlyArray<string>, mode = "") => {
  const directory = mkdtempSync(join(tmpdir(), "sojourn-test-"))
  try {
    const { status, stderr, stdout } = spawnSync(process.execPath, [main, ...args], {
      encoding: "utf8",
      env: { ...process.env, TMPDIR: directory, STAND_IN: mode }
    })
    return { status, stderr, lines: stdout.trimEnd().split("\n"), left: readdirSync(directory) }
  } finally {
    rmSync(directory, { recursive: true })
  }
}
const cells = (line: string) => line.trim().split(/ {2,}/)

const alone = ["--rows", "1000", "--runs", "2", "--command", standIn, "--systems", "sojourn,floor"]

describe("bench", () => {
  it("prints one row for each shape, format and system, with the counts of the result", () => {
    const { left, lines, status, stderr } = bench(alone)
    assert.strictEqual(stderr, "")
    assert.strictEqual(status, 0)
    assert.deepStrictEqual(left, [])
    const [machine, , header, ...rows] = lines
    assert.include(machine, `Node ${process.version}; stand-in 1.0; runs: 2`)
    assert.deepStrictEqual(cells(header).slice(0, 5), ["shape", "input", "output", "rows", "system"])
    const systems = ["Sojourn", "Sojourn, all columns", "cat", "wc -l"]
    assert.deepStrictEqual(
      rows.map((row) => cells(row).slice(0, 5)),
      ["short", "long"].flatMap((shape) =>
        ["jsonl", "csv"].flatMap((format) => systems.map((system) => [shape, format, "csv", "1,000", system]))
      )
    )
    // All lines of the file, which has a header if it is CSV, in two sessions.
    assert.deepStrictEqual(
      rows.filter((row) => row.includes("Sojourn")).map((row) => cells(row).slice(-2)),
      [1000, 1000, 1001, 1001, 1000, 1000, 1001, 1001].map((events) => ["2", events.toLocaleString("en")])
    )
  })

  it("ends with an error that shows the first difference when two results differ", () => {
    const { left, lines, status, stderr } = bench([...alone, "--format", "jsonl"], "differ")
    assert.strictEqual(status, 1)
    assert.strictEqual(
      stderr,
      "the sessions of Sojourn and Sojourn, all columns differ\n" +
        "session 1: u1,2024-01-01 00:00:00,2024-01-01 00:00:00.5,999 " +
        "against u1,2024-01-01 00:00:00,2024-01-01 00:00:00.5,1000\n"
    )
    assert.lengthOf(lines, 1)
    assert.deepStrictEqual(left, [])
  })

  it("measures several sizes, by the number of threads where the command can be told it", () => {
    const scaling = ["--scaling", "--rows", "1000,2000", "--runs", "1", "--format", "csv", "--command", standIn]
    const without = bench(scaling)
    assert.strictEqual(without.lines[1], "threads: skipped, this build has no flag --threads")
    assert.deepStrictEqual(
      without.lines.slice(4).map((row) => cells(row).slice(0, 5)),
      ["1,000", "2,000"].map((rows) => ["short", "csv", "csv", rows, "Sojourn"])
    )
    const { lines } = bench(scaling, "threads")
    assert.deepStrictEqual(cells(lines[3]).slice(0, 5), ["short", "csv", "csv", "1,000", "Sojourn, 1 thread"])
  })

  it("prints Markdown for the page", () => {
    const { lines } = bench([...alone, "--shape", "long", "--format", "csv", "--markdown"])
    assert.match(lines[2], /^\| shape \| input \| output \| +rows \| system +\|/)
    assert.match(lines[3], /^\| -+ \| -+ \| -+ \| -+: \| -+ \|/)
    assert.lengthOf(lines, 8)
  })

  it("ends what it measures, and leaves no files, when it is stopped", async () => {
    const directory = mkdtempSync(join(tmpdir(), "sojourn-test-"))
    try {
      const env = { ...process.env, TMPDIR: directory, STAND_IN: "hang" }
      const child = spawn(process.execPath, [main, ...alone], { env, stdio: ["ignore", "ignore", "pipe"] })
      let text = ""
      child.stderr.on("data", (chunk: Buffer) => {
        text += chunk.toString()
      })
      await once(child.stderr, "data")
      child.kill("SIGTERM")
      // Standard error is closed when nobody has it any more: neither the benchmark nor what it measures.
      const [code] = await once(child, "close")
      assert.strictEqual(code, 1)
      assert.strictEqual(text, "started\n")
      assert.deepStrictEqual(readdirSync(directory), [])
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it("says what is wrong with its flags in one line", () => {
    const message = (...args: ReadonlyArray<string>) => bench(args).stderr
    assert.strictEqual(message("--runs", "many"), "--runs takes a positive integer\n")
    assert.match(message("--rows", "1000,0"), /^--rows takes positive integers with commas between, .*\n$/)
    assert.strictEqual(message("--shape", "wide"), "--shape takes one or several of short,long\n")
    assert.strictEqual(message("--format", "xml"), "--format takes one or several of jsonl,csv,parquet\n")
    assert.strictEqual(
      message("--systems", "sojourn,spark"),
      "--systems takes one or several of sojourn,duckdb,polars,floor\n"
    )
    assert.strictEqual(message("--command", "missing.js"), "missing.js is missing\n")
    assert.match(message("--speed"), /^Unknown option '--speed'.*\n$/)
  })
})
