import { readdirSync, readFileSync } from "node:fs"

/** The memory of a process and all its descendants, in MB (10^6 bytes). */
export interface TreeMemory {
  /** Resident sets, added up. A page that several processes share counts for each. */
  readonly resident: number
  /** The largest resident set that any one of them has had so far, as the kernel keeps it (VmHWM). */
  readonly highest: number
}

/** What a process and its descendants hold now, from Linux's /proc; undefined if there is none, or no such process. */
export function readTree(pid: number): TreeMemory | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8")
    let resident = megabytes(status, "VmRSS")
    let highest = megabytes(status, "VmHWM")
    for (const child of children(pid)) {
      // One that has just ended holds nothing.
      const below = readTree(child)
      if (below === undefined) continue
      resident += below.resident
      highest = Math.max(highest, below.highest)
    }
    return { resident, highest }
  } catch {
    return undefined
  }
}

/** A process that has ended but was not waited for has no such line. */
function megabytes(status: string, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)
  return match === null ? 0 : (Number(match[1]) * 1024) / 1e6
}

/** A thread has the children that it started itself. */
function children(pid: number): ReadonlyArray<number> {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    const list = readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").trim()
    return list === "" ? [] : list.split(" ").map(Number)
  })
}
