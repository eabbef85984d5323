import { parentPort, threadId, workerData } from "node:worker_threads"
import { toFailure } from "./Failure.ts"
import type { Ask, Start, Tell } from "./Protocol.ts"
import { Thread } from "./Thread.ts"

// One thread of a crew: answers one question after the other.

const port = parentPort
if (port === null) throw new Error("this file is started as a thread")
const tell = (message: Tell) => {
  // What was encoded is given away, not copied.
  const encoded = message.tell === "computed" ? message.result.outputs.flatMap(({ encoded }) => encoded) : []
  port.postMessage(
    message,
    encoded.map(({ buffer }) => buffer as ArrayBuffer)
  )
}
let thread: Thread | undefined
port.on("message", (ask: Ask) => {
  const answer = async () => {
    thread ??= new Thread(workerData as Start, threadId, tell)
    return thread.answer(ask)
  }
  answer().then(tell, (error: unknown) => tell({ tell: "failed", failure: toFailure(error) }))
})
