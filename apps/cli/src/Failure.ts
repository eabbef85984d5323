import { CannotGuess, isRunFailure, PluginError, SpecError } from "@sojourn/core"
import { SpecNotFound } from "@sojourn/node"
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as Data from "effect/Data"
import { ExitCode } from "./ExitCode.ts"

/** The command line asks for something that cannot be. */
export class UsageError extends Data.TaggedError("UsageError")<{ readonly message: string; readonly hint?: string }> {}

/** The run is done and its outputs are written, and its result is not acceptable. */
export class ThresholdPassed extends Data.TaggedError("ThresholdPassed")<{
  readonly message: string
  readonly hint?: string
}> {}

/** What a person is told of a failure, and the exit code. Never a stack trace for what is not a defect. */
export const explain = (cause: Cause.Cause<unknown>): { readonly code: number; readonly text: string } => {
  const error = Cause.squash(cause)
  // The presenter has said it already; help that was only missing a command is no mistake.
  if (CliError.isCliError(error)) {
    return { code: error._tag === "ShowHelp" && error.errors.length === 0 ? ExitCode.done : ExitCode.usage, text: "" }
  }
  const text = (message: string, hint?: string) => `sojourn: ${message}${hint === undefined ? "" : `\n  ${hint}`}`
  if (error instanceof SpecError) return { code: ExitCode.usage, text: error.message }
  if (error instanceof UsageError || error instanceof CannotGuess || error instanceof SpecNotFound) {
    return { code: ExitCode.usage, text: text(error.message, error.hint) }
  }
  if (error instanceof ThresholdPassed) return { code: ExitCode.threshold, text: text(error.message, error.hint) }
  if (error instanceof PluginError) {
    return { code: error.reason === "Config" ? ExitCode.usage : ExitCode.io, text: text(error.message, error.hint) }
  }
  if (isRunFailure(error)) return { code: ExitCode.io, text: text(error.message) }
  return {
    code: ExitCode.defect,
    text: text(`a defect in Sojourn, please report it with what follows\n${Cause.pretty(cause)}`)
  }
}
