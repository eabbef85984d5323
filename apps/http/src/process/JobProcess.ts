import type { RunProblem } from "@sojourn/client"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { type ChildProcess, fork } from "node:child_process"
import { readFileSync } from "node:fs"
import type { Limits } from "../Options.ts"
import type { Job, Tell } from "../run/Job.ts"

/** A job came to no good end. */
export class JobFailed extends Data.TaggedError("JobFailed")<{
  readonly problem: RunProblem
  /** What the process wrote of a defect. */
  readonly log: string
}> {}

/** In a bundle, too, it stands beside the file that holds this code. */
const jobFile = new URL(import.meta.url.endsWith(".ts") ? "./jobMain.ts" : "./jobMain.js", import.meta.url)

const memoryEveryMillis = 250
const keptLog = 8192

/**
 * Does a job in a process of its own, with a bound on its heap, its memory and its time; interrupting it kills the process.
 * Told everything but the end. `directory`: for its temporary files.
 */
export const runJob = (
  job: Job,
  {
    directory,
    environment,
    onTell,
    seconds
  }: {
    readonly directory: string
    /** What the process needs of the environment, such as the keys of a store. */
    readonly environment: NodeJS.ProcessEnv
    readonly seconds: number
    readonly onTell: (message: Tell) => void
  }
): Effect.Effect<void, JobFailed> =>
  Effect.callback<void, JobFailed>((resume) => {
    const { limits } = job
    const child = fork(jobFile, [], {
      cwd: directory,
      env: { ...environment, TMPDIR: directory },
      execArgv: [`--max-old-space-size=${Math.ceil(limits.runHeap / 2 ** 20)}`],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"]
    })
    let log = ""
    let problem: RunProblem | undefined
    let isDone = false
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-keptLog)
    })
    child.on("message", (message: Tell) => {
      if (message.tell === "failed") problem = message.problem
      else if (message.tell !== "planned" && message.tell !== "progress") isDone = true
      onTell(message)
    })
    const stop = (found: RunProblem) => {
      problem ??= found
      child.kill("SIGKILL")
    }
    const deadline = setTimeout(() => stop(tooLong(seconds)), seconds * 1000)
    const watch = setInterval(() => {
      if (memoryOf(child) > limits.runMemory) stop(tooMuchMemory(limits))
    }, memoryEveryMillis)
    const settle = () => {
      clearTimeout(deadline)
      clearInterval(watch)
    }
    child.once("error", (error) => {
      settle()
      resume(Effect.fail(new JobFailed({ problem: crashed(error.message), log })))
    })
    child.once("close", (code, signal) => {
      settle()
      if (isDone && problem === undefined) return resume(Effect.void)
      const isFull = /out of memory|allocation failed/i.test(log)
      problem ??= isFull ? tooMuchMemory(limits) : crashed(signal ?? `code ${code}`)
      resume(Effect.fail(new JobFailed({ problem, log })))
    })
    child.send(job, (error) => {
      if (error !== null) stop(crashed(error.message))
    })
    return Effect.promise(async () => {
      settle()
      if (child.exitCode !== null || child.signalCode !== null) return
      const closed = new Promise((done) => child.once("close", done))
      child.kill("SIGKILL")
      await closed
    })
  })

/** What reaches a store: its keys stay with the process that needs them. */
export const storeEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name.startsWith("AWS_") || name === "HOME" || name === "PATH")
  )

const pageBytes = 4096

/** Bytes of memory that a process has, where the system tells. */
const memoryOf = ({ pid }: ChildProcess): number => {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * pageBytes
  } catch {
    return 0
  }
}

const tooLong = (seconds: number): RunProblem => ({
  code: "limit.time",
  detail: `it took longer than ${seconds} seconds, the most that is allowed here`,
  hint: "divide the files, or let the server allow more time"
})

const tooMuchMemory = ({ runMemory }: Limits): RunProblem => ({
  code: "limit.memory",
  detail: `it needed more than ${Math.round(runMemory / 2 ** 20).toLocaleString("en")} MiB of memory, the most that is allowed here`,
  hint: "divide the files; if they are small, one of them may be damaged"
})

const crashed = (how: string): RunProblem => ({
  code: "crashed",
  detail: `the process of the job ended unexpectedly (${how})`,
  hint: "a damaged file can do that; nothing else was harmed"
})
