import type { RandomAccess } from "@sojourn/core"
import { open } from "node:fs/promises"
import { type InputFile, placeOf } from "./Files.ts"
import { openStoredFile } from "./Stores.ts"

/** Bytes to be read at any place, until they are closed. */
export interface OpenFile extends RandomAccess {
  readonly close: () => Promise<void>
}

/** A file where it lies: on a local disk or in a store. */
export const openWhereItLies = (file: InputFile): Promise<OpenFile> =>
  file.stored === undefined ? openLocalFile(placeOf(file)) : openStoredFile(file.stored)

const openLocalFile = async (path: string): Promise<OpenFile> => {
  const handle = await open(path, "r")
  return {
    bytes: (await handle.stat()).size,
    read: async (from, to) => {
      const bytes = new Uint8Array(to - from)
      for (let filled = 0; filled < bytes.length;) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled)
        if (bytesRead === 0) throw new Error("it became shorter while it was read")
        filled += bytesRead
      }
      return bytes
    },
    close: () => handle.close()
  }
}

/** What can be read only once, kept in memory. */
export const memoryFile = async (chunks: AsyncIterable<Uint8Array>): Promise<OpenFile> => {
  const kept: Array<Uint8Array> = []
  for await (const chunk of chunks) kept.push(chunk)
  const bytes = new Uint8Array(Buffer.concat(kept))
  return {
    bytes: bytes.length,
    read: (from, to) => Promise.resolve(bytes.slice(from, to)),
    close: () => Promise.resolve()
  }
}
