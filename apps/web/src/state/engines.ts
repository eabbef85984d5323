import { effect, signal } from "@preact/signals"
import { ServerEngine } from "../engine/ServerEngine.ts"
import { WorkerEngine } from "../engine/WorkerEngine.ts"

const local = new WorkerEngine()

/** The server that the page came from, if it was one of Sojourn: it says so in the page. */
export const server: ServerEngine | undefined =
  document.querySelector('meta[name="sojourn-server"]') === null
    ? undefined
    : new ServerEngine(local, new URL("./", location.href).href)

export const places = ["server", "browser"] as const
export type Place = (typeof places)[number]

const key = "where"
const kept = (): string | null => {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

/** Where the next run is computed: on the server, unless there is none or the browser was asked for. */
export const where = signal<Place>(server === undefined || kept() === "browser" ? "browser" : "server")

effect(() => {
  try {
    if (server !== undefined) localStorage.setItem(key, where.value)
  } catch {
    // It is right until the page is left.
  }
})

export const engineOf = (place: Place): WorkerEngine | ServerEngine =>
  place === "server" && server !== undefined ? server : local

/** Runs of a server are known by ids of their own kind. */
export const isServerRun = (id: string): boolean => server !== undefined && /^[0-9a-f]{32}$/.test(id)
