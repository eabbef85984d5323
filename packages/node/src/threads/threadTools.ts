import { makeKernels, sharedBytes, type Tools } from "@sojourn/core"
import type { Formats } from "../Formats.ts"
import type { Start } from "./Protocol.ts"
import { type StoredRun, storeRun } from "./StoredRun.ts"

/** The tools of the thread with that number; runs that do not fit into memory are put into files and into `stored`. */
export const threadTools = (
  formats: Formats,
  { directory, job, mostBytes }: Start,
  id: number,
  stored: Array<StoredRun>
): Tools => ({
  kernels: makeKernels,
  allocate: sharedBytes,
  clock: () => performance.now(),
  spill: {
    mostBytes,
    // Shared memory does not make the engine's collector hurry, and this is not to be shared.
    allocate: (bytes) => new ArrayBuffer(bytes),
    store: (run) => stored.push(storeRun(directory, `${id}-${stored.length}.arrows`, job.plan.validate.user.name, run))
  },
  encoding: (output, schema) => {
    const { format, uri } = job.writes[output]
    return formats.openEncoding(format, uri, schema)
  }
})
