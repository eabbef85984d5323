import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { explain } from "../run/explain.ts"
import type { Job, Tell } from "../run/Job.ts"
import { perform } from "./perform.ts"

// The process of one job: a file that breaks its reader breaks this process, and not the server.

/** When everything that was told is out. */
let told: Promise<void> = Promise.resolve()

const tell = (message: Tell): void => {
  told = new Promise((done) => process.send?.(message, () => done()))
}

// Without the server nobody waits for what is done here.
process.once("disconnect", () => process.exit(1))

const work = async (job: Job): Promise<void> => {
  const exit = await Effect.runPromiseExit(perform(job, tell))
  if (Exit.isFailure(exit)) {
    const problem = explain(Cause.squash(exit.cause))
    if (problem === undefined) process.stderr.write(`${Cause.pretty(exit.cause)}\n`)
    tell({ tell: "failed", problem: problem ?? { code: "defect", detail: "a defect in Sojourn stopped the job" } })
  }
  await told
  // Threads, and readers that wait for ever, end with it.
  process.exit(Exit.isSuccess(exit) ? 0 : 1)
}

process.once("message", (job: Job) => void work(job))
