import {
  makePlan,
  namedFiles,
  PluginError,
  type Param,
  type Plan,
  type ReadSpec,
  distinctProblems,
  readSpecs,
  SpecError,
  type SpecProblem,
  type SpecValues
} from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { readFileSync } from "node:fs"
import { resolve } from "node:path"
import { isStandardInput, isStandardOutput } from "./Files.ts"
import type { FormatChoice, Formats } from "./Formats.ts"
import { loadFormats, resolvePlugin } from "./Plugins.ts"
import type { SpecFile } from "./SpecFile.ts"
import { schemeOf } from "./Stores.ts"

/** The plan of a spec, or of one of its steps. */
export interface LoadedPlan {
  readonly step: string | undefined
  readonly plan: Plan
}

/**
 * The plans of a spec with values filled in: one, or one for each of its steps. Formats, their options and the targets of
 * outputs are checked too.
 */
export const loadPlans = (spec: SpecFile, values: SpecValues): Effect.Effect<ReadonlyArray<LoadedPlan>, SpecError> =>
  Effect.gen(function* () {
    const read = yield* Effect.fromResult(
      readSpecs(spec.file, spec.text, { ...values, file: (path) => textBeside(spec, path) })
    )
    const taken: StepFiles = new Map()
    const loaded = yield* Effect.forEach(read, (one) => Effect.result(loadOne(spec, one, taken)))
    const problems = loaded.flatMap((one) => (Result.isFailure(one) ? one.failure.problems : []))
    if (problems.length > 0) return yield* new SpecError({ file: spec.file, problems: distinctProblems(problems) })
    return loaded.flatMap((one) => (Result.isSuccess(one) ? [one.success] : []))
  })

/** The files that steps write, and which step does so first: what a later one writes there would replace it. */
type StepFiles = Map<string, string>

const loadOne = (spec: SpecFile, read: ReadSpec, taken: StepFiles): Effect.Effect<LoadedPlan, SpecError> =>
  Effect.gen(function* () {
    const plan = yield* Effect.fromResult(makePlan(read))
    const { formats, places, problems: unloaded } = yield* Effect.promise(() => loadedPlugins(spec, read, plan))
    const problems = [
      ...unloaded,
      ...inputProblems(formats, read, plan),
      ...outputProblems(formats, read, plan),
      ...stepProblems(formats, read, plan, taken)
    ]
    if (problems.length > 0) return yield* new SpecError({ file: spec.file, problems })
    return { step: read.step, plan: { ...plan, plugins: places } }
  })

/** The plan of a spec without steps. */
export const loadPlan = (spec: SpecFile, values: SpecValues): Effect.Effect<Plan, SpecError> =>
  Effect.flatMap(loadPlans(spec, values), (loaded) => {
    const one = loaded.find(({ step }) => step === undefined)
    if (one !== undefined) return Effect.succeed(one.plan)
    const problem = { line: 1, column: 1, message: "expected a spec without steps" }
    return Effect.fail(new SpecError({ file: spec.file, problems: [problem] }))
  })

/** The text of a file beside a spec; undefined where there is none. */
const textBeside = ({ folder }: SpecFile, path: string): string | undefined => {
  if (folder === undefined) return undefined
  try {
    return readFileSync(resolve(folder, path), "utf8")
  } catch {
    return undefined
  }
}

/** The formats that a spec can name, where its plugins are, and what is wrong with these. */
const loadedPlugins = async ({ file }: SpecFile, { document }: ReadSpec, { plugins }: Plan) => {
  const places: Array<string> = []
  const problems: Array<SpecProblem> = []
  for (const [i, name] of plugins.entries()) {
    try {
      const place = resolvePlugin(name, file)
      await loadFormats([...places, place])
      places.push(place)
    } catch (error) {
      if (!(error instanceof PluginError)) throw error
      problems.push(document.problem(["plugins", i], error.message, error))
    }
  }
  return { formats: await loadFormats(places), places, problems }
}

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
    open.map(([name, { choices, type }]) => [name, choices?.[0] ?? (type === "path" ? `${name}.csv` : stand[type])])
  )
  const lines = spec.text.split("\n")
  const isOfStandIn = ({ line }: SpecProblem) =>
    [...(lines[line - 1] ?? "").matchAll(/(?:\bparam:\s*["']?|\$\{)([^\s"',}]+)/g)].some(([, name]) => name in filled)
  return loadPlans(spec, { ...values, params: { ...filled, ...values.params } }).pipe(
    Effect.asVoid,
    Effect.catch((error) => {
      const problems = error.problems.filter((problem) => !isOfStandIn(problem))
      return problems.length === 0 ? Effect.void : Effect.fail(new SpecError({ file: error.file, problems }))
    })
  )
}

const stand = { text: "text", duration: "30m", integer: "1", boolean: "true", list: "text" } as const

const inputProblems = (formats: Formats, { document }: ReadSpec, plan: Plan): ReadonlyArray<SpecProblem> => {
  // All inputs of a source have its format.
  const sources = new Map(plan.scan.inputs.map(({ format, source }) => [source, format]))
  let piped = plan.scan.inputs.some(({ uri }) => isStandardInput(uri))
  return [
    ...[...sources].flatMap(([source, format]) =>
      formatProblems(
        formats,
        document,
        [...(source === null ? ["source"] : ["sources", source]), "format"],
        "read",
        format
      )
    ),
    ...plan.validate.enrich.flatMap(({ input, name }) => {
      const place = ["event", "enrich", name, "source"]
      const problems = formatProblems(formats, document, [...place, "format"], "read", input.format)
      if (!isStandardInput(input.uri)) return problems
      const again = piped ? [document.problem([...place, "uri"], "standard input is read already")] : []
      piped = true
      return [...problems, ...again]
    })
  ]
}

const outputProblems = (formats: Formats, { document }: ReadSpec, plan: Plan): ReadonlyArray<SpecProblem> => {
  /** By target, the output that goes there. */
  const targets = new Map<string, { readonly output: string; readonly table: string }>()
  const written = plan.write.flatMap(({ format, member, output, partition, table, uri }) => {
    const path = ["outputs", output]
    const problems = formatProblems(formats, document, [...path, "format"], "write", format)
    const place = [...path, "uri"]
    if (partition.length > 0 && isStandardOutput(uri)) {
      return [document.problem(place, "rows can be divided in a directory only, not in standard output")]
    }
    if (partition.length > 0 && format === null && namedFiles(uri) === undefined) {
      const hint = "such as format: parquet"
      return [document.problem(path, "an output that is divided needs a format", { hint })]
    }
    const told = format === null ? formats.ofEnding(uri) : undefined
    if (told !== undefined && Result.isFailure(told))
      return [document.problem(place, told.failure.message, told.failure)]
    if (problems.length > 0) return problems
    if (plan.range !== null && isStandardOutput(uri)) {
      const hint = "write it to a file"
      return [
        document.problem(place, "a run with a range may have to read again, and cannot take back what it wrote", {
          hint
        })
      ]
    }
    const system = formats.sinkOf(format, uri)
    if (system !== undefined && partition.length > 0) {
      return [document.problem([...path, "partition"], `rows are divided in files only, not in ${uri}`)]
    }
    if (system !== undefined && table === "history" && plan.checks.length > 0) {
      return [document.problem(place, "the history of checks is kept in a file, which is read before it is written")]
    }
    const part = system === undefined ? "" : `the ${system.plugin.place(system.options, output)} of `
    const where = isStandardOutput(uri) ? "standard output" : schemeOf(uri) === undefined ? resolve(uri) : uri
    const other = targets.get(part + where)
    targets.set(part + where, { output, table })
    if (other === undefined || (member !== null && other.output === output)) return []
    const shown = isStandardOutput(uri) ? where : uri
    return [document.problem(place, `${part}${shown} gets the ${other.table} already`)]
  })
  const reported = plan.reports.flatMap(({ name, uris }) =>
    uris.flatMap((uri) => {
      const other = targets.get(schemeOf(uri) === undefined ? resolve(uri) : uri)?.table
      return other === undefined ? [] : [document.problem(["reports", name, "uri"], `${uri} gets the ${other} already`)]
    })
  )
  return [...written, ...reported]
}

/** Rows of a system can be added to others, and partitions be other ones; a file is replaced. */
const stepProblems = (
  formats: Formats,
  { document, step }: ReadSpec,
  plan: Plan,
  taken: StepFiles
): ReadonlyArray<SpecProblem> => {
  if (step === undefined) return []
  const isFile = ({ format, partition, uri }: Plan["write"][number]) =>
    partition.length === 0 && !isStandardOutput(uri) && formats.sinkOf(format, uri) === undefined
  const files = [
    ...plan.write.filter(isFile).map(({ output, uri }) => ({ uri, path: ["outputs", output, "uri"] })),
    ...plan.reports.flatMap(({ name, uris }) => uris.map((uri) => ({ uri, path: ["reports", name, "uri"] })))
  ]
  return files.flatMap(({ path, uri }) => {
    const where = schemeOf(uri) === undefined ? resolve(uri) : uri
    const other = taken.get(where) ?? step
    taken.set(where, other)
    return other === step ? [] : [document.problem(path, `${uri} is written by the step "${other}" already`)]
  })
}

const formatProblems = (
  formats: Formats,
  document: ReadSpec["document"],
  path: ReadonlyArray<string>,
  kind: "read" | "write",
  format: FormatChoice | null
): ReadonlyArray<SpecProblem> => {
  const problem = format === null ? undefined : formats.problem(kind, format)
  if (problem === undefined) return []
  if ("name" in problem) return [document.problem(path, problem.name)]
  return problem.options.map(({ message, more, path: below }) => document.problem([...path, ...below], message, more))
}
