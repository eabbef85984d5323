import * as Flag from "effect/cli/Flag"
import type * as Option from "effect/Option"

/** Flags of every command that runs a plan. A spec's params may not take their names. */
export const runFlags = {
  summary: Flag.Literals("summary", ["text", "json", "none"]).pipe(
    Flag.withDescription("How the summary is printed"),
    Flag.withDefault("text")
  ),
  noSummary: Flag.Boolean("no-summary").pipe(Flag.withDescription("The same as --summary none"), Flag.withDefault(false)),
  quiet: Flag.Boolean("quiet").pipe(Flag.withAlias("q"), Flag.withDescription("Print nothing but errors"), Flag.withDefault(false)),
  maxRejects: Flag.String("max-rejects").pipe(
    Flag.withMetavar("N|P%"),
    Flag.withDescription("Exit 1 when more records than this are rejected"),
    Flag.optional
  ),
  asOf: Flag.String("as-of").pipe(
    Flag.withMetavar("TIME"),
    Flag.withDescription("The time taken as now, such as 2024-07-10T10:00:00Z (default: the clock)"),
    Flag.optional
  )
}

/** What the command line says of how to run. */
export interface RunSettings {
  readonly summary: "text" | "json" | "none"
  readonly noSummary: boolean
  readonly quiet: boolean
  readonly maxRejects: Option.Option<string>
  readonly asOf: Option.Option<string>
}

/** Names that belong to the command itself. */
export const globalFlagNames: ReadonlyArray<string> = [
  "summary",
  "no-summary",
  "quiet",
  "max-rejects",
  "as-of",
  "explain",
  "help",
  "version",
  "completions"
]
