import { makeClient } from "@sojourn/client"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import { spawn } from "node:child_process"

/** A server as a process of its own, so that it can be killed. */
export const startProcess = async (data: string) => {
  const child = spawn(process.execPath, [new URL("./serveMain.ts", import.meta.url).pathname, data], {
    stdio: ["ignore", "ignore", "pipe"]
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
  const kill = () =>
    new Promise<void>((done) => {
      child.once("exit", () => done())
      child.kill("SIGKILL")
    })
  return { url, client, kill }
}
