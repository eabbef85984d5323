import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

interface Used {
  /** User and system time of all threads. */
  readonly cpuSeconds: number
  /** The largest resident set, in MB (10^6 bytes). */
  readonly peakMegabytes: number
}

export interface Measured extends Used {
  readonly wallSeconds: number
}

type Program = readonly [command: string, ...args: ReadonlyArray<string>]

/** Runs a program to its end without its standard output, and gives the seconds that took. Throws if it fails. */
async function run([command, ...args]: Program, onStart: (pid: number) => void = () => undefined): Promise<number> {
  const start = performance.now()
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] })
  if (child.pid !== undefined) onStart(child.pid)
  const [code, signal] = await once(child, "exit")
  const seconds = (performance.now() - start) / 1000
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed (${signal ?? `exit code ${code}`})`)
  return seconds
}

/** Takes the figures of the kernel by GNU time. */
async function measureWithTime(program: Program): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), "sojourn-measure-"))
  try {
    const report = join(directory, "report")
    const wallSeconds = await run(["/usr/bin/time", "-f", "%U %S %M", "-o", report, ...program])
    const [user, system, kibibytes] = readFileSync(report, "utf8").trim().split(" ").map(Number)
    return { wallSeconds, cpuSeconds: user + system, peakMegabytes: (kibibytes * 1024) / 1e6 }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** What a running process used so far, from Linux's /proc; undefined if that cannot be read (any more). */
function readProc(pid: number): Used | undefined {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))
    if (peak === null) return undefined
    // Field 2 is the command in parentheses and may hold anything; utime and stime, in hundredths, are 14 and 15.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
    const fromField3 = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return {
      cpuSeconds: (Number(fromField3[11]) + Number(fromField3[12])) / 100,
      peakMegabytes: (Number(peak[1]) * 1024) / 1e6
    }
  } catch {
    return undefined
  }
}

/** Polls /proc while the program runs: misses its last milliseconds, and gives NaN where there is no /proc. */
export async function measureWithProc(program: Program): Promise<Measured> {
  let used: Used = { cpuSeconds: Number.NaN, peakMegabytes: Number.NaN }
  let timer: NodeJS.Timeout | undefined
  try {
    const wallSeconds = await run(program, (pid) => {
      timer = setInterval(() => {
        used = readProc(pid) ?? used
      }, 5)
    })
    return { wallSeconds, ...used }
  } finally {
    clearInterval(timer)
  }
}

const hasGnuTime = spawnSync("/usr/bin/time", ["-f", "%M", "true"]).status === 0

/** Runs a program to its end, its standard output dropped, and tells what it used. Throws if it fails. */
export const measure = hasGnuTime ? measureWithTime : measureWithProc
