import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from "node:fs"

/** How long it takes to make a file of so many bytes durable with fsync, once it is written; the path is free again. */
export function syncSeconds(path: string, bytes: number): number {
  const file = openSync(path, "w")
  try {
    const block = Buffer.alloc(1 << 20, "sessions")
    for (let left = bytes; left > 0; left -= block.length) writeFileSync(file, block.subarray(0, left))
    const start = performance.now()
    fsyncSync(file)
    return (performance.now() - start) / 1000
  } finally {
    closeSync(file)
    rmSync(path)
  }
}
