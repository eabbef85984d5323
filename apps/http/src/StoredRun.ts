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
 * results are all there; `end` says when that was.
 */
export const recoverRuns = async (root: string, end: Pick<Run, "ended" | "expires">): Promise<ReadonlyArray<Run>> => {
  const runs: Array<Run> = []
  for (const id of await readdir(root)) {
    const directory = join(root, id)
    const text = await readFile(join(directory, file), "utf8").catch(() => undefined)
    if (text === undefined) await rm(directory, { recursive: true, force: true })
    else runs.push(await settled(directory, JSON.parse(text) as Run, end))
  }
  return runs.sort((a, b) => (a.created < b.created ? -1 : 1))
}

const settled = async (directory: string, run: Run, end: Pick<Run, "ended" | "expires">): Promise<Run> => {
  if (run.state !== "queued" && run.state !== "running") return run
  const isDone = (await readResults(resultsOf(directory))) !== undefined
  const ended: Run = isDone
    ? { ...run, ...end, state: "done" }
    : {
        ...run,
        ...end,
        state: "interrupted",
        problem: { code: "interrupted", detail: "the server ended before the run did", hint: "start it again" }
      }
  await storeRun(directory, ended)
  return ended
}
