import type { NamedFile } from "../engine/NamedFile.ts"
import type { Settings } from "../engine/Settings.ts"

/** A job: what is read, and what is made of it. */
export interface Job {
  readonly id: string
  readonly files: ReadonlyArray<NamedFile>
  readonly settings: Settings
  /** What its runs take as now: microseconds since 1970. */
  readonly asOfMicros: number
}

/** What is known of a kept job without its files. */
export interface KeptJob extends Omit<Job, "files"> {
  readonly names: ReadonlyArray<string>
  readonly bytes: number
}

/** Jobs that are kept; the oldest is forgotten. */
const mostJobs = 5

/** The files are kept apart: they are large, and never change. */
type Store = "jobs" | "files"

const opened = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open("sojourn", 1)
    request.addEventListener("upgradeneeded", () => {
      for (const store of ["jobs", "files"] satisfies ReadonlyArray<Store>) {
        request.result.createObjectStore(store, { keyPath: "id" })
      }
    })
    request.addEventListener("success", () => resolve(request.result))
    request.addEventListener("error", () => reject(request.error ?? new Error("no storage")))
  })

const asked = async <A>(
  name: Store,
  mode: IDBTransactionMode,
  ask: (store: IDBObjectStore) => IDBRequest<A>
): Promise<A> => {
  const database = await opened()
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode)
      const request = ask(transaction.objectStore(name))
      transaction.addEventListener("complete", () => resolve(request.result))
      transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("no storage")))
    })
  } finally {
    database.close()
  }
}

/** All jobs, the latest first; none where the browser keeps nothing. */
export const keptJobs = async (): Promise<ReadonlyArray<KeptJob>> => {
  try {
    const jobs = await asked<Array<KeptJob>>("jobs", "readonly", (store) => store.getAll())
    return jobs.sort((a, b) => b.asOfMicros - a.asOfMicros)
  } catch {
    return []
  }
}

/** A job with its files; undefined if it is not kept here. */
export const keptJob = async (id: string): Promise<Job | undefined> => {
  try {
    const job = await asked<KeptJob | undefined>("jobs", "readonly", (store) => store.get(id))
    const kept = await asked<Pick<Job, "files"> | undefined>("files", "readonly", (store) => store.get(id))
    return job && kept && { id, files: kept.files, settings: job.settings, asOfMicros: job.asOfMicros }
  } catch {
    return undefined
  }
}

/** Keeps the files of a job, and the job; false if the browser has no room for them. */
export const keepFiles = async (job: Job): Promise<boolean> => {
  try {
    await asked("files", "readwrite", (store) => store.put({ id: job.id, files: job.files }))
    await keepJob(job)
    for (const { id } of (await keptJobs()).slice(mostJobs)) await forgetJob(id)
    return true
  } catch {
    return false
  }
}

/** Keeps what changed of a job. */
export const keepJob = async ({ asOfMicros, files, id, settings }: Job): Promise<void> => {
  const bytes = files.reduce((sum, { blob }) => sum + blob.size, 0)
  const kept: KeptJob = { id, settings, asOfMicros, names: files.map(({ name }) => name), bytes }
  await asked("jobs", "readwrite", (store) => store.put(kept))
}

export const forgetJob = async (id: string): Promise<void> => {
  for (const name of ["jobs", "files"] satisfies ReadonlyArray<Store>) {
    await asked(name, "readwrite", (store) => store.delete(id))
  }
}
