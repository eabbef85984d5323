import type { NamedFile } from "../engine/Engine.ts"
import type { Settings } from "../engine/Settings.ts"

/** A job as it is kept in this browser, so that a reload and a link find it again. */
export interface Job {
  readonly id: string
  readonly files: ReadonlyArray<NamedFile>
  readonly settings: Settings
  /** What its runs take as now: microseconds since 1970. */
  readonly asOfMicros: number
}

/** Jobs that are kept; the oldest is forgotten. */
const mostJobs = 5
const storeName = "jobs"

const opened = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open("sojourn", 1)
    request.addEventListener("upgradeneeded", () => request.result.createObjectStore(storeName, { keyPath: "id" }))
    request.addEventListener("success", () => resolve(request.result))
    request.addEventListener("error", () => reject(request.error ?? new Error("no storage")))
  })

const asked = async <A>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<A>): Promise<A> => {
  const database = await opened()
  try {
    return await new Promise((resolve, reject) => {
      const request = ask(database.transaction(storeName, mode).objectStore(storeName))
      request.addEventListener("success", () => resolve(request.result))
      request.addEventListener("error", () => reject(request.error ?? new Error("no storage")))
    })
  } finally {
    database.close()
  }
}

/** All jobs, the latest first; none where the browser keeps nothing. */
export const keptJobs = async (): Promise<ReadonlyArray<Job>> => {
  try {
    const jobs = await asked<Array<Job>>("readonly", (store) => store.getAll())
    return jobs.sort((a, b) => b.asOfMicros - a.asOfMicros)
  } catch {
    return []
  }
}

export const keptJob = async (id: string): Promise<Job | undefined> => (await keptJobs()).find((job) => job.id === id)

/** Keeps a job; false if the browser has no room for its files. */
export const keepJob = async (job: Job): Promise<boolean> => {
  try {
    await asked("readwrite", (store) => store.put(job))
    for (const { id } of (await keptJobs()).slice(mostJobs)) await forgetJob(id)
    return true
  } catch {
    return false
  }
}

export const forgetJob = async (id: string): Promise<void> => {
  await asked("readwrite", (store) => store.delete(id))
}
