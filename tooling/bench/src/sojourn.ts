import { spawnSync } from "node:child_process"
import { existsSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import type { System } from "./System.ts"

const cli = resolve(import.meta.dirname, "../../../apps/cli")

/** The built command, for Node to run. */
export const builtCommand = join(cli, "dist/sojourn.js")

/** A program for Node to measure in place of the built command, such as another build of it; and whether to build it anew. */
interface CommandFlags {
  readonly command?: string | undefined
  readonly build: boolean
}

/** The command to measure: the built one, which is built where it is missing, if none is given. Throws if it is not there. */
export function commandOf({ build, command }: CommandFlags): string {
  if (command === undefined) {
    buildCommand(build)
    return builtCommand
  }
  if (!existsSync(command)) throw new Error(`${command} is missing`)
  return command
}

function buildCommand(again: boolean): void {
  if (existsSync(builtCommand) && !again) return
  const { status } = spawnSync(process.execPath, ["build.mjs"], { cwd: cli, stdio: ["ignore", "ignore", "inherit"] })
  if (status !== 0) throw new Error(`building the command in ${cli} failed: is everything installed?`)
}

/** Which job Sojourn does, and how. */
export interface Variant {
  readonly name: string
  /** The columns that the other systems write, or the default ones, of which there are twelve. */
  readonly columns: "same" | "default"
  readonly flags: ReadonlyArray<string>
}

/** Sojourn by its command line. Its spec is written into the directory, under the name of the variant. */
export const sojourn = (command: string, directory: string, variant: Variant): System => ({
  name: variant.name,
  writesSessions: true,
  accepts: () => true,
  prepare: (input, output) => {
    const spec = join(directory, `${variant.name.replaceAll(/\W+/g, "-")}.json`)
    const columns = variant.columns === "same" ? { columns: sameColumns } : {}
    writeFileSync(spec, jobSpec(input, { sessions: { uri: output, ...columns } }))
    return [process.execPath, command, "run", spec, "--summary", "none", ...variant.flags]
  }
})

/** The job of the benchmarks as a spec that writes some outputs. */
export const jobSpec = (input: string, outputs: Readonly<Record<string, object>>): string =>
  JSON.stringify(
    {
      version: 1,
      name: "bench",
      source: { uri: input },
      event: { user: "user_id", time: "event_time", type: "event_type" },
      dedupe: ["user", "time", "type"],
      sessions: { gap: "30m" },
      outputs
    },
    null,
    2
  )

const sameColumns = ["user_id", "session_start", "session_end", "event_count"]

/** What the command says to `--version`. */
export const versionOf = (command: string): string =>
  spawnSync(process.execPath, [command, "--version"], { encoding: "utf8" }).stdout.trim()

/** Whether the command knows a flag of `run`. */
export const hasRunFlag = (command: string, flag: string): boolean =>
  spawnSync(process.execPath, [command, "run", "--help"], { encoding: "utf8" }).stdout.includes(flag)
