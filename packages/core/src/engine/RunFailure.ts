import * as Effect from "effect/Effect"
import type { PluginError } from "../plugin/PluginError.ts"
import { ExpressionFailed } from "./Expressions.ts"
import { IntegerOverflow } from "./measure/IntegerOverflow.ts"

/** Why a run cannot go on with the data that it met. */
export type RunFailure = IntegerOverflow | ExpressionFailed

/** Why records cannot be read on: where they come from, or what is made of those that are rejected. */
export type ReadFailure = PluginError | RunFailure

export const isRunFailure = (error: unknown): error is RunFailure =>
  error instanceof IntegerOverflow || error instanceof ExpressionFailed

/** What a function gives, or the {@link RunFailure} that it throws. */
export const attempt = <A>(run: () => A): Effect.Effect<A, RunFailure> =>
  Effect.try({
    try: run,
    catch: (error) => {
      if (isRunFailure(error)) return error
      throw error
    }
  })
