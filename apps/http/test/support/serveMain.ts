import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { type Limits, serve } from "../../src/index.ts"
import { testOptions } from "./options.ts"

// A server in a process of its own, over the directory and with the limits that it is given. It tells what it holds.
const [, , data, limits = "{}"] = process.argv
process.on("message", () => {
  // As far as there is anything to collect, and free pages given back: V8 keeps them for the next garbage otherwise.
  globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" })
  const { arrayBuffers, heapUsed } = process.memoryUsage()
  process.send?.(heapUsed + arrayBuffers)
})
process.channel?.unref()

NodeRuntime.runMain(serve(testOptions(data, {}, JSON.parse(limits) as Partial<Limits>)))
