import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { didYouMean } from "../text/Nearest.ts"
import { isExpressionPath } from "./expressionPaths.ts"
import { literalKeys, paramName, parseParam } from "./Params.ts"
import { type Param, Params, Spec } from "./Spec.ts"
import { type Path, SpecDocument } from "./SpecDocument.ts"
import { SpecError, type SpecProblem } from "./SpecError.ts"
import { type Locator, oneOf, shown, specProblems } from "./SpecIssues.ts"

/** What a spec is filled in with. */
export interface SpecValues {
  /** Params by name, as text from a command line. */
  readonly params: Readonly<Record<string, string>>
  /** The environment, for `${NAME}` in texts. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of a file, by its path from the folder of the spec; undefined where there is none. */
  readonly file?: (path: string) => string | undefined
}

/** A spec ready to be planned, with the text that its problems point into. */
export interface ReadSpec {
  readonly spec: Spec
  readonly document: SpecDocument
  /** Whether the environment has a value for `${NAME}` in an expression. */
  readonly hasBinding: (name: string) => boolean
  readonly file: NonNullable<SpecValues["file"]>
}

const options = { errors: "all", onExcessProperty: "error", reportInput: true } as const

/**
 * Reads a spec: parses its text, puts the environment into its texts (not into expressions) and params where they are
 * referred to, and checks it against the schema. All mistakes are reported together, each with its line and column.
 */
export const readSpec = (file: string, text: string, values: SpecValues): Result.Result<ReadSpec, SpecError> =>
  caught(() => {
    const document = SpecDocument.parse(file, text)
    const params = decodeParams(document)
    const problems: Array<SpecProblem> = []
    const filled = new Filler(document, params, values, problems).fill(document.value, [], false)
    fail(document, problems)
    const decoded = Schema.decodeUnknownResult(Spec, options)(withoutSkippedOutputs(filled))
    if (Result.isFailure(decoded)) fail(document, specProblems(document, decoded.failure.issue))
    const hasBinding = (name: string) => own(values.env, name) !== undefined
    return {
      spec: Result.getOrThrow(decoded),
      document,
      hasBinding,
      file: (path) => values.file?.(path)
    }
  })

/** The params that a spec declares, without filling in or checking anything else: for help and flags. */
export const readParams = (file: string, text: string): Result.Result<Readonly<Record<string, Param>>, SpecError> =>
  caught(() => decodeParams(SpecDocument.parse(file, text)))

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
  if (Result.isSuccess(decoded)) return decoded.success
  const below: Locator = {
    problem: (path, message, details) => document.problem(["params", ...path], message, details)
  }
  throw new SpecError({ file: document.file, problems: specProblems(below, decoded.failure.issue) })
}

/** Marks an optional param that was not given; what needs it is left out or reported by the schema. */
const absent = Symbol("absent")

class Filler {
  private readonly document: SpecDocument
  private readonly params: Readonly<Record<string, Param>>
  private readonly values: SpecValues
  private readonly problems: Array<SpecProblem>

  constructor(
    document: SpecDocument,
    params: Readonly<Record<string, Param>>,
    values: SpecValues,
    problems: Array<SpecProblem>
  ) {
    this.document = document
    this.params = params
    this.values = values
    this.problems = problems
    for (const name of Object.keys(values.params)) {
      if (own(params, name) !== undefined) continue
      problems.push(document.problem(["params"], noParam(name, params), { key: true }))
    }
  }

  /** `literal`: nothing is put into texts. */
  fill(value: unknown, path: Path, literal: boolean): unknown {
    if (path.length === 1 && literalKeys.has(path[0])) return value
    if (typeof value === "string") {
      const isBound = literal || (isExpressionPath(path) && !isFilledGap(path, value))
      return isBound ? value : this.environment(value, path)
    }
    if (Array.isArray(value)) return value.map((item, i) => this.fill(item, [...path, i], literal))
    if (typeof value !== "object" || value === null) return value
    const name = paramName(value)
    if (name !== undefined) return this.param(name, path)
    const entries = Object.entries(value)
    return Object.fromEntries(entries.map(([key, item]) => [key, this.fill(item, [...path, key], literal)]))
  }

  private environment(text: string, path: Path): string {
    return text.replaceAll(/\$\{([A-Za-z_]\w*)\}/g, (whole, name: string) => {
      const value = own(this.values.env, name)
      if (value !== undefined) return value
      this.problems.push(
        this.document.problem(path, `the environment has no ${name}`, { hint: `set it: ${name}=… sojourn …` })
      )
      return whole
    })
  }

  private param(name: string, path: Path): unknown {
    const param = own(this.params, name)
    if (param === undefined) {
      this.problems.push(this.document.problem(path, noParam(name, this.params)))
      return absent
    }
    const given = own(this.values.params, name)
    if (given === undefined) {
      if (param.default !== undefined) {
        return this.fill(param.default, ["params", name, "default"], isExpressionPath(path))
      }
      if (!param.optional) {
        const hint = `give it: --${name.replaceAll("_", "-")} …`
        this.problems.push(this.document.problem(path, `the param "${name}" has no value`, { hint }))
      }
      return absent
    }
    const parsed = parseParam(param, given)
    if ("value" in parsed) return parsed.value
    this.problems.push(this.document.problem(path, `--${name}: expected ${parsed.expected}, found "${given}"`))
    return absent
  }
}

/** A gap that is wholly from the environment is a duration, not an expression. */
const isFilledGap = (path: Path, text: string): boolean => path[1] === "gap" && /^\$\{[A-Za-z_]\w*\}$/.test(text)

const own = <A>(record: Readonly<Record<string, A>>, name: string): A | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

const noParam = (name: string, params: Readonly<Record<string, Param>>): string => {
  const names = Object.keys(params)
  const known = names.length === 0 ? "the spec has none" : `expected ${oneOf(names)}`
  return `no param "${name}"${didYouMean(name, names)}; ${known}`
}

/**
 * An output, or a report, whose uri is an optional param that was not given is not written. Elsewhere such a key is left
 * out.
 */
const withoutSkippedOutputs = (filled: unknown): unknown => {
  const root = withoutAbsent(filled) as Record<string, unknown>
  for (const key of ["outputs", "reports"]) {
    const before = (filled as Record<string, unknown>)[key]
    if (typeof before !== "object" || before === null || Array.isArray(before)) continue
    const kept = Object.entries(root[key] as object).filter(
      ([name]) => (before as Record<string, Record<string, unknown>>)[name]?.uri !== absent
    )
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
