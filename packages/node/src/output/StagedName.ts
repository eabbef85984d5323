import { createHash } from "node:crypto"
import { hostname } from "node:os"

/**
 * Names of what a run keeps beside its outputs until they are in place: `.sojourn-<host>-<process>-<random>.tmp`. Hidden,
 * so that nobody reads them as data; and they tell whether the run that made them still lives.
 */
const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8)

const name = /^\.sojourn-([0-9a-f]{8})-(\d+)-[0-9a-z]+\.(tmp|journal)$/

const makeName = (ending: "tmp" | "journal"): string =>
  `.sojourn-${host}-${process.pid}-${Math.random().toString(36).slice(2, 10)}.${ending}`

/** A new name for the bytes of a file. */
export const stagedName = (): string => makeName("tmp")

/** A new name for a journal. */
export const journalName = (): string => makeName("journal")

export interface Leftover {
  readonly kind: "tmp" | "journal"
  /** Whether the run that made it has ended; undefined if it ran elsewhere. */
  readonly dead: boolean | undefined
}

/** What a file's name tells of the run that made it; undefined for other files. */
export const leftover = (file: string): Leftover | undefined => {
  const match = name.exec(file)
  if (match === null) return undefined
  const [, madeOn, pid, kind] = match
  return { kind: kind as Leftover["kind"], dead: madeOn === host ? !isAlive(Number(pid)) : undefined }
}

const isAlive = (id: number): boolean => {
  if (id === process.pid) return true
  try {
    process.kill(id, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}
