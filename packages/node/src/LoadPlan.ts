import {
  makePlan,
  type Param,
  type Plan,
  type ReadSpec,
  readSpec,
  SpecError,
  type SpecProblem,
  type SpecValues
} from "@sojourn/core"
import * as Effect from "effect/Effect"
import { resolve } from "node:path"
import { isStandardOutput } from "./Files.ts"
import { formatProblem, outputProblem } from "./Formats.ts"
import type { SpecFile } from "./SpecFile.ts"

/** The plan of a spec with values filled in; formats, their options and the targets of outputs are checked too. */
export const loadPlan = (spec: SpecFile, values: SpecValues): Effect.Effect<Plan, SpecError> =>
  Effect.gen(function* () {
    const read = yield* Effect.fromResult(readSpec(spec.file, spec.text, values))
    const plan = yield* Effect.fromResult(makePlan(read))
    const problems = [...inputProblems(read, plan), ...outputProblems(read, plan)]
    if (problems.length > 0) return yield* new SpecError({ file: spec.file, problems })
    return plan
  })

/** The same, with something that fits in place of the params that only a run is given. */
export const checkSpec = (
  spec: SpecFile,
  params: Readonly<Record<string, Param>>,
  values: SpecValues
): Effect.Effect<void, SpecError> => {
  const open = Object.entries(params).filter(
    ([name, { default: value, optional }]) => values.params[name] === undefined && value === undefined && !optional
  )
  const filled = Object.fromEntries(
    open.map(([name, { type }]) => [name, type === "path" ? `${name}.csv` : stand[type]])
  )
  const lines = spec.text.split("\n")
  const isOfStandIn = ({ line }: SpecProblem) =>
    open.some(([name]) => new RegExp(String.raw`param:\s*["']?${name}\b`).test(lines[line - 1] ?? ""))
  return loadPlan(spec, { ...values, params: { ...filled, ...values.params } }).pipe(
    Effect.asVoid,
    Effect.catch((error) => {
      const problems = error.problems.filter((problem) => !isOfStandIn(problem))
      return problems.length === 0 ? Effect.void : Effect.fail(new SpecError({ file: error.file, problems }))
    })
  )
}

const stand = { text: "text", duration: "30m", integer: "1", boolean: "true", list: "text" } as const

const inputProblems = ({ document }: ReadSpec, plan: Plan): ReadonlyArray<SpecProblem> => {
  const format = plan.scan.inputs.find((input) => input.format !== null)?.format
  const problem = format && formatProblem("read", format)
  return problem === undefined || problem === null ? [] : [document.problem(["source", "format"], problem)]
}

const outputProblems = ({ document }: ReadSpec, plan: Plan): ReadonlyArray<SpecProblem> => {
  const tables = new Map<string, string>()
  return plan.write.flatMap(({ format, table, uri }) => {
    const path = ["outputs", table, format === null ? "uri" : "format"]
    const problem = outputProblem(format, uri)
    if (problem !== undefined) return [document.problem(path, problem.message, problem)]
    const target = isStandardOutput(uri) ? "standard output" : resolve(uri)
    const other = tables.get(target)
    tables.set(target, table)
    if (other === undefined) return []
    return [
      document.problem(["outputs", table, "uri"], `${isStandardOutput(uri) ? target : uri} gets the ${other} already`)
    ]
  })
}
