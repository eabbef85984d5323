import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { readTree } from "./ProcessTree.ts"

export interface Measured {
  readonly wallSeconds: number
  /** User and system time of all threads and processes, to a hundredth; NaN where there is no /proc. */
  readonly cpuSeconds: number
  /** The most that the program and its descendants held at one time, in MB (10^6 bytes); NaN where there is no /proc. */
  readonly treeMegabytes: number
  /** The largest resident set of any one of its processes, in MB; NaN where there is no /proc. */
  readonly highestMegabytes: number
}

export type Program = readonly [command: string, ...args: ReadonlyArray<string>]

/** Often enough to see a peak that lasts, seldom enough to cost under 1 % of a core. */
const sampleEveryMillis = 10

/** Where a program runs, with which codes it may end (0 unless told), and what becomes of what it says of errors. */
export interface Around {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly codes?: ReadonlyArray<number>
  readonly errors?: "inherit" | "ignore"
}

/**
 * Runs a program to its end, its standard output dropped, and tells what it used. Throws if it fails. It is ended
 * with this process, which may have no other child meanwhile.
 */
export async function measure(
  [command, ...args]: Program,
  { codes = [0], errors = "inherit", ...where }: Around = {}
): Promise<Measured> {
  let treeMegabytes = Number.NaN
  let highestMegabytes = Number.NaN
  const cpuBefore = cpuOfChildren()
  const start = performance.now()
  const child = spawn(command, args, { stdio: ["ignore", "ignore", errors], ...where })
  const { pid } = child
  const sample = () => {
    const memory = pid === undefined ? undefined : readTree(pid)
    // One that has ended holds nothing, which is no figure.
    if (memory === undefined || memory.highest === 0) return
    treeMegabytes = Math.max(memory.resident, orZero(treeMegabytes))
    highestMegabytes = Math.max(memory.highest, orZero(highestMegabytes))
  }
  const timer = setInterval(sample, sampleEveryMillis)
  // Before other listeners, which remove the files that it uses.
  const end = () => child.kill("SIGKILL")
  process.prependListener("exit", end)
  try {
    sample()
    const [code, signal] = await once(child, "exit")
    const wallSeconds = (performance.now() - start) / 1000
    if (!codes.includes(code as number))
      throw new Error(`${command} ${args.join(" ")} failed (${signal ?? `exit code ${code}`})`)
    return { wallSeconds, cpuSeconds: cpuOfChildren() - cpuBefore, treeMegabytes, highestMegabytes }
  } finally {
    clearInterval(timer)
    process.off("exit", end)
  }
}

const orZero = (number: number): number => (Number.isNaN(number) ? 0 : number)

/** User and system seconds of all children that have ended, and of theirs; NaN where there is no /proc. */
function cpuOfChildren(): number {
  try {
    // Field 2 is the command in parentheses and may hold anything; cutime and cstime, in hundredths, are 16 and 17.
    const stat = readFileSync("/proc/self/stat", "utf8")
    const fromField3 = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return (Number(fromField3[13]) + Number(fromField3[14])) / 100
  } catch {
    return Number.NaN
  }
}
