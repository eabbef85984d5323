import { didYouMean } from "../text/Nearest.ts"
import { isExpressionPath } from "./expressionPaths.ts"
import { defaultOf, literalKeys, paramName, type ParamValue, parseParam } from "./Params.ts"
import type { Param } from "./Spec.ts"
import type { Path } from "./SpecDocument.ts"
import type { SpecProblem } from "./SpecError.ts"
import { type Locator, oneOf, shown } from "./SpecIssues.ts"

/** What a spec is filled in with. */
export interface SpecValues {
  /** Params by name, as text from a command line. */
  readonly params: Readonly<Record<string, string>>
  /** The environment, for `${NAME}` in texts. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of a file, by its path from the folder of the spec; undefined where there is none. */
  readonly file?: (path: string) => string | undefined
}

/** A param with the value that a run has for it: undefined where it has none, and then perhaps a problem. */
export interface GivenParam {
  readonly type: Param["type"]
  readonly value: ParamValue | undefined
  readonly problem?: { readonly message: string; readonly hint?: string }
}

/** Marks an optional param that was not given; what needs it is left out or reported by the schema. */
export const absent = Symbol("absent")

/** Puts params and the environment into a spec, and notes what is wrong with it. */
export class Filler {
  private readonly document: Locator
  private readonly params: Readonly<Record<string, Param>>
  private readonly values: SpecValues
  private readonly problems: Array<SpecProblem>
  /** Params whose defaults are being filled in: there their names mean the environment. */
  private readonly inside: Array<string> = []

  constructor(
    document: Locator,
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
