import { makePlan, type Plan, readSpec, SpecError, type SpecValues } from "@sojourn/core"
import { recipesFolder } from "@sojourn/recipes"
import * as Effect from "effect/Effect"
import { readdir, readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import { fileError } from "./Files.ts"
import { formatProblem } from "./Formats.ts"

/** A spec's text and what it is called in messages. */
export interface SpecFile {
  readonly file: string
  readonly text: string
}

/** Names of the recipes that come with Sojourn. */
export const recipeNames: Effect.Effect<ReadonlyArray<string>> = Effect.promise(async () => {
  const files = await readdir(recipesFolder)
  return files.filter((file) => file.endsWith(".yaml")).map((file) => file.slice(0, -".yaml".length)).sort()
})

/** Whether an argument names a file (it has a `/` or a spec's ending) or else a recipe. */
export const isSpecPath = (argument: string): boolean => argument.includes("/") || /\.(ya?ml|json)$/.test(argument)

/** Reads a spec by path or a recipe by name. */
export const specFile = Effect.fn("specFile")(function*(argument: string) {
  if (!isSpecPath(argument)) {
    const names = yield* recipeNames
    if (!names.includes(argument)) {
      const message = `no recipe "${argument}"; there is ${names.join(", ")}. A spec file has a / in its path or ends in .yaml`
      return yield* new SpecError({ file: argument, problems: [{ line: 1, column: 1, message }] })
    }
  }
  const path = isSpecPath(argument) ? argument : fileURLToPath(new URL(`${argument}.yaml`, recipesFolder))
  const text = yield* Effect.tryPromise({
    try: () => readFile(path, "utf8"),
    catch: (cause) => fileError("read", path, cause)
  })
  return { file: isSpecPath(argument) ? path : `${argument}.yaml`, text } as SpecFile
})

/** The plan of a spec with values filled in; formats and their options are checked too. */
export const loadPlan = (spec: SpecFile, values: SpecValues): Effect.Effect<Plan, SpecError> =>
  Effect.gen(function*() {
    const read = yield* Effect.fromResult(readSpec(spec.file, spec.text, values))
    const plan = yield* Effect.fromResult(makePlan(read))
    const problems = []
    for (const input of plan.scan.inputs) {
      const problem = input.format && formatProblem("read", input.format)
      if (problem) problems.push(read.document.problem(["source", "format"], problem))
    }
    for (const output of plan.write) {
      const problem = output.format && formatProblem("write", output.format)
      if (problem) problems.push(read.document.problem(["outputs", output.table, "format"], problem))
    }
    if (problems.length > 0) return yield* new SpecError({ file: spec.file, problems })
    return plan
  })
