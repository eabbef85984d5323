import { makeClient } from "@sojourn/client"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { type ChildProcess, fork } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { onTestFinished } from "vitest"
import type { Limits } from "../../src/index.ts"

export type ServerProcess = Awaited<ReturnType<typeof spawnServer>>

/** A server as a process of its own, so that it can be killed. It ends with the test. */
export const startProcess = async (
  data: string,
  environment: NodeJS.ProcessEnv = {},
  limits: Partial<Limits> = {}
): Promise<ServerProcess> => {
  const server = await spawnServer(data, environment, limits)
  // Also if the test fails before it has ended it.
  onTestFinished(() => void server.child.kill("SIGKILL"))
  return server
}

/** The same, to be killed by whoever has started it. */
export const spawnServer = async (data: string, environment: NodeJS.ProcessEnv, limits: Partial<Limits>) => {
  const main = new URL("./serveMain.ts", import.meta.url).pathname
  const child = fork(main, [data, JSON.stringify(limits)], {
    env: { ...process.env, ...environment },
    execArgv: ["--expose-gc"],
    stdio: ["ignore", "pipe", "pipe", "ipc"]
  })
  let output = ""
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text
  })
  const url = await new Promise<string>((done, fail) => {
    let said = ""
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text
      const [found] = /http:\/\/\S+/.exec(said) ?? []
      if (found !== undefined) done(found)
    })
    child.once("exit", () => fail(new Error(said)))
  })
  const client = await Effect.runPromise(Effect.provide(makeClient({ url }), FetchHttpClient.layer))
  const ending = (signal: "SIGKILL" | "SIGTERM") => () =>
    new Promise<void>((done) => {
      child.once("exit", () => done())
      child.kill(signal)
    })
  return { url, data, client, child, kill: ending("SIGKILL"), stop: ending("SIGTERM"), output: () => output }
}

/** Bytes that a server holds when its garbage is collected, in its heap and in buffers. */
export const heldBytes = (child: ChildProcess): Promise<number> =>
  new Promise((done) => {
    child.once("message", (bytes) => done(bytes as number))
    child.send("held")
  })

const pageBytes = 4096

/** Bytes of memory that a process has, and the processes that it has started; zero and none where there is no /proc. */
export const resident = ({
  pid
}: ChildProcess): { readonly bytes: number; readonly children: ReadonlyArray<number> } => {
  try {
    const bytes = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * pageBytes
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number)
    )
    return { bytes, children }
  } catch {
    return { bytes: 0, children: [] }
  }
}
