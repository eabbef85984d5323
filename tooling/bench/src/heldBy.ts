/** What a process of Node holds when its garbage is collected, in MB (10^6 bytes). */
export interface HeldMemory {
  /** In JavaScript's heap. */
  readonly heap: number
  /** Beside it, in buffers. */
  readonly buffers: number
}

/** Collects the garbage of a process through its inspector (`--inspect`), which is at such a url: `ws://…`. */
export async function heldBy(inspector: string): Promise<HeldMemory> {
  const socket = new WebSocket(inspector)
  await new Promise((done, fail) => {
    socket.addEventListener("open", done)
    socket.addEventListener("error", fail)
  })
  let last = 0
  const call = (method: string): Promise<Readonly<Record<string, number>>> =>
    new Promise((done) => {
      const id = ++last
      socket.addEventListener("message", ({ data }) => {
        const answer = JSON.parse(String(data)) as { readonly id?: number; readonly result: Record<string, number> }
        if (answer.id === id) done(answer.result)
      })
      socket.send(JSON.stringify({ id, method }))
    })
  try {
    await call("HeapProfiler.enable")
    await call("HeapProfiler.collectGarbage")
    const { backingStorageSize, usedSize } = await call("Runtime.getHeapUsage")
    return { heap: usedSize / 1e6, buffers: backingStorageSize / 1e6 }
  } finally {
    socket.close()
  }
}
