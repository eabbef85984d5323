import { makeClient } from "@sojourn/client"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { spawn } from "node:child_process"
import { onTestFinished } from "vitest"

/** A server as a process of its own, so that it can be killed. */
export const startProcess = async (data: string, environment: NodeJS.ProcessEnv = {}) => {
  const child = spawn(process.execPath, [new URL("./serveMain.ts", import.meta.url).pathname, data], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"]
  })
  // Also if the test fails before it has ended it.
  onTestFinished(() => void child.kill("SIGKILL"))
  let output = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text
  })
  const url = await new Promise<string>((done, fail) => {
    let said = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
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
  return { url, client, kill: ending("SIGKILL"), stop: ending("SIGTERM"), output: () => output }
}
