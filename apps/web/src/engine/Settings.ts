/** What a person said about a job; what is null is guessed. Plain data. */
export interface Settings {
  /** A recipe decides about everything but its params and the format; with `text` it is a spec of somebody's own. */
  readonly recipe: {
    readonly name: string
    readonly params: Readonly<Record<string, string>>
    readonly text?: string
  } | null
  readonly format: {
    readonly name: string
    readonly options: Readonly<Record<string, unknown>>
  } | null
  readonly user: ReadonlyArray<string> | null
  readonly time: string | null
  readonly timeFormat: string | null
  readonly timezone: string | null
  readonly type: string | null
  /** `id`, `record`, `none`, or columns and roles. */
  readonly dedupe: string | ReadonlyArray<string> | null
  readonly gap: string
  readonly boundary: "merge" | "split"
  readonly rules: Rules
}

/** Rules besides the gap, as a spec has them; what is empty is no rule. */
export interface Rules {
  readonly start: string
  readonly end: string
  readonly maxDuration: string
  readonly maxEvents: string
  readonly change: string
  readonly passive: string
  readonly midnight: boolean
}

export const noRules: Rules = {
  start: "",
  end: "",
  maxDuration: "",
  maxEvents: "",
  change: "",
  passive: "",
  midnight: false
}

export const defaultSettings: Settings = {
  recipe: null,
  format: null,
  user: null,
  time: null,
  timeFormat: null,
  timezone: null,
  type: null,
  dedupe: null,
  gap: "30m",
  boundary: "merge",
  rules: noRules
}

/** How sessions are cut. */
export type Cut = Pick<Settings, "gap" | "boundary" | "rules">

/** There are rules that the flags of `sojourn sessions` cannot say. */
export const hasRules = ({ rules }: Cut): boolean =>
  Object.values(rules).some((rule) => (typeof rule === "string" ? rule.trim() !== "" : rule))

/** What was kept as settings; null where it is something else. */
export const settingsIn = (value: unknown): Settings | null => {
  if (typeof value !== "object" || value === null) return null
  const { boundary, gap, rules } = value as Partial<Settings>
  if (typeof gap !== "string" || (boundary !== "merge" && boundary !== "split")) return null
  if (typeof rules !== "object" || rules === null) return null
  const isRule = (name: string) => typeof rules[name as keyof Rules] === typeof noRules[name as keyof Rules]
  return Object.keys(noRules).every(isRule) ? { ...defaultSettings, ...value } : null
}
