import { type Sample, type SessionsSpec, sessionsSpec } from "@sojourn/core"
import * as Result from "effect/Result"
import { parse, stringify } from "yaml"
import { Told } from "../engine/Engine.ts"
import { hasRules, type Settings } from "../engine/Settings.ts"

/** Where the command writes what the page lets one download. */
export const outputs = {
  sessions: "sessions.csv",
  events: "events.csv",
  rejects: "rejects.csv",
  duplicates: "duplicates.csv"
} as const

/** The spec of a job without a recipe: what a person said, with the gaps filled by guessing. Throws {@link Told}. */
export const jobSpec = (
  names: ReadonlyArray<string>,
  settings: Settings,
  sample: Sample,
  nowSeconds: number
): SessionsSpec => {
  const { boundary, dedupe, format, gap, time, timeFormat, timezone, type, user } = settings
  const request = {
    inputs: names,
    format: format === null ? undefined : { name: format.name, ...format.options },
    user: user ?? undefined,
    time: time ?? undefined,
    timeFormat: timeFormat ?? undefined,
    timezone: timezone ?? undefined,
    type: type ?? undefined,
    gap,
    boundary,
    dedupe: dedupe ?? undefined,
    columns: undefined,
    out: outputs.sessions,
    events: outputs.events,
    rejects: outputs.rejects
  }
  const made = sessionsSpec(request, sample, nowSeconds)
  if (Result.isFailure(made)) throw new Told(made.failure)
  return { text: withRules(made.success.text, settings), notes: made.success.notes }
}

/** Adds what the flags of the command cannot say: further rules, and the removed duplicates. */
const withRules = (text: string, { rules }: Settings): string => {
  const spec = parse(text) as { sessions: object; outputs: object }
  const { change, end, maxDuration, maxEvents, midnight, passive, start } = rules
  const said = Object.entries({
    start: start.trim(),
    end: end.trim(),
    max_duration: maxDuration.trim(),
    max_events: maxEvents.trim() === "" ? "" : Number(maxEvents),
    change: listOf(change),
    midnight,
    passive: passive.trim()
  }).filter(([, value]) => value !== "" && value !== false && (!Array.isArray(value) || value.length > 0))
  const sessions = { ...spec.sessions, ...Object.fromEntries(said) }
  const written = { ...spec.outputs, duplicates: { uri: outputs.duplicates } }
  return stringify({ ...spec, sessions, outputs: written }, { lineWidth: 0 })
}

/** `sojourn sessions …`, or `sojourn run …` where there are rules that flags cannot say. */
export const jobCommand = (
  names: ReadonlyArray<string>,
  settings: Settings,
  notes: SessionsSpec["notes"],
  asOfMicros: number
): string => {
  const asOf = new Date(asOfMicros / 1000).toISOString().replace(".000", "")
  if (hasRules(settings)) return `sojourn run sessions.yaml --as-of ${asOf}`
  const { boundary, dedupe, format, gap, time, timeFormat, timezone, type, user } = settings
  const said: ReadonlyArray<readonly [flag: string, value: string | null]> = [
    ["--format", format?.name ?? null],
    ["--header", typeof format?.options.header === "string" ? format.options.header : null],
    ["--user", user?.join(",") ?? null],
    ["--time", time],
    ["--time-format", timeFormat],
    ["--timezone", timezone],
    ["--type", type],
    ["--dedupe", typeof dedupe === "string" ? dedupe : (dedupe?.join(",") ?? null)],
    ["--gap", gap],
    ["--boundary", boundary === "merge" ? null : boundary]
  ]
  const flags = [
    ...said.flatMap(([flag, value]) => (value === null ? [] : [[flag, value] as const])),
    ...notes.map(({ flag, value }) => [flag, value] as const),
    ["--as-of", asOf] as const,
    ["--out", outputs.sessions] as const,
    ["--events", outputs.events] as const,
    ["--rejects", outputs.rejects] as const
  ]
  return [
    "sojourn sessions",
    ...names.map(shellWord),
    ...flags.map(([flag, value]) => `${flag} ${shellWord(value)}`)
  ].join(" ")
}

/** A word as a shell takes it. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`

const listOf = (text: string): ReadonlyArray<string> =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "")
