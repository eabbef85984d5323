import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import type { Input } from "./Input.ts"
import type { System } from "./System.ts"

const requirements = join(import.meta.dirname, "../requirements.txt")
const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache")
const environment = join(cache, "sojourn-bench", "python")
const python = join(environment, "bin", "python")

/** Versions of Python and of the packages that are installed, one a line: `duckdb==2.0.0`. */
const listVersions = `
import importlib.metadata, platform
print("python==" + platform.python_version())
for found in importlib.metadata.distributions(): print(found.name + "==" + found.version)`

const installed = (): ReadonlyArray<string> =>
  spawnSync(python, ["-c", listVersions], { encoding: "utf8" }).stdout?.trim().split("\n") ?? []

/**
 * Makes a virtual environment of Python with the packages of requirements.txt in the user's cache directory, unless
 * there is one with just these versions. Gives the versions of Python and the packages. Throws if it cannot.
 */
export function providePython(): ReadonlyArray<string> {
  const wanted = readFileSync(requirements, "utf8").trim().split("\n")
  const isReady = () => wanted.every((version) => installed().includes(version))
  if (!isReady()) {
    run("python3", "-m", "venv", "--clear", environment)
    run(python, "-m", "pip", "install", "--quiet", "--requirement", requirements)
    if (!isReady()) throw new Error(`${environment} lacks ${wanted.join(", ")}: remove it and try again`)
  }
  return [...installed().filter((version) => version.startsWith("python==")), ...wanted]
}

function run(command: string, ...args: ReadonlyArray<string>): void {
  const { status } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] })
  if (status === 0) return
  throw new Error(
    `${command} ${args.join(" ")} failed: DuckDB and Polars need python3 with venv and pip, and a package index; ` +
      "--systems sojourn measures without them"
  )
}

/** A file of the benchmark in the format that the name of another one tells. Throws if that fails. */
export const convert = (from: string, to: string): void =>
  run(python, join(import.meta.dirname, "convert.py"), from, to)

const pythonJob = (name: string, script: string, accepts: System["accepts"]): System => ({
  name,
  writesSessions: true,
  accepts,
  prepare: (input, output) => [python, join(import.meta.dirname, script), input, output]
})

export const duckdb = pythonJob("DuckDB", "duckdb_job.py", () => true)

/** It ends at the first line that is no JSON. */
export const polars = pythonJob("Polars", "polars_job.py", ({ clean, format }: Input) => clean || format !== "jsonl")
