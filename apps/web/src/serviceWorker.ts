/** Keeps the page for the time without a network: what it is made of, but nothing of Parquet, which is large. */

/** What of a service worker's global scope is used here. */
interface Scope {
  readonly addEventListener: <Type extends keyof Events>(type: Type, listener: (event: Events[Type]) => void) => void
  readonly registration: { readonly scope: string }
  readonly skipWaiting: () => Promise<void>
  readonly clients: { readonly claim: () => Promise<void> }
}

interface Events {
  readonly install: Waiting
  readonly activate: Waiting
  readonly fetch: Event & {
    readonly request: Request
    readonly respondWith: (response: Promise<Response>) => void
  }
}

interface Waiting extends Event {
  readonly waitUntil: (done: Promise<unknown>) => void
}

const scope = globalThis as unknown as Scope
const prefix = "sojourn "

/** Names of the files of this build, told by the build; the first is the page itself. */
const files = async (): Promise<ReadonlyArray<string>> => (await fetch("./files.json", { cache: "no-store" })).json()

const install = async (): Promise<void> => {
  const names = await files()
  const cache = await caches.open(`${prefix}${names.join(" ")}`)
  await cache.addAll([...names])
  await scope.skipWaiting()
}

/** Forgets earlier builds. */
const activate = async (): Promise<void> => {
  const current = `${prefix}${(await files()).join(" ")}`
  const old = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== current)
  await Promise.all(old.map((name) => caches.delete(name)))
  await scope.clients.claim()
}

/** Files with a hash in their names never change; the page itself is taken from the network where there is one. */
const respond = async (request: Request, isPage: boolean): Promise<Response> => {
  if (!isPage) return (await caches.match(request)) ?? fetch(request)
  try {
    return await fetch(request)
  } catch (error) {
    const kept = await caches.match("./")
    if (kept === undefined) throw error
    return kept
  }
}

scope.addEventListener("install", (event) => event.waitUntil(install()))
scope.addEventListener("activate", (event) => event.waitUntil(activate()))
scope.addEventListener("fetch", (event) => {
  const { mode, method, url } = event.request
  if (method !== "GET" || !url.startsWith(scope.registration.scope)) return
  const path = url.slice(scope.registration.scope.length).replace(/[?#].*$/, "")
  const isPage = mode === "navigate" && path === ""
  if (isPage || path.startsWith("assets/") || path === "icon.svg") event.respondWith(respond(event.request, isPage))
})
