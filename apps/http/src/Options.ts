import type * as Redacted from "effect/Redacted"
import { availableParallelism, totalmem } from "node:os"

/** How much a request or a run may take. Whatever goes beyond fails, with an error that names the limit. */
export interface Limits {
  /** Bytes of the files of one upload, as they are sent, and how many files there are. */
  readonly uploadBytes: number
  readonly uploadFiles: number
  /** Bytes a second of an upload on average, after its first half minute: a slower one holds a place for nothing. */
  readonly uploadRate: number
  /** Bytes of an unpacked file, and how many times its packed size they may be. */
  readonly unpackedBytes: number
  readonly unpackedRatio: number
  /** Columns that are read of a file. */
  readonly columns: number
  /** Bytes of a record; a longer one is rejected. */
  readonly recordBytes: number
  /** Runs at once, and how many may wait. */
  readonly runs: number
  readonly queue: number
  /** Of one run: seconds, bytes of memory in all, and of them in JavaScript's heap. */
  readonly runSeconds: number
  readonly runMemory: number
  readonly runHeap: number
  /** Seconds for recognising a file. */
  readonly recogniseSeconds: number
  /** Bytes of the body of any other request: events, specs. */
  readonly bodyBytes: number
  /** Levels of nesting of an event, and how many ids of each dataset are remembered at least. */
  readonly nesting: number
  readonly rememberedIds: number
  /** Datasets whose ids are in memory at once. */
  readonly openDatasets: number
  /** Connections at once; seconds for the head of a request, and without a byte after which a connection is closed. */
  readonly connections: number
  readonly headSeconds: number
  readonly silentSeconds: number
}

/** How the server is started. */
export interface ServerOptions {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  /** The directory of everything that is kept. */
  readonly data: string
  /** What a request must bring; needed unless only this machine can reach the server. */
  readonly token: Redacted.Redacted | undefined
  /** Names of the host that requests may use, besides addresses and `localhost`. */
  readonly hostNames: ReadonlyArray<string>
  /** A directory of static files for `/`: the built page. */
  readonly page: string | undefined
  /** The uris that runs can read, by name. */
  readonly stores: Readonly<Record<string, string>>
  /** The part of the environment that specs may use as `${NAME}`. */
  readonly environment: Readonly<Record<string, string>>
  /** Seconds after which uploads and runs that have ended are deleted. */
  readonly retention: number
  readonly limits: Limits
}

const MiB = 2 ** 20
const GiB = 2 ** 30

/** Half of the machine is for runs. */
const runs = Math.max(1, Math.floor(availableParallelism() / 2))
const runMemory = Math.max(GiB, totalmem() / 2 / runs)

export const defaultLimits: Limits = {
  uploadBytes: 16 * GiB,
  uploadFiles: 1000,
  uploadRate: 1024,
  unpackedBytes: 64 * GiB,
  unpackedRatio: 200,
  columns: 2000,
  recordBytes: 16 * MiB,
  runs,
  queue: 100,
  runSeconds: 3600,
  runMemory,
  runHeap: Math.min(4 * GiB, runMemory / 2),
  recogniseSeconds: 30,
  bodyBytes: 16 * MiB,
  nesting: 100,
  rememberedIds: 2 ** 21,
  openDatasets: 8,
  connections: 1000,
  headSeconds: 15,
  silentSeconds: 120
}

export const defaultRetention = 7 * 24 * 3600
