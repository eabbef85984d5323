import * as Result from "effect/Result"
import { type Checked, checkExpression } from "../expression/Check.ts"
import { parseExpression } from "../expression/Parse.ts"
import type { Scope } from "../expression/Scope.ts"
import type { Syntax } from "../expression/Syntax.ts"
import type { Tree, ValueType } from "../expression/Tree.ts"
import { windowTrees } from "../expression/WindowCall.ts"
import { bindingsOf } from "../expression/TreeNames.ts"
import { columnText } from "../spec/Column.ts"
import type { ReadSpec } from "../spec/readSpec.ts"
import type { Spec } from "../spec/Spec.ts"
import type { Path, ProblemOptions } from "../spec/SpecDocument.ts"
import type { SpecProblem } from "../spec/SpecError.ts"
import { oneOf } from "../spec/SpecIssues.ts"
import { didYouMean } from "../text/Nearest.ts"
import { paramTree } from "./paramTree.ts"
import { makeZone, UnknownZone, utc, type Zone } from "../time/Zone.ts"

/** A spec being planned: what was found wrong, and what its expressions need to be bound. */
export class Planning {
  readonly spec: Spec
  readonly problems: Array<SpecProblem> = []
  readonly bindings = new Set<string>()
  private readonly read: ReadSpec
  /** Params whose problem has been reported, with the place. */
  private readonly told = new Set<string>()

  constructor(read: ReadSpec) {
    this.read = read
    this.spec = read.spec
  }

  problem(path: Path, message: string, options?: ProblemOptions): void {
    this.problems.push(this.read.document.problem(path, message, options))
  }

  /** A problem inside a text of several lines: `at` is 1-based, from its first line. */
  problemInText(
    path: Path,
    at: { readonly line: number; readonly column: number },
    message: string,
    hint?: string
  ): void {
    this.problems.push(this.read.document.problemInText(path, at, message, hint))
  }

  /** The text of a file beside the spec; undefined where there is none. */
  file(path: string): string | undefined {
    return this.read.file(path)
  }

  unknown(what: "column" | "table", name: string, known: ReadonlyArray<string>, path: Path, key = false): void {
    this.problem(path, `no ${what} "${name}"${didYouMean(name, known)}; expected ${oneOf(known)}`, { key })
  }

  /** Reports every name that is taken, with what it is the name of already. */
  distinct(named: ReadonlyArray<NamedPlace>, taken: ReadonlyMap<string, string>): void {
    const seen = new Map(taken)
    for (const { name, path, ...options } of named) {
      const what = /^\$[mw]\d+$/.test(name) ? "a name that Sojourn uses itself" : seen.get(name)
      if (what === undefined) seen.set(name, "the name of two columns")
      else this.problem(path, `"${name}" is ${what}`, options)
    }
  }

  zone(name: string, path: Path): Zone {
    const zone = makeZone(name)
    if (!(zone instanceof UnknownZone)) return zone
    this.problem(path, zone.message)
    return utc
  }

  /** An expression without names resolved; undefined, and reported, where it is none. */
  parse(text: string, path: Path): Syntax | undefined {
    const parsed = parseExpression(text)
    if (Result.isSuccess(parsed)) return parsed.success
    const { from, hint = nameHint(text), message } = parsed.failure
    this.problem(path, message, { at: from, ...(hint === undefined ? {} : { hint }) })
    return undefined
  }

  /** An expression with names and types resolved; a null in its place, and reported, where it is wrong. */
  check(text: string, path: Path, scope: Scope): Checked {
    return this.resolve(this.parse(text, path), text, path, scope)
  }

  /** {@link Planning.check} of what {@link Planning.parse} gave. */
  resolve(syntax: Syntax | undefined, text: string, path: Path, scope: Scope): Checked {
    if (syntax === undefined) return nothing(scope.type)
    const checked = checkExpression(syntax, { ...scope, param: (name) => this.param(name, text, path) })
    if (Result.isFailure(checked)) {
      const { from, hint, message } = checked.failure
      this.problem(path, message, { at: from, ...(hint === undefined ? {} : { hint }) })
      return nothing(scope.type)
    }
    const { measures, tree, windows } = checked.success
    for (const one of [tree, ...measures.flatMap(treesOf), ...windows.flatMap(windowTrees)]) {
      if (one !== null) this.bind(one, text, path)
    }
    return checked.success
  }

  /** What `${NAME}` stands for where it is a param; its problems are told where it stands. */
  private param(name: string, text: string, path: Path): Tree | ReadonlyArray<Tree> | undefined {
    const given = this.read.paramNamed(name)
    if (given === undefined) return undefined
    const at = Math.max(0, text.indexOf(`\${${name}}`))
    if (given.problem !== undefined && !this.told.has(`${name} ${path.join(" ")}`)) {
      this.told.add(`${name} ${path.join(" ")}`)
      this.problem(path, given.problem.message, { at, ...given.problem })
    }
    return paramTree(given)
  }

  private bind(tree: Tree, text: string, path: Path): void {
    for (const name of bindingsOf(tree)) {
      this.bindings.add(name)
      if (this.read.hasBinding(name)) continue
      const at = Math.max(0, text.indexOf(`\${${name}}`))
      this.problem(path, `the environment has no ${name}`, { at, hint: `set it: ${name}=… sojourn …` })
    }
  }
}

/** A name with blanks or the like is taken for an expression. */
const nameHint = (text: string): string | undefined =>
  /^[\p{L}\p{N}_$@ .-]+$/u.test(text)
    ? `a name that is no plain word needs quotes of its own: '${columnText(text)}'`
    : undefined

/** A name that a column gets, and where that is said. */
export interface NamedPlace {
  readonly name: string
  readonly path: Path
  readonly key?: boolean
  readonly hint?: string
}

const treesOf = ({ arguments: trees, filter }: Checked["measures"][number]) => [...trees, filter]

const nothing = (type: ValueType = "text"): Checked => ({
  tree: { kind: "literal", value: null, type },
  measures: [],
  windows: []
})
