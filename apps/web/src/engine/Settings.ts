/** What a person said about a job; what is null is guessed. Plain data. */
export interface Settings {
  /** A recipe decides about everything but its params and the format. */
  readonly recipe: {
    readonly name: string
    readonly params: Readonly<Record<string, string>>
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
