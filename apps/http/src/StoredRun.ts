import type { Run } from "@sojourn/client"
import { readdir, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { replaceFile } from "./DataDirectory.ts"
import { readResults } from "./results/Results.ts"

const file = "run.json"

/** Where the results of a run are, in its directory. */
export const resultsOf = (directory: string): string => join(directory, "results")

/** Keeps what is known of a run. Progress is not worth a write to the disk. */
export const storeRun = (directory: string, run: Run): Promise<void> =>
  replaceFile(join(directory, file), JSON.stringify({ ...run, progress: null }))

/**
 * The runs of a data directory, oldest first. One that had not ended when the server did is interrupted, unless its
 * results are all there.
 */
export const recoverRuns = async (root: string, now: string): Promise<ReadonlyArray<Run>> => {
  const runs: Array<Run> = []
  for (const id of await readdir(root)) {
    const directory = join(root, id)
    const text = await readFile(join(directory, file), "utf8").catch(() => undefined)
    if (text === undefined) await rm(directory, { recursive: true, force: true })
    else runs.push(await settled(directory, JSON.parse(text) as Run, now))
  }
  return runs.sort((a, b) => (a.created < b.created ? -1 : 1))
}

const settled = async (directory: string, run: Run, now: string): Promise<Run> => {
  if (run.state !== "queued" && run.state !== "running") return run
  const isDone = (await readResults(resultsOf(directory))) !== undefined
  const ended: Run = isDone
    ? { ...run, state: "done", ended: now }
    : {
        ...run,
        state: "interrupted",
        ended: now,
        problem: { code: "interrupted", detail: "the server ended before the run did", hint: "start it again" }
      }
  await storeRun(directory, ended)
  return ended
}
