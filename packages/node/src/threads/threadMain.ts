import { parentPort, threadId } from "node:worker_threads"
import { loadFormats } from "../Plugins.ts"
import { toFailure } from "./Failure.ts"
import type { Ask, Begin, End, PackedResult, Start, Tell } from "./Protocol.ts"
import { Thread } from "./Thread.ts"

// One thread of a crew: answers one question after the other.

const port = parentPort
if (port === null) throw new Error("this file is started as a thread")
const tell = (message: Tell) => {
  // What was made for it is given away, not copied.
  const made = message.tell === "computed" ? bytesIn(message.result) : message.tell === "packed" ? [message.packed] : []
  port.postMessage(
    message,
    made.map(({ buffer }) => buffer).filter((buffer) => buffer instanceof ArrayBuffer)
  )
}
const bytesIn = ({ feeds, heads, outputs }: PackedResult): ReadonlyArray<Uint8Array> => [
  ...outputs.flatMap(({ batches, encoded }) => [...batches, ...encoded]),
  ...feeds.flat(),
  ...heads.map(({ batch }) => batch)
]
const begun = async (start: Start) => new Thread(await loadFormats(start.job.plan.plugins), start, threadId, tell)
let thread: Promise<Thread> | undefined
let last: Promise<void> = Promise.resolve()
port.on("message", (ask: Ask | Begin | End) => {
  if (ask.ask === "end") {
    // Nothing else keeps the thread.
    port.close()
    return
  }
  if (ask.ask === "start") {
    thread = begun(ask.start)
    // Told to who asks.
    thread.catch(() => undefined)
    return
  }
  const answer = async () => {
    if (thread === undefined) throw new Error("no run has begun")
    return (await thread).answer(ask)
  }
  last = last.then(answer).then(tell, (error: unknown) => tell({ tell: "failed", failure: toFailure(error) }))
})
