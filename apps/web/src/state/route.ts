import { computed, signal } from "@preact/signals"
import { type Filter, noFilter, type Sort } from "../engine/Query.ts"

export const tabs = ["setup", "summary", "sessions", "events", "tables", "skipped", "original", "compare"] as const
export type Tab = (typeof tabs)[number]

/** What is shown. All of it stands in the address, so that it can be linked to. */
export interface Route {
  /** Null on the first page. */
  readonly job: string | null
  readonly tab: Tab
  readonly params: URLSearchParams
}

const parsed = (hash: string): Route => {
  const [path, query = ""] = hash.replace(/^#\/?/, "").split("?")
  const [, job = null, tab = ""] = /^job\/([\w-]+)(?:\/(\w+))?$/.exec(path) ?? []
  return { job, tab: tabs.find((known) => known === tab) ?? "summary", params: new URLSearchParams(query) }
}

export const route = signal(parsed(location.hash))

addEventListener("hashchange", () => (route.value = parsed(location.hash)))

const addressOf = ({ job, params, tab }: Route): string => {
  const query = params.toString()
  return job === null ? "#/" : `#/job/${job}/${tab}${query === "" ? "" : `?${query}`}`
}

/** What is kept when another tab is shown: the filters that mean the same on every tab. */
const shared = ["from", "to", "user", "type"]

/** The address of a tab, with filters. */
export const tabAddress = (tab: Tab, changes: Readonly<Record<string, string>> = {}): string => {
  const { job, params } = route.value
  const kept = new URLSearchParams([...params].filter(([name]) => shared.includes(name)))
  for (const [name, value] of Object.entries(changes)) kept.set(name, value)
  return addressOf({ job, tab, params: kept })
}

export const show = (job: string | null, tab: Tab): void => {
  location.hash = addressOf({ job, tab, params: new URLSearchParams() })
}

/** The job has another name from now on. */
export const rename = (job: string): void => {
  // Not `route`, which learns later of an address that was just shown.
  history.replaceState(null, "", addressOf({ ...parsed(location.hash), job }))
  route.value = parsed(location.hash)
}

/** Changes params of the address; null takes one away. `replace`: the way back does not lead to the state before. */
export const setParams = (changes: Readonly<Record<string, string | null>>, replace = false): void => {
  const params = new URLSearchParams(route.value.params)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") params.delete(name)
    else params.set(name, value)
  }
  const address = addressOf({ ...route.value, params })
  if (!replace) {
    location.hash = address
    return
  }
  history.replaceState(null, "", address)
  route.value = parsed(location.hash)
}

const param = (name: string): string | null => route.value.params.get(name)
const numberParam = (name: string): number | null => {
  const text = param(name)
  return text === null || text === "" || Number.isNaN(Number(text)) ? null : Number(text)
}

/** As a text, so that the filter is the same value as long as it means the same. */
const filterText = computed(() => {
  const said: Filter = {
    ...noFilter,
    from: numberParam("from"),
    to: numberParam("to"),
    user: param("user"),
    type: param("type"),
    minSeconds: numberParam("min"),
    maxSeconds: numberParam("max"),
    minEvents: numberParam("events"),
    cause: param("cause"),
    reason: param("reason")
  }
  return JSON.stringify(said)
})

/** What is looked at, as the address says it. */
export const filter = computed(() => JSON.parse(filterText.value) as Filter)

export const isFiltered = computed(() => Object.values(filter.value).some((value) => value !== null))

/** `sort=column` or `sort=-column`. */
export const sort = computed((): Sort | null => {
  const text = param("sort")
  if (text === null) return null
  return { column: text.replace(/^-/, ""), descending: text.startsWith("-") }
})
