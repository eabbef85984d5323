import { timeTextMicros } from "@sojourn/core"
import type { StateOptions } from "@sojourn/node"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { randomUUID } from "node:crypto"
import { availableParallelism, totalmem } from "node:os"
import { UsageError } from "./Failure.ts"

export const asOfFlag = (description: string) =>
  Flag.String("as-of").pipe(Flag.withMetavar("TIME"), Flag.withDescription(description), Flag.optional)

/** Flags of every command that runs a plan. A spec's params may not take their names. */
export const runFlags = {
  summary: Flag.Literals("summary", ["text", "json", "none"]).pipe(
    Flag.withDescription("How the summary is printed (default text)"),
    Flag.withDefault("text")
  ),
  noSummary: Flag.Boolean("no-summary").pipe(
    Flag.withDescription("The same as --summary none"),
    Flag.withDefault(false)
  ),
  quiet: Flag.Boolean("quiet").pipe(
    Flag.withAlias("q"),
    Flag.withDescription("Print nothing but errors"),
    Flag.withDefault(false)
  ),
  maxRejects: Flag.String("max-rejects").pipe(
    Flag.withMetavar("N|P%"),
    Flag.withDescription("Exit 1 when more records than this are rejected"),
    Flag.optional
  ),
  asOf: asOfFlag("The time taken as now, such as 2024-07-10T10:00:00Z (default: the clock)"),
  runId: Flag.String("run-id").pipe(
    Flag.withMetavar("ID"),
    Flag.withDescription("What the run is called in the table inputs (default: a new UUID)"),
    Flag.optional
  ),
  threads: Flag.Int("threads").pipe(
    Flag.withMetavar("N"),
    Flag.withDescription("How many threads share the work (default: one a core); the result is the same"),
    Flag.optional
  ),
  profile: Flag.Boolean("profile").pipe(
    Flag.withDescription("Print what the time was spent on"),
    Flag.withDefault(false)
  ),
  memory: Flag.String("memory").pipe(
    Flag.withMetavar("SIZE"),
    Flag.withDescription(
      "Memory to use, about, such as 512MB or 2GB: events beyond it go to temporary files (default: half of all)"
    ),
    Flag.optional
  )
}

/** Further flags of `run`. */
export const stateFlags = {
  state: Flag.String("state").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("Keep what was read in this directory, and read only what has changed since the last run"),
    Flag.optional
  ),
  prune: Flag.Boolean("prune").pipe(
    Flag.withDescription("With --state: inputs that are gone are taken out, instead of ending the run"),
    Flag.withDefault(false)
  )
}

/** How a run uses a state. */
export type StateSettings = Pick<StateOptions, "directory" | "prune" | "call" | "fix">

/** Reads those flags. `call`: what else says how the run was called. */
export const stateSettings = (
  flags: { readonly state: Option.Option<string>; readonly prune: boolean },
  call: StateSettings["call"]
): Effect.Effect<StateSettings | undefined, UsageError> => {
  const directory = Option.getOrUndefined(flags.state)
  if (directory !== undefined) return Effect.succeed({ directory, prune: flags.prune, call })
  if (!flags.prune) return Effect.undefined
  return Effect.fail(new UsageError({ message: "--prune takes inputs out of a state: name it with --state DIR" }))
}

type Given = Readonly<{
  summary: "text" | "json" | "none"
  noSummary: boolean
  quiet: boolean
  maxRejects: Option.Option<string>
  asOf: Option.Option<string>
  runId: Option.Option<string>
  threads: Option.Option<number>
  memory: Option.Option<string>
  profile: boolean
}>

/** How to run, as the flags say it. */
export interface RunSettings {
  readonly summary: "text" | "json" | "none"
  readonly quiet: boolean
  readonly maxRejects: { readonly percent: number } | { readonly records: number } | undefined
  readonly asOfMicros: number
  readonly runId: string
  readonly threads: number
  readonly memoryBytes: number
  readonly profile: boolean
}

/** Reads those flags; before anything else is done or printed. */
export const runSettings = Effect.fnUntraced(function* (flags: Given) {
  const settings: RunSettings = {
    summary: flags.noSummary || flags.quiet ? "none" : flags.summary,
    quiet: flags.quiet,
    maxRejects: yield* maxRejects(flags.maxRejects),
    asOfMicros: yield* asOfMicros(flags.asOf),
    runId: Option.getOrElse(flags.runId, () => randomUUID()),
    threads: yield* threads(flags.threads),
    memoryBytes: yield* memory(flags.memory),
    profile: flags.profile
  }
  return settings
})

const maxRejects = (given: Given["maxRejects"]): Effect.Effect<RunSettings["maxRejects"], UsageError> => {
  if (Option.isNone(given)) return Effect.undefined
  const match = /^(?:(\d+)|(\d+(?:\.\d+)?)\s?%)$/.exec(given.value)
  if (match === null || Number(match[2] ?? 0) > 100) {
    const expected = "expected a number such as 100, or a share such as 5%"
    return Effect.fail(new UsageError({ message: `--max-rejects: ${expected}, found "${given.value}"` }))
  }
  return Effect.succeed(match[1] === undefined ? { percent: Number(match[2]) } : { records: Number(match[1]) })
}

/** The time given, or that of the clock: microseconds since 1970. */
export const asOfMicros = Effect.fnUntraced(function* (given: Option.Option<string>) {
  if (Option.isNone(given)) return (yield* Clock.currentTimeMillis) * 1000
  const micros = timeTextMicros(given.value)
  if (micros !== undefined) return micros
  return yield* new UsageError({
    message: `--as-of: expected a time such as 2024-07-10T10:00:00Z, found "${given.value}"`
  })
})

const mostThreads = 256

const threads = (given: Given["threads"]): Effect.Effect<number, UsageError> => {
  if (Option.isNone(given)) return Effect.succeed(availableParallelism())
  if (given.value >= 1 && given.value <= mostThreads) return Effect.succeed(given.value)
  return Effect.fail(new UsageError({ message: `--threads: expected 1 to ${mostThreads}, found ${given.value}` }))
}

const units: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 }
/** Less than what the command itself needs makes no difference. */
const leastMemory = 128e6

const memory = (given: Given["memory"]): Effect.Effect<number, UsageError> => {
  if (Option.isNone(given)) return Effect.succeed(totalmem() / 2)
  const match = /^(\d+(?:\.\d+)?)\s?([kmg]i?b)$/i.exec(given.value)
  const bytes = match === null ? NaN : Number(match[1]) * units[match[2].toLowerCase()]
  if (bytes >= leastMemory) return Effect.succeed(bytes)
  const problem = Number.isNaN(bytes) ? "expected a size such as 512MB or 2GB" : "expected at least 128MB"
  return Effect.fail(new UsageError({ message: `--memory: ${problem}, found "${given.value}"` }))
}

/** Names that belong to the command itself, and its one-letter flags. */
export const globalFlagNames: ReadonlyArray<string> =
  "summary no-summary quiet max-rejects as-of run-id threads memory profile explain state prune records help version completions q n h v".split(
    " "
  )

/** Those flags that take no value, with their dashes. */
export const flagsAlone: ReadonlyArray<string> =
  "--no-summary --quiet --profile --explain --prune --help --version -q -h -v".split(" ")
