import type { Settings } from "../engine/Settings.ts"

/** What is remembered of a mapping: the part of the settings that says what columns mean. */
type Mapping = Pick<Settings, "user" | "time" | "timeFormat" | "timezone" | "type" | "dedupe">

const keyOf = (columns: ReadonlyArray<string>): string => `mapping ${JSON.stringify(columns.toSorted())}`

/** What a person chose for a file with these columns before; null if nothing was. */
export const rememberedMapping = (columns: ReadonlyArray<string>): Mapping | null => {
  try {
    return JSON.parse(localStorage.getItem(keyOf(columns)) ?? "null") as Mapping | null
  } catch {
    return null
  }
}

/** Remembers what was chosen; nothing if all is guessed. */
export const rememberMapping = (columns: ReadonlyArray<string>, settings: Settings): void => {
  const { dedupe, time, timeFormat, timezone, type, user } = settings
  const mapping: Mapping = { user, time, timeFormat, timezone, type, dedupe }
  try {
    if (Object.values(mapping).every((value) => value === null)) localStorage.removeItem(keyOf(columns))
    else localStorage.setItem(keyOf(columns), JSON.stringify(mapping))
  } catch {
    // A browser that keeps nothing remembers nothing.
  }
}
