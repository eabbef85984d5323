// Many clients post events to the built server, which is killed while they do; started again, it has to have every
// acknowledged event once.
import { createReadStream } from "node:fs"
import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { readCount, readFlags } from "./flags.ts"
import { type HeldMemory, heldBy } from "./heldBy.ts"
import { eventId, type Posted, postEvents } from "./postEvents.ts"
import { readTree } from "./ProcessTree.ts"
import { killServer, startServer } from "./ServerProcess.ts"
import { builtCommand } from "./sojourn.ts"

const flags = readFlags({
  clients: { type: "string", default: "50" },
  batch: { type: "string", default: "50" },
  seconds: { type: "string", default: "60" },
  command: { type: "string", default: builtCommand }
})
const clients = readCount("--clients", flags.clients)
const size = readCount("--batch", flags.batch)
const seconds = readCount("--seconds", flags.seconds)

const sampleEveryMillis = 5000

const data = await mkdtemp(join(tmpdir(), "sojourn-events-"))
try {
  const server = await startServer(flags.command, data)
  let isOver = false
  const memory: Array<number> = []
  const watch = setInterval(() => memory.push(readTree(server.child.pid ?? 0)?.resident ?? NaN), sampleEveryMillis)
  const posting = Array.from({ length: clients }, (_, client) => postEvents(server.url, client, size, () => isOver))
  const held: Array<HeldMemory> = []
  for (let third = 1; third <= 3; third++) {
    await new Promise((done) => setTimeout(done, (seconds * 1000) / 3))
    held.push(await heldBy(server.inspector))
  }
  clearInterval(watch)
  await killServer(server)
  isOver = true
  const posted = await Promise.all(posting)

  const again = await startServer(flags.command, data)
  const response = await fetch(`${again.url}/v1/datasets`)
  const [dataset] = (await response.json()) as ReadonlyArray<{ readonly events: number }>
  await killServer(again)
  const stored = await countIds(join(data, "datasets/events"))
  report(posted, memory, held, dataset.events)
  check(posted, stored)
} finally {
  await rm(data, { recursive: true, force: true })
}

/** How often each id is in the files of a dataset. */
async function countIds(directory: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const name of (await readdir(directory)).filter((file) => file.endsWith(".jsonl"))) {
    for await (const line of createInterface({ input: createReadStream(join(directory, name)) })) {
      const { event_id } = JSON.parse(line) as { readonly event_id: string }
      counts.set(event_id, (counts.get(event_id) ?? 0) + 1)
    }
  }
  return counts
}

function report(
  posted: ReadonlyArray<Posted>,
  memory: ReadonlyArray<number>,
  held: ReadonlyArray<HeldMemory>,
  stored: number
): void {
  const millis = posted.flatMap((one) => one.millis).sort((a, b) => a - b)
  const quantile = (q: number) => millis[Math.floor((millis.length - 1) * q)]?.toFixed(1)
  const whole = (values: ReadonlyArray<number>) => values.map((value) => value.toFixed(0)).join(" ")
  console.log(`${clients} clients, batches of ${size}, ${seconds} s
events acknowledged  ${millis.length * size} (${Math.round((millis.length * size) / seconds)} a second), stored ${stored}
milliseconds a batch p50 ${quantile(0.5)}, p99 ${quantile(0.99)}, most ${quantile(1)}
resident, MB         ${whole(memory)} (every ${sampleEveryMillis / 1000} s)
held, MB             heap ${whole(held.map(({ heap }) => heap))}, buffers ${whole(held.map(({ buffers }) => buffers))} (after each third)`)
}

function check(posted: ReadonlyArray<Posted>, stored: ReadonlyMap<string, number>): void {
  const acknowledged = posted.flatMap((one, client) =>
    one.acknowledged.flatMap((batch) => Array.from({ length: size }, (_, place) => eventId(client, batch, place)))
  )
  const lost = acknowledged.filter((id) => !stored.has(id))
  const doubled = [...stored].filter(([, count]) => count > 1)
  if (lost.length + doubled.length > 0) {
    console.error(`${lost.length} acknowledged events are lost, ${doubled.length} are there more than once`)
    process.exitCode = 1
  } else console.log("every acknowledged event is there once after the server was killed")
}
