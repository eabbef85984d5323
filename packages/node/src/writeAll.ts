import { writeSync } from "node:fs"

/** Writes all of some bytes where an open file is, in this thread. */
export const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done)
}
