import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { didYouMean } from "../text/Nearest.ts"
import { isExpressionPath } from "./expressionPaths.ts"
import { defaultOf, literalKeys, paramName, type ParamValue, parseParam } from "./Params.ts"
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
}

/** A spec ready to be planned, with the text that its problems point into. */
export interface ReadSpec {
  readonly spec: Spec
  readonly document: SpecDocument
  /** Whether the environment has a value for `${NAME}` in an expression. */
  readonly hasBinding: (name: string) => boolean
  /** The param that `${NAME}` in an expression means, if there is one of that name. */
  readonly paramNamed: (name: string) => GivenParam | undefined
}

/** A param with the value that a run has for it: undefined where it has none, and then perhaps a problem. */
export interface GivenParam {
  readonly type: Param["type"]
  readonly value: ParamValue | undefined
  readonly problem?: { readonly message: string; readonly hint?: string }
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
    const filler = new Filler(document, params, values, problems)
    const filled = filler.fill(document.value, [], false)
    fail(document, problems)
    const decoded = Schema.decodeUnknownResult(Spec, options)(withoutSkippedOutputs(filled))
    if (Result.isFailure(decoded)) fail(document, specProblems(document, decoded.failure.issue))
    const hasBinding = (name: string) => own(values.env, name) !== undefined
    const paramNamed = (name: string) => filler.given(name)
    return { spec: Result.getOrThrow(decoded), document, hasBinding, paramNamed }
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

/** Marks an optional param that was not given; what needs it is left out or reported by the schema. */
const absent = Symbol("absent")

class Filler {
  private readonly document: SpecDocument
  private readonly params: Readonly<Record<string, Param>>
  private readonly values: SpecValues
  private readonly problems: Array<SpecProblem>
  /** Params whose defaults are being filled in: there their names mean the environment. */
  private readonly inside: Array<string> = []

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

  /** The value of a param, from what was given or its default; undefined where there is no such param. */
  given(name: string): GivenParam | undefined {
    const param = own(this.params, name)
    if (param === undefined) return undefined
    const text = own(this.values.params, name)
    const { type } = param
    if (text === undefined) {
      if (param.default === undefined) return { type, value: undefined, ...(param.optional ? {} : noValue(name)) }
      this.inside.push(name)
      const filled = this.fill(param.default, ["params", name, "default"], false)
      this.inside.pop()
      const parsed = filled === absent ? undefined : defaultOf({ ...param, default: filled })
      if (parsed === undefined || "value" in parsed) return { type, value: parsed?.value }
      const message = `the default of "${name}": expected ${parsed.expected}, found ${shown(filled)}`
      return { type, value: undefined, problem: { message } }
    }
    const parsed = parseParam(param, text)
    if ("value" in parsed) return { type, value: parsed.value }
    const message = `--${flagOf(name)}: expected ${parsed.expected}, found "${text}"`
    return { type, value: undefined, problem: { message } }
  }

  /** A text with the values of params and of the environment put into it; absent where one of them is. */
  private environment(text: string, path: Path): string | typeof absent {
    let missing = false
    const filled = text.replaceAll(/\$\{([A-Za-z_]\w*)\}/g, (whole, name: string) => {
      const param = this.inside.includes(name) ? undefined : this.given(name)
      if (param !== undefined) {
        const value = this.valueOf(param, path)
        missing ||= value === absent
        if (typeof value !== "object") return String(value)
        this.problems.push(this.document.problem(path, `"${name}" is a list, which is no part of a text`))
        return whole
      }
      const value = own(this.values.env, name)
      if (value !== undefined) return value
      this.problems.push(
        this.document.problem(path, `the environment has no ${name}`, { hint: `set it: ${name}=… sojourn …` })
      )
      return whole
    })
    return missing ? absent : filled
  }

  private param(name: string, path: Path): unknown {
    const param = this.given(name)
    if (param === undefined) {
      this.problems.push(this.document.problem(path, noParam(name, this.params)))
      return absent
    }
    const expression = own(this.params, name)?.default
    // What is bound stays a name in an expression.
    if (typeof expression === "string" && isExpressionPath(path) && own(this.values.params, name) === undefined) {
      return expression
    }
    return this.valueOf(param, path)
  }

  private valueOf({ problem, value }: GivenParam, path: Path): ParamValue | typeof absent {
    if (problem !== undefined) this.problems.push(this.document.problem(path, problem.message, problem))
    return value === undefined ? absent : value
  }
}

const flagOf = (param: string): string => param.replaceAll("_", "-")

const noValue = (name: string) => ({
  problem: { message: `the param "${name}" has no value`, hint: `give it: --${flagOf(name)} …` }
})

/** A gap that is wholly from the environment is a duration, not an expression. */
const isFilledGap = (path: Path, text: string): boolean => path[1] === "gap" && /^\$\{[A-Za-z_]\w*\}$/.test(text)

const own = <A>(record: Readonly<Record<string, A>>, name: string): A | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

const noParam = (name: string, params: Readonly<Record<string, Param>>): string => {
  const names = Object.keys(params)
  const known = names.length === 0 ? "the spec has none" : `expected ${oneOf(names)}`
  return `no param "${name}"${didYouMean(name, names)}; ${known}`
}

/** An output whose uri is an optional param that was not given is not written. Elsewhere such a key is left out. */
const withoutSkippedOutputs = (filled: unknown): unknown => {
  const root = withoutAbsent(filled) as Record<string, unknown>
  const before = (filled as Record<string, unknown>).outputs
  if (typeof before !== "object" || before === null || Array.isArray(before)) return root
  const kept = Object.entries(root.outputs as object).filter(
    ([name]) => (before as Record<string, Record<string, unknown>>)[name]?.uri !== absent
  )
  return { ...root, outputs: Object.fromEntries(kept) }
}

const withoutAbsent = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter((item) => item !== absent).map(withoutAbsent)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).filter(([, item]) => item !== absent)
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutAbsent(item)]))
}
