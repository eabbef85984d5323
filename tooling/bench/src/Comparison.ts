import { closeSync, fsyncSync, openSync, rmSync, statSync } from "node:fs"
import { join } from "node:path"
import { Comparer } from "./Comparer.ts"
import { generateFile } from "./generateFile.ts"
import { type Input, shapes } from "./Input.ts"
import { measure, type Measured } from "./measure.ts"
import type { Result } from "./SessionFile.ts"
import { syncSeconds } from "./syncSeconds.ts"
import type { System } from "./System.ts"
import { convert } from "./python.ts"

/** What one system needed for one input. */
export interface Measurement {
  readonly input: Input
  /** Size of the input. */
  readonly bytes: number
  readonly system: string
  readonly runs: ReadonlyArray<Measured>
  /** What was written, and how long fsync takes for a file of its size; undefined for one that writes nothing. */
  readonly written: { readonly result: Result; readonly syncSeconds: ReadonlyArray<number> } | undefined
}

/**
 * Generates the input and runs those systems that accept it, one after another and all of that `runs` times, so that
 * whatever else the machine does meets all of them alike. Throws if one fails, or if two results differ.
 */
export async function compare(
  input: Input,
  systems: ReadonlyArray<System>,
  runs: number,
  directory: string
): Promise<ReadonlyArray<Measurement>> {
  const path = join(directory, `events.${input.format}`)
  const output = join(directory, `sessions.${input.out}`)
  generateInput(path, input)
  const bytes = statSync(path).size
  makeDurable(path)

  const comparer = new Comparer(join(directory, "reference.csv"))
  const taking = systems.filter((system) => system.accepts(input))
  const all = taking.map((system) => ({ system, measured: new Array<Measured>(), sync: new Array<number>() }))
  const results = new Map<System, Result>()
  for (let run = 0; run < runs; run++) {
    for (const { measured, sync, system } of all) {
      rmSync(output, { force: true })
      measured.push(await measure(system.prepare(path, output)))
      if (!system.writesSessions) continue
      results.set(system, comparer.check(system.name, asCsv(output)))
      sync.push(syncSeconds(join(directory, "sync"), statSync(output).size))
    }
  }
  rmSync(path)
  return all.map(({ measured, sync, system }) => {
    const result = results.get(system)
    const written = result === undefined ? undefined : { result, syncSeconds: sync }
    return { input, bytes, system: system.name, runs: measured, written }
  })
}

const generateInput = (path: string, { clean, format, rows, shape }: Input): void => {
  const options = { clean, rows, seed: 1, eventsPerSession: shapes[shape] }
  if (format !== "parquet") return void generateFile(path, { ...options, format })
  const rowsFile = `${path}.csv`
  generateFile(rowsFile, { ...options, format: "csv" })
  convert(rowsFile, path)
  rmSync(rowsFile)
}

/** Sessions as CSV, in which they are compared. */
const asCsv = (path: string): string => {
  if (path.endsWith(".csv")) return path
  convert(path, `${path}.csv`)
  return `${path}.csv`
}

/** So that writing back the input does not fall into the first measurement. */
function makeDurable(path: string): void {
  const file = openSync(path, "r+")
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
