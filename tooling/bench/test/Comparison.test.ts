import { assert, describe, it } from "@effect/vitest"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { compare } from "../src/Comparison.ts"
import type { Input } from "../src/Input.ts"
import type { System } from "../src/System.ts"

const csv: Input = { shape: "short", format: "csv", out: "csv", rows: 100, clean: true }
const sessions = "user_id,session_start,session_end,event_count\nu1,2024-01-01 00:00:00,2024-01-01 00:10:00,3\n"

/** Calls `use` with a directory for scratch files, a file of sessions beside it, and a log of what was started. */
async function withSystems(use: (directory: string, system: (name: string) => System, log: Array<string>) => unknown) {
  const parent = mkdtempSync(join(tmpdir(), "sojourn-test-"))
  try {
    const directory = join(parent, "scratch")
    mkdirSync(directory)
    writeFileSync(join(parent, "sessions"), sessions)
    const log: Array<string> = []
    const system = (name: string): System => ({
      name,
      writesSessions: true,
      accepts: ({ format }) => format === "csv",
      prepare: (input, output) => {
        log.push(`${name}${existsSync(input) ? "" : " without input"}${existsSync(output) ? " with output" : ""}`)
        return ["cp", join(parent, "sessions"), output]
      }
    })
    await use(directory, system, log)
  } finally {
    rmSync(parent, { recursive: true })
  }
}

describe("compare", () => {
  it("alternates between the systems, each without an output of the one before", () =>
    withSystems(async (directory, system, log) => {
      const measurements = await compare(csv, ["A", "B", "C"].map(system), 3, directory)
      assert.deepStrictEqual(log, ["A", "B", "C", "A", "B", "C", "A", "B", "C"])
      assert.deepStrictEqual(
        measurements.map(({ runs, system, written }) => [system, runs.length, written?.syncSeconds.length]),
        ["A", "B", "C"].map((name) => [name, 3, 3])
      )
      for (const { written } of measurements) assert.deepInclude(written?.result, { sessions: 1, events: 3 })
    }))

  it("leaves out what cannot read the input, and what writes nothing is not compared", () =>
    withSystems(async (directory, system, log) => {
      const reader: System = { ...system("reader"), writesSessions: false, accepts: () => true }
      const measurements = await compare({ ...csv, format: "jsonl" }, [system("A"), reader], 1, directory)
      assert.deepStrictEqual(log, ["reader"])
      assert.deepStrictEqual(
        measurements.map(({ system, written }) => [system, written]),
        [["reader", undefined]]
      )
    }))

  it("keeps no generated file", () =>
    withSystems(async (directory, system) => {
      await compare(csv, [system("A")], 1, directory)
      assert.deepStrictEqual(readdirSync(directory).sort(), ["reference.csv", "sessions.csv"])
    }))
})
