import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"

/** A server of the built command, in a process of its own. */
export interface ServerProcess {
  readonly url: string
  /** Where its inspector listens. */
  readonly inspector: string
  readonly child: ChildProcess
}

/** Starts the server of a command, a file for Node, over a directory, on any port that is free. */
export async function startServer(command: string, data: string, flags: ReadonlyArray<string> = []) {
  const args = ["--inspect=127.0.0.1:0", command, "serve", "--port", "0", "--data", data, ...flags]
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] })
  // Also where this process fails.
  process.once("exit", () => child.kill("SIGKILL"))
  let said = ""
  return new Promise<ServerProcess>((done, fail) => {
    child.once("exit", () => fail(new Error(`the server did not start: ${said}`)))
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      said += part
      const url = /http:\/\/\S+/.exec(said)?.[0]
      const inspector = /ws:\/\/\S+/.exec(said)?.[0]
      if (url !== undefined && inspector !== undefined) done({ url, inspector, child })
    })
  })
}

/** Ends a server as a crash would. */
export async function killServer({ child }: ServerProcess): Promise<void> {
  const ended = once(child, "exit")
  child.kill("SIGKILL")
  await ended
}
