import { spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { cpus, tmpdir, totalmem } from "node:os"
import { join, resolve } from "node:path"
import { readCount, readFlags } from "./flags.ts"
import { generateFile } from "./generateFile.ts"
import { measure, type Measured } from "./measure.ts"

const flags = readFlags({
  rows: { type: "string", default: "1000000" },
  runs: { type: "string", default: "5" },
  /** A program for Node to measure in place of the built CLI, for example another build of it. */
  command: { type: "string", default: resolve(import.meta.dirname, "../../../apps/cli/dist/sojourn.js") }
})
const rows = readCount("--rows", flags.rows)
const runs = readCount("--runs", flags.runs)
const { command } = flags
if (!existsSync(command)) {
  console.error(`${command} is missing: build it with \`npm run -s sojourn -- --version\``)
  process.exit(1)
}

const sessionsJob =
  "--user user_id --time event_time --type event_type --dedupe user,time,type --gap 30m --summary none".split(" ")

async function repeat(program: readonly [string, ...ReadonlyArray<string>]): Promise<ReadonlyArray<Measured>> {
  const results: Array<Measured> = []
  for (let run = 0; run < runs; run++) results.push(await measure(program))
  return results
}

const sorted = (results: ReadonlyArray<Measured>, key: keyof Measured): ReadonlyArray<number> =>
  results.map((result) => result[key]).sort((a, b) => a - b)
const median = (numbers: ReadonlyArray<number>): number =>
  (numbers[(numbers.length - 1) >> 1] + numbers[numbers.length >> 1]) / 2

const version = spawnSync(process.execPath, [command, "--version"], { encoding: "utf8" }).stdout.trim()
const [cpu] = cpus()
console.log(
  `${cpu?.model ?? "unknown processor"}, ${cpus().length} cores, ${(totalmem() / 1e9).toFixed(0)} GB, ` +
    `${process.platform} ${process.arch}; Node ${process.version}; ${version || command}; runs: ${runs}`
)
const header = [
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
]
const table = [header]

const directory = mkdtempSync(join(tmpdir(), "sojourn-bench-"))
try {
  for (const format of ["jsonl", "csv"] as const) {
    const output = join(directory, "sessions.csv")
    const input = join(directory, `events.${format}`)
    const { bytes } = generateFile(input, { rows, format, seed: 1, eventsPerSession: 2, clean: false })
    const floor = sorted(await repeat(["cat", input]), "wallSeconds")
    const results = await repeat([process.execPath, command, "sessions", input, ...sessionsJob, "--out", output])
    rmSync(input)
    const wall = sorted(results, "wallSeconds")
    const typical = median(wall)
    table.push([
      format,
      String(rows),
      (bytes / 1e6).toFixed(1),
      wall[0].toFixed(2),
      typical.toFixed(2),
      (rows / typical).toFixed(0),
      (bytes / 1e6 / typical).toFixed(0),
      median(sorted(results, "cpuSeconds")).toFixed(2),
      sorted(results, "peakMegabytes")[runs - 1].toFixed(0),
      median(floor).toFixed(3)
    ])
  }
} finally {
  rmSync(directory, { recursive: true })
}

const widths = header.map((_, column) => Math.max(...table.map((row) => row[column].length)))
for (const row of table) console.log(row.map((cell, column) => cell.padStart(widths[column])).join("  "))
