import { cpus, release, totalmem } from "node:os"
import { compare, type Measurement } from "./Comparison.ts"
import { readCount, readCounts, readFlags, readWords } from "./flags.ts"
import { floor } from "./floor.ts"
import { type Input, inputFormats, outputFormats } from "./Input.ts"
import { measurementTable } from "./measurementTable.ts"
import { duckdb, polars, providePython } from "./python.ts"
import { commandOf, hasRunFlag, sojourn, versionOf } from "./sojourn.ts"
import type { System } from "./System.ts"
import { formatTable } from "./Table.ts"
import { temporaryDirectory } from "./temporaryDirectory.ts"

const flags = readFlags({
  rows: { type: "string" },
  shape: { type: "string" },
  format: { type: "string", default: "jsonl,csv" },
  out: { type: "string", default: "csv" },
  systems: { type: "string", default: "sojourn,duckdb,polars,floor" },
  runs: { type: "string", default: "5" },
  scaling: { type: "boolean", default: false },
  markdown: { type: "boolean", default: false },
  build: { type: "boolean", default: false },
  command: { type: "string" }
})
const { scaling } = flags
const rows = readCounts("--rows", flags.rows ?? (scaling ? "1000000,2000000,4000000,8000000" : "1000000"))
const shape = readWords("--shape", flags.shape ?? (scaling ? "short" : "short,long"), ["short", "long"])
const formats = readWords("--format", flags.format, inputFormats)
const outs = readWords("--out", flags.out, outputFormats)
const chosen = readWords("--systems", flags.systems, ["sojourn", "duckdb", "polars", "floor"])
const runs = readCount("--runs", flags.runs)

const directory = temporaryDirectory("bench")

/** Sojourn with as many threads as there are cores, and with fewer, if this build can be told. */
function threadVariants(command: string): ReadonlyArray<System> {
  if (!hasRunFlag(command, "--threads")) {
    console.log("threads: skipped, this build has no flag --threads")
    return [sojourn(command, directory, { name: "Sojourn", columns: "same", flags: [] })]
  }
  const counts = [1, 2, 4, 8, 16].filter((count) => count <= cpus().length)
  return counts.map((count) => {
    const name = `Sojourn, ${count} ${count === 1 ? "thread" : "threads"}`
    return sojourn(command, directory, { name, columns: "same", flags: ["--threads", String(count)] })
  })
}

const comparedSystems = (command: string): ReadonlyArray<System> => [
  ...(chosen.includes("sojourn")
    ? [
        sojourn(command, directory, { name: "Sojourn", columns: "same", flags: [] }),
        sojourn(command, directory, { name: "Sojourn, all columns", columns: "default", flags: [] })
      ]
    : []),
  ...(chosen.includes("duckdb") ? [duckdb] : []),
  ...(chosen.includes("polars") ? [polars] : []),
  ...(chosen.includes("floor") ? floor : [])
]

/** The clean JSON lines are there for a system that cannot read the others. */
function inputs(systems: ReadonlyArray<System>): ReadonlyArray<Input> {
  return shape.flatMap((shape) =>
    rows.flatMap((rows) =>
      formats.flatMap((format) =>
        outs.flatMap((out) => {
          const input = { shape, rows, format, out, clean: false }
          return systems.every((system) => system.accepts(input)) ? [input] : [input, { ...input, clean: true }]
        })
      )
    )
  )
}

async function main() {
  const command = commandOf(flags)
  const hasParquet = formats.includes("parquet") || outs.includes("parquet")
  const needsPython = hasParquet || (!scaling && (chosen.includes("duckdb") || chosen.includes("polars")))
  const [cpu] = cpus()
  const machine = `${cpu?.model ?? "unknown processor"}, ${cpus().length} cores, ${(totalmem() / 1e9).toFixed(0)} GB`
  const versions = [`Node ${process.version}`, versionOf(command) || command, ...(needsPython ? providePython() : [])]
  console.log(`${machine}, ${process.platform} ${release()} ${process.arch}; ${versions.join("; ")}; runs: ${runs}`)

  const systems = scaling ? threadVariants(command) : comparedSystems(command)
  const measurements: Array<Measurement> = []
  for (const input of inputs(systems)) {
    if (process.stderr.isTTY) console.error(`measuring ${input.shape} ${input.format} to ${input.out} ${input.rows}`)
    measurements.push(...(await compare(input, systems, runs, directory)))
  }
  console.log(`\n${formatTable(measurementTable(measurements), flags.markdown ? "markdown" : "text")}`)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
