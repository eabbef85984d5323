import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { absent, Filler, type GivenParam, type SpecValues } from "./Filler.ts"
import { defaultOf } from "./Params.ts"
import { type Param, Params, Spec } from "./Spec.ts"
import { type Path, SpecDocument } from "./SpecDocument.ts"
import { SpecError, type SpecProblem } from "./SpecError.ts"
import { type Locator, shown, specProblems } from "./SpecIssues.ts"

export type { GivenParam, SpecValues } from "./Filler.ts"

/** A spec, or one of its steps, ready to be planned, with the text that its problems point into. */
export interface ReadSpec {
  /** The step's name; undefined where the spec has none. */
  readonly step: string | undefined
  readonly spec: Spec
  readonly document: Pick<SpecDocument, "file" | "problem" | "problemInText">
  /** Whether the environment has a value for `${NAME}` in an expression. */
  readonly hasBinding: (name: string) => boolean
  /** The param that `${NAME}` in an expression means, if there is one of that name. */
  readonly paramNamed: (name: string) => GivenParam | undefined
  readonly file: NonNullable<SpecValues["file"]>
}

const options = { errors: "all", onExcessProperty: "error", reportInput: true } as const

/**
 * Reads a spec: parses its text, puts the environment into its texts (not into expressions) and params where they are
 * referred to, and checks it against the schema. All mistakes are reported together, each with its line and column. A spec
 * with steps is as many specs, in order, but for steps whose source is a param that was not given.
 */
export const readSpecs = (
  file: string,
  text: string,
  values: SpecValues
): Result.Result<ReadonlyArray<ReadSpec>, SpecError> =>
  caught(() => {
    const document = SpecDocument.parse(file, text)
    const params = decodeParams(document)
    const problems: Array<SpecProblem> = []
    const read = jobsOf(document).flatMap((job) => readJob(job, params, values, problems))
    fail(document, distinctProblems(problems))
    return read
  })

/** {@link readSpecs} of a spec without steps. */
export const readSpec = (file: string, text: string, values: SpecValues): Result.Result<ReadSpec, SpecError> =>
  Result.flatMap(readSpecs(file, text, values), (all) => {
    const read = all.find(({ step }) => step === undefined)
    if (read !== undefined) return Result.succeed(read)
    const problem = { line: 1, column: 1, message: "expected a spec without steps" }
    return Result.fail(new SpecError({ file, problems: [problem] }))
  })

/** The params that a spec declares, without filling in or checking anything else: for help and flags. */
export const readParams = (file: string, text: string): Result.Result<Readonly<Record<string, Param>>, SpecError> =>
  caught(() => decodeParams(SpecDocument.parse(file, text)))

/** The names of the steps of a spec, as far as they can be read; none if it has none. */
export const stepNames = (file: string, text: string): ReadonlyArray<string> =>
  Result.match(
    caught(() => jobsOf(SpecDocument.parse(file, text))),
    { onFailure: () => [], onSuccess: (jobs) => jobs.flatMap(({ step }) => step ?? []) }
  )

/** Keys that steps share and do not have themselves. */
export const sharedKeys: ReadonlyArray<string> = ["version", "name", "description", "params", "plugins", "steps"]

/** What of a spec is read as one. */
interface Job {
  readonly step: string | undefined
  readonly value: unknown
  readonly document: ReadSpec["document"]
}

/** A spec as a whole, or each of its steps with what stands beside the steps, unless it says it itself. */
const jobsOf = (document: SpecDocument): ReadonlyArray<Job> => {
  const { value } = document
  if (!isMap(value) || !("steps" in value)) return [{ step: undefined, value, document }]
  const { steps, ...shared } = value
  if (!isMap(steps) || Object.keys(steps).length === 0) {
    const message = `expected a map of steps, found ${isMap(steps) ? "an empty one" : shown(steps)}`
    throw new SpecError({ file: document.file, problems: [document.problem(["steps"], message)] })
  }
  return Object.entries(steps).map(([step, own]) => {
    const isOwn = (path: Path) => path.length === 0 || (isMap(own) && Object.hasOwn(own, path[0]))
    const placed = (path: Path): Path => (isOwn(path) ? ["steps", step, ...path] : path)
    const located: Job["document"] = {
      file: document.file,
      problem: (path, ...more) => document.problem(placed(path), ...more),
      problemInText: (path, ...more) => document.problemInText(placed(path), ...more)
    }
    for (const key of isMap(own) ? sharedKeys.filter((key) => Object.hasOwn(own, key)) : []) {
      const at = document.problem(["steps", step, key], `"${key}" is said of all steps, beside "steps"`, { key: true })
      throw new SpecError({ file: document.file, problems: [at] })
    }
    if (isMap(own)) return { step, value: { ...shared, ...own }, document: located }
    const message = `expected a map such as { source: { uri: events.csv }, event: { user: user_id } }, found ${shown(own)}`
    throw new SpecError({ file: document.file, problems: [document.problem(["steps", step], message)] })
  })
}

const readJob = (
  { document, step, value }: Job,
  params: Readonly<Record<string, Param>>,
  values: SpecValues,
  problems: Array<SpecProblem>
): ReadonlyArray<ReadSpec> => {
  const before = problems.length
  const filler = new Filler(document, params, values, problems)
  const filled = filler.fill(value, [], false)
  if (problems.length > before) return []
  if (step !== undefined && isMap(filled) && isWithoutSource(filled)) return []
  const ready = withoutSkipped(filled)
  const decoded = Schema.decodeUnknownResult(Spec, options)(ready)
  if (Result.isFailure(decoded)) problems.push(...specProblems(document, decoded.failure.issue))
  const sources = sourceProblem(ready)
  if (sources !== undefined) problems.push(document.problem(...sources))
  if (Result.isFailure(decoded) || sources !== undefined) return []
  const hasBinding = (name: string) => Object.hasOwn(values.env, name) && values.env[name] !== undefined
  const paramNamed = (name: string) => filler.given(name)
  const file = (path: string) => values.file?.(path)
  return [{ step, spec: decoded.success, document, hasBinding, paramNamed, file }]
}

const isMap = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Each problem once, in the order of the text: what stands beside steps is wrong in each of them. */
export const distinctProblems = (problems: ReadonlyArray<SpecProblem>): ReadonlyArray<SpecProblem> =>
  [
    ...new Map(problems.map((problem) => [`${problem.line}:${problem.column}:${problem.message}`, problem])).values()
  ].sort((a, b) => a.line - b.line || a.column - b.column)

const caught = <A>(run: () => A): Result.Result<A, SpecError> => {
  try {
    return Result.succeed(run())
  } catch (error) {
    if (error instanceof SpecError) return Result.fail(error)
    throw error
  }
}

const fail = (document: SpecDocument, problems: ReadonlyArray<SpecProblem>): void => {
  if (problems.length > 0) throw new SpecError({ file: document.file, problems })
}

const decodeParams = (document: SpecDocument): Readonly<Record<string, Param>> => {
  const value = document.value
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const expected = 'expected a spec: a map that starts with "version: 1"'
    throw new SpecError({ file: document.file, problems: [document.problem([], `${expected}, found ${shown(value)}`)] })
  }
  if (!("params" in value)) return {}
  const decoded = Schema.decodeUnknownResult(Params, options)(value.params)
  if (Result.isSuccess(decoded)) {
    fail(document, defaultProblems(document, decoded.success))
    return decoded.success
  }
  const below: Locator = {
    problem: (path, message, details) => document.problem(["params", ...path], message, details)
  }
  throw new SpecError({ file: document.file, problems: specProblems(below, decoded.failure.issue) })
}

/** Defaults that are no value of their param, as far as they do not come from the environment. */
const defaultProblems = (document: SpecDocument, params: Readonly<Record<string, Param>>) =>
  Object.entries(params).flatMap(([name, param]) => {
    if (JSON.stringify(param.default ?? "").includes("${")) return []
    const parsed = defaultOf(param)
    if (parsed === undefined || "value" in parsed) return []
    const message = `expected ${parsed.expected}, found ${shown(param.default)}`
    return [document.problem(["params", name, "default"], message)]
  })

/** Whether all sources are params that were not given. */
const isWithoutSource = ({ source, sources }: Readonly<Record<PropertyKey, unknown>>): boolean => {
  const all = isMap(sources) ? Object.values(sources) : [source]
  return all.length > 0 && all.every((one) => isMap(one) && one.uri === absent)
}

/** There is one source, or there are several. */
const sourceProblem = (spec: Readonly<Record<string, unknown>>): Parameters<Locator["problem"]> | undefined => {
  if (!("source" in spec)) {
    if (!("sources" in spec)) return [[], 'missing "source"']
    const isEmpty = isMap(spec.sources) && Object.keys(spec.sources).length === 0
    return isEmpty ? [["sources"], "there is none: their params were not given"] : undefined
  }
  return "sources" in spec
    ? [["sources"], 'there is a "source" already: give it a name here', { key: true }]
    : undefined
}

/**
 * An output, a report, or one of several sources, whose uri is an optional param that was not given is left out. Elsewhere
 * such a key is left out.
 */
const withoutSkipped = (filled: unknown): Readonly<Record<string, unknown>> => {
  const before = filled as Readonly<Record<string, unknown>>
  const root = withoutAbsent(filled) as Record<string, unknown>
  for (const key of ["outputs", "reports", "sources"]) {
    const all = before[key]
    if (!isMap(all) || !isMap(root[key])) continue
    const kept = Object.entries(root[key]).filter(([name]) => {
      const one = all[name]
      return !(isMap(one) && one.uri === absent)
    })
    root[key] = Object.fromEntries(kept)
  }
  return root
}

const withoutAbsent = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter((item) => item !== absent).map(withoutAbsent)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).filter(([, item]) => item !== absent)
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutAbsent(item)]))
}
