import { computed } from "@preact/signals"
import type { Settings } from "../engine/Settings.ts"
import { route, setParams } from "./route.ts"

/** What the other settings of a comparison have otherwise than those of the run. */
export type OtherSettings = Partial<Pick<Settings, "gap" | "boundary" | "rules" | "recipe">>

const name = "other"

/** As the address says it; null where nothing is compared. */
export const otherSettings = computed((): OtherSettings | null => {
  try {
    return JSON.parse(route.value.params.get(name) ?? "null") as OtherSettings | null
  } catch {
    return null
  }
})

export const changeOther = (changes: OtherSettings): void =>
  setParams({ [name]: JSON.stringify({ ...otherSettings.value, ...changes }) })
