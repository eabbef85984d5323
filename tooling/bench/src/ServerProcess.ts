import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"

/** A server of the built command, in a process of its own. */
export interface ServerProcess {
  readonly url: string
  readonly child: ChildProcess
}

/** Starts the server of a command, a file for Node, over a directory, on any port that is free. */
export async function startServer(command: string, data: string): Promise<ServerProcess> {
  const child = spawn(process.execPath, [command, "serve", "--port", "0", "--data", data], {
    stdio: ["ignore", "ignore", "pipe"]
  })
  let said = ""
  for await (const part of child.stderr) {
    said += String(part)
    const url = /http:\/\/\S+/.exec(said)?.[0]
    if (url !== undefined) return { url, child }
  }
  throw new Error(`the server did not start: ${said}`)
}

/** Ends a server as a crash would. */
export async function killServer({ child }: ServerProcess): Promise<void> {
  const ended = once(child, "exit")
  child.kill("SIGKILL")
  await ended
}
