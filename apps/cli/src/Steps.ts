import type { LoadedPlan } from "@sojourn/node"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import { UsageError } from "./Failure.ts"

/** The flag `--step` of a spec that has steps. */
export const stepFlags = (names: ReadonlyArray<string>): { readonly step?: Flag.Flag<Option.Option<string>> } => {
  const [first, ...more] = names
  if (first === undefined) return {}
  const description = "Do this step only (default: all, one after the other)"
  return { step: Flag.Literals("step", [first, ...more]).pipe(Flag.withDescription(description), Flag.optional) }
}

/** Of the steps that can be run, the one that was asked for, or all. */
export const chosenSteps = (
  loaded: ReadonlyArray<LoadedPlan>,
  step: string | undefined
): Effect.Effect<ReadonlyArray<LoadedPlan>, UsageError> => {
  const chosen = loaded.filter((one) => step === undefined || one.step === step)
  if (chosen.length > 0) return Effect.succeed(chosen)
  const what =
    step === undefined
      ? "there is no step to run: the sources of all of them are"
      : `the step "${step}" is not run: its source is`
  return Effect.fail(
    new UsageError({ message: `${what} params that were not given`, hint: "see what can be given: --help" })
  )
}
