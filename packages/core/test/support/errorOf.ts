import * as Result from "effect/Result"
import { makePlan } from "../../src/plan/makePlan.ts"
import { readSpec, type SpecValues } from "../../src/spec/readSpec.ts"
import { noValues } from "./runSpec.ts"

/** What is wrong with a spec, line by line as it is shown, without the name of the file; nothing if it is good. */
export const errorOf = (text: string, values: SpecValues = noValues): ReadonlyArray<string> => {
  const plan = Result.flatMap(readSpec("spec.yaml", text, values), makePlan)
  return Result.isSuccess(plan) ? [] : plan.failure.message.split("\n").map((line) => line.replace(/^spec\.yaml:/, ""))
}
